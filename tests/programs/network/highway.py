"""Highway layer: a gate between transform and carry."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="highway", title={"en": "Highway layer", "zh": "高速公路层"}, section="",
       source="Srivastava, Greff & Schmidhuber 2015", facts={})
def highway(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    x, W, V = page.input("x", i), page.input("W", i, j), page.input("V", i, j)
    h = page.let("h", [i], tanh(Sum(W[i, j] * x[j], j)))
    g = page.let("g", [i], sigmoid(Sum(V[i, j] * x[j], j)))
    y = page.let("y", [i], g[i] * h[i] + (1 - g[i]) * x[i])
    page.output(y)

    dy, dg, dx = page.gradient(y), page.want(g), page.want(x)
    page.claim(dg[i], dy[i] * (h[i] - x[i]), fact="gradients")
    carried = dy[i] * (1 - g[i])
    page.claim(dx[i], carried + Sum(W[j, i] * dy[j] * g[j] * (1 - h[j]**2), j)
               + Sum(V[j, i] * dg[j] * g[j] * (1 - g[j]), j), fact="gradients")
    page.mistake(dx[i], carried, en="takes the carried part only", zh="只取了直通部分")
    page.mistake(dg[i], dy[i] * h[i], en="forgets the carry gate", zh="漏掉了直通门")


highway.sized(n=3)
