"""A recurrent network of L layers over T steps: one equation for all of them."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(name="layers_and_time", title={"en": "Recurrent network, L layers, T steps", "zh": "循环网络，L 层 T 步"}, section="",
       source="textbook", facts={})
def layers_and_time(page):
    L, T, H = page.sizes("L T H")
    l, t = page.family("l", 1, L), page.family("t", 1, T)
    i, j = page.index("i", H), page.index("j", H)
    W, U, b = page.input("W", l, i, j), page.input("U", l, i, j), page.input("b", l, i)
    h = page.state("h", (l, 0, L), (t, 0, T), i)
    page.define(h[l, t, i], tanh(Sum(W[l, i, j] * h[l - 1, t, j], j) + Sum(U[l, i, j] * h[l, t - 1, j], j) + b[l, i]))
    y = page.let("y", [t, i], h[L, t, i])
    page.output(y)

    dh, dW, db = page.want(h), page.want(W), page.want(b)
    page.claim(db[l, i], Sum(dh[l, t, i] * (1 - h[l, t, i]**2), t), fact="gradients")
    page.claim(dW[l, i, j], Sum(dh[l, t, i] * (1 - h[l, t, i]**2) * h[l - 1, t, j], t), fact="gradients")
    page.mistake(dW[l, i, j], Sum(dh[l, t, i] * (1 - h[l, t, i]**2) * h[l, t, j], t), en="takes the layer's own output", zh="用了本层的输出")
    page.mistake(db[l, i], dh[l, T, i] * (1 - h[l, T, i]**2), en="takes the last step only", zh="只取了最后一步")


layers_and_time.sized(L=2, T=3, H=1)
