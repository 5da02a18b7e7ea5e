"""What libraries call convolution, in two dimensions with several channels: cross-correlation, as a matrix product, and
its gradients as correlations themselves."""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(
    name="cross_correlation",
    title={"en": "Cross-correlation in two dimensions: flips, patches, gradients", "zh": "二维互相关：翻转、图块与梯度"},
    section="2.1",
    source="Goodfellow, Bengio & Courville 2016, sections 9.1 and 9.5; Dumoulin & Visin 2016, chapters 2 and 4",
    facts={
        "cross-correlation-definition": {"kind": "definition", "en": "Cross-correlation of an image with kernels",
                                         "zh": "图像与核的互相关"},
        "conv2d-definition": {"kind": "definition", "en": "Convolution in two dimensions", "zh": "二维卷积"},
        "dl-conv-is-cross-correlation": {"kind": "identity",
                                         "en": "What libraries compute is convolution with the kernel turned by a half turn",
                                         "zh": "各库所计算的是与旋转 180° 的核的卷积"},
        "im2col-matrix-form": {"kind": "identity", "en": "Kernels as a matrix times patches as columns",
                               "zh": "核矩阵乘以按列排放的图块"},
        "conv-weight-gradient": {"kind": "gradient", "en": "Gradient of the kernel: the input correlated with δ",
                                 "zh": "核的梯度：输入与 δ 的互相关"},
        "conv-input-gradient": {"kind": "gradient", "en": "Gradient of the input: δ convolved with the kernels, in full",
                                "zh": "输入的梯度：δ 与核的完全卷积"},
    },
)
def cross_correlation(page):
    O, C, K, J, M, Q, n = page.sizes("O C K J M Q n")       # channels out and in; kernel; output; examples
    b, o, c = page.index("b", n), page.index("o", O), page.index("c", C)
    k, j = page.index("k", K - 1, 0), page.index("j", J - 1, 0)
    p, q = page.index("p", M - 1, 0), page.index("q", Q - 1, 0)
    u, v = page.index("u", M + K - 2, 0), page.index("v", Q + J - 2, 0)
    r, s = page.index("r", M + 2 * K - 3, 0), page.index("s", Q + 2 * J - 3, 0)

    x, w = page.input("x", b, c, u, v), page.input("w", o, c, k, j)

    def inside(place, size):
        return (place >= 0) & (place <= size - 1)

    y = page.let("y", [b, o, p, q], Sum(w[o, c, k, j] * x[b, c, p + k, q + j], c, k, j),
                 fact="cross-correlation-definition")
    page.output(y)
    patches = page.let("U", [b, c, k, j, p, q], x[b, c, p + k, q + j], fact="im2col-matrix-form")
    turned = page.let("t", [o, c, k, j], w[o, c, K - 1 - k, J - 1 - j], fact="dl-conv-is-cross-correlation")
    full = page.let("z", [b, o, r, s], Sum(turned[o, c, k, j] * Piecewise(
        (x[b, c, r - k, s - j], inside(r - k, M + K - 1) & inside(s - j, Q + J - 1)), (0, True)), c, k, j),
        fact="conv2d-definition")

    dy, dx, dw = page.gradient(y), page.want(x, fact="conv-input-gradient"), page.want(w, fact="conv-weight-gradient")
    def arriving(row, column):
        return Piecewise((dy[b, o, row, column], inside(row, M) & inside(column, Q)), (0, True))

    page.claim(y[b, o, p, q], full[b, o, p + K - 1, q + J - 1], fact="dl-conv-is-cross-correlation")
    page.claim(y[b, o, p, q], Sum(w[o, c, k, j] * patches[b, c, k, j, p, q], c, k, j), fact="im2col-matrix-form")
    page.claim(dw[o, c, k, j], Sum(x[b, c, p + k, q + j] * dy[b, o, p, q], b, p, q), fact="conv-weight-gradient")
    page.claim(dw[o, c, k, j], Sum(dy[b, o, p, q] * patches[b, c, k, j, p, q], b, p, q), fact="conv-weight-gradient")
    page.claim(dx[b, c, u, v], Sum(w[o, c, k, j] * arriving(u - k, v - j), o, k, j), fact="conv-input-gradient")

    page.mistake(y[b, o, p, q], Sum(w[o, c, K - 1 - k, J - 1 - j] * x[b, c, p + k, q + j], c, k, j),
                 en="turns the kernel: libraries do not", zh="旋转了核：各库并不旋转")
    page.mistake(dx[b, c, u, v], Sum(w[o, c, k, j] * arriving(u + k - K + 1, v + j - J + 1), o, k, j),
                 en="correlates δ with the kernel as it is: the gradient turns it", zh="直接用原核与 δ 作互相关：梯度中核应旋转")
    page.mistake(dw[o, c, k, j], Sum(x[b, c, M - 1 - p + k, Q - 1 - q + j] * dy[b, o, p, q], b, p, q),
                 en="convolves the input with δ: it is a correlation", zh="对输入与 δ 作卷积：应为互相关")
    page.mistake(dw[o, c, k, j], Sum(x[b, c, p + k, q + j] * dy[b, o, p, q], b, p, q) / (M * Q),
                 en="takes the mean over positions", zh="对位置取了平均，应为求和")
    page.mistake(full[b, o, r, s], Sum(turned[o, c, k, j] * Piecewise((x[b, c, r + k, s + j],
                 inside(r + k, M + K - 1) & inside(s + j, Q + J - 1)), (0, True)), c, k, j),
                 en="adds the indices where convolution subtracts them", zh="卷积中下标相减，此处误作相加")

    page.convention(
        en="The kernel is the first operand of f ⋆ g and the image the second; libraries take the image first. Only places "
           "where the kernel lies inside the image count, and padding is part of the image here. Stride 1.",
        zh="f ⋆ g 中核在前、图像在后；各库则图像在前。只取核完全位于图像内的位置，填充算作图像的一部分。步幅为 1。")
    page.convention(
        en="torch keeps kernels as (out, in, height, width) and images as (example, channel, height, width); flax as (height, "
           "width, in, out) and (example, height, width, channel).",
        zh="torch 的核为（出, 入, 高, 宽），图像为（样本, 通道, 高, 宽）；flax 为（高, 宽, 入, 出）与（样本, 高, 宽, 通道）。")


