"""One step of a decoder with attention: scores by one layer on [s, h], the context beside the embedding, an LSTM cell, and
the logits."""

from typing import Any

from sympy import Sum, exp, tanh

from derive.entry import entry
from derive.sympy_bridge import concat
from derive.sympy_functions import sigmoid


@entry(
    name="attention_decoder",
    title={"en": "Decoder step with additive attention", "zh": "带加性注意力的解码步"},
    section="项目三",
    source="Bahdanau, Cho & Bengio 2015, section 3.1 and appendix A.2.2",
    facts={
        "code-attention": {"kind": "identity", "en": "One layer on [s, h] is W_s s + W_h h + b", "zh": "作用于 [s, h] 的一层即 W_s s + W_h h + b"},
        "code-decoder": {"kind": "definition", "en": "Context, LSTM cell and logits", "zh": "上下文、LSTM 单元与 logits"},
        "attention-decoder-backward": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
    },
)
def attention_decoder(page):
    n, H, E, V = page.sizes("n H E V")
    j, m, r, q = page.index("j", n), page.index("m", n), page.index("r", H), page.index("q", 2 * H)
    k, o, u = page.index("k", E + H), page.index("o", V), page.index("u", H)

    x, s, c, h = page.input("x", page.index("d", E)), page.input("s", r), page.input("c", r), page.input("h", j, r)
    W, b, w = page.input("W", r, q), page.input("b", r), page.input("w", r)
    both = page.let("z", [j, q], concat(q, (lambda i: s[i], H), (lambda i: h[j, i], H)), abbreviation=True)
    a = page.let("a", [j, r], tanh(Sum(W[r, q] * both[j, q], q) + b[r]), fact="code-attention")
    e = page.let("e", [j], Sum(w[r] * a[j, r], r), fact="code-attention")
    alpha = page.let("alpha", [j], exp(e[j]) / Sum(exp(e[m]), m), fact="code-attention")
    context = page.let("v", [r], Sum(alpha[j] * h[j, r], j), fact="code-decoder")
    y = page.let("y", [k], concat(k, (lambda i: x[i], E), (lambda i: context[i], H)), abbreviation=True)

    weights: list = []

    def gate(name, squash):
        W, U, b = page.input(f"W_{name}", r, k), page.input(f"U_{name}", r, u), page.input(f"b_{name}", r)
        weights.extend((W, U, b))
        return page.let(name, [r], squash(Sum(W[r, k] * y[k], k) + Sum(U[r, u] * s[u], u) + b[r]), fact="code-decoder")

    i, f, g, t = gate("i", sigmoid), gate("f", sigmoid), gate("g", tanh), gate("o_t", sigmoid)
    cell = page.let("c_1", [r], f[r] * c[r] + i[r] * g[r], fact="code-decoder")
    state = page.let("s_1", [r], t[r] * tanh(cell[r]), fact="code-decoder")
    P, p = page.input("P", o, r), page.input("p", o)
    logits = page.let("l", [o], Sum(P[o, r] * state[r], r) + p[o], fact="code-decoder")
    page.output(logits)
    dl, back = page.gradient(logits), "attention-decoder-backward"
    dP, dstate, dcontext = page.want(P, fact=back), page.want(state, fact=back), page.want(context, fact=back)
    dalpha, de = page.want(alpha), page.want(e, fact=back)
    page.claim(a[j, r], tanh(Sum(W[r, u] * s[u], u) + Sum(W[r, H + u] * h[j, u], u) + b[r]), fact="code-attention")
    page.claim(dstate[r], Sum(P[o, r] * dl[o], o), fact=back)
    page.claim(dP[o, r], dl[o] * state[r], fact=back)
    page.claim(dalpha[j], Sum(dcontext[r] * h[j, r], r), fact=back)
    page.claim(de[j], alpha[j] * Sum(dcontext[r] * (h[j, r] - context[r]), r), fact=back)

    page.mistake(a[j, r], tanh(Sum(W[r, u] * s[u], u) + b[r]), en="drops the second half of the layer: it reads the encoder's state",
                 zh="漏掉该层的后一半：它读取编码器状态")
    page.mistake(a[j, r], tanh(Sum(W[r, u] * h[j, u], u) + Sum(W[r, H + u] * s[u], u) + b[r]),
                 en="turns the halves round: the decoder's state stands first", zh="两半颠倒：解码器状态在前")
    page.mistake(de[j], alpha[j] * dalpha[j], en="forgets that the weights add up to one", zh="忘了权重之和为一")
    page.mistake(dstate[r], Sum(P[o, r] * logits[o], o), en="sends the logits back instead of their gradient",
                 zh="回传了 logits 而不是其梯度")
    page.mistake(dP[o, r], dl[o] * s[r], en="takes the old state: the logits read the new one", zh="用了旧状态：logits 读取新状态")

    page.convention(
        en="Decoder and encoder have the same number of units H, and the attention reads the state of the top layer, here the only one. "
           "No mask: padded positions would get weight.",
        zh="解码器与编码器单元数相同（H），注意力读取最上层（此处唯一一层）的状态。没有掩码：填充位置也会得到权重。")
    page.convention(
        en="The cell reads [x, v]: embedding and context. torch's LSTM stacks i, f, g, o and has two biases, here one; the score layer has a "
           "bias b, which the paper has not.",
        zh="单元读取 [x, v]：嵌入与上下文。torch 的 LSTM 按 i、f、g、o 堆叠，有两个偏置，此处为一个；得分层有偏置 b，论文中没有。")
    page.share_over_batch(W, b, w, P, p, *weights)


