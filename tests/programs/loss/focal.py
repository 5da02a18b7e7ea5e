"""Binary focal loss with a whole exponent."""

from sympy import Sum, log

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="focal", title={"en": "Focal loss", "zh": "Focal 损失"}, section="",
       source="Lin et al. 2017", facts={})
def focal(page):
    n, gamma = page.size("n"), page.size("gamma", least=2)
    i = page.index("i", n)
    z = page.input("z", i)
    p = page.let("p", [i], sigmoid(z[i]))
    page.loss(page.let("loss", [], -Sum((1 - p[i])**gamma * log(p[i]), i)))

    dz = page.want(z)
    page.claim(dz[i], (1 - p[i])**gamma * (gamma * p[i] * log(p[i]) + p[i] - 1), fact="gradients")
    page.mistake(dz[i], (1 - p[i])**gamma * (p[i] - 1), en="treats the weight as a constant", zh="把权重当作常数")
    page.mistake(dz[i], p[i] - 1, en="forgets the weight", zh="漏掉了权重")


focal.sized(n=3, gamma=2)
