"""Layers of widths n[l], each with its own mean taken away."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(name="ragged_layers", title={"en": "Centred layers of any width", "zh": "任意宽度的居中层"}, section="",
       source="made up", facts={})
def ragged_layers(page):
    L, n = page.size("L"), page.widths("n")
    l = page.family("l", 1, L)
    i, j, o = page.index("i", n[l]), page.index("j", n[l - 1]), page.index("o", n[L])
    k = page.index("k", n[l])
    W = page.input("W", l, i, j)
    a = page.state("a", (l, 0, L), i)
    z = page.let("z", [l, i], Sum(W[l, i, j] * a[l - 1, j], j))
    mu = page.let("mu", [l], Sum(z[l, i], i) / n[l])
    page.define(a[l, i], tanh(z[l, i] - mu[l]))
    y = page.let("y", [o], a[L, o])
    page.output(y)

    dz, da, dmu, dW = page.want(z, "delta"), page.want(a), page.want(mu), page.want(W)
    page.claim(dmu[l], -Sum(da[l, i] * (1 - a[l, i]**2), i), fact="gradients")
    page.claim(dz[l, i], da[l, i] * (1 - a[l, i]**2) - Sum(da[l, k] * (1 - a[l, k]**2), k) / n[l], fact="gradients")
    page.claim(dW[l, i, j], dz[l, i] * a[l - 1, j], fact="gradients")
    page.mistake(dz[l, i], da[l, i] * (1 - a[l, i]**2), en="treats the mean as a constant", zh="把均值当作常数")
    page.mistake(dmu[l], Sum(da[l, i] * (1 - a[l, i]**2), i), en="loses the sign", zh="丢了负号")


ragged_layers.sized(L=2, n=[2, 3, 1])
