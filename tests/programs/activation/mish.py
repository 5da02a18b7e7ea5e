"""Mish: y = x tanh(softplus(x))."""

from sympy import tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid, softplus


@entry(name="mish", title={"en": "Mish", "zh": "Mish"}, section="",
       source="Misra 2019", facts={})
def mish(page):
    n = page.size("n")
    i = page.index("i", n)
    x = page.input("x", i)
    y = page.let("y", [i], x[i] * tanh(softplus(x[i])))
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    page.claim(dx[i], dy[i] * (tanh(softplus(x[i])) + x[i] * (1 - tanh(softplus(x[i]))**2) * sigmoid(x[i])), fact="gradients")
    page.mistake(dx[i], dy[i] * (tanh(softplus(x[i])) + x[i] * (1 - tanh(softplus(x[i]))**2)), en="forgets softplus' = σ", zh="漏掉了 softplus' = σ")
    page.mistake(dx[i], dy[i] * (tanh(softplus(x[i])) + x[i] * sigmoid(x[i])), en="forgets the derivative of tanh", zh="漏掉了 tanh 的导数")


mish.sized(n=5)


@mish.reference("torch", "torch.nn.functional.mish")
def _(torch, v):
    return {"y": torch.nn.functional.mish(v["x"])}


@mish.reference("jax", "jax.nn.mish")
def _(jax, v):
    return {"y": jax.nn.mish(v["x"])}
