"""Two recurrences, one from each end."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(name="bidirectional_rnn", title={"en": "Bidirectional RNN", "zh": "双向循环网络"}, section="",
       source="Schuster & Paliwal 1997", facts={})
def bidirectional_rnn(page):
    T, H, D, O = page.sizes("T H D O")
    t = page.family("t", 1, T)
    i, j, k, o = page.index("i", H), page.index("j", H), page.index("k", D), page.index("o", O)
    x = page.input("x", t, k)
    W, U, A, B = page.input("W", i, k), page.input("U", i, j), page.input("A", i, k), page.input("B", i, j)
    V, R = page.input("V", o, i), page.input("R", o, i)
    f, b = page.state("f", (t, 0, T), i), page.state("b", (t, 1, T + 1), i)
    page.define(f[t, i], tanh(Sum(W[i, k] * x[t, k], k) + Sum(U[i, j] * f[t - 1, j], j)))
    page.define(b[t, i], tanh(Sum(A[i, k] * x[t, k], k) + Sum(B[i, j] * b[t + 1, j], j)))
    y = page.let("y", [t, o], Sum(V[o, i] * f[t, i], i) + Sum(R[o, i] * b[t, i], i))
    page.output(y)

    dy, df, db = page.gradient(y), page.want(f), page.want(b)
    dU, dB, dx = page.want(U), page.want(B), page.want(x)
    later, earlier = page.family("t", 1, T - 1), page.family("t", 2, T)
    page.claim(df[later, i], Sum(V[o, i] * dy[later, o], o)
               + Sum(U[j, i] * df[later + 1, j] * (1 - f[later + 1, j]**2), j), fact="gradients")
    page.claim(db[earlier, i], Sum(R[o, i] * dy[earlier, o], o)
               + Sum(B[j, i] * db[earlier - 1, j] * (1 - b[earlier - 1, j]**2), j), fact="gradients")
    page.claim(dB[i, j], Sum(db[t, i] * (1 - b[t, i]**2) * b[t + 1, j], t), fact="gradients")
    page.mistake(dB[i, j], Sum(db[t, i] * (1 - b[t, i]**2) * b[t, j], t), en="takes the state of the same step", zh="用了本步的状态")
    page.mistake(dU[i, j], Sum(df[t, j] * (1 - f[t, j]**2) * f[t - 1, i], t), en="transposes U", zh="转置了 U")
    page.mistake(dx[t, k], Sum(W[i, k] * df[t, i] * (1 - f[t, i]**2), i), en="forgets the backward direction", zh="漏掉了反向")


bidirectional_rnn.sized(T=3, H=2, D=1, O=4)
