"""Multi-head attention from inputs to outputs: projections, scaled dot products with a mask, and the output weights."""

from sympy import Sum, exp, sqrt

from derive.entry import entry


@entry(
    name="multi_head_attention",
    title={"en": "Multi-head attention", "zh": "多头注意力"},
    section="2.3",
    source="Vaswani et al. 2017, section 3.2.2",
    facts={
        "qkv-projections": {"kind": "definition", "en": "Queries, keys and values of a head",
                            "zh": "每个头的查询、键与值"},
        "multihead-head": {"kind": "definition", "en": "Attention of a head", "zh": "每个头的注意力"},
        "multihead-concat": {"kind": "definition", "en": "Output: the heads side by side, times W_O",
                             "zh": "输出：各头拼接后乘 W_O"},
        "multihead-double-projection": {"kind": "identity", "en": "Two projections are one: (X U) W_Q = X (U W_Q)",
                                        "zh": "两次投影即一次：(X U) W_Q = X (U W_Q)"},
        "code-mha": {"kind": "code", "en": "The course's class is torch.nn.MultiheadAttention, where the width is a multiple of the heads",
                     "zh": "课程中的类等于 torch.nn.MultiheadAttention，须宽度为头数的倍数"},
        "multi-head-backward": {"kind": "gradient", "en": "Gradients within a head", "zh": "单个头内的梯度"},
        "multi-head-weights": {"kind": "gradient", "en": "Gradients by the weights", "zh": "对权重的梯度"},
        "multi-head-inputs": {"kind": "gradient", "en": "Gradients by the inputs: sums over the heads",
                              "zh": "对输入的梯度：对各头求和"},
    },
)
def multi_head_attention(page):
    H, n, m, D, C, d = page.sizes("H n m D C d")
    h = page.family("h", 1, H)
    i, j, k = page.index("i", n), page.index("j", m), page.index("k", m)
    p, q, o = page.index("p", D), page.index("q", C), page.index("o", D)
    a, c = page.index("a", d), page.index("c", d)

    X, Y, M = page.input("X", i, p), page.input("Y", j, q), page.input("M", i, j)
    W_Q, W_K, W_V = page.input("W_Q", h, p, a), page.input("W_K", h, q, a), page.input("W_V", h, q, c)
    W_O = page.input("W_O", h, c, o)
    Q = page.let("Q", [h, i, a], Sum(X[i, p] * W_Q[h, p, a], p), fact="qkv-projections")
    K = page.let("K", [h, j, a], Sum(Y[j, q] * W_K[h, q, a], q), fact="qkv-projections")
    V = page.let("V", [h, j, c], Sum(Y[j, q] * W_V[h, q, c], q), fact="qkv-projections")
    S = page.let("S", [h, i, j], Sum(Q[h, i, a] * K[h, j, a], a) / sqrt(d) + M[i, j], fact="multihead-head")
    P = page.let("P", [h, i, j], exp(S[h, i, j]) / Sum(exp(S[h, i, k]), k), fact="multihead-head")
    O = page.let("O", [h, i, c], Sum(P[h, i, j] * V[h, j, c], j), fact="multihead-head")
    Z = page.let("Z", [i, o], Sum(O[h, i, c] * W_O[h, c, o], h, c), fact="multihead-concat")
    page.output(Z)
    r, U = page.index("r", D), page.input("U", p, o)
    B = page.let("B", [i, o], Sum(X[i, p] * U[p, o], p), fact="multihead-double-projection")
    twice = page.let("R", [h, i, a], Sum(B[i, r] * W_Q[h, r, a], r), fact="multihead-double-projection")
    joint = page.let("G", [h, p, a], Sum(U[p, r] * W_Q[h, r, a], r), fact="multihead-double-projection")

    dZ = page.gradient(Z)
    dO, dP = page.want(O, fact="multi-head-backward"), page.want(P, fact="multi-head-backward")
    dS = page.want(S, fact="multi-head-backward")
    dQ, dK, dV = (page.want(x, fact="multi-head-backward") for x in (Q, K, V))
    dW_Q, dW_K, dW_V, dW_O = (page.want(w, fact="multi-head-weights") for w in (W_Q, W_K, W_V, W_O))
    dX, dY = page.want(X, fact="multi-head-inputs"), page.want(Y, fact="multi-head-inputs")

    page.claim(twice[h, i, a], Sum(X[i, p] * joint[h, p, a], p), fact="multihead-double-projection")
    page.claim(dO[h, i, c], Sum(dZ[i, o] * W_O[h, c, o], o), fact="multi-head-backward")
    page.claim(dV[h, j, c], Sum(P[h, i, j] * dO[h, i, c], i), fact="multi-head-backward")
    page.claim(dP[h, i, j], Sum(dO[h, i, c] * V[h, j, c], c), fact="multi-head-backward")
    page.claim(dS[h, i, j], P[h, i, j] * (dP[h, i, j] - Sum(P[h, i, k] * dP[h, i, k], k)), fact="multi-head-backward")
    page.claim(dS[h, i, j], P[h, i, j] * (dP[h, i, j] - Sum(dO[h, i, c] * O[h, i, c], c)), fact="multi-head-backward")
    page.claim(dQ[h, i, a], Sum(dS[h, i, j] * K[h, j, a], j) / sqrt(d), fact="multi-head-backward")
    page.claim(dK[h, j, a], Sum(dS[h, i, j] * Q[h, i, a], i) / sqrt(d), fact="multi-head-backward")
    page.claim(dW_Q[h, p, a], Sum(X[i, p] * dQ[h, i, a], i), fact="multi-head-weights")
    page.claim(dW_K[h, q, a], Sum(Y[j, q] * dK[h, j, a], j), fact="multi-head-weights")
    page.claim(dW_V[h, q, c], Sum(Y[j, q] * dV[h, j, c], j), fact="multi-head-weights")
    page.claim(dW_O[h, c, o], Sum(O[h, i, c] * dZ[i, o], i), fact="multi-head-weights")
    page.claim(dX[i, p], Sum(dQ[h, i, a] * W_Q[h, p, a], h, a), fact="multi-head-inputs")
    page.claim(dY[j, q], Sum(Sum(dK[h, j, a] * W_K[h, q, a], a) + Sum(dV[h, j, c] * W_V[h, q, c], c), h),
               fact="multi-head-inputs")

    page.mistake(dQ[h, i, a], Sum(dS[h, i, j] * K[h, j, a], j) / sqrt(H * d),
                 en="scales by the width of all heads together: each head has the width d",
                 zh="按所有头的总宽度缩放：每个头的宽度是 d")
    page.mistake(dY[j, q], Sum(dK[h, j, a] * W_K[h, q, a], h, a),
                 en="forgets that the memory also feeds the values", zh="漏掉了记忆也经由值 V 起作用")
    page.mistake(dS[h, i, j], P[h, i, j] * dP[h, i, j],
                 en="drops the softmax's normaliser", zh="漏掉了 softmax 的归一化项")
    page.mistake(dX[i, p], Sum(dQ[1, i, a] * W_Q[1, p, a], a),
                 en="takes one head only: every head reads the same input", zh="只取了一个头：所有头读取同一输入")
    page.mistake(twice[h, i, a], Q[h, i, a], en="takes a second projection for none: only U = I changes nothing",
                 zh="以为第二次投影不起作用：只有 U = I 时才不变")
    page.mistake(dW_O[h, c, o], Sum(dO[h, i, c] * dZ[i, o], i),
                 en="uses the gradient that arrives at the head where its output belongs",
                 zh="用了传到该头的梯度，应为该头的输出")

    page.convention(
        en="X is what asks and Y what is attended to; self-attention is Y = X, and its gradient is the sum of both.",
        zh="X 提供查询，Y 被关注；自注意力即 Y = X，其梯度为两者之和。")
    page.convention(
        en="torch.nn.MultiheadAttention stacks the heads' weights as rows: row (h − 1) d + a of q_proj_weight is column "
           "a of W_Q^(h); its embedding width is H d. Biases are left out here.",
        zh="torch.nn.MultiheadAttention 将各头权重按行堆叠：q_proj_weight 的第 (h − 1) d + a 行是 W_Q^(h) 的第 a 列；"
           "其嵌入宽度为 H d。此处不计偏置。")
    page.convention(
        en="flax.linen.MultiHeadDotProductAttention keeps kernels with the axes (input, head, width) and, for the "
           "output, (head, width, output); its mask is true where attention is allowed, M is added to the scores.",
        zh="flax.linen.MultiHeadDotProductAttention 的核轴序为（输入, 头, 宽度），输出核为（头, 宽度, 输出）；其 mask 在允许处为真，"
           "而 M 加在得分上。")


