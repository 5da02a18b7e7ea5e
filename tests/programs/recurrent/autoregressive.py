"""AR(2) with a squared error: two coefficients, two initial values."""

from sympy import Rational, Sum

from derive.entry import entry


@entry(name="autoregressive", title={"en": "AR(2) filter", "zh": "AR(2) 滤波器"}, section="",
       source="textbook", facts={})
def autoregressive(page):
    T = page.size("T", least=2)
    t = page.family("t", 1, T)
    a, b, x, y = page.input("a"), page.input("b"), page.input("x", t), page.input("y", t)
    h = page.state("h", (t, -1, T))
    page.define(h[t], a * h[t - 1] + b * h[t - 2] + x[t])
    page.loss(page.let("loss", [], Rational(1, 2) * Sum((h[t] - y[t])**2, t)))

    dh, da = page.want(h), page.want(a)
    page.want(b)
    inner = page.family("t", 1, T - 2)
    page.claim(dh[T], h[T] - y[T], fact="gradients")
    page.claim(dh[T - 1], h[T - 1] - y[T - 1] + a * dh[T], fact="gradients")
    page.claim(dh[inner], h[inner] - y[inner] + a * dh[inner + 1] + b * dh[inner + 2], fact="gradients")
    page.claim(dh[0], a * dh[1] + b * dh[2], fact="gradients")
    page.claim(dh[-1], b * dh[1], fact="gradients")
    page.claim(da, Sum(dh[t] * h[t - 1], t), fact="gradients")
    page.mistake(dh[T - 1], h[T - 1] - y[T - 1] + a * dh[T] + b * dh[T], en="reaches past the end", zh="越过了末端")
    page.mistake(da, Sum((h[t] - y[t]) * h[t - 1], t), en="stops at one step", zh="只回传了一步")
    page.mistake(dh[0], a * dh[1], en="forgets the delayed path", zh="漏掉了延迟的路径")


autoregressive.sized(T=4)
