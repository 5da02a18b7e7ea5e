"""Leaky ReLU, whose slope may be learnt (PReLU): written by ReLU, and the gradients by the input and the slope."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import relu, step


@entry(
    name="leaky_relu",
    title={"en": "Leaky ReLU and PReLU", "zh": "带泄漏的 ReLU 与 PReLU"},
    section="1.3",
    source="Maas, Hannun & Ng 2013; He, Zhang, Ren & Sun 2015, section 2.1, equations 1 and 3",
    facts={
        "prelu-definition": {"kind": "definition", "en": "PReLU", "zh": "PReLU"},
        "prelu-gradients": {"kind": "gradient", "en": "Gradients by the input and the slope", "zh": "对输入与斜率的梯度"},
        "prelu-convex-combination": {"kind": "identity", "en": "Between the identity and ReLU", "zh": "介于恒等与 ReLU 之间"},
    },
)
def leaky_relu(page):
    n = page.size("n")
    i = page.index("i", n)

    x, a = page.input("x", i), page.input("a")
    y = page.let("y", [i], relu(x[i]) - a * relu(-x[i]), fact="prelu-definition")
    page.output(y)

    dy = page.gradient(y)
    dx, da = page.want(x, fact="prelu-gradients"), page.want(a, fact="prelu-gradients")

    page.claim(dx[i], dy[i] * (step(x[i]) + a * step(-x[i])), fact="prelu-gradients")
    page.claim(da, Sum(dy[i] * x[i] * step(-x[i]), i), fact="prelu-gradients")
    page.claim(y[i], a * x[i] + (1 - a) * relu(x[i]), fact="prelu-convex-combination")

    page.mistake(dx[i], dy[i] * step(x[i]), en="forgets the leak", zh="漏掉了泄漏部分")
    page.mistake(dx[i], dy[i] * (step(x[i]) - a * step(-x[i])),
                 en="differentiates ReLU(−x) without the inner −1", zh="对 ReLU(−x) 求导时漏掉了内层的 −1")
    page.mistake(da, Sum(dy[i] * relu(-x[i]), i), en="loses the sign: for x < 0 the output is ax, not −ax",
                 zh="丢了负号：x < 0 时输出是 ax，不是 −ax")
    page.mistake(da, Sum(dy[i] * x[i], i), en="counts the positive inputs, which do not see the slope",
                 zh="计入了正的输入，而它们与斜率无关")

    page.convention(
        en="torch.nn.LeakyReLU has the fixed slope 0.01, torch.nn.PReLU starts at 0.25 and learns it; jax.nn.leaky_relu has "
           "0.01.",
        zh="torch.nn.LeakyReLU 的斜率固定为 0.01；torch.nn.PReLU 从 0.25 开始学习；jax.nn.leaky_relu 为 0.01。")
    page.convention(
        en="At x = 0 there is no derivative unless a = 1; torch and jax take a there.",
        zh="除非 a = 1，在 x = 0 处不可导；torch 与 jax 在该处取 a。")
    page.share_over_batch(a)


leaky_relu.sized(n=5)
leaky_relu.sized(n=3)


@leaky_relu.reference("torch", "torch.nn.functional.prelu")
def _(torch, v):
    return {"y": torch.nn.functional.prelu(v["x"], v["a"].reshape(1))}


@leaky_relu.reference("jax", "jax.nn.leaky_relu")
def _(jax, v):
    return {"y": jax.nn.leaky_relu(v["x"], v["a"])}
