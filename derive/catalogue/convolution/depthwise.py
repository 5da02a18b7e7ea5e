"""Depthwise separable convolution: a kernel for each channel, then a 1 × 1 convolution; together one kernel of rank one."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(
    name="depthwise_separable",
    title={"en": "Depthwise and pointwise convolution", "zh": "逐深度卷积与逐点卷积"},
    section="2.1",
    source="Howard et al. 2017 (MobileNet), section 3.1; Lin, Chen & Yan 2014, section 3.1",
    facts={
        "depthwise-conv": {"kind": "definition", "en": "Depthwise: every channel has a kernel of its own", "zh": "逐深度：每个通道各有一个核"},
        "pointwise-conv": {"kind": "definition", "en": "Pointwise, 1 × 1: a matrix that mixes the channels at each place",
                           "zh": "逐点（1 × 1）：在每个位置混合通道的矩阵"},
        "separable-one-kernel": {"kind": "identity", "en": "Together a convolution whose kernel is a product",
                                 "zh": "合起来即核为乘积的卷积"},
        "separable-gradients": {"kind": "gradient", "en": "Gradients of both kernels and of the input", "zh": "两个核与输入的梯度"},
    },
)
def depthwise_separable(page):
    N, C, K, M = page.sizes("N C K M")                  # channels out and in, kernel, side of the output
    o, c, e = page.index("o", N), page.index("c", C), page.index("e", C)
    k, j = page.index("k", K - 1, 0), page.index("j", K - 1, 0)
    p, q = page.index("p", M - 1, 0), page.index("q", M - 1, 0)
    u, v = page.index("u", M + K - 2, 0), page.index("v", M + K - 2, 0)

    x, w, W = page.input("x", c, u, v), page.input("w", c, k, j), page.input("W", o, c)
    z = page.let("z", [c, p, q], Sum(w[c, k, j] * x[c, p + k, q + j], k, j), fact="depthwise-conv")
    y = page.let("y", [o, p, q], Sum(W[o, c] * z[c, p, q], c), fact="pointwise-conv")
    page.output(y)
    diagonal = page.let("D", [c, e, k, j], KroneckerDelta(c, e) * w[c, k, j], fact="depthwise-conv")
    kernel = page.let("V", [o, c, k, j], W[o, c] * w[c, k, j], fact="separable-one-kernel")

    back = "separable-gradients"
    dy, dz, _, dw, dW = page.gradient(y), *(page.want(a, fact=back) for a in (z, x, w, W))
    page.claim(z[c, p, q], Sum(diagonal[c, e, k, j] * x[e, p + k, q + j], e, k, j), fact="depthwise-conv")
    page.claim(y[o, p, q], Sum(kernel[o, c, k, j] * x[c, p + k, q + j], c, k, j), fact="separable-one-kernel")
    page.claim(dW[o, c], Sum(dy[o, p, q] * z[c, p, q], p, q), fact=back)
    page.claim(dz[c, p, q], Sum(W[o, c] * dy[o, p, q], o), fact=back)
    page.claim(dw[c, k, j], Sum(dz[c, p, q] * x[c, p + k, q + j], p, q), fact=back)

    page.mistake(z[c, p, q], Sum(w[e, k, j] * x[e, p + k, q + j], e, k, j), en="mixes the channels, which the depthwise part does not",
                 zh="混合了通道：逐深度部分不混合")
    page.mistake(dz[c, p, q], Sum(dy[o, p, q], o), en="forgets the pointwise weights", zh="漏掉了逐点权重")
    page.mistake(dW[o, c], Sum(dy[o, p, q] * x[c, p, q], p, q), en="takes the input for what the depthwise part made of it",
                 zh="把输入当作逐深度卷积的输出")
    page.mistake(dw[c, k, j], Sum(dz[c, p, q] * x[c, p, q], p, q), en="forgets that each tap reads another place",
                 zh="忘了每个抽头读取不同位置")

    page.convention(
        en="The depthwise part is torch's groups = C with one kernel a channel; MobileNet puts batch normalisation and ReLU "
           "between the two, and then they are no single convolution.",
        zh="逐深度部分即 torch 的 groups = C，每通道一个核；MobileNet 在二者之间加入批归一化与 ReLU，此时合起来不再是单个卷积。")
    page.convention(
        en="Stride 1; padding is part of the image here.",
        zh="步幅 1，填充算作图像的一部分。")


depthwise_separable.sized(N=2, C=3, K=2, M=4)
depthwise_separable.sized(N=4, C=1, K=3, M=2)


@depthwise_separable.reference("torch", "torch.nn.functional.conv2d, groups = C, and 1 × 1")
def _(torch, v):
    F, x, w, W = torch.nn.functional, v["x"], v["w"], v["W"]
    z = F.conv2d(x, w[:, None], groups=len(w))
    return {"z": z, "y": F.conv2d(z, W[:, :, None, None]), "D": torch.diag_embed(w.permute(1, 2, 0)).permute(2, 3, 0, 1),
            "V": torch.einsum("oc,ckj->ockj", W, w)}


@depthwise_separable.reference("jax", "jax.lax.conv_general_dilated, feature_group_count = C, and 1 × 1")
def _(jax, v):
    conv, x, w, W = jax.lax.conv_general_dilated, v["x"], v["w"], v["W"]
    z = conv(x[None], w[:, None], (1, 1), "VALID", feature_group_count=len(w))
    return {"z": z[0], "y": conv(z, W[:, :, None, None], (1, 1), "VALID")[0], "V": jax.numpy.einsum("oc,ckj->ockj", W, w)}
