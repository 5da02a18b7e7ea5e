"""Multiplicative attention: scores qᵀ W k."""

from sympy import Sum, exp

from derive.entry import entry


@entry(name="multiplicative", title={"en": "Multiplicative attention", "zh": "乘性注意力"}, section="",
       source="Luong, Pham & Manning 2015", facts={})
def multiplicative(page):
    n, d, e, m = page.sizes("n d e m")
    j, k = page.index("j", n), page.index("k", n)
    a, b, c = page.index("a", d), page.index("b", e), page.index("c", m)
    q, W, K, V = page.input("q", a), page.input("W", a, b), page.input("K", j, b), page.input("V", j, c)
    s = page.let("s", [j], Sum(q[a] * W[a, b] * K[j, b], a, b))
    p = page.let("p", [j], exp(s[j]) / Sum(exp(s[k]), k))
    o = page.let("o", [c], Sum(p[j] * V[j, c], j))
    page.output(o)

    ds, dW, dq, dK, dV = page.want(s), page.want(W), page.want(q), page.want(K), page.want(V)
    do = page.gradient(o)
    page.claim(ds[j], p[j] * Sum(do[c] * (V[j, c] - o[c]), c), fact="gradients")
    page.claim(dW[a, b], q[a] * Sum(ds[j] * K[j, b], j), fact="gradients")
    page.claim(dq[a], Sum(W[a, b] * ds[j] * K[j, b], b, j), fact="gradients")
    page.claim(dV[j, c], p[j] * do[c], fact="gradients")
    page.mistake(ds[j], p[j] * Sum(do[c] * V[j, c], c), en="drops the normaliser", zh="漏掉了归一化项")
    page.mistake(dK[j, b], Sum(W[a, b] * q[a], a), en="forgets the scores' gradient", zh="漏掉了得分的梯度")


multiplicative.sized(n=3, d=2, e=4, m=1)