cross_correlation.sized(O=2, C=3, K=4, J=2, M=3, Q=5, n=2)
cross_correlation.sized(O=3, C=1, K=2, J=3, M=4, Q=2, n=1)


@cross_correlation.reference("torch", "torch.nn.functional.conv2d, unfold, conv_transpose2d")
def _(torch, v):
    F, x, w = torch.nn.functional, v["x"], v["w"]
    (n, C), (K, J) = x.shape[:2], w.shape[2:]
    y, turned = F.conv2d(x, w), w.flip(2, 3)
    columns = F.unfold(x, (K, J)).reshape(n, C, K, J, *y.shape[2:])
    return {"y": y, "t": turned, "U": columns, "z": F.conv_transpose2d(x, turned.transpose(0, 1))}


@cross_correlation.reference("jax", "jax.lax.conv_general_dilated, jax.scipy.signal.convolve2d")
def _(jax, v):
    np, x, w = jax.numpy, v["x"], v["w"]
    y, turned = jax.lax.conv_general_dilated(x, w, (1, 1), "VALID"), w[:, :, ::-1, ::-1]
    full = jax.vmap(jax.vmap(jax.scipy.signal.convolve2d), (None, 0))
    z = np.stack([full(example, turned).sum(1) for example in x])
    columns = jax.lax.conv_general_dilated_patches(x, w.shape[2:], (1, 1), "VALID")
    return {"y": y, "t": turned, "z": z, "U": columns.reshape(x.shape[:2] + w.shape[2:] + y.shape[2:])}
