"""Huber loss, by relu: the squared error less the square of what goes beyond δ."""

from sympy import Rational, Sum

from derive.entry import entry
from derive.sympy_functions import relu


@entry(name="huber", title={"en": "Huber loss", "zh": "Huber 损失"}, section="",
       source="Huber 1964", facts={})
def huber(page):
    n = page.size("n")
    i = page.index("i", n)
    x, y, c = page.input("x", i), page.input("y", i), page.input("c", positive=True)
    r = page.let("r", [i], x[i] - y[i])
    page.loss(page.let("loss", [], Rational(1, 2) * Sum(r[i]**2 - relu(r[i] - c)**2 - relu(-r[i] - c)**2, i)))

    dx, dc = page.want(x), page.want(c)
    page.claim(dx[i], r[i] - relu(r[i] - c) + relu(-r[i] - c), fact="gradients")
    page.claim(dc, Sum(relu(r[i] - c) + relu(-r[i] - c), i), fact="gradients")
    page.mistake(dx[i], r[i], en="forgets to clip", zh="忘了截断")
    page.mistake(dx[i], r[i] - relu(r[i] - c), en="clips on one side only", zh="只在一侧截断")


huber.sized(n=4)


@huber.reference("torch", "torch.nn.functional.huber_loss")
def _(torch, v):
    r = v["x"] - v["y"]
    loss = torch.nn.functional.huber_loss(v["x"], v["y"], reduction="sum", delta=float(v["c"].detach()))
    return {"r": r, "loss": loss + (v["c"] - v["c"].detach()) * torch.relu(r.abs() - v["c"]).sum().detach()}
