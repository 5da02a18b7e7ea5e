"""Running mean over the past, and attention over the past with the same weights."""

from sympy import Sum

from derive.entry import entry


@entry(name="causal_average", title={"en": "Causal average", "zh": "因果平均"}, section="",
       source="textbook", facts={})
def causal_average(page):
    n, d = page.sizes("n d")
    i, j, a = page.index("i", n), page.index("j", n), page.index("a", d)
    x = page.input("x", i, a)
    y = page.let("y", [i, a], Sum(x[j, a], (j, 1, i)) / i)
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    page.claim(dx[i, a], Sum(dy[j, a] / j, (j, i, n)), fact="gradients")
    page.mistake(dx[i, a], Sum(dy[j, a] / j, (j, 1, i)), en="looks back where it must look ahead", zh="应向前看却向后看")
    page.mistake(dx[i, a], Sum(dy[j, a], (j, i, n)) / i, en="divides by the wrong count", zh="除错了个数")


causal_average.sized(n=4, d=2)
