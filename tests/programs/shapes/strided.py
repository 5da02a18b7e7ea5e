"""Every second member, every third from the end, and a reversed window."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(name="strided", title={"en": "Strided indices", "zh": "带步长的下标"}, section="",
       source="made up", facts={})
def strided(page):
    n = page.size("n")
    i, u = page.index("i", n), page.index("u", 2 * n)
    x = page.input("x", u)
    y = page.let("y", [i], x[2 * i] * x[2 * i - 1] + x[2 * n + 1 - i]**2)
    page.output(y)

    dy, dx = page.gradient(y), page.want(x)
    page.claim(dx[2 * i], dy[i] * x[2 * i - 1] + 2 * x[2 * i] * Sum(KroneckerDelta(2 * i, 2 * n + 1 - u) * dy[u], (u, 1, n)), fact="gradients")
    page.mistake(dx[2 * i], dy[i] * x[2 * i - 1], en="forgets the reversed part", zh="漏掉了反向的部分")
    page.mistake(dx[2 * i - 1], dy[i] * x[2 * i], en="forgets the reversed part", zh="漏掉了反向的部分")


strided.sized(n=3)
