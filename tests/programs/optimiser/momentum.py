"""SGD with momentum and weight decay: the parameters by every gradient seen."""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(name="momentum", title={"en": "SGD with momentum", "zh": "动量 SGD"}, section="",
       source="Polyak 1964", facts={})
def momentum(page):
    T, n = page.sizes("T n")
    t = page.family("t", 1, T)
    i = page.index("i", n)
    g, a, mu, lam = page.input("g", t, i), page.input("alpha", positive=True), page.input("mu", positive=True), page.input("lambda", positive=True)
    w, v = page.state("w", (t, 0, T), i), page.state("v", (t, 0, T), i)
    page.define(v[t, i], mu * v[t - 1, i] + g[t, i] + lam * w[t - 1, i])
    page.define(w[t, i], w[t - 1, i] - a * v[t, i])
    y = page.let("y", [i], w[T, i])
    page.output(y)

    dy, dv, dw, dg, da = page.gradient(y), page.want(v), page.want(w), page.want(g), page.want(a)
    page.claim(dg[t, i], dv[t, i], fact="gradients")
    page.claim(dv[t, i], Piecewise((mu * dv[t + 1, i], t <= T - 1), (0, True)) - a * dw[t, i], fact="gradients")
    page.claim(dw[T, i], dy[i], fact="gradients")
    page.claim(da, -Sum(dw[t, i] * v[t, i], t, i), fact="gradients")
    page.mistake(dg[t, i], -a * dw[t, i], en="forgets that momentum keeps the gradient", zh="忘了动量会保留梯度")
    page.mistake(da, -Sum(dw[t, i] * g[t, i], t, i), en="takes the gradient for the velocity", zh="把梯度当作速度")


momentum.sized(T=3, n=2)
