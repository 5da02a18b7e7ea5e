"""LSTM whose gates look at the cell state."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="peephole_lstm", title={"en": "Peephole LSTM", "zh": "窥孔 LSTM"}, section="",
       source="Gers & Schmidhuber 2000", facts={})
def peephole_lstm(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    i, j, k = page.index("i", H), page.index("j", H), page.index("k", D)
    x = page.input("x", t, k)
    h, c = page.state("h", (t, 0, T), i), page.state("c", (t, 0, T), i)

    def gate(name, squash, peep=None):
        U, W, b = page.input(f"U_{name}", i, j), page.input(f"W_{name}", i, k), page.input(f"b_{name}", i)
        body = Sum(U[i, j] * h[t - 1, j], j) + Sum(W[i, k] * x[t, k], k) + b[i]
        p = page.input(f"p_{name}", i) if peep is not None else None
        a = page.let(f"a_{name}", [t, i], body + (p[i] * peep if p is not None else 0))
        return U, p, a, page.let(name, [t, i], squash(a[t, i]))

    U_f, p_f, a_f, f = gate("f", sigmoid, c[t - 1, i])
    U_i, p_i, a_i, g_i = gate("i", sigmoid, c[t - 1, i])
    U_g, _, a_g, g = gate("g", tanh)
    page.define(c[t, i], f[t, i] * c[t - 1, i] + g_i[t, i] * g[t, i])
    U_o, p_o, a_o, o = gate("o", sigmoid, c[t, i])
    page.define(h[t, i], o[t, i] * tanh(c[t, i]))
    page.output(h, arriving="v")

    dh, dc = page.want(h), page.want(c)
    d_f, d_i, d_o = page.want(a_f, "delta_f"), page.want(a_i, "delta_i"), page.want(a_o, "delta_o")
    page.want(a_g, "delta_g")
    dp, dpo, dU = page.want(p_f), page.want(p_o), page.want(U_f)
    page.want(x)

    inner = page.family("t", 1, T - 1)
    through = dh[T, i] * o[T, i] * (1 - tanh(c[T, i])**2) + d_o[T, i] * p_o[i]
    page.claim(dc[T, i], through, fact="gradients")
    back = (dc[inner + 1, i] * f[inner + 1, i] + d_f[inner + 1, i] * p_f[i] + d_i[inner + 1, i] * p_i[i]
            + dh[inner, i] * o[inner, i] * (1 - tanh(c[inner, i])**2) + d_o[inner, i] * p_o[i])
    page.claim(dc[inner, i], back, fact="gradients")
    page.claim(dp[i], Sum(d_f[t, i] * c[t - 1, i], t), fact="gradients")
    page.claim(dpo[i], Sum(d_o[t, i] * c[t, i], t), fact="gradients")
    page.claim(dU[i, j], Sum(d_f[t, i] * h[t - 1, j], t), fact="gradients")
    page.mistake(dc[inner, i], back - d_f[inner + 1, i] * p_f[i], en="drops a peephole", zh="漏掉了一个窥孔")
    page.mistake(dpo[i], Sum(d_o[t, i] * c[t - 1, i], t),
                 en="the output gate looks at the new cell state", zh="输出门看的是新的细胞状态")


peephole_lstm.sized(T=3, H=2, D=1)
