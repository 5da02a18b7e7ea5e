"""Triplet loss with squared distances, over a batch."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import relu, step


@entry(name="triplet", title={"en": "Triplet loss", "zh": "三元组损失"}, section="",
       source="Schroff, Kalenichenko & Philbin 2015", facts={})
def triplet(page):
    B, d = page.sizes("B d")
    b, k = page.index("b", B), page.index("k", d)
    a, p, n, m = page.input("a", b, k), page.input("p", b, k), page.input("n", b, k), page.input("m")
    g = page.let("g", [b], Sum((a[b, k] - p[b, k])**2, k) - Sum((a[b, k] - n[b, k])**2, k) + m)
    page.loss(page.let("loss", [], Sum(relu(g[b]), b) / B))

    da, dp, dn = page.want(a), page.want(p), page.want(n)
    on = 2 * step(g[b]) / B
    page.claim(da[b, k], on * (n[b, k] - p[b, k]), fact="gradients")
    page.claim(dp[b, k], on * (p[b, k] - a[b, k]), fact="gradients")
    page.claim(dn[b, k], on * (a[b, k] - n[b, k]), fact="gradients")
    page.mistake(da[b, k], on * (p[b, k] - n[b, k]), en="turns the sign round", zh="符号反了")
    page.mistake(dp[b, k], 2 * (p[b, k] - a[b, k]) / B, en="forgets that easy triplets count nothing", zh="忘了容易的三元组不计入")


triplet.sized(B=3, d=2)
