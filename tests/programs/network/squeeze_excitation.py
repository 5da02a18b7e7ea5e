"""Squeeze-and-excitation: channels scaled by a gate of their means."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import relu, sigmoid, step


@entry(name="squeeze_excitation", title={"en": "Squeeze-and-excitation", "zh": "压缩激励块"}, section="",
       source="Hu, Shen & Sun 2018", facts={})
def squeeze_excitation(page):
    C, N, r = page.sizes("C N r")
    c, d, p, k = page.index("c", C), page.index("d", C), page.index("p", N), page.index("k", r)
    x, W, V = page.input("x", c, p), page.input("W", k, c), page.input("V", c, k)
    m = page.let("m", [c], Sum(x[c, p], p) / N)
    a = page.let("a", [k], Sum(W[k, c] * m[c], c))
    g = page.let("g", [c], sigmoid(Sum(V[c, k] * relu(a[k]), k)))
    y = page.let("y", [c, p], g[c] * x[c, p])
    page.output(y)

    dy, dg, dm, dx = page.gradient(y), page.want(g), page.want(m), page.want(x)
    page.claim(dg[c], Sum(dy[c, p] * x[c, p], p), fact="gradients")
    page.claim(dm[c], Sum(W[k, c] * step(a[k]) * Sum(V[d, k] * dg[d] * g[d] * (1 - g[d]), d), k), fact="gradients")
    page.claim(dx[c, p], g[c] * dy[c, p] + dm[c] / N, fact="gradients")
    page.mistake(dx[c, p], g[c] * dy[c, p], en="treats the gate as a constant", zh="把门当作常数")
    page.mistake(dx[c, p], g[c] * dy[c, p] + dm[c], en="forgets 1/N", zh="漏掉了 1/N")


squeeze_excitation.sized(C=3, N=2, r=1)
