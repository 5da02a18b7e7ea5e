"""GELU by its tanh form."""

from sympy import pi, sqrt, tanh

from derive.entry import entry


@entry(name="gelu_tanh", title={"en": "GELU, tanh form", "zh": "GELU 的 tanh 形式"}, section="",
       source="Hendrycks & Gimpel 2016", facts={})
def gelu_tanh(page):
    n = page.size("n")
    i = page.index("i", n)
    x = page.input("x", i)
    u = page.let("u", [i], tanh(sqrt(2 / pi) * (x[i] + 0.044715 * x[i]**3)))
    y = page.let("y", [i], x[i] * (1 + u[i]) / 2)
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    slope = sqrt(2 / pi) * (1 + 3 * 0.044715 * x[i]**2)
    page.claim(dx[i], dy[i] * (1 + u[i] + x[i] * (1 - u[i]**2) * slope) / 2, fact="gradients")
    page.mistake(dx[i], dy[i] * (1 + u[i]) / 2, en="forgets the product rule", zh="漏掉了乘积法则")
    page.mistake(dx[i], dy[i] * (1 + u[i] + x[i] * (1 - u[i]**2)) / 2, en="forgets the inner slope", zh="漏掉了内层导数")


gelu_tanh.sized(n=5)


@gelu_tanh.reference("torch", "torch.nn.functional.gelu")
def _(torch, v):
    return {"y": torch.nn.functional.gelu(v["x"], approximate="tanh")}


@gelu_tanh.reference("jax", "jax.nn.gelu")
def _(jax, v):
    return {"y": jax.nn.gelu(v["x"], approximate=True)}
