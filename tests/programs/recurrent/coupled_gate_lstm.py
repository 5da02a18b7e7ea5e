"""LSTM in which the input gate is 1 − f."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="coupled_gate_lstm", title={"en": "LSTM with coupled gates", "zh": "耦合门 LSTM"}, section="",
       source="Greff et al. 2017", facts={})
def coupled_gate_lstm(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    i, j, k = page.index("i", H), page.index("j", H), page.index("k", D)
    x = page.input("x", t, k)
    h, c = page.state("h", (t, 0, T), i), page.state("c", (t, 0, T), i)

    def gate(name, squash):
        U, W = page.input(f"U_{name}", i, j), page.input(f"W_{name}", i, k)
        a = page.let(f"a_{name}", [t, i], Sum(U[i, j] * h[t - 1, j], j) + Sum(W[i, k] * x[t, k], k))
        return W, a, page.let(name, [t, i], squash(a[t, i]))

    W_f, a_f, f = gate("f", sigmoid)
    W_g, a_g, g = gate("g", tanh)
    W_o, a_o, o = gate("o", sigmoid)
    page.define(c[t, i], f[t, i] * c[t - 1, i] + (1 - f[t, i]) * g[t, i])
    page.define(h[t, i], o[t, i] * tanh(c[t, i]))
    page.output(h, arriving="v")

    dc, dh = page.want(c), page.want(h)
    d_f, d_g, d_o = page.want(a_f, "delta_f"), page.want(a_g, "delta_g"), page.want(a_o, "delta_o")
    dW = page.want(W_f)
    page.claim(d_f[t, i], dc[t, i] * (c[t - 1, i] - g[t, i]) * f[t, i] * (1 - f[t, i]), fact="gradients")
    page.claim(d_g[t, i], dc[t, i] * (1 - f[t, i]) * (1 - g[t, i]**2), fact="gradients")
    page.claim(d_o[t, i], dh[t, i] * tanh(c[t, i]) * o[t, i] * (1 - o[t, i]), fact="gradients")
    page.claim(dW[i, k], Sum(d_f[t, i] * x[t, k], t), fact="gradients")
    page.mistake(d_f[t, i], dc[t, i] * c[t - 1, i] * f[t, i] * (1 - f[t, i]), en="forgets that 1 − f depends on f", zh="忘了 1 − f 也依赖 f")
    page.mistake(d_g[t, i], dc[t, i] * f[t, i] * (1 - g[t, i]**2), en="takes f for 1 − f", zh="把 1 − f 当作 f")


coupled_gate_lstm.sized(T=2, H=3, D=1)
