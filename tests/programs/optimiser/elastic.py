"""Elastic averaging: two workers and a centre, pulled to each other."""

from sympy import Sum

from derive.entry import entry


@entry(name="elastic", title={"en": "Elastic averaging SGD", "zh": "弹性平均 SGD"}, section="",
       source="Zhang, Choromanska & LeCun 2015", facts={})
def elastic(page):
    T, P, n = page.sizes("T P n")
    t, p, i = page.family("t", 1, T), page.index("p", P), page.index("i", n)
    g, a, r = page.input("g", t, p, i), page.input("alpha"), page.input("rho")
    x, c = page.state("x", (t, 0, T), p, i), page.state("c", (t, 0, T), i)
    page.define(x[t, p, i], x[t - 1, p, i] - a * g[t, p, i] - r * (x[t - 1, p, i] - c[t - 1, i]))
    page.define(c[t, i], c[t - 1, i] + r * Sum(x[t - 1, p, i] - c[t - 1, i], p))
    y = page.let("y", [i], c[T, i])
    page.output(y)

    dy, dx, dc, dr, dg = page.gradient(y), page.want(x), page.want(c), page.want(r), page.want(g)
    before = page.family("t", 1, T - 1)
    page.claim(dc[T, i], dy[i], fact="gradients")
    page.claim(dc[before, i], (1 - P * r) * dc[before + 1, i] + r * Sum(dx[before + 1, p, i], p), fact="gradients")
    page.claim(dx[before, p, i], (1 - r) * dx[before + 1, p, i] + r * dc[before + 1, i], fact="gradients")
    page.claim(dg[t, p, i], -a * dx[t, p, i], fact="gradients")
    page.mistake(dc[before, i], (1 - r) * dc[before + 1, i] + r * Sum(dx[before + 1, p, i], p), en="counts one worker", zh="只算了一个工作者")
    page.mistake(dr, Sum(dc[t, i] * (x[t - 1, p, i] - c[t - 1, i]), t, p, i), en="forgets that the workers are pulled too", zh="忘了工作者也被拉动")


elastic.sized(T=3, P=2, n=1)
