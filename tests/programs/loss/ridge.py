"""Ridge regression, the Gram matrix and all."""

from sympy import Sum

from derive.entry import entry


@entry(name="ridge", title={"en": "Ridge regression", "zh": "岭回归"}, section="",
       source="Hoerl & Kennard 1970", facts={})
def ridge(page):
    N, n = page.sizes("N n")
    s, i, j = page.index("s", N), page.index("i", n), page.index("j", n)
    X, y, w, lam = page.input("X", s, i), page.input("y", s), page.input("w", i), page.input("lambda", positive=True)
    page.loss(page.let("loss", [], Sum((Sum(X[s, i] * w[i], i) - y[s])**2, s) + lam * Sum(w[i]**2, i)))

    dw = page.want(w)
    page.want(X)
    page.claim(dw[i], 2 * Sum(X[s, i] * X[s, j] * w[j], s, j) - 2 * Sum(X[s, i] * y[s], s) + 2 * lam * w[i], fact="gradients")
    page.mistake(dw[i], 2 * Sum(X[s, i] * X[s, j] * w[j], s, j) - 2 * Sum(X[s, i] * y[s], s) + lam * w[i], en="forgets a 2", zh="漏掉了一个 2")
    page.mistake(dw[i], 2 * Sum(X[s, i] * X[s, j] * w[j], s, j) + 2 * lam * w[i], en="forgets the targets", zh="漏掉了目标值")


ridge.sized(N=3, n=2)
