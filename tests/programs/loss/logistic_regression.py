"""Logistic regression with an L2 penalty."""

from sympy import Rational, Sum

from derive.entry import entry
from derive.sympy_functions import sigmoid, softplus


@entry(name="logistic_regression", title={"en": "Logistic regression with L2", "zh": "L2 正则的逻辑回归"}, section="",
       source="textbook", facts={})
def logistic_regression(page):
    N, n = page.sizes("N n")
    s, i = page.index("s", N), page.index("i", n)
    X, y, w, lam = page.input("X", s, i), page.input("y", s), page.input("w", i), page.input("lambda", positive=True)
    z = page.let("z", [s], Sum(X[s, i] * w[i], i))
    page.loss(page.let("loss", [], Sum(softplus(z[s]) - y[s] * z[s], s) / N + lam / 2 * Sum(w[i]**2, i)))

    dw, dlam = page.want(w), page.want(lam)
    page.claim(dw[i], Sum(X[s, i] * (sigmoid(z[s]) - y[s]), s) / N + lam * w[i], fact="gradients")
    page.claim(dlam, Rational(1, 2) * Sum(w[i]**2, i), fact="gradients")
    page.mistake(dw[i], Sum(X[s, i] * (sigmoid(z[s]) - y[s]), s) / N, en="forgets the penalty", zh="漏掉了惩罚项")
    page.mistake(dw[i], Sum(X[s, i] * (sigmoid(z[s]) - y[s]), s) + lam * w[i], en="forgets 1/N", zh="漏掉了 1/N")


logistic_regression.sized(N=3, n=2)
