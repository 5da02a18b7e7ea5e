"""A linear layer whose rows are g v / ‖v‖."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(name="weight_norm", title={"en": "Weight normalisation", "zh": "权重归一化"}, section="",
       source="Salimans & Kingma 2016", facts={})
def weight_norm(page):
    m, n = page.sizes("m n")
    i, j = page.index("i", m), page.index("j", n)
    v, g, x = page.input("v", i, j), page.input("g", i), page.input("x", j)
    r = page.let("r", [i], sqrt(Sum(v[i, j]**2, j)))
    w = page.let("w", [i, j], g[i] * v[i, j] / r[i])
    y = page.let("y", [i], Sum(w[i, j] * x[j], j))
    page.output(y)

    dw, dg, dv = page.want(w), page.want(g), page.want(v)
    page.want(x)
    page.claim(dg[i], Sum(dw[i, j] * v[i, j], j) / r[i], fact="gradients")
    page.claim(dv[i, j], g[i] / r[i] * dw[i, j] - g[i] * dg[i] / r[i]**2 * v[i, j], fact="gradients")
    page.mistake(dv[i, j], g[i] / r[i] * dw[i, j], en="treats the norm as a constant", zh="把范数当作常数")
    page.mistake(dg[i], Sum(dw[i, j] * v[i, j], j), en="forgets to normalise", zh="忘了归一化")


weight_norm.sized(m=2, n=3)


@weight_norm.reference("torch", "torch._weight_norm")
def _(torch, v):
    w = torch._weight_norm(v["v"], v["g"][:, None], 0)
    return {"w": w, "y": torch.nn.functional.linear(v["x"], w)}
