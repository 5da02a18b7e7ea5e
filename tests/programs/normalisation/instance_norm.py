"""Instance normalisation: every channel of every example by itself."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(name="instance_norm", title={"en": "Instance normalisation", "zh": "实例归一化"}, section="",
       source="Ulyanov, Vedaldi & Lempitsky 2016", facts={})
def instance_norm(page):
    B, C, N = page.sizes("B C N")
    b, c, p, q = page.family("b", 1, B), page.index("c", C), page.index("p", N), page.index("q", N)
    x, eps = page.input("x", b, c, p), page.input("epsilon", positive=True)
    mu = page.let("mu", [b, c], Sum(x[b, c, p], p) / N)
    v = page.let("v", [b, c], Sum((x[b, c, p] - mu[b, c])**2, p) / N)
    y = page.let("y", [b, c, p], (x[b, c, p] - mu[b, c]) / sqrt(v[b, c] + eps))
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    page.claim(dx[b, c, p], (dy[b, c, p] - Sum(dy[b, c, q], q) / N
                             - y[b, c, p] * Sum(dy[b, c, q] * y[b, c, q], q) / N) / sqrt(v[b, c] + eps), fact="gradients")
    page.mistake(dx[b, c, p], dy[b, c, p] / sqrt(v[b, c] + eps), en="treats the statistics as constants", zh="把统计量当作常数")
    page.mistake(dx[b, c, p], (dy[b, c, p] - Sum(dy[b, c, q], q) / N) / sqrt(v[b, c] + eps), en="forgets the variance", zh="漏掉了方差的路径")


instance_norm.sized(B=2, C=1, N=3)


@instance_norm.reference("torch", "torch.nn.functional.instance_norm")
def _(torch, v):
    return {"y": torch.nn.functional.instance_norm(v["x"], eps=float(v["epsilon"]))}
