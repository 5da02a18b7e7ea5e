"""A convolution sees a small window, and moves with its input: by one place for each s places of the input."""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(
    name="translation_equivariance",
    title={"en": "Translation equivariance and local windows", "zh": "平移等变与局部窗口"},
    section="2.1",
    source="Goodfellow, Bengio & Courville 2016, section 9.2; Cohen & Welling 2016, section 6",
    facts={
        "translation-equivariance": {"kind": "identity", "en": "An input shifted by s V places: an output shifted by V",
                                     "zh": "输入平移 s V 位，输出平移 V 位"},
        "zero-padding-breaks-shifts": {"kind": "identity", "en": "With zeros appended, only what lies K − 1 places inside moves along",
                                       "zh": "补零时只有距边缘至少 K − 1 位的部分随之平移"},
        "local-connectivity": {"kind": "jacobian", "en": "Each output depends on its own window alone",
                               "zh": "每个输出只依赖自己的窗口"},
        "equivariance-gradients": {"kind": "gradient", "en": "Gradients: every place adds to the shared weights",
                                   "zh": "梯度：各位置都累加到共享权重"},
    },
)
def translation_equivariance(page):
    K, M, s = page.sizes("K M s")
    V = page.size("V", least=0)
    k, p = page.index("k", K - 1, 0), page.index("p", M + V - 1, 0)
    u = page.index("u", s * (M + V - 1) + K - 1, 0)
    e, f = page.index("e", M - 1, 0), page.index("f", s * (M - 1) + K - 1, 0)

    x, w = page.input("x", u), page.input("w", k)
    y = page.let("y", [p], Sum(w[k] * x[s * p + k], k), fact="local-connectivity")
    page.output(y)
    shifted = page.let("a", [f], x[f + s * V], fact="translation-equivariance")
    after = page.let("b", [e], Sum(w[k] * shifted[s * e + k], k), fact="translation-equivariance")
    J = page.jacobian(y, x, fact="local-connectivity")

    page.claim(after[e], y[e + V], fact="translation-equivariance")
    page.claim(J[p, u], Piecewise((w[u - s * p], (u - s * p >= 0) & (u - s * p <= K - 1)), (0, True)),
               fact="local-connectivity")
    dy, dx, dw = page.gradient(y), page.want(x, fact="equivariance-gradients"), page.want(w, fact="equivariance-gradients")
    page.claim(dw[k], Sum(dy[p] * x[s * p + k], p), fact="equivariance-gradients")
    page.claim(dx[u], Sum(Piecewise((w[u - s * p], (u - s * p >= 0) & (u - s * p <= K - 1)), (0, True)) * dy[p], p),
               fact="equivariance-gradients")

    one = page.let("c", [e], Sum(w[k] * x[s * e + k + V], k), fact="translation-equivariance")

    def reaching(place, shift):
        return Piecewise((x[place + shift], place >= 0), (0, True))

    padded = page.let("d", [p], Sum(w[k] * reaching(p + k - K + 1, 0), k), fact="zero-padding-breaks-shifts")
    moved = page.let("g", [e], Sum(w[k] * reaching(e + k - K + 1, V), k), fact="zero-padding-breaks-shifts")
    inner = page.index("h", M - 1, K - 1)               # windows that reach no zeros
    page.claim(moved[inner], padded[inner + V], fact="zero-padding-breaks-shifts")

    page.mistake(one[e], y[e + V], en="moves the output as far as the input: with stride s it moves one place for s",
                 zh="认为输出与输入移动同样多：步幅为 s 时，输入移 s 位输出才移一位")
    page.mistake(after[e], y[e], en="takes equivariance for invariance", zh="把等变当作不变")
    page.mistake(moved[e], padded[e + V], en="forgets the border: zeros stand where the shifted input had numbers",
                 zh="忘了边缘：平移后的输入原有数值处成了零")
    page.mistake(dw[k], dy[0] * x[k], en="takes one place: all places share the weights", zh="只取一个位置：所有位置共享权重")

    page.convention(
        en="Everything is exact where the window lies inside the input, so on an unbounded line or a circle; with zero padding it is "
           "in the interior alone. The same holds for pooling, whose windows move by s as well.",
        zh="窗口完全位于输入之内时（即在无界直线或圆周上）严格成立；补零时只在内部成立。窗口以 s 移动的池化亦然。")
    page.convention(
        en="torch, JAX and flax compute this cross-correlation; positions count from 0.",
        zh="torch、JAX 与 flax 计算的即是此互相关；位置从 0 开始。")


translation_equivariance.sized(K=3, M=4, s=2, V=1)
translation_equivariance.sized(K=2, M=5, s=1, V=3)


@translation_equivariance.reference("torch", "torch.nn.functional.conv1d")
def _(torch, v):
    x, w = v["x"], v["w"]
    K, M, s, V = len(w), v["M"], v["s"], v["V"]

    def conv(x, stride, left=0):
        x = torch.nn.functional.pad(x, (left, 0))
        return torch.nn.functional.conv1d(x[None, None], w[None, None], stride=stride)[0, 0]

    moved = torch.roll(x, -s * V)[:s * (M - 1) + K]
    return {"y": conv(x, s), "a": moved, "b": conv(moved, s), "c": conv(torch.roll(x, -V), s)[:M],
            "d": conv(x[:M + V], 1, K - 1), "g": conv(x[V:M + V], 1, K - 1)}


@translation_equivariance.reference("jax", "jax.lax.conv_general_dilated")
def _(jax, v):
    x, w = v["x"], v["w"]
    K, M, s, V = len(w), v["M"], v["s"], v["V"]

    def conv(x, stride, left=0):
        return jax.lax.conv_general_dilated(x[None, None], w[None, None], (stride,), [(left, 0)])[0, 0]

    moved = jax.numpy.roll(x, -s * V)[:s * (M - 1) + K]
    return {"y": conv(x, s), "a": moved, "b": conv(moved, s), "c": conv(jax.numpy.roll(x, -V), s)[:M],
            "d": conv(x[:M + V], 1, K - 1), "g": conv(x[V:M + V], 1, K - 1)}
