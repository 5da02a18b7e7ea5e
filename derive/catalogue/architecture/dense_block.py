"""The gradient in a dense block of two layers: each is read by all behind it, and stands in the output itself."""

from sympy import KroneckerDelta, Piecewise, Sum, tanh

from derive.entry import entry
from derive.sympy_bridge import concat


@entry(
    name="dense_block",
    title={"en": "Dense block: gradients", "zh": "稠密块：梯度"},
    section="2.1",
    source="Huang, Liu, van der Maaten & Weinberger 2017, section 3, equation 2",
    facts={
        "dense-block": {"kind": "definition", "en": "A layer reads all before it, side by side", "zh": "每层读取之前的全部（拼接）"},
        "densenet-gradient-flow": {"kind": "gradient", "en": "The Jacobian of a concatenation contains the identity",
                                   "zh": "拼接的雅可比包含单位阵"},
        "densenet-mitigates-vanishing": {"kind": "gradient", "en": "What arrives at a layer's own copy adds to its gradient, whatever the weights are",
                                         "zh": "传到该层自身副本的梯度直接相加，与权重无关"},
    },
)
def dense_block(page):
    c, m = page.sizes("c m")                                    # channels of the input, channels that each layer adds
    j, i, q, r = page.index("j", c), page.index("i", m), page.index("q", c + m), page.index("r", c + 2 * m)
    u, A, B = page.input("u", j), page.input("A", i, j), page.input("B", i, q)
    f = page.let("f", [i], tanh(Sum(A[i, j] * u[j], j)), fact="dense-block")
    y = page.let("y", [q], concat(q, (lambda p: u[p], c), (lambda p: f[p], m)), fact="dense-block")
    g = page.let("g", [i], tanh(Sum(B[i, q] * y[q], q)), fact="dense-block")
    z = page.let("z", [r], concat(r, (lambda p: y[p], c + m), (lambda p: g[p], m)), fact="dense-block")
    page.output(z)

    flow, direct = "densenet-gradient-flow", "densenet-mitigates-vanishing"
    J = page.total_derivative(y, u, fact=flow)
    dz, dy, df, du = page.gradient(z), page.want(y, fact=direct), page.want(f, fact=direct), page.want(u, fact=flow)
    s = page.index("s", m)
    slope_f, slope_g = 1 - f[i]**2, 1 - g[i]**2

    page.claim(J[q, j], Piecewise((KroneckerDelta(q, j), q <= c), ((1 - f[q - c]**2) * A[q - c, j], True)), fact=flow)
    page.claim(du[j], dy[j] + Sum(A[i, j] * slope_f * dy[c + i], i), fact=flow)
    page.claim(dy[q], dz[q] + Sum(B[i, q] * slope_g * dz[c + m + i], i), fact=direct)
    page.claim(df[i], dz[c + i] + Sum(B[s, c + i] * (1 - g[s]**2) * dz[c + m + s], s), fact=direct)

    page.mistake(du[j], Sum(A[i, j] * slope_f * dy[c + i], i),
                 en="forgets the copy of the input: it alone is left where the weights are zero", zh="漏掉了输入的副本：权重为零时只剩它")
    page.mistake(du[j], dy[j] + Sum(A[i, j] * slope_f * dy[i], i),
                 en="takes the concatenation for a sum: the layer's own channels stand behind those of the input",
                 zh="把拼接当作相加：该层的通道排在输入之后")
    page.mistake(df[i], dz[c + i], en="takes the direct path for all: the next layer reads this one too",
                 zh="以为只有直接通路：下一层也读取该层")
    page.mistake(df[i], Sum(B[s, c + i] * (1 - g[s]**2) * dz[c + m + s], s),
                 en="takes a plain chain for the block: the output keeps every layer", zh="当作普通链：输出保留每一层")
    page.mistake(J[q, j], Piecewise((1, q <= c), ((1 - f[q - c]**2) * A[q - c, j], True)),
                 en="fills the upper block with ones: it is the identity", zh="上方的块全写成 1：应为单位阵")

    page.convention(
        en="u may be all that earlier layers gave: then f is any layer of a block, and g the layers behind it. One tanh layer is H "
           "here; the paper's H is BN–ReLU–conv, twice.",
        zh="u 可以是之前各层的全部输出：于是 f 是块中任一层，g 是其后的层。此处 H 为一层 tanh；论文中 H 为两次 BN–ReLU–卷积。")
    page.convention(
        en="A direct path does not bound what comes through the layers: gradients can still explode or cancel.",
        zh="直接通路不限制经由各层的部分：梯度仍可能爆炸或抵消。")
    page.share_over_batch(A, B)


dense_block.sized(c=2, m=4)
dense_block.sized(c=3, m=1)


@dense_block.reference("torch", "torch.nn.functional.linear, torch.cat")
def _(torch, v):
    linear = torch.nn.functional.linear
    f = torch.tanh(linear(v["u"], v["A"]))
    y = torch.cat([v["u"], f])
    return {"f": f, "y": y, "z": torch.cat([y, torch.tanh(linear(y, v["B"]))])}


@dense_block.reference("jax", "flax.linen.Dense, jax.numpy.concatenate")
def _(jax, v):
    from flax import linen

    x = v["u"]
    for W in (v["A"], v["B"]):
        dense = linen.Dense(len(W), use_bias=False, param_dtype=x.dtype)
        x = jax.numpy.concatenate([x, jax.numpy.tanh(dense.apply({"params": {"kernel": W.T}}, x))])
    return {"z": x}