multi_head_attention.sized(H=2, n=4, m=5, D=6, C=7, d=3)
multi_head_attention.sized(H=3, n=1, m=4, D=6, C=5, d=2)


@multi_head_attention.reference("torch", "torch.nn.MultiheadAttention")
def _(torch, v):
    H, D, d = v["W_Q"].shape
    module = torch.nn.MultiheadAttention(D, H, bias=False, kdim=v["Y"].shape[1], vdim=v["Y"].shape[1]).to(v["X"])
    rows = {name: v[f"W_{name.upper()}"].transpose(1, 2).reshape(H * d, -1) for name in "qkv"}
    weights = {f"{name}_proj_weight": w for name, w in rows.items()}
    if module.in_proj_weight is not None:                           # where C = D
        weights = {"in_proj_weight": torch.cat(list(rows.values()))}
    weights["out_proj.weight"] = v["W_O"].reshape(H * d, D).T
    Z, _ = torch.func.functional_call(module, weights, (v["X"], v["Y"], v["Y"]), {"attn_mask": v["M"]})
    return {"Z": Z}


@multi_head_attention.reference("torch", "torch.nn.functional.scaled_dot_product_attention")
def _(torch, v):
    Q, K, V = v["X"] @ v["W_Q"], v["Y"] @ v["W_K"], v["Y"] @ v["W_V"]
    O = torch.nn.functional.scaled_dot_product_attention(Q[None], K[None], V[None], attn_mask=v["M"][None])[0]
    twice = torch.linalg.multi_dot([v["X"], v["U"], v["W_Q"].transpose(0, 1).flatten(1)])
    return {"O": O, "Z": torch.einsum("hic,hco->io", O, v["W_O"]),
            "R": twice.unflatten(1, v["W_Q"].shape[::2]).transpose(0, 1)}


