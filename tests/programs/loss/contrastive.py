"""Contrastive loss of pairs: near ones attract, others repel up to a margin."""

from sympy import Rational, Sum, sqrt

from derive.entry import entry
from derive.sympy_functions import relu


@entry(name="contrastive", title={"en": "Contrastive loss", "zh": "对比损失"}, section="",
       source="Hadsell, Chopra & LeCun 2006", facts={})
def contrastive(page):
    B, d = page.sizes("B d")
    b, k = page.index("b", B), page.index("k", d)
    x, y, s, m = page.input("x", b, k), page.input("y", b, k), page.input("s", b), page.input("m")
    r = page.let("r", [b], sqrt(Sum((x[b, k] - y[b, k])**2, k)))
    page.loss(page.let("loss", [], Rational(1, 2) * Sum(s[b] * r[b]**2 + (1 - s[b]) * relu(m - r[b])**2, b)))

    dx, dr, dy = page.want(x), page.want(r), page.want(y)
    page.claim(dr[b], s[b] * r[b] - (1 - s[b]) * relu(m - r[b]), fact="gradients")
    page.claim(dx[b, k], dr[b] * (x[b, k] - y[b, k]) / r[b], fact="gradients")
    page.claim(dy[b, k], -dx[b, k], fact="gradients")
    page.mistake(dx[b, k], dr[b] * (x[b, k] - y[b, k]), en="takes the distance for its square", zh="把距离当作距离的平方")
    page.mistake(dr[b], s[b] * r[b], en="forgets the pairs that differ", zh="漏掉了不同类的一对")


contrastive.sized(B=3, d=2)
