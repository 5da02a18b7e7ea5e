"""Attention by cosine similarity, with a temperature."""

from sympy import Sum, exp, sqrt

from derive.entry import entry


@entry(name="cosine_attention", title={"en": "Cosine attention", "zh": "余弦注意力"}, section="",
       source="Liu et al. 2022", facts={})
def cosine_attention(page):
    n, m, d, e = page.sizes("n m d e")
    i, j, k, a, c = (page.index("i", n), page.index("j", m), page.index("k", m), page.index("a", d), page.index("c", e))
    Q, K, V, tau = page.input("Q", i, a), page.input("K", j, a), page.input("V", j, c), page.input("tau", positive=True)
    q = page.let("q", [i], sqrt(Sum(Q[i, a]**2, a)))
    r = page.let("r", [j], sqrt(Sum(K[j, a]**2, a)))
    S = page.let("S", [i, j], Sum(Q[i, a] * K[j, a], a) / (q[i] * r[j] * tau))
    P = page.let("P", [i, j], exp(S[i, j]) / Sum(exp(S[i, k]), k))
    O = page.let("O", [i, c], Sum(P[i, j] * V[j, c], j))
    page.output(O)

    dO, dS, dQ, dV, dtau = page.gradient(O), page.want(S), page.want(Q), page.want(V), page.want(tau)
    page.claim(dS[i, j], P[i, j] * Sum(dO[i, c] * (V[j, c] - O[i, c]), c), fact="gradients")
    page.claim(dV[j, c], Sum(P[i, j] * dO[i, c], i), fact="gradients")
    page.claim(dtau, -Sum(dS[i, j] * S[i, j], i, j) / tau, fact="gradients")
    page.claim(dQ[i, a], Sum(dS[i, j] * (K[j, a] / (q[i] * r[j] * tau) - S[i, j] * Q[i, a] / q[i]**2), j), fact="gradients")
    page.mistake(dQ[i, a], Sum(dS[i, j] * K[j, a] / (q[i] * r[j] * tau), j), en="treats the norm as a constant", zh="把范数当作常数")
    page.mistake(dtau, -Sum(dS[i, j] * S[i, j], i, j) / tau**2, en="divides by τ once too often", zh="多除了一次 τ")


cosine_attention.sized(n=2, m=3, d=2, e=1)
