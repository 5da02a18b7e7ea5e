"""Everything of size one: the scalars that vectors of one entry are."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="one_neuron", title={"en": "One neuron", "zh": "单个神经元"}, section="",
       source="made up", facts={})
def one_neuron(page):
    B = page.size("B")
    b, i = page.index("b", B), page.index("i", 1)
    x, w, c = page.input("x", b, i), page.input("w", i), page.input("c")
    y = page.let("y", [b, i], sigmoid(w[i] * x[b, i] + c))
    page.loss(page.let("loss", [], Sum(y[b, i]**2, b, i)))

    dw, dc = page.want(w), page.want(c)
    page.claim(dw[i], 2 * Sum(y[b, i]**2 * (1 - y[b, i]) * x[b, i], b), fact="gradients")
    page.claim(dc, 2 * Sum(y[b, i]**2 * (1 - y[b, i]), b, i), fact="gradients")
    page.mistake(dw[i], Sum(y[b, i]**2 * (1 - y[b, i]) * x[b, i], b), en="forgets the 2", zh="漏掉了 2")
    page.mistake(dc, 2 * Sum(y[b, i] * (1 - y[b, i]), b, i), en="forgets the outer y", zh="漏掉了外面的 y")


one_neuron.sized(B=1)