@multi_head_attention.reference("jax", "flax.linen.MultiHeadDotProductAttention")
def _(jax, v):
    from flax import linen

    H, D, d = v["W_Q"].shape

    def attend(query, key, value, **options):
        options.pop("mask", None)
        return linen.dot_product_attention(query, key, value, bias=v["M"][None], **options)

    params = {name: {"kernel": v[f"W_{name[0].upper()}"].transpose(1, 0, 2)} for name in ("query", "key", "value")}
    params["out"] = {"kernel": v["W_O"]}
    module = linen.MultiHeadDotProductAttention(H, qkv_features=H * d, out_features=D, use_bias=False,
                                                param_dtype=v["X"].dtype, attention_fn=attend)
    return {"Z": module.apply({"params": params}, v["X"], v["Y"], v["Y"])}


@multi_head_attention.experiment("torch", "torch.nn.Linear, torch.nn.MultiheadAttention", fact="code-mha")
def _(torch, see):
    torch.manual_seed(see.seed)
    F = torch.nn.functional

    def course(x, weights, heads, mask=None):
        """The class in the course: four linear layers, heads by view, −1e9 where the mask is 0."""
        (B, _, D), layers = x.shape, [torch.nn.Linear(x.shape[2], x.shape[2]) for _ in range(4)]
        for layer, (weight, bias) in zip(layers, weights):
            layer.weight.data, layer.bias.data = weight, bias
        Q, K, V = (layer(x).view(B, -1, heads, D // heads).transpose(1, 2) for layer in layers[:3])
        scores = Q @ K.transpose(-2, -1) / (D // heads)**.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        return layers[3]((F.softmax(scores, -1) @ V).transpose(1, 2).contiguous().view(B, -1, D))

    def copied(module):
        rows = zip(module.in_proj_weight.chunk(3), module.in_proj_bias.chunk(3))
        return [(w.detach(), b.detach()) for w, b in (*rows, (module.out_proj.weight, module.out_proj.bias))]

    x, module, causal = torch.randn(2, 5, 12), torch.nn.MultiheadAttention(12, 3, batch_first=True), torch.ones(5, 5).tril()
    due, _ = module(x, x, x, attn_mask=causal == 0)
    see((course(x, copied(module), 3, causal) - due).abs().max(), "<", 1e-5, en="the course's class, less torch's with its weights and the negated mask",
        zh="课程的类与 torch（同样权重、取反的掩码）之差")
    weights = [(torch.randn(10, 10), torch.zeros(10)) for _ in range(4)]
    x = torch.randn(1, 9, 10)
    other = x.clone()
    other[:, 5:] += 1
    mixed = [course(y, weights, 3, torch.ones(10, 10).tril()) for y in (x, other)]
    see(str(tuple(mixed[0].shape)), "=", "(1, 9, 10)", en="its output for 3 heads of a width of 10 and 9 tokens", zh="宽度 10、3 个头、9 个词元时其输出形状")
    see.wrongly((mixed[0] - mixed[1])[:, :5].abs().max(), "<", 1e-6, en="the mask still closes the future there", zh="此时掩码仍遮住未来")
