"""A quadratic form with a matrix used twice and transposed, and its log."""

from sympy import Sum, log

from derive.entry import entry


@entry(name="log_quadratic", title={"en": "Log quadratic form", "zh": "对数二次型"}, section="",
       source="made up", facts={})
def log_quadratic(page):
    n, m = page.sizes("n m")
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", m)
    x, A, c = page.input("x", i), page.input("A", k, i), page.input("c", positive=True)
    G = page.let("G", [i, j], Sum(A[k, i] * A[k, j], k))
    q = page.let("q", [], Sum(x[i] * G[i, j] * x[j], i, j))
    page.loss(page.let("loss", [], log(q**2 + c)))

    dx, dA, dG = page.want(x), page.want(A), page.want(G)
    out = 2 * q / (q**2 + c)
    page.claim(dG[i, j], out * x[i] * x[j], fact="gradients")
    page.claim(dx[i], 2 * out * Sum(G[i, j] * x[j], j), fact="gradients")
    page.claim(dA[k, i], 2 * out * x[i] * Sum(A[k, j] * x[j], j), fact="gradients")
    page.mistake(dx[i], out * Sum(G[i, j] * x[j], j), en="forgets one of the two uses", zh="漏掉了两处使用中的一处")
    page.mistake(dA[k, i], out * x[i] * Sum(A[k, j] * x[j], j), en="forgets one of the two uses", zh="漏掉了两处使用中的一处")


log_quadratic.sized(n=2, m=3)
