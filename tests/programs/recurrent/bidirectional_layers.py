"""L bidirectional layers: the next layer reads both directions."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(name="bidirectional_layers", title={"en": "Bidirectional RNN, L layers", "zh": "双向循环网络，L 层"}, section="",
       source="textbook", facts={})
def bidirectional_layers(page):
    L, T, H = page.sizes("L T H")
    l, t = page.family("l", 1, L), page.family("t", 1, T)
    i, j = page.index("i", H), page.index("j", H)
    U, V, A, B = (page.input(name, l, i, j) for name in "UVAB")
    x = page.state("x", (l, 0, L), t, i)
    f, b = page.state("f", l, (t, 0, T), i), page.state("b", l, (t, 1, T + 1), i)
    page.define(f[l, t, i], tanh(Sum(A[l, i, j] * x[l - 1, t, j], j) + Sum(U[l, i, j] * f[l, t - 1, j], j)))
    page.define(b[l, t, i], tanh(Sum(B[l, i, j] * x[l - 1, t, j], j) + Sum(V[l, i, j] * b[l, t + 1, j], j)))
    page.define(x[l, t, i], f[l, t, i] + b[l, t, i])
    y = page.let("y", [t, i], x[L, t, i])
    page.output(y)

    dx, df, dA = page.want(x), page.want(f), page.want(A)
    page.want(V)
    page.claim(dA[l, i, j], Sum(df[l, t, i] * (1 - f[l, t, i]**2) * x[l - 1, t, j], t), fact="gradients")
    page.mistake(dA[l, i, j], Sum(df[l, t, i] * (1 - f[l, t, i]**2) * x[l, t, j], t), en="takes the layer's own output", zh="用了本层的输出")
    page.mistake(df[l, t, i], dx[l, t, i], en="forgets the later steps", zh="漏掉了后续时间步")


bidirectional_layers.sized(L=2, T=3, H=1)
