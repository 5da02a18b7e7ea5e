"""Diagonal state-space model: a linear recurrence in each channel."""

from sympy import Sum

from derive.entry import entry


@entry(name="state_space", title={"en": "Diagonal state-space model", "zh": "对角状态空间模型"}, section="",
       source="Gu, Goel & Ré 2022", facts={})
def state_space(page):
    T, N = page.sizes("T N")
    t, s = page.family("t", 1, T), page.family("s", 1, T)
    i = page.index("i", N)
    u, A, B, C, D = (page.input("u", t), page.input("A", i, positive=True), page.input("B", i), page.input("C", i),
                     page.input("D"))
    h = page.state("h", (t, 0, T), i)
    page.define(h[t, i], A[i] * h[t - 1, i] + B[i] * u[t])
    y = page.let("y", [t], Sum(C[i] * h[t, i], i) + D * u[t])
    page.output(y)

    dy, dh, dA, du = page.gradient(y), page.want(h), page.want(A), page.want(u)
    page.want(B)
    page.want(C)
    page.want(D)
    page.claim(h[t, i], A[i]**t * h[0, i] + Sum(A[i]**(t - s) * B[i] * u[s], (s, 1, t)), fact="gradients",
               by="induction on t")
    later = page.family("t", 1, T)
    page.claim(dh[later, i], Sum(A[i]**(s - later) * C[i] * dy[s], (s, later, T)), fact="gradients", by="induction on t")
    page.claim(dA[i], Sum(dh[t, i] * h[t - 1, i], t), fact="gradients")
    page.mistake(dA[i], Sum(dh[t, i] * h[t, i], t), en="takes the state of the same step", zh="用了本步的状态")
    page.mistake(du[t], D * dy[t], en="forgets the path through the state", zh="漏掉了经过状态的路径")


state_space.sized(T=4, N=2)
