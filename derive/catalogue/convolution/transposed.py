"""Transposed convolution: the adjoint of a convolution with the same kernel, stride, padding and dilation."""

from sympy import KroneckerDelta, Piecewise, Sum

from derive.entry import entry


@entry(
    name="transposed_convolution",
    title={"en": "Transposed convolution", "zh": "转置卷积"},
    section="2.1",
    source="Dumoulin & Visin 2016, chapter 4; Zeiler et al. 2010",
    facts={
        "transposed-conv-definition": {"kind": "definition", "en": "Every input member adds a scaled kernel to the output",
                                       "zh": "每个输入元素把按比例缩放的核加到输出上"},
        "transposed-conv-adjoint": {"kind": "identity", "en": "⟨conv(a), x⟩ = ⟨a, conv_transpose(x)⟩",
                                    "zh": "⟨conv(a), x⟩ = ⟨a, conv_transpose(x)⟩"},
        "transposed-conv-gradients": {"kind": "gradient", "en": "Gradients: the input's is the convolution of what arrives",
                                      "zh": "梯度：对输入的梯度是传来梯度的卷积"},
    },
)
def transposed_convolution(page):
    O, C, K, N, M = page.sizes("O C K N M")                 # channels in and out, kernel, places in and out
    s, d, P = page.size("s"), page.size("d"), page.size("P", least=0)
    o, c, k = page.index("o", O), page.index("c", C), page.index("k", K - 1, 0)
    u, q = page.index("u", N - 1, 0), page.index("q", M - 1, 0)

    x, w, a = page.input("x", o, u), page.input("w", o, c, k), page.input("a", c, q)
    place = s * u + d * k - P

    def padded(x):
        return Piecewise((x[c, place], (place >= 0) & (place <= M - 1)), (0, True))

    y = page.let("y", [c, q], Sum(KroneckerDelta(q, place) * w[o, c, k] * x[o, u], o, u, k),
                 fact="transposed-conv-definition")
    page.output(y)
    z = page.let("z", [o, u], Sum(w[o, c, k] * padded(a), c, k), fact="transposed-conv-adjoint")
    left = page.let("l", [], Sum(z[o, u] * x[o, u], o, u), fact="transposed-conv-adjoint")
    right = page.let("r", [], Sum(a[c, q] * y[c, q], c, q), fact="transposed-conv-adjoint")

    back = "transposed-conv-gradients"
    dy, dx, dw = page.gradient(y), page.want(x, fact=back), page.want(w, fact=back)
    page.claim(left, right, fact="transposed-conv-adjoint")
    page.claim(dx[o, u], Sum(w[o, c, k] * padded(dy), c, k), fact=back)
    page.claim(dw[o, c, k], Sum(x[o, u] * padded(dy), u), fact=back)

    def read(taps, row):
        return Piecewise((dy[c, row], (row >= 0) & (row <= M - 1)), (0, True)) * taps

    page.mistake(dx[o, u], Sum(read(w[o, c, k], u + d * k - P), c, k), en="forgets the stride", zh="漏掉了步幅")
    page.mistake(dx[o, u], Sum(read(w[o, c, K - 1 - k], place), c, k), en="flips the kernel: the adjoint keeps it",
                 zh="翻转了卷积核：伴随算子不翻转")
    page.mistake(dw[o, c, k], Sum(x[o, u] * read(1, s * u + d * k), u), en="forgets the padding, which crops the output",
                 zh="漏掉了填充：它裁掉输出的边缘")
    page.mistake(right, Sum(a[c, q], c, q) * Sum(y[c, q], c, q), en="multiplies the sums where products are summed",
                 zh="把乘积之和写成了和之积")

    page.convention(
        en="Transposed convolution undoes the shape of a convolution and not its values: it is the transpose, not the "
           "inverse. Stride s spreads the input, padding P crops the output.",
        zh="转置卷积还原的是卷积的形状而非数值：它是转置，不是逆。步幅 s 使输入散开，填充 P 裁去输出边缘。")
    page.convention(
        en="torch.nn.ConvTranspose1d keeps its kernel as (in, out, k), as here, which is the kernel of the convolution it "
           "transposes; jax.lax.conv_transpose needs transpose_kernel=True for that.",
        zh="torch.nn.ConvTranspose1d 的核为（入, 出, k），与此处相同，即被转置的卷积的核；jax.lax.conv_transpose 需设 transpose_kernel=True。")


transposed_convolution.sized(O=2, C=3, K=4, N=5, M=10, s=2, d=1, P=1)
transposed_convolution.sized(O=3, C=1, K=2, N=4, M=8, s=1, d=4, P=0)


@transposed_convolution.reference("torch", "torch.nn.functional.conv_transpose1d, conv1d")
def _(torch, v):
    F, (s, d, P) = torch.nn.functional, (v[name] for name in "sdP")
    N, K, M = v["x"].shape[1], v["w"].shape[2], v["M"]
    more = M - (s * (N - 1) + d * (K - 1) + 1 - 2 * P)
    y = F.conv_transpose1d(v["x"][None], v["w"], stride=s, padding=P, output_padding=more, dilation=d)[0]
    z = F.conv1d(v["a"][None], v["w"], stride=s, padding=P, dilation=d)[0]
    return {"y": y, "z": z, "l": torch.tensordot(z, v["x"]), "r": torch.tensordot(v["a"], y)}


@transposed_convolution.reference("jax", "jax.linear_transpose of jax.lax.conv_general_dilated")
def _(jax, v):
    np, (s, d, P) = jax.numpy, (v[name] for name in "sdP")

    def conv(a):
        return jax.lax.conv_general_dilated(a[None], v["w"], (s,), [(P, P)], rhs_dilation=(d,))[0]

    (y,), z = jax.linear_transpose(conv, v["a"])(v["x"]), conv(v["a"])
    return {"y": y, "z": z, "l": np.vdot(z, v["x"]), "r": np.vdot(v["a"], y)}
