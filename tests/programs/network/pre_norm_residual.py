"""Residual block with LayerNorm before a two-layer network."""

from sympy import Sum, sqrt

from derive.entry import entry
from derive.sympy_functions import relu, step


@entry(name="pre_norm_residual", title={"en": "Pre-LN residual block", "zh": "前置归一化残差块"}, section="",
       source="Xiong et al. 2020", facts={})
def pre_norm_residual(page):
    n, m = page.sizes("n m")
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", m)
    x, W, V, eps = page.input("x", i), page.input("W", k, i), page.input("V", i, k), page.input("epsilon", positive=True)
    mu = page.let("mu", [], Sum(x[i], i) / n)
    v = page.let("v", [], Sum((x[i] - mu)**2, i) / n)
    u = page.let("u", [i], (x[i] - mu) / sqrt(v + eps))
    a = page.let("a", [k], Sum(W[k, i] * u[i], i))
    y = page.let("y", [i], x[i] + Sum(V[i, k] * relu(a[k]), k))
    page.output(y)

    dy, du, dx, dW = page.gradient(y), page.want(u), page.want(x), page.want(W)
    page.claim(du[i], Sum(W[k, i] * step(a[k]) * Sum(V[j, k] * dy[j], j), k), fact="gradients")
    page.claim(dx[i], dy[i] + (du[i] - Sum(du[j], j) / n - u[i] * Sum(du[j] * u[j], j) / n) / sqrt(v + eps), fact="gradients")
    page.mistake(dx[i], (du[i] - Sum(du[j], j) / n - u[i] * Sum(du[j] * u[j], j) / n) / sqrt(v + eps), en="forgets the skip connection", zh="漏掉了残差连接")
    page.mistake(dW[k, i], Sum(V[j, k] * dy[j], j) * u[i], en="forgets the relu", zh="漏掉了 relu")


pre_norm_residual.sized(n=3, m=2)
