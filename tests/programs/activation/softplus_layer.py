"""Softplus of a linear layer, and its negative."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import sigmoid, softplus


@entry(name="softplus_layer", title={"en": "Softplus layer", "zh": "softplus 层"}, section="",
       source="Dugas et al. 2001", facts={})
def softplus_layer(page):
    m, n = page.sizes("m n")
    i, j = page.index("i", m), page.index("j", n)
    x, W = page.input("x", j), page.input("W", i, j)
    a = page.let("a", [i], Sum(W[i, j] * x[j], j))
    y = page.let("y", [i], softplus(a[i]) - softplus(-a[i]) / 2)
    page.output(y)

    dy, da, dW = page.gradient(y), page.want(a), page.want(W)
    page.want(x)
    page.claim(y[i], a[i] / 2 + softplus(a[i]) / 2, fact="gradients")
    page.claim(da[i], dy[i] * (1 + sigmoid(a[i])) / 2, fact="gradients")
    page.claim(dW[i, j], da[i] * x[j], fact="gradients")
    page.mistake(da[i], dy[i] * (sigmoid(a[i]) - sigmoid(-a[i]) / 2), en="loses the sign of the inner derivative", zh="丢了内层导数的负号")
    page.mistake(da[i], dy[i] * sigmoid(a[i]), en="forgets the second softplus", zh="漏掉了第二个 softplus")


softplus_layer.sized(m=2, n=3)
