"""Two outputs, one of which the other uses; an input used by three equations."""

from sympy import Sum, exp, log

from derive.entry import entry


@entry(name="two_outputs", title={"en": "Two outputs", "zh": "两个输出"}, section="",
       source="made up", facts={})
def two_outputs(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    x, A = page.input("x", i), page.input("A", i, i)
    u = page.let("u", [i], Sum(A[i, j] * x[j], j))
    s = page.let("s", [], log(Sum(exp(u[i]) * x[i]**2, i)))
    y = page.let("y", [i], u[i] * s + x[i])
    page.output(s)
    page.output(y)

    dy, ds, dx, dA = page.gradient(y), page.want(s), page.want(x), page.want(A)
    du = page.want(u)
    v = page.symbols["v_s"]
    page.claim(ds, v + Sum(dy[i] * u[i], i), fact="gradients")
    page.claim(du[i], dy[i] * s + ds * exp(u[i]) * x[i]**2 / Sum(exp(u[j]) * x[j]**2, j), fact="gradients")
    page.claim(dA[i, j], du[i] * x[j], fact="gradients")
    page.claim(dx[i], dy[i] + Sum(A[j, i] * du[j], j) + 2 * ds * exp(u[i] - s) * x[i], fact="gradients")
    page.mistake(ds, v, en="forgets that y uses s", zh="忘了 y 用到 s")
    page.mistake(dx[i], dy[i] + Sum(A[j, i] * du[j], j), en="forgets the third use of x", zh="漏掉了 x 的第三处使用")


two_outputs.sized(n=3)
