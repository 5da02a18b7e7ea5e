"""Convolution as mathematics has it: commutative, associative, a product of transforms; and what libraries compute."""

from sympy import Piecewise, Sum, cos, pi, sin

from derive.entry import entry


@entry(
    name="convolution_algebra",
    title={"en": "Convolution and cross-correlation of sequences", "zh": "序列的卷积与互相关"},
    section="2.1",
    source="Goodfellow, Bengio & Courville 2016, section 9.1; Oppenheim & Schafer 2010, sections 2.3 and 8.7",
    facts={
        "conv1d-definition": {"kind": "definition", "en": "Convolution of two sequences", "zh": "两个序列的卷积"},
        "conv-algebra": {"kind": "identity", "en": "Convolution commutes and associates; cross-correlation does not",
                         "zh": "卷积满足交换律与结合律；互相关不满足"},
        "correlation-1d": {"kind": "definition", "en": "Cross-correlation: convolution with the flipped kernel",
                           "zh": "互相关：与翻转后的核作卷积"},
        "conv-theorem": {"kind": "identity", "en": "The Fourier transform of a convolution is the product of transforms",
                         "zh": "卷积的傅里叶变换等于变换之积"},
    },
)
def convolution_algebra(page):
    A, B, C = page.sizes("A B C")
    m, n, r = page.index("m", A - 1, 0), page.index("n", B - 1, 0), page.index("r", C - 1, 0)
    p, q, s = page.index("p", A + B - 2, 0), page.index("q", A + B + C - 3, 0), page.index("s", B + C - 2, 0)
    k = page.index("k", A + B - 2, 0)

    f, g, h = page.input("f", m), page.input("g", n), page.input("h", r)
    t = page.input("t", positive=True)

    def at(x, place, size):
        return Piecewise((x[place], (place >= 0) & (place <= size - 1)), (0, True))

    y = page.let("y", [p], Sum(f[m] * at(g, p - m, B), m), fact="conv1d-definition")
    gh = page.let("u", [s], Sum(g[n] * at(h, s - n, C), n), fact="conv-algebra")
    left = page.let("a", [q], Sum(at(y, q - r, A + B - 1) * h[r], r), fact="conv-algebra")
    right = page.let("b", [q], Sum(f[m] * at(gh, q - m, B + C - 1), m), fact="conv-algebra")
    correlation = page.let("c", [p], Sum(f[m] * at(g, p + m - A + 1, B), m), fact="correlation-1d")
    swapped = page.let("d", [p], Sum(g[n] * at(f, p + n - B + 1, A), n), fact="conv-algebra")
    flipped = page.let("v", [p], Sum(f[A - 1 - m] * at(g, p - m, B), m), fact="correlation-1d")
    def series(x, letter):
        return Sum(t**letter * x[letter], letter)

    series_y = page.let("s_y", [], series(y, p), fact="conv-algebra")
    series_z = page.let("s_z", [], Sum(t**p * g[n] * at(f, p - n, A), p, n), fact="conv-algebra")
    series_left, series_right = (page.let(f"s_{name}", [], series(x, q), fact="conv-algebra")
                                 for name, x in (("a", left), ("b", right)))

    def transform(name, x, letter, part):
        return page.let(name, [k], Sum(x[letter] * part(2 * pi * k * letter / (A + B - 1)), letter), fact="conv-theorem")

    def minus_sin(angle):
        return -sin(angle)

    f_re, f_im = transform("F", f, m, cos), transform("P", f, m, minus_sin)
    g_re, g_im = transform("G", g, n, cos), transform("Q", g, n, minus_sin)
    y_re, y_im = transform("Y", y, p, cos), transform("Z", y, p, minus_sin)

    page.claim(series_y, series(f, m) * series(g, n), fact="conv-algebra")
    page.claim(series_z, series(g, n) * series(f, m), fact="conv-algebra")
    page.claim(series_y, series_z, fact="conv-algebra")
    page.claim(series_left, series(f, m) * series(g, n) * series(h, r), fact="conv-algebra")
    page.claim(series_left, series_right, fact="conv-algebra")
    page.claim(correlation[p], flipped[p], fact="correlation-1d")
    page.claim(y_re[k], f_re[k] * g_re[k] - f_im[k] * g_im[k], fact="conv-theorem")
    page.claim(y_im[k], f_re[k] * g_im[k] + f_im[k] * g_re[k], fact="conv-theorem")

    page.mistake(correlation[p], y[p], en="takes cross-correlation for convolution: the kernel is not flipped",
                 zh="把互相关当作卷积：核没有翻转")
    page.mistake(swapped[p], correlation[p], en="exchanges the operands of a cross-correlation: that turns the result round",
                 zh="交换互相关的两个操作数：结果会左右翻转")
    page.mistake(y_re[k], f_re[k] * g_re[k], en="multiplies real parts: the transforms are complex numbers",
                 zh="只把实部相乘：变换是复数")
    page.mistake(y[p], Sum(f[m] * at(g, p + m, B), m), en="adds the indices where they are subtracted", zh="下标应相减而非相加")

    page.convention(
        en="Σ t^p y[p] is the same number for f ∗ g and g ∗ f (s_z) at every t, so the two agree member by member: a polynomial has "
           "one set of coefficients. So with (f ∗ g) ∗ h = a and f ∗ (g ∗ h) = b.",
        zh="对每个 t，f ∗ g 与 g ∗ f（s_z）的 Σ t^p y[p] 相同，故二者逐项相等：多项式的系数唯一。(f ∗ g) ∗ h = a 与 f ∗ (g ∗ h) = b 亦然。")
    page.convention(
        en="Sequences start at 0 and are zero outside: with A and B members, A + B − 1 of the convolution can differ from "
           "zero, and the transforms take so many members (zeros appended). F + iP is the transform of f, and so on.",
        zh="序列从 0 开始，其外为零：长度为 A 与 B 时，卷积有 A + B − 1 项可不为零，变换即取此长度（末尾补零）。F + iP 为 f 的变换，其余类推。")
    page.convention(
        en="numpy.convolve and jax.numpy.convolve flip; torch.nn.functional.conv1d, jax.lax.conv and flax.linen.Conv do "
           "not: they compute cross-correlation, and learn the flipped kernel.",
        zh="numpy.convolve 与 jax.numpy.convolve 翻转核；torch.nn.functional.conv1d、jax.lax.conv 与 flax.linen.Conv 不翻转："
           "它们计算互相关，学到的是翻转后的核。")


