"""Huber loss by cases."""

from sympy import Abs, Piecewise, Sum, sign

from derive.entry import entry


@entry(name="huber_piecewise", title={"en": "Huber loss, by cases", "zh": "分段的 Huber 损失"}, section="",
       source="Huber 1964", facts={})
def huber_piecewise(page):
    n = page.size("n")
    i = page.index("i", n)
    r, c = page.input("r", i), page.input("c", positive=True)
    page.loss(page.let("loss", [], Sum(Piecewise((r[i]**2 / 2, Abs(r[i]) <= c), (c * (Abs(r[i]) - c / 2), True)), i)))

    dr = page.want(r)
    page.claim(dr[i], Piecewise((r[i], Abs(r[i]) <= c), (c * sign(r[i]), True)), fact="gradients")
    page.mistake(dr[i], r[i], en="forgets to clip", zh="忘了截断")
    page.mistake(dr[i], Piecewise((r[i], Abs(r[i]) <= c), (c, True)), en="forgets the sign", zh="漏掉了符号")


huber_piecewise.sized(n=4)
