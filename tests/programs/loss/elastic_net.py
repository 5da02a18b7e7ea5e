"""Least squares with an elastic net: |w| and w²."""

from sympy import Abs, Sum, sign

from derive.entry import entry


@entry(name="elastic_net", title={"en": "Elastic net", "zh": "弹性网"}, section="",
       source="Zou & Hastie 2005", facts={})
def elastic_net(page):
    N, n = page.sizes("N n")
    s, i = page.index("s", N), page.index("i", n)
    X, y, w = page.input("X", s, i), page.input("y", s), page.input("w", i)
    a, b = page.input("alpha", positive=True), page.input("beta", positive=True)
    r = page.let("r", [s], Sum(X[s, i] * w[i], i) - y[s])
    page.loss(page.let("loss", [], Sum(r[s]**2, s) / (2 * N) + a * Sum(Abs(w[i]), i) + b / 2 * Sum(w[i]**2, i)))

    dw, da = page.want(w), page.want(a)
    page.claim(dw[i], Sum(X[s, i] * r[s], s) / N + a * sign(w[i]) + b * w[i], fact="gradients")
    page.claim(da, Sum(Abs(w[i]), i), fact="gradients")
    page.mistake(dw[i], Sum(X[s, i] * r[s], s) / N + a + b * w[i], en="forgets the sign", zh="漏掉了符号")
    page.mistake(dw[i], Sum(X[s, i] * r[s], s) / N + a * Abs(w[i]) + b * w[i], en="does not differentiate |w|", zh="没有对 |w| 求导")


elastic_net.sized(N=3, n=2)
