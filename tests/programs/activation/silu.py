"""SiLU (swish): y = x σ(x)."""

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="silu", title={"en": "SiLU", "zh": "SiLU"}, section="",
       source="Elfwing, Uchibe & Doya 2018", facts={})
def silu(page):
    n = page.size("n")
    i = page.index("i", n)
    x = page.input("x", i)
    y = page.let("y", [i], x[i] * sigmoid(x[i]))
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    page.claim(dx[i], dy[i] * sigmoid(x[i]) * (1 + x[i] * (1 - sigmoid(x[i]))), fact="gradients")
    page.mistake(dx[i], dy[i] * sigmoid(x[i]), en="forgets the product rule", zh="漏掉了乘积法则")
    page.mistake(dx[i], dy[i] * sigmoid(x[i]) * (1 - sigmoid(x[i])), en="takes the derivative of σ alone", zh="只取了 σ 的导数")


silu.sized(n=5)


@silu.reference("torch", "torch.nn.functional.silu")
def _(torch, v):
    return {"y": torch.nn.functional.silu(v["x"])}


@silu.reference("jax", "jax.nn.silu")
def _(jax, v):
    return {"y": jax.nn.silu(v["x"])}
