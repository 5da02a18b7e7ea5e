"""Attention in which position i sees the positions up to i."""

from sympy import Sum, exp, sqrt

from derive.entry import entry


@entry(name="causal_attention", title={"en": "Causal attention", "zh": "因果注意力"}, section="",
       source="Vaswani et al. 2017, masked", facts={})
def causal_attention(page):
    n, d, e = page.sizes("n d e")
    i = page.index("i", n)
    j, k = page.index("j", i), page.index("k", i)
    a, c = page.index("a", d), page.index("c", e)
    Q, K, V = page.input("Q", i, a), page.input("K", i, a), page.input("V", i, c)
    S = page.let("S", [i, j], Sum(Q[i, a] * K[j, a], a) / sqrt(d))
    Z = page.let("Z", [i], Sum(exp(S[i, j]), (j, 1, i)))
    P = page.let("P", [i, j], exp(S[i, j]) / Z[i])
    O = page.let("O", [i, c], Sum(P[i, j] * V[j, c], (j, 1, i)))
    page.output(O)

    dO, dP, dS, dV, dQ, dK = (page.gradient(O), *(page.want(v) for v in (P, S, V, Q, K)))
    m = page.index("m", n)
    page.claim(dV[m, c], Sum(P[i, m] * dO[i, c], (i, m, n)), fact="gradients")
    page.claim(dS[i, j], P[i, j] * (dP[i, j] - Sum(P[i, k] * dP[i, k], (k, 1, i))), fact="gradients")
    page.claim(dQ[i, a], Sum(dS[i, j] * K[j, a], (j, 1, i)) / sqrt(d), fact="gradients")
    page.claim(dK[m, a], Sum(dS[i, m] * Q[i, a], (i, m, n)) / sqrt(d), fact="gradients")
    page.mistake(dV[m, c], Sum(P[m, j] * dO[j, c], (j, 1, m)), en="forgets to transpose", zh="漏掉了转置")
    page.mistake(dQ[i, a], Sum(dS[i, j] * K[j, a], (j, 1, i)), en="forgets 1/√d", zh="漏掉了 1/√d")


causal_attention.sized(n=3, d=2, e=1)


@causal_attention.reference("torch", "torch.nn.functional.scaled_dot_product_attention")
def _(torch, v):
    Q, K, V = (v[name][None] for name in "QKV")
    return {"O": torch.nn.functional.scaled_dot_product_attention(Q, K, V, is_causal=True)[0]}
