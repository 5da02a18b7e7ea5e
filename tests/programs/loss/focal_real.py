"""Focal loss with a real exponent γ."""

from sympy import Sum, exp, log

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="focal_real", title={"en": "Focal loss, real exponent", "zh": "实指数的 focal 损失"}, section="",
       source="Lin et al. 2017", facts={})
def focal_real(page):
    n = page.size("n")
    i = page.index("i", n)
    z, gamma = page.input("z", i), page.input("gamma", positive=True)
    p = page.let("p", [i], sigmoid(z[i]))
    page.loss(page.let("loss", [], -Sum(exp(gamma * log(1 - p[i])) * log(p[i]), i)))

    dz, dgamma = page.want(z), page.want(gamma)
    weight = exp(gamma * log(1 - p[i]))
    page.claim(dz[i], weight * (gamma * p[i] * log(p[i]) + p[i] - 1), fact="gradients")
    page.claim(dgamma, -Sum(weight * log(1 - p[i]) * log(p[i]), i), fact="gradients")
    page.mistake(dz[i], weight * (p[i] - 1), en="treats the weight as a constant", zh="把权重当作常数")
    page.mistake(dgamma, -Sum(weight * log(p[i]), i), en="forgets the log of the base", zh="漏掉了底数的对数")


focal_real.sized(n=3)
