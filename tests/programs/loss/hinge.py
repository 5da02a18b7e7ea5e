"""Multi-class hinge loss of linear scores."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import relu, step


@entry(name="hinge", title={"en": "Hinge loss", "zh": "合页损失"}, section="",
       source="Crammer & Singer 2001 (sum form)", facts={})
def hinge(page):
    N, n = page.sizes("N n")
    s, i = page.index("s", N), page.index("i", n)
    X, y, w, C = page.input("X", s, i), page.input("y", s), page.input("w", i), page.input("C", positive=True)
    m = page.let("m", [s], 1 - y[s] * Sum(X[s, i] * w[i], i))
    page.loss(page.let("loss", [], Sum(w[i]**2, i) / 2 + C * Sum(relu(m[s]), s)))

    dw = page.want(w)
    page.want(X)
    page.claim(dw[i], w[i] - C * Sum(step(m[s]) * y[s] * X[s, i], s), fact="gradients")
    page.mistake(dw[i], w[i] - C * Sum(y[s] * X[s, i], s), en="counts points beyond the margin", zh="计入了间隔之外的点")
    page.mistake(dw[i], -C * Sum(step(m[s]) * y[s] * X[s, i], s), en="forgets the penalty", zh="漏掉了惩罚项")


hinge.sized(N=3, n=2)
