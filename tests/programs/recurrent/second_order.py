"""A recurrence that looks back one and two steps."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(name="second_order", title={"en": "Second-order RNN", "zh": "二阶循环网络"}, section="",
       source="textbook: AR(2)", facts={})
def second_order(page):
    T, H = page.sizes("T H")
    t = page.family("t", 1, T)
    i, j = page.index("i", H), page.index("j", H)
    x, A, B = page.input("x", t, i), page.input("A", i, j), page.input("B", i, j)
    h = page.state("h", (t, -1, T), i)
    page.define(h[t, i], tanh(Sum(A[i, j] * h[t - 1, j], j) + Sum(B[i, j] * h[t - 2, j], j) + x[t, i]))
    page.output(h, arriving="v")

    dh, dA, dB, dx = page.want(h), page.want(A), page.want(B), page.want(x)
    page.claim(dA[i, j], Sum(dx[t, i] * h[t - 1, j], t), fact="gradients")
    page.claim(dB[i, j], Sum(dx[t, i] * h[t - 2, j], t), fact="gradients")
    page.claim(dx[t, i], dh[t, i] * (1 - h[t, i]**2), fact="gradients")
    page.mistake(dB[i, j], Sum(dx[t, i] * h[t - 1, j], t), en="takes one step back instead of two", zh="只退了一步，应退两步")
    page.mistake(dx[t, i], dh[t, i], en="forgets tanh", zh="漏掉了 tanh")


second_order.sized(T=4, H=2)
