"""Group normalisation of channels over positions."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(name="group_norm", title={"en": "Group normalisation", "zh": "组归一化"}, section="",
       source="Wu & He 2018", facts={})
def group_norm(page):
    G, C, N = page.sizes("G C N")
    g, c, d, p, q = page.index("g", G), page.index("c", C), page.index("d", C), page.index("p", N), page.index("q", N)
    x, gamma, beta = page.input("x", g, c, p), page.input("gamma", g, c), page.input("beta", g, c)
    eps = page.input("epsilon", positive=True)
    mu = page.let("mu", [g], Sum(x[g, c, p], c, p) / (C * N))
    v = page.let("v", [g], Sum((x[g, c, p] - mu[g])**2, c, p) / (C * N))
    xhat = page.let("x_hat", [g, c, p], (x[g, c, p] - mu[g]) / sqrt(v[g] + eps))
    y = page.let("y", [g, c, p], gamma[g, c] * xhat[g, c, p] + beta[g, c])
    page.output(y)

    dy, dx, dgamma = page.gradient(y), page.want(x), page.want(gamma)
    page.want(beta)
    s = dy[g, d, q] * gamma[g, d]
    page.claim(dgamma[g, c], Sum(dy[g, c, p] * xhat[g, c, p], p), fact="gradients")
    page.claim(dx[g, c, p], (dy[g, c, p] * gamma[g, c] - Sum(s, d, q) / (C * N)
                             - xhat[g, c, p] * Sum(s * xhat[g, d, q], d, q) / (C * N)) / sqrt(v[g] + eps), fact="gradients")
    page.mistake(dx[g, c, p], dy[g, c, p] * gamma[g, c] / sqrt(v[g] + eps), en="treats the statistics as constants", zh="把统计量当作常数")
    page.mistake(dgamma[g, c], Sum(dy[g, c, p] * x[g, c, p], p), en="forgets to normalise", zh="忘了归一化")


group_norm.sized(G=2, C=3, N=2)


@group_norm.reference("torch", "torch.nn.functional.group_norm")
def _(torch, v):
    G, C, N = v["x"].shape
    y = torch.nn.functional.group_norm(v["x"].reshape(1, G * C, N), G, v["gamma"].reshape(-1), v["beta"].reshape(-1),
                                       float(v["epsilon"]))
    return {"y": y.reshape(G, C, N)}
