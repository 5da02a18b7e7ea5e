"""Bilinear layer: xᵀ W⁽ᵏ⁾ y + b."""

from sympy import Sum

from derive.entry import entry


@entry(name="bilinear", title={"en": "Bilinear layer", "zh": "双线性层"}, section="",
       source="torch.nn.Bilinear", facts={})
def bilinear(page):
    n, m, o = page.sizes("n m o")
    i, j, k = page.index("i", n), page.index("j", m), page.index("k", o)
    x, y, W, b = page.input("x", i), page.input("y", j), page.input("W", k, i, j), page.input("b", k)
    z = page.let("z", [k], Sum(x[i] * W[k, i, j] * y[j], i, j) + b[k])
    page.output(z)

    dz, dx, dy, dW = page.gradient(z), page.want(x), page.want(y), page.want(W)
    page.want(b)
    page.claim(dx[i], Sum(dz[k] * W[k, i, j] * y[j], k, j), fact="gradients")
    page.claim(dy[j], Sum(dz[k] * W[k, i, j] * x[i], k, i), fact="gradients")
    page.claim(dW[k, i, j], dz[k] * x[i] * y[j], fact="gradients")
    page.mistake(dW[k, i, j], dz[k] * x[i], en="forgets the second input", zh="漏掉了第二个输入")
    page.mistake(dx[i], 2 * Sum(dz[k] * W[k, i, j] * y[j], k, j), en="differentiates as a quadratic form", zh="当作二次型求导")


bilinear.sized(n=2, m=3, o=1)


@bilinear.reference("torch", "torch.nn.functional.bilinear")
def _(torch, v):
    return {"z": torch.nn.functional.bilinear(v["x"][None], v["y"][None], v["W"], v["b"])[0]}