convolution_algebra.sized(A=3, B=4, C=2)
convolution_algebra.sized(A=5, B=2, C=3)


@convolution_algebra.reference("torch", "torch.nn.functional.conv_transpose1d, conv1d; torch.fft")
def _(torch, v):
    conv1d, f, g, h = torch.nn.functional.conv1d, v["f"], v["g"], v["h"]

    def full(x, w):
        return torch.nn.functional.conv_transpose1d(x[None, None], w[None, None])[0, 0]

    def correlated(w, x):
        return conv1d(x[None, None], w[None, None], padding=len(w) - 1)[0, 0]

    y = full(f, g)
    F, G, Y = (torch.fft.fft(x, n=len(y)) for x in (f, g, y))

    def series(x):
        return torch.vdot(x, v["t"]**torch.arange(len(x), dtype=x.dtype, device=x.device))

    return {"y": y, "u": full(g, h), "a": full(y, h), "b": full(f, full(g, h)), "c": correlated(f, g),
            "d": correlated(g, f), "v": full(f.flip(0), g), "F": F.real, "P": F.imag, "G": G.real, "Q": G.imag,
            "Y": Y.real, "Z": Y.imag,
            "s_y": series(y), "s_z": series(full(g, f)), "s_a": series(full(y, h)), "s_b": series(full(f, full(g, h)))}


@convolution_algebra.reference("jax", "jax.numpy.convolve, correlate; jax.numpy.fft")
def _(jax, v):
    np, f, g, h = jax.numpy, v["f"], v["g"], v["h"]
    y = np.convolve(f, g)
    F, G, Y = (np.fft.fft(x, n=len(y)) for x in (f, g, y))

    def series(x):
        return np.polyval(x[::-1], v["t"])

    return {"y": y, "u": np.convolve(g, h), "a": np.convolve(y, h),
            "b": np.convolve(f, np.convolve(g, h)), "c": np.correlate(g, f, "full"), "d": np.correlate(f, g, "full"),
            "v": np.convolve(f[::-1], g), "F": F.real, "P": F.imag, "G": G.real, "Q": G.imag, "Y": Y.real, "Z": Y.imag,
            "s_y": series(y), "s_z": series(np.convolve(g, f)), "s_a": series(np.convolve(y, h)), "s_b": series(np.convolve(f, np.convolve(g, h)))}
