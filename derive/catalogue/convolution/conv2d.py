"""Two-dimensional convolution (cross-correlation) with stride, padding, dilation and groups."""

from sympy import KroneckerDelta, Piecewise, Sum

from derive.entry import entry


@entry(
    name="conv2d",
    title={"en": "2-D convolution with stride, padding, dilation, groups", "zh": "二维卷积（步幅、填充、膨胀、分组）"},
    section="2.1",
    source="Dumoulin & Visin 2016, chapter 2 and section 4.1",
    facts={
        "conv2d-forward": {"kind": "definition", "en": "Convolution", "zh": "卷积"},
        "dilated-conv-definition": {"kind": "definition", "en": "Dilation: a kernel with d − 1 zeros between its members",
                                    "zh": "膨胀：核的相邻元素间有 d − 1 个零"},
        "group-conv-definition": {"kind": "definition", "en": "Groups: one kernel, block-diagonal in the channels",
                                  "zh": "分组：在通道上分块对角的核"},
        "conv2d-weight-gradient": {"kind": "gradient", "en": "Gradient of the kernel", "zh": "卷积核的梯度"},
        "conv2d-input-gradient": {"kind": "gradient", "en": "Gradient of the input", "zh": "输入的梯度"},
        "conv2d-bias-gradient": {"kind": "gradient", "en": "Gradient of the bias", "zh": "偏置的梯度"},
    },
)
def conv2d(page):
    G, O, C = page.sizes("G O C")
    K, J, N, R, M, Q = page.sizes("K J N R M Q")        # kernel, image, output: height and width
    s, d, P = page.size("s"), page.size("d"), page.size("P", least=0)       # stride, dilation, padding on every side
    g, o, c = page.index("g", G), page.index("o", O), page.index("c", C)
    k, j = page.index("k", K - 1, 0), page.index("j", J - 1, 0)
    u, v = page.index("u", N - 1, 0), page.index("v", R - 1, 0)
    p, q = page.index("p", M - 1, 0), page.index("q", Q - 1, 0)

    x, w, b = page.input("x", g, c, u, v), page.input("w", g, o, c, k, j), page.input("b", g, o)
    row, column = s * p + d * k - P, s * q + d * j - P

    def padded(row, column, group=g):
        inside = (row >= 0) & (row <= N - 1) & (column >= 0) & (column <= R - 1)
        return Piecewise((x[group, c, row, column], inside), (0, True))

    y = page.let("y", [g, o, p, q], Sum(w[g, o, c, k, j] * padded(row, column), c, k, j) + b[g, o],
                 fact="conv2d-forward")
    page.output(y)
    h = page.index("h", G)
    a, e = page.index("a", d * (K - 1), 0), page.index("e", d * (J - 1), 0)
    spread = page.let("Z", [g, o, c, a, e], Sum(KroneckerDelta(a, d * k) * KroneckerDelta(e, d * j) * w[g, o, c, k, j], k, j),
                      fact="dilated-conv-definition")
    blocks = page.let("B", [g, o, h, c, k, j], KroneckerDelta(g, h) * w[g, o, c, k, j], fact="group-conv-definition")

    dy = page.gradient(y)
    dw = page.want(w, fact="conv2d-weight-gradient")
    dx = page.want(x, fact="conv2d-input-gradient")
    db = page.want(b, fact="conv2d-bias-gradient")

    page.claim(y[g, o, p, q], Sum(spread[g, o, c, a, e] * padded(s * p + a - P, s * q + e - P), c, a, e) + b[g, o],
               fact="dilated-conv-definition")
    page.claim(y[g, o, p, q], Sum(blocks[g, o, h, c, k, j] * padded(row, column, h), h, c, k, j) + b[g, o],
               fact="group-conv-definition")
    page.claim(dw[g, o, c, k, j], Sum(dy[g, o, p, q] * padded(row, column), p, q), fact="conv2d-weight-gradient")
    hits = KroneckerDelta(row, u) * KroneckerDelta(column, v)
    page.claim(dx[g, c, u, v], Sum(hits * w[g, o, c, k, j] * dy[g, o, p, q], o, k, j, p, q),
               fact="conv2d-input-gradient")
    page.claim(db[g, o], Sum(dy[g, o, p, q], p, q), fact="conv2d-bias-gradient")

    page.mistake(dw[g, o, c, k, j], Sum(dy[g, o, p, q] * padded(p + d * k - P, q + d * j - P), p, q),
                 en="forgets the stride", zh="漏掉了步幅")
    page.mistake(dw[g, o, c, k, j], Sum(dy[g, o, p, q] * padded(s * p + d * k, s * q + d * j), p, q),
                 en="forgets the padding", zh="漏掉了填充")
    swapped = KroneckerDelta(s * p + k - P, u) * KroneckerDelta(s * q + j - P, v)
    page.mistake(dx[g, c, u, v], Sum(swapped * w[g, o, c, k, j] * dy[g, o, p, q], o, k, j, p, q),
                 en="forgets the dilation", zh="漏掉了膨胀")
    page.mistake(y[g, o, p, q], Sum(w[g, o, c, k, j] * padded(s * p - d * k - P, s * q - d * j - P), c, k, j) + b[g, o],
                 en="takes the minus of a true convolution: with a dilation libraries correlate too", zh="用了真卷积的减号：带膨胀时各库同样计算互相关")
    page.mistake(y[g, o, p, q], Sum(w[g, o, c, k, j] * padded(row, column, h), h, c, k, j) + b[g, o],
                 en="lets a group read all groups", zh="让一组读取所有组")
    page.mistake(db[g, o], Sum(dy[g, o, p, q], p, q) / (M * Q), en="takes the mean over positions",
                 zh="对位置取了平均，应为求和")

    page.convention(
        en="What libraries call convolution is cross-correlation: the kernel is not flipped. Positions and taps count "
           "from 0; stride, dilation and padding are the same along both axes here.",
        zh="各库所说的卷积实为互相关：核不翻转。位置与核下标从 0 开始；此处两个方向的步幅、膨胀与填充相同。")
    page.share_over_batch(w, b)


