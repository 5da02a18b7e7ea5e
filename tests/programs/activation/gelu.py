"""GELU, exact: y = x Φ(x)."""

from derive.entry import entry
from derive.sympy_functions import normal_cdf, normal_pdf


@entry(name="gelu", title={"en": "GELU", "zh": "GELU"}, section="",
       source="Hendrycks & Gimpel 2016", facts={})
def gelu(page):
    n = page.size("n")
    i = page.index("i", n)
    x = page.input("x", i)
    y = page.let("y", [i], x[i] * normal_cdf(x[i]))
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    page.claim(dx[i], dy[i] * (normal_cdf(x[i]) + x[i] * normal_pdf(x[i])), fact="gradients")
    page.mistake(dx[i], dy[i] * normal_cdf(x[i]), en="forgets the product rule", zh="漏掉了乘积法则")
    page.mistake(dx[i], dy[i] * (normal_cdf(x[i]) + normal_pdf(x[i])), en="forgets the factor x", zh="漏掉了因子 x")


gelu.sized(n=5)


@gelu.reference("torch", "torch.nn.functional.gelu")
def _(torch, v):
    return {"y": torch.nn.functional.gelu(v["x"])}


@gelu.reference("jax", "jax.nn.gelu")
def _(jax, v):
    return {"y": jax.nn.gelu(v["x"], approximate=False)}
