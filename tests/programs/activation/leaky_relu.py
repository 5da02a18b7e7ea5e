"""Leaky relu with a learnt slope (PReLU)."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import relu, step


@entry(name="leaky_relu", title={"en": "PReLU", "zh": "PReLU"}, section="",
       source="He et al. 2015", facts={})
def leaky_relu(page):
    n = page.size("n")
    i = page.index("i", n)
    x, a = page.input("x", i), page.input("a")
    y = page.let("y", [i], relu(x[i]) - a * relu(-x[i]))
    page.output(y)

    dy, dx, da = page.gradient(y), page.want(x), page.want(a)
    page.claim(dx[i], dy[i] * (step(x[i]) + a * step(-x[i])), fact="gradients")
    page.claim(da, -Sum(dy[i] * relu(-x[i]), i), fact="gradients")
    page.mistake(dx[i], dy[i] * step(x[i]), en="forgets the leak", zh="漏掉了泄漏部分")
    page.mistake(da, Sum(dy[i] * relu(-x[i]), i), en="loses the sign", zh="丢了负号")


leaky_relu.sized(n=5)


@leaky_relu.reference("torch", "torch.nn.functional.prelu")
def _(torch, v):
    return {"y": torch.nn.functional.prelu(v["x"], v["a"].reshape(1))}


@leaky_relu.reference("jax", "jax.nn.leaky_relu")
def _(jax, v):
    return {"y": jax.nn.leaky_relu(v["x"], v["a"])}
