"""A linear recurrence whose decay depends on the input."""

from sympy import Sum, exp

from derive.entry import entry
from derive.sympy_functions import softplus


@entry(name="gated_state_space", title={"en": "Gated linear recurrence", "zh": "门控线性递推"}, section="",
       source="Gu & Dao 2023 (the recurrence)", facts={})
def gated_state_space(page):
    T, N, D = page.sizes("T N D")
    t = page.family("t", 1, T)
    n, d, e = page.index("n", N), page.index("d", D), page.index("e", D)
    x, A = page.input("x", t, d), page.input("A", d, n, positive=True)
    W, P, Q = page.input("W", d, e), page.input("P", n, d), page.input("Q", n, d)
    r = page.let("r", [t, d], softplus(Sum(W[d, e] * x[t, e], e)))
    B = page.let("B", [t, n], Sum(P[n, d] * x[t, d], d))
    C = page.let("C", [t, n], Sum(Q[n, d] * x[t, d], d))
    h = page.state("h", (t, 0, T), d, n)
    page.define(h[t, d, n], exp(-r[t, d] * A[d, n]) * h[t - 1, d, n] + r[t, d] * B[t, n] * x[t, d])
    y = page.let("y", [t, d], Sum(C[t, n] * h[t, d, n], n))
    page.output(y)

    dy, dh, dA, dB, dr = page.gradient(y), page.want(h), page.want(A), page.want(B), page.want(r)
    page.want(x)
    page.want(W)
    page.claim(dh[T, d, n], dy[T, d] * C[T, n], fact="gradients")
    page.claim(dA[d, n], -Sum(dh[t, d, n] * r[t, d] * exp(-r[t, d] * A[d, n]) * h[t - 1, d, n], t), fact="gradients")
    page.claim(dB[t, n], Sum(dh[t, d, n] * r[t, d] * x[t, d], d), fact="gradients")
    page.mistake(dA[d, n], Sum(dh[t, d, n] * r[t, d] * exp(-r[t, d] * A[d, n]) * h[t - 1, d, n], t), en="loses the sign", zh="丢了负号")
    page.mistake(dr[t, d], Sum(dh[t, d, n] * B[t, n] * x[t, d], n), en="forgets that the decay depends on r", zh="忘了衰减也依赖 r")


gated_state_space.sized(T=3, N=2, D=1)
