"""Windowed means with overlap, then a squared difference of neighbours."""

from sympy import Rational, Sum

from derive.entry import entry


@entry(name="moving_average", title={"en": "Moving average", "zh": "滑动平均"}, section="",
       source="textbook", facts={})
def moving_average(page):
    n, w = page.sizes("n w")
    i, k, u = page.index("i", n), page.index("k", w), page.index("u", n + w)
    x = page.input("x", u)
    m = page.state("m", (i, 1, n + 1))
    late = page.index("i", n + 1)
    page.define(m[late], Sum(x[late + k - 1], k) / w)
    page.loss(page.let("loss", [], Rational(1, 2) * Sum((m[i + 1] - m[i])**2, i)))

    dm, dx = page.want(m), page.want(x)
    inner = page.index("i", n, 2)
    page.claim(dm[inner], 2 * m[inner] - m[inner - 1] - m[inner + 1], fact="gradients")
    page.claim(dm[1], m[1] - m[2], fact="gradients")
    page.mistake(dm[inner], m[inner] - m[inner - 1], en="sees one neighbour only", zh="只看到一个邻居")
    page.mistake(dx[1], dm[1], en="forgets 1/w", zh="漏掉了 1/w")


moving_average.sized(n=3, w=2)
