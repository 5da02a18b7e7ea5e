"""Additive attention: scores vᵀ tanh(W k_j + U q)."""

from sympy import Sum, exp, tanh

from derive.entry import entry


@entry(name="additive_attention", title={"en": "Additive attention", "zh": "加性注意力"}, section="",
       source="Bahdanau, Cho & Bengio 2015", facts={})
def additive_attention(page):
    n, d, e, m = page.sizes("n d e m")
    j, k = page.index("j", n), page.index("k", n)
    a, b, c = page.index("a", d), page.index("b", e), page.index("c", m)
    K, q = page.input("K", j, b), page.input("q", b)
    W, U, w = page.input("W", a, b), page.input("U", a, b), page.input("w", a)
    V = page.input("V", j, c)
    u = page.let("u", [j, a], tanh(Sum(W[a, b] * K[j, b], b) + Sum(U[a, b] * q[b], b)))
    s = page.let("s", [j], Sum(w[a] * u[j, a], a))
    p = page.let("p", [j], exp(s[j]) / Sum(exp(s[k]), k))
    o = page.let("o", [c], Sum(p[j] * V[j, c], j))
    page.output(o)

    ds, dw, dq, dK = page.want(s), page.want(w), page.want(q), page.want(K)
    page.want(W)
    dp = page.want(p)
    page.claim(ds[j], p[j] * (dp[j] - Sum(p[k] * dp[k], k)), fact="gradients")
    page.claim(dw[a], Sum(ds[j] * u[j, a], j), fact="gradients")
    page.claim(dq[b], Sum(ds[j] * w[a] * (1 - u[j, a]**2) * U[a, b], j, a), fact="gradients")
    page.mistake(ds[j], p[j] * (1 - p[j]) * dp[j], en="treats the softmax as elementwise", zh="把 softmax 当作逐元素函数")
    page.mistake(dw[a], Sum(p[j] * u[j, a], j), en="uses the weights for their gradient", zh="把权重当作了梯度")
    page.mistake(dK[j, b], Sum(ds[j] * w[a] * U[a, b] * (1 - u[j, a]**2), a), en="the keys pass through W", zh="键经过的是 W")


additive_attention.sized(n=3, d=2, e=4, m=1)
