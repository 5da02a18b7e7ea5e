"""Factorisation machine: pairs of features through thin vectors."""

from sympy import Rational, Sum

from derive.entry import entry


@entry(name="factorisation_machine", title={"en": "Factorisation machine", "zh": "因子分解机"}, section="",
       source="Rendle 2010", facts={})
def factorisation_machine(page):
    n, r = page.sizes("n r")
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", r)
    x, w, V = page.input("x", i), page.input("w", i), page.input("V", i, k)
    y = page.let("y", [], Sum(w[i] * x[i], i) + Sum(Sum(V[i, k] * V[j, k], k) * x[i] * x[j], (j, i + 1, n), (i, 1, n)))
    page.output(y)

    dy, dV, dx, dw = page.gradient(y), page.want(V), page.want(x), page.want(w)
    s = Sum(V[j, k] * x[j], j)
    page.claim(y, Sum(w[i] * x[i], i) + Rational(1, 2) * Sum(Sum(V[i, k] * x[i], i)**2 - Sum(V[i, k]**2 * x[i]**2, i), k),
               fact="gradients")
    page.claim(dV[i, k], dy * (x[i] * s - V[i, k] * x[i]**2), fact="gradients")
    page.claim(dw[i], dy * x[i], fact="gradients")
    page.mistake(dV[i, k], dy * x[i] * s, en="counts the pair of a feature with itself", zh="算进了特征与自身的一对")
    page.mistake(dx[i], dy * w[i], en="forgets the pairs", zh="漏掉了成对项")


factorisation_machine.sized(n=3, r=2)
