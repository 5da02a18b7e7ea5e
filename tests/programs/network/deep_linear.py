"""A deep linear network with widths n[l] under a squared error."""

from sympy import Rational, Sum

from derive.entry import entry


@entry(name="deep_linear", title={"en": "Deep linear network", "zh": "深层线性网络"}, section="",
       source="Saxe, McClelland & Ganguli 2014", facts={})
def deep_linear(page):
    L, n = page.size("L"), page.widths("n")
    l = page.family("l", 1, L)
    i, j, o = page.index("i", n[l]), page.index("j", n[l - 1]), page.index("o", n[L])
    W, y = page.input("W", l, i, j), page.input("y", o)
    a = page.state("a", (l, 0, L), i)
    page.define(a[l, i], Sum(W[l, i, j] * a[l - 1, j], j))
    page.loss(page.let("loss", [], Rational(1, 2) * Sum((a[L, o] - y[o])**2, o)))

    da, dW = page.want(a), page.want(W)
    below = page.family("l", 0, L - 1)
    k, m = page.index("k", n[below]), page.index("m", n[below + 1])
    page.claim(da[L, o], a[L, o] - y[o], fact="gradients")
    page.claim(da[below, k], Sum(W[below + 1, m, k] * da[below + 1, m], m), fact="gradients")
    page.claim(dW[l, i, j], da[l, i] * a[l - 1, j], fact="gradients")
    page.mistake(dW[l, i, j], da[l, i], en="forgets the input of the layer", zh="漏掉了本层的输入")
    page.mistake(da[L, o], y[o] - a[L, o], en="turns the sign round", zh="符号反了")


deep_linear.sized(L=3, n=[2, 3, 1, 4])
