"""Peephole LSTM over T steps: the forget and input gates look at the old cell state, the output gate at the new one."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="peephole_lstm",
    title={"en": "Peephole LSTM, T steps", "zh": "窥孔 LSTM，T 步"},
    section="2.2",
    source="Gers & Schmidhuber 2000; Gers, Schraudolph & Schmidhuber 2002, equations 3 to 8",
    facts={
        "peephole-lstm": {"kind": "definition", "en": "Gates that look at the cell", "zh": "能看到细胞状态的门"},
        "peephole-cell": {"kind": "update-rule", "en": "Cell update and hidden state", "zh": "细胞更新与隐藏状态"},
        "peephole-lstm-backward": {"kind": "gradient", "en": "Backpropagation through time", "zh": "随时间反向传播"},
    },
)
def peephole_lstm(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    r, s, k = page.index("r", H), page.index("s", H), page.index("k", D)
    x = page.input("x", t, k)
    h, c = page.state("h", (t, 0, T), r), page.state("c", (t, 0, T), r)

    def gate(name, squash, peeped=None):
        """A gate; `peeped` is the cell state that it looks at, entry by entry."""
        U, W, b = page.input(f"U_{name}", r, s), page.input(f"W_{name}", r, k), page.input(f"b_{name}", r)
        body = Sum(U[r, s] * h[t - 1, s], s) + Sum(W[r, k] * x[t, k], k) + b[r]
        p = page.input(f"p_{name}", r) if peeped is not None else None
        a = page.let(f"a_{name}", [t, r], body + (p[r] * peeped if p is not None else 0))
        return (U, W, b, p), a, page.let(name, [t, r], squash(a[t, r]), fact="peephole-lstm")

    (U_f, W_f, b_f, p_f), a_f, f = gate("f", sigmoid, c[t - 1, r])
    (U_i, W_i, b_i, p_i), a_i, i = gate("i", sigmoid, c[t - 1, r])
    (U_g, W_g, b_g, _), a_g, g = gate("g", tanh)
    page.define(c[t, r], f[t, r] * c[t - 1, r] + i[t, r] * g[t, r], fact="peephole-cell")
    (U_o, W_o, b_o, p_o), a_o, o = gate("o", sigmoid, c[t, r])
    page.define(h[t, r], o[t, r] * tanh(c[t, r]), fact="peephole-cell")
    page.output(h, arriving="v")

    back = "peephole-lstm-backward"
    dh, dc = page.want(h), page.want(c, fact=back)
    d_o, d_f, d_i, d_g = (page.want(a, f"delta_{name}", fact=back)
                          for name, a in (("o", a_o), ("f", a_f), ("i", a_i), ("g", a_g)))
    dp_f, dp_i, dp_o = (page.want(p, fact=back) for p in (p_f, p_i, p_o))
    for weight in (U_f, U_i, U_g, U_o, W_f, W_i, W_g, W_o, b_f, b_i, b_g, b_o, x):
        page.want(weight, fact=back)
    page.share_over_batch(U_f, U_i, U_g, U_o, W_f, W_i, W_g, W_o, b_f, b_i, b_g, b_o, p_f, p_i, p_o)

    v, inner = page.symbols["v"], page.family("t", 1, T - 1)
    gates = ((U_f, d_f), (U_i, d_i), (U_g, d_g), (U_o, d_o))

    def own(t):
        return dh[t, r] * o[t, r] * (1 - tanh(c[t, r])**2) + d_o[t, r] * p_o[r]

    def kept(t):
        return dc[t, r] * f[t, r] + d_f[t, r] * p_f[r] + d_i[t, r] * p_i[r]

    page.claim(dh[T, r], v[T, r], fact=back)
    page.claim(dh[inner, r], v[inner, r] + sum(Sum(U[s, r] * d[inner + 1, s], s) for U, d in gates), fact=back)
    page.claim(dc[T, r], own(T), fact=back)
    page.claim(dc[inner, r], own(inner) + kept(inner + 1), fact=back)
    page.claim(dc[0, r], kept(1), fact=back)
    page.claim(d_o[t, r], dh[t, r] * tanh(c[t, r]) * o[t, r] * (1 - o[t, r]), fact=back)
    page.claim(d_f[t, r], dc[t, r] * c[t - 1, r] * f[t, r] * (1 - f[t, r]), fact=back)
    page.claim(d_i[t, r], dc[t, r] * g[t, r] * i[t, r] * (1 - i[t, r]), fact=back)
    page.claim(d_g[t, r], dc[t, r] * i[t, r] * (1 - g[t, r]**2), fact=back)
    page.claim(dp_f[r], Sum(d_f[t, r] * c[t - 1, r], t), fact=back)
    page.claim(dp_i[r], Sum(d_i[t, r] * c[t - 1, r], t), fact=back)
    page.claim(dp_o[r], Sum(d_o[t, r] * c[t, r], t), fact=back)
    page.claim(page.gradient(U_f)[r, s], Sum(d_f[t, r] * h[t - 1, s], t), fact=back)
    page.claim(page.gradient(W_o)[r, k], Sum(d_o[t, r] * x[t, k], t), fact=back)

    page.mistake(dc[inner, r], own(inner) + dc[inner + 1, r] * f[inner + 1, r],
                 en="keeps the gradient of the LSTM without peepholes: the gates of step t+1 read c^(t) too",
                 zh="照搬无窥孔 LSTM 的梯度：t+1 步的门也读取 c^(t)")
    page.mistake(dc[T, r], dh[T, r] * o[T, r] * (1 - tanh(c[T, r])**2),
                 en="forgets that the output gate reads c^(t) of its own step", zh="忘了输出门读取本步的 c^(t)")
    page.mistake(dp_o[r], Sum(d_o[t, r] * c[t - 1, r], t),
                 en="lets the output gate look at the old cell state: it looks at the new one",
                 zh="让输出门看旧的细胞状态：它看的是新的")
    page.mistake(dp_f[r], Sum(d_f[t, r] * c[t, r], t),
                 en="lets the forget gate look at the new cell state, which does not exist yet",
                 zh="让遗忘门看新的细胞状态，而它此时尚不存在")

    page.convention(
        en="Peepholes are diagonal: p_f, p_i and p_o are vectors, one weight for each cell.",
        zh="窥孔是对角的：p_f、p_i、p_o 为向量，每个细胞一个权重。")
    page.convention(
        en="torch and flax have no peepholes. Their LSTM cell is compared with c^(t−1) and c^(t) as further inputs, whose "
           "weights are diagonal matrices.",
        zh="torch 与 flax 没有窥孔。比较时把 c^(t−1) 与 c^(t) 作为其 LSTM 单元的附加输入，权重为对角矩阵。")


peephole_lstm.sized(T=3, H=2, D=4)
peephole_lstm.sized(T=1, H=3, D=2)


@peephole_lstm.reference("torch", "torch.lstm_cell")
def _(torch, v):
    h, c, zero, path = v["h[0]"], v["c[0]"], torch.zeros_like(v["b_g"]), []
    old = torch.cat([torch.diag(w) for w in (v["p_i"], v["p_f"], zero, zero)])
    new = torch.cat([torch.diag(w) for w in (zero, zero, zero, v["p_o"])])
    W, U, b = (torch.cat([v[f"{name}_{gate}"] for gate in "ifgo"]) for name in "WUb")
    W, none = torch.cat([W, old, new], 1), torch.zeros_like(b)          # on a GPU there are two biases, or none
    for x in v["x"].unbind(-2):
        start = [h.reshape(-1, len(zero)), c.reshape(-1, len(zero))]
        seen = [x.reshape(len(start[0]), -1), start[1]]
        _, cell = torch.lstm_cell(torch.cat([*seen, torch.zeros_like(start[1])], 1), start, W, U, b, none)
        h, c = (value.reshape(h.shape) for value in torch.lstm_cell(torch.cat([*seen, cell], 1), start, W, U, b, none))
        path.append(h)
    return {"h": torch.stack(path, -2)}


@peephole_lstm.reference("jax", "flax.linen.LSTMCell")
def _(jax, v):
    from flax import linen

    h, c, zero, path = v["h[0]"], v["c[0]"], jax.numpy.zeros_like(v["b_g"]), []
    params: dict = {}
    for gate in "ifgo":
        old, new = v[f"p_{gate}"] if gate in "if" else zero, v["p_o"] if gate == "o" else zero
        kernel = jax.numpy.concatenate([v[f"W_{gate}"].T, jax.numpy.diag(old), jax.numpy.diag(new)])
        params |= {f"i{gate}": {"kernel": kernel}, f"h{gate}": {"kernel": v[f"U_{gate}"].T, "bias": v[f"b_{gate}"]}}
    cell = linen.LSTMCell(len(zero), param_dtype=zero.dtype)
    for x in v["x"]:
        (new_c, _), _ = cell.apply({"params": params}, (c, h), jax.numpy.concatenate([x, c, zero]))
        (c, h), _ = cell.apply({"params": params}, (c, h), jax.numpy.concatenate([x, c, new_c]))
        path.append(h)
    return {"h": jax.numpy.stack(path)}