attention_decoder.sized(n=3, H=2, E=4, V=5)
attention_decoder.sized(n=1, H=3, E=2, V=4)


@attention_decoder.reference("torch", "torch.nn.Linear, LSTM, Embedding, bmm: the decoder class of a course")
def _(torch, v):
    nn = torch.nn

    base: Any = nn.Module

    class Attention(base):
        def __init__(self, hidden_size):
            super().__init__()
            self.attn = nn.Linear(hidden_size * 2, hidden_size)
            self.v = nn.Linear(hidden_size, 1, bias=False)

        def forward(self, hidden, encoder_outputs):
            hidden = hidden.unsqueeze(1).repeat(1, encoder_outputs.size(1), 1)
            energy = torch.tanh(self.attn(torch.cat([hidden, encoder_outputs], dim=2)))
            return torch.softmax(self.v(energy).squeeze(2), dim=1)

    class Decoder(base):
        def __init__(self, vocab_size, embed_size, hidden_size):
            super().__init__()
            self.embedding = nn.Embedding(vocab_size, embed_size)
            self.attention = Attention(hidden_size)
            self.lstm = nn.LSTM(embed_size + hidden_size, hidden_size, 1, batch_first=True)
            self.out = nn.Linear(hidden_size, vocab_size)

        def forward(self, token, hidden, cell, encoder_outputs):
            a = self.attention(hidden[-1], encoder_outputs).unsqueeze(1)
            weighted = torch.bmm(a, encoder_outputs)
            output, (_, cell) = self.lstm(torch.cat([self.embedding(token.unsqueeze(1)), weighted], dim=2), (hidden, cell))
            return self.out(output.squeeze(1))[0], output[0, 0], cell[0, 0], a[0, 0], weighted[0, 0]

    n, H = v["h"].shape
    rows, columns, bias = (torch.cat([v[f"{name}_{gate}"] for gate in ("i", "f", "g", "o_t")]) for name in "WUb")
    weights = {"embedding.weight": v["x"].expand(len(v["p"]), -1), "attention.attn.weight": v["W"], "attention.attn.bias": v["b"],
               "attention.v.weight": v["w"][None], "lstm.weight_ih_l0": rows, "lstm.weight_hh_l0": columns,
               "lstm.bias_ih_l0": bias, "lstm.bias_hh_l0": torch.zeros_like(bias), "out.weight": v["P"], "out.bias": v["p"]}
    decoder = Decoder(len(v["p"]), len(v["x"]), H).to(v["x"])
    token = torch.zeros(1, dtype=torch.long, device=v["x"].device)
    found = torch.func.functional_call(decoder, weights, (token, v["s"][None, None], v["c"][None, None], v["h"][None]))
    return dict(zip(("l", "s_1", "c_1", "alpha", "v"), found))


@attention_decoder.reference("jax", "flax.linen.Dense, LSTMCell, dot_product_attention")
def _(jax, v):
    from flax import linen

    np, h, H = jax.numpy, v["h"], len(v["s"])

    def dense(W, x, **bias):
        layer = linen.Dense(len(W), use_bias=bool(bias), param_dtype=h.dtype)
        return layer.apply({"params": {"kernel": W.T, **bias}}, x)

    both = np.concatenate([np.broadcast_to(v["s"], h.shape), h], 1)
    e = dense(v["w"][None], np.tanh(dense(v["W"], both, bias=v["b"])))[:, 0]
    context = linen.dot_product_attention(np.zeros_like(h[:1, None]), h[:, None], h[:, None], bias=e[None, None])[0, 0]
    gates = {"i": "i", "f": "f", "g": "g", "o": "o_t"}
    params = {f"i{gate}": {"kernel": v[f"W_{name}"].T} for gate, name in gates.items()}
    params |= {f"h{gate}": {"kernel": v[f"U_{name}"].T, "bias": v[f"b_{name}"]} for gate, name in gates.items()}
    cell = linen.LSTMCell(H, param_dtype=h.dtype)
    (c, s), _ = cell.apply({"params": params}, (v["c"], v["s"]), np.concatenate([v["x"], context]))
    return {"e": e, "alpha": jax.nn.softmax(e), "v": context, "c_1": c, "s_1": s, "l": dense(v["P"], s, bias=v["p"])}
