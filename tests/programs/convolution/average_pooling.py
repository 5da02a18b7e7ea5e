"""Average pooling with windows of K and stride s."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(name="average_pooling", title={"en": "Average pooling", "zh": "平均池化"}, section="",
       source="textbook", facts={})
def average_pooling(page):
    M, K, s, C = page.sizes("M K s C")
    p, k, c = page.index("p", M - 1, 0), page.index("k", K - 1, 0), page.index("c", C)
    u = page.index("u", s * (M - 1) + K - 1, 0)
    x = page.input("x", c, u)
    y = page.let("y", [c, p], Sum(x[c, s * p + k], k) / K)
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    page.claim(dx[c, u], Sum(KroneckerDelta(u, s * p + k) * dy[c, p], p, k) / K, fact="gradients")
    page.mistake(dx[c, u], Sum(KroneckerDelta(u, s * p + k) * dy[c, p], p, k), en="forgets 1/K", zh="漏掉了 1/K")
    page.mistake(dx[c, u], Sum(KroneckerDelta(u, s * p) * dy[c, p], p) / K, en="credits the first of the window only", zh="只归给窗口的第一个")


average_pooling.sized(M=3, K=2, s=1, C=4)


@average_pooling.reference("torch", "torch.nn.functional.avg_pool1d")
def _(torch, v):
    return {"y": torch.nn.functional.avg_pool1d(v["x"][None], v["K"], v["s"])[0]}
