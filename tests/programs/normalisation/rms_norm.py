"""RMSNorm over the last axis of a batch."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(name="rms_norm", title={"en": "RMSNorm", "zh": "RMSNorm"}, section="",
       source="Zhang & Sennrich 2019", facts={})
def rms_norm(page):
    B, n = page.sizes("B n")
    b, i, j = page.index("b", B), page.index("i", n), page.index("j", n)
    x, g, eps = page.input("x", b, i), page.input("g", i), page.input("epsilon", positive=True)
    r = page.let("r", [b], 1 / sqrt(Sum(x[b, i]**2, i) / n + eps))
    y = page.let("y", [b, i], g[i] * x[b, i] * r[b])
    page.output(y)

    dy, dx, dg = page.gradient(y), page.want(x), page.want(g)
    page.claim(dg[i], Sum(dy[b, i] * x[b, i] * r[b], b), fact="gradients")
    page.claim(dx[b, i], r[b] * g[i] * dy[b, i] - r[b]**3 * x[b, i] / n * Sum(dy[b, j] * g[j] * x[b, j], j), fact="gradients")
    page.mistake(dx[b, i], r[b] * g[i] * dy[b, i], en="treats the scale as a constant", zh="把缩放当作常数")
    page.mistake(dx[b, i], r[b] * g[i] * dy[b, i] - r[b]**3 * x[b, i] * Sum(dy[b, j] * g[j] * x[b, j], j), en="forgets 1/n", zh="漏掉了 1/n")


rms_norm.sized(B=2, n=3)


@rms_norm.reference("torch", "torch.nn.functional.rms_norm")
def _(torch, v):
    return {"y": torch.nn.functional.rms_norm(v["x"], v["g"].shape, v["g"], eps=float(v["epsilon"]))}
