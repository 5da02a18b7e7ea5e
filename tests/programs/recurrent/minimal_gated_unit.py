"""GRU with a single gate."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="minimal_gated_unit", title={"en": "Minimal gated unit", "zh": "最小门控单元"}, section="",
       source="Zhou et al. 2016", facts={})
def minimal_gated_unit(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    i, j, k = page.index("i", H), page.index("j", H), page.index("k", D)
    x = page.input("x", t, k)
    U, W, V, R = page.input("U", i, j), page.input("W", i, k), page.input("V", i, j), page.input("R", i, k)
    h = page.state("h", (t, 0, T), i)
    f = page.let("f", [t, i], sigmoid(Sum(U[i, j] * h[t - 1, j], j) + Sum(W[i, k] * x[t, k], k)))
    g = page.let("g", [t, i], tanh(Sum(V[i, j] * f[t, j] * h[t - 1, j], j) + Sum(R[i, k] * x[t, k], k)))
    page.define(h[t, i], (1 - f[t, i]) * h[t - 1, i] + f[t, i] * g[t, i])
    page.output(h, arriving="v")

    dh, df, dg, dV, dU = page.want(h), page.want(f), page.want(g), page.want(V), page.want(U)
    page.claim(dg[t, i], dh[t, i] * f[t, i], fact="gradients")
    page.claim(df[t, i], dh[t, i] * (g[t, i] - h[t - 1, i])
               + h[t - 1, i] * Sum(V[j, i] * dg[t, j] * (1 - g[t, j]**2), j), fact="gradients")
    page.claim(dV[i, j], Sum(dg[t, i] * (1 - g[t, i]**2) * f[t, j] * h[t - 1, j], t), fact="gradients")
    page.mistake(df[t, i], dh[t, i] * (g[t, i] - h[t - 1, i]), en="forgets that f gates the candidate too", zh="忘了 f 也作用于候选")
    page.mistake(dU[i, j], Sum(df[t, i] * f[t, i] * h[t - 1, j], t), en="takes f for f (1 − f)", zh="把 f (1 − f) 当作 f")


minimal_gated_unit.sized(T=3, H=2, D=1)
