"""One-dimensional convolution (cross-correlation) with stride, padding, dilation and groups, for any number of output
positions."""

from sympy import KroneckerDelta, Piecewise, Sum

from derive.entry import entry


@entry(
    name="conv1d",
    title={"en": "1-D convolution with stride, padding, dilation, groups", "zh": "一维卷积（步幅、填充、膨胀、分组）"},
    section="2.1",
    source="Dumoulin & Visin 2016, chapter 2 and section 4.1",
    facts={
        "conv1d-forward": {"kind": "definition", "en": "Convolution", "zh": "卷积"},
        "conv1d-weight-gradient": {"kind": "gradient", "en": "Gradient of the kernel", "zh": "卷积核的梯度"},
        "conv1d-input-gradient": {"kind": "gradient", "en": "Gradient of the input", "zh": "输入的梯度"},
        "conv1d-bias-gradient": {"kind": "gradient", "en": "Gradient of the bias", "zh": "偏置的梯度"},
    },
)
def conv1d(page):
    G, O, C, K, N, M = page.sizes("G O C K N M")
    s, d, P = page.size("s"), page.size("d"), page.size("P", least=0)       # stride, dilation, padding on either side
    g, o, c = page.index("g", G), page.index("o", O), page.index("c", C)
    k, u, p = page.index("k", K - 1, 0), page.index("u", N - 1, 0), page.index("p", M - 1, 0)

    x, w, b = page.input("x", g, c, u), page.input("w", g, o, c, k), page.input("b", g, o)

    def padded(place):
        return Piecewise((x[g, c, place], (place >= 0) & (place <= N - 1)), (0, True))

    y = page.let("y", [g, o, p], Sum(w[g, o, c, k] * padded(s * p + d * k - P), c, k) + b[g, o],
                 fact="conv1d-forward")
    page.output(y)

    dy = page.gradient(y)
    dw = page.want(w, fact="conv1d-weight-gradient")
    dx = page.want(x, fact="conv1d-input-gradient")
    db = page.want(b, fact="conv1d-bias-gradient")

    page.claim(dw[g, o, c, k], Sum(dy[g, o, p] * padded(s * p + d * k - P), p), fact="conv1d-weight-gradient")
    hits = KroneckerDelta(s * p + d * k - P, u)
    page.claim(dx[g, c, u], Sum(hits * w[g, o, c, k] * dy[g, o, p], o, k, p), fact="conv1d-input-gradient")
    page.claim(db[g, o], Sum(dy[g, o, p], p), fact="conv1d-bias-gradient")

    page.mistake(dw[g, o, c, k], Sum(dy[g, o, p] * padded(p + d * k - P), p), en="forgets the stride", zh="漏掉了步幅")
    page.mistake(dw[g, o, c, k], Sum(dy[g, o, p] * padded(s * p + d * k), p), en="forgets the padding", zh="漏掉了填充")
    flipped = KroneckerDelta(s * p + d * (K - 1 - k) - P, u)
    page.mistake(dx[g, c, u], Sum(flipped * w[g, o, c, k] * dy[g, o, p], o, k, p),
                 en="flips the kernel once too often: the flip is in the index already", zh="卷积核多翻转了一次：下标中已包含翻转")
    page.mistake(db[g, o], Sum(dy[g, o, p], p) / M, en="takes the mean over positions", zh="对位置取了平均，应为求和")

    page.convention(
        en="What libraries call convolution is cross-correlation: the kernel is not flipped. Positions and taps count "
           "from 0; with stride s and dilation d, output p reads the inputs s p + d k − P.",
        zh="各库所说的卷积实为互相关：核不翻转。位置与核下标从 0 开始；步幅 s、膨胀 d 时，输出 p 读取输入 s p + d k − P。")
    page.convention(
        en="torch and flax flatten (g, o) and (g, c) to channels; jax.lax takes the groups as feature_group_count.",
        zh="torch 与 flax 把 (g, o) 与 (g, c) 展平为通道；jax.lax 以 feature_group_count 表示分组。")
    page.share_over_batch(w, b)


conv1d.sized(G=2, O=3, C=1, K=4, N=11, M=5, s=2, d=1, P=1)
conv1d.sized(G=1, O=2, C=3, K=2, N=9, M=8, s=1, d=3, P=1)


@conv1d.reference("torch", "torch.nn.functional.conv1d")
def _(torch, v):
    G, O, C, K = v["w"].shape
    N, M = v["x"].shape[-1], v["M"]
    s, d, P = (v[name] for name in "sdP")
    y = torch.nn.functional.conv1d(v["x"].reshape(1, G * C, N), v["w"].reshape(G * O, C, K), v["b"].reshape(G * O),
                                   stride=s, padding=P, dilation=d, groups=G)
    return {"y": y.reshape(G, O, M)}


@conv1d.reference("jax", "jax.lax.conv_general_dilated")
def _(jax, v):
    G, O, C, K = v["w"].shape
    N, M = v["x"].shape[-1], v["M"]
    s, d, P = (v[name] for name in "sdP")
    y = jax.lax.conv_general_dilated(v["x"].reshape(1, G * C, N), v["w"].reshape(G * O, C, K), (s,), [(P, P)],
                                     rhs_dilation=(d,), feature_group_count=G)
    return {"y": y.reshape(G, O, M) + v["b"][:, :, None]}
