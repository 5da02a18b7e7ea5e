"""GELU as it is written with the error function."""

from sympy import erf, exp, pi, sqrt

from derive.entry import entry


@entry(name="gelu_erf", title={"en": "GELU, by erf", "zh": "用 erf 写的 GELU"}, section="",
       source="Hendrycks & Gimpel 2016", facts={})
def gelu_erf(page):
    n = page.size("n")
    i = page.index("i", n)
    x = page.input("x", i)
    y = page.let("y", [i], x[i] / 2 * (1 + erf(x[i] / sqrt(2))))
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    normal = (1 + erf(x[i] / sqrt(2))) / 2
    page.claim(dx[i], dy[i] * (normal + x[i] * exp(-x[i]**2 / 2) / sqrt(2 * pi)), fact="gradients")
    page.mistake(dx[i], dy[i] * normal, en="forgets the product rule", zh="漏掉了乘积法则")
    page.mistake(dx[i], dy[i] * (normal + x[i] * exp(-x[i]**2) / sqrt(pi)), en="forgets the √2 inside", zh="漏掉了里面的 √2")


gelu_erf.sized(n=5)


@gelu_erf.reference("torch", "torch.nn.functional.gelu")
def _(torch, v):
    return {"y": torch.nn.functional.gelu(v["x"])}
