"""Power mean with a whole exponent that stays a symbol."""

from sympy import Sum

from derive.entry import entry


@entry(name="generalised_mean", title={"en": "Power mean", "zh": "幂平均"}, section="",
       source="textbook", facts={})
def generalised_mean(page):
    n, p = page.size("n"), page.size("p", least=2)
    i = page.index("i", n)
    x, w = page.input("x", i, positive=True), page.input("w", i, positive=True)
    s = page.let("s", [], Sum(w[i] * x[i]**p, i))
    y = page.let("y", [], s**(2 * p) / n)
    page.output(y)

    dy, dx, dw = page.gradient(y), page.want(x), page.want(w)
    page.claim(dx[i], 2 * p**2 / n * dy * s**(2 * p - 1) * w[i] * x[i]**(p - 1), fact="gradients")
    page.claim(dw[i], 2 * p / n * dy * s**(2 * p - 1) * x[i]**p, fact="gradients")
    page.mistake(dx[i], 2 * p**2 / n * dy * s**(2 * p - 1) * w[i] * x[i]**p, en="forgets to lower the exponent", zh="忘了降低指数")
    page.mistake(dw[i], 2 * p / n * dy * s**(2 * p) * x[i]**p, en="forgets to lower the outer exponent", zh="忘了降低外层指数")


generalised_mean.sized(n=3, p=2)