conv2d.sized(G=2, O=3, C=1, K=4, J=2, N=11, R=8, M=5, Q=5, s=2, d=1, P=1)
conv2d.sized(G=1, O=2, C=3, K=2, J=3, N=7, R=9, M=6, Q=5, s=1, d=3, P=1)


def _shapes(v):
    (G, O, C, K, J), (N, R) = v["w"].shape, v["x"].shape[-2:]
    return (1, G * C, N, R), (G * O, C, K, J), (G, O, v["M"], v["Q"])


@conv2d.reference("torch", "torch.nn.functional.conv2d")
def _(torch, v):
    image, kernel, out = _shapes(v)
    y = torch.nn.functional.conv2d(v["x"].reshape(image), v["w"].reshape(kernel), v["b"].reshape(-1), stride=v["s"],
                                   padding=v["P"], dilation=v["d"], groups=out[0])
    one = v["w"].new_ones(1, 1, 1, 1)
    spread = torch.nn.functional.conv_transpose2d(v["w"].reshape(-1, 1, *kernel[2:]), one, stride=v["d"])
    blocks = torch.diag_embed(v["w"].permute(1, 2, 3, 4, 0)).permute(4, 0, 5, 1, 2, 3)
    return {"y": y.reshape(out), "Z": spread.reshape(*v["w"].shape[:3], *spread.shape[2:]), "B": blocks}


@conv2d.reference("jax", "jax.lax.conv_general_dilated")
def _(jax, v):
    image, kernel, out = _shapes(v)
    s, d, P = v["s"], v["d"], v["P"]
    y = jax.lax.conv_general_dilated(v["x"].reshape(image), v["w"].reshape(kernel), (s, s), [(P, P), (P, P)],
                                     rhs_dilation=(d, d), feature_group_count=out[0])
    return {"y": y.reshape(out) + v["b"][:, :, None, None]}
