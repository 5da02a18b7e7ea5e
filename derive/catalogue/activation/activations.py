"""The sigmoid, tanh and ReLU: their derivatives, how one follows from another, and why σ' is at most ¼."""

from sympy import Rational, tanh

from derive.entry import entry
from derive.sympy_functions import relu, sigmoid, softplus, step


@entry(
    name="activations",
    title={"en": "Sigmoid, tanh and ReLU", "zh": "Sigmoid、tanh 与 ReLU"},
    section="1.3",
    source="Goodfellow, Bengio & Courville 2016, sections 3.10 and 6.3, equations 3.33 to 3.42",
    facts={
        "activation-definition": {"kind": "definition", "en": "Three activations", "zh": "三种激活函数"},
        "activation-derivatives": {"kind": "gradient", "en": "Derivatives and identities", "zh": "导数与恒等式"},
        "relu-subgradient-convention": {"kind": "identity", "en": "What is called the slope of ReLU at 0: left, central, right",
                                        "zh": "ReLU 在 0 处所取的斜率：左、中、右"},
        "sigmoid-derivative-bound": {"kind": "identity", "en": "σ' = ¼ − (σ − ½)², at most ¼",
                                     "zh": "σ' = ¼ − (σ − ½)²，不超过 ¼"},
    },
)
def activations(page):
    n = page.size("n")
    i = page.index("i", n)

    x = page.input("x", i)
    s = page.let("s", [i], sigmoid(x[i]), fact="activation-definition")
    t = page.let("t", [i], tanh(x[i]), fact="activation-definition")
    r = page.let("r", [i], relu(x[i]), fact="activation-definition")
    for activation in (s, t, r):
        page.output(activation)

    ds, dt, dr = page.gradient(s), page.gradient(t), page.gradient(r)
    dx = page.want(x, fact="activation-derivatives")
    slope = page.let("s_prime", [i], s[i] * (1 - s[i]), fact="sigmoid-derivative-bound")

    kink, h = "relu-subgradient-convention", page.input("h", positive=True)
    left = page.let("k_0", [], -relu(-h) / h, fact=kink)
    central = page.let("k_1", [], (relu(h) - relu(-h)) / (2 * h), fact=kink)
    right = page.let("k_2", [], relu(h) / h, fact=kink)
    for slope_at_0, value in ((left, 0), (central, Rational(1, 2)), (right, 1)):
        page.claim(slope_at_0, value, fact=kink)
    page.claim(dx[i], ds[i] * s[i] * (1 - s[i]) + dt[i] * (1 - t[i]**2) + dr[i] * step(x[i]),
               fact="activation-derivatives")
    page.claim(t[i], 2 * sigmoid(2 * x[i]) - 1, fact="activation-derivatives")
    page.claim(s[i], 1 - sigmoid(-x[i]), fact="activation-derivatives")
    page.claim(s[i], Rational(1, 2) + tanh(x[i] / 2) / 2, fact="activation-derivatives")
    page.claim(slope[i], Rational(1, 4) - (s[i] - Rational(1, 2))**2, fact="sigmoid-derivative-bound")
    page.claim(slope[i], (1 - tanh(x[i] / 2)**2) / 4, fact="sigmoid-derivative-bound")
    page.claim(x[i], softplus(x[i]) - softplus(-x[i]), fact="activation-derivatives")

    rest = dt[i] * (1 - t[i]**2) + dr[i] * step(x[i])
    page.mistake(dx[i], ds[i] * s[i] * (1 + s[i]) + rest, en="turns a sign round: σ' = σ(1 − σ)",
                 zh="符号写反：σ' = σ(1 − σ)")
    page.mistake(dx[i], ds[i] * x[i] * (1 - x[i]) + rest,
                 en="puts the argument where the value belongs: σ' = σ(x)(1 − σ(x))", zh="用了自变量，应为函数值：σ' = σ(x)(1 − σ(x))")
    page.mistake(dx[i], ds[i] * s[i] * (1 - s[i]) + dt[i] * t[i] * (1 - t[i]) + dr[i] * step(x[i]),
                 en="differentiates tanh as a sigmoid", zh="把 tanh 当作 sigmoid 求导")
    page.mistake(dx[i], ds[i] * s[i] * (1 - s[i]) + dt[i] * (1 - t[i]**2) + dr[i],
                 en="lets the gradient through a closed ReLU", zh="让梯度通过了关闭的 ReLU")
    page.mistake(central, right, en="takes one convention for the other: jax.numpy.maximum has ½ where torch.clamp has 1",
                 zh="混淆了约定：jax.numpy.maximum 取 ½，torch.clamp 取 1")
    page.mistake(t[i], 2 * sigmoid(x[i]) - 1, en="forgets the 2 inside: that is tanh(x/2)", zh="漏掉了里面的 2：那是 tanh(x/2)")
    page.mistake(slope[i], Rational(1, 4) + (s[i] - Rational(1, 2))**2,
                 en="turns the parabola upside down: σ' is largest at σ = ½", zh="抛物线开口反了：σ' 在 σ = ½ 处最大")

    page.convention(
        en="ReLU has no derivative at 0, and nothing is claimed there; torch.relu and jax.nn.relu give 0, "
           "jax.numpy.maximum(x, 0) and torch.maximum give ½, torch.clamp(min=0) gives 1.",
        zh="ReLU 在 0 处不可导，此处不作断言；torch.relu 与 jax.nn.relu 取 0，jax.numpy.maximum(x, 0) 与 torch.maximum 取 ½，"
           "torch.clamp(min=0) 取 1。")
    page.convention(
        en="The hard sigmoids of the libraries (torch.nn.Hardsigmoid, jax.nn.hard_sigmoid) are other functions.",
        zh="各库的 hard sigmoid（torch.nn.Hardsigmoid、jax.nn.hard_sigmoid）是另外的函数。")


activations.sized(n=4)
activations.sized(n=6)


@activations.reference("torch", "torch.nn.Sigmoid, torch.nn.Tanh, torch.nn.ReLU")
def _(torch, v):
    zero = torch.zeros_like(v["h"])
    slopes = (torch.relu, lambda u: torch.maximum(u, zero), lambda u: torch.clamp(u, min=0))
    at_0 = {f"k_{place}": torch.func.grad(f)(zero) for place, f in enumerate(slopes)}
    return {"s": torch.nn.Sigmoid()(v["x"]), "t": torch.nn.Tanh()(v["x"]), "r": torch.nn.ReLU()(v["x"])} | at_0


@activations.reference("jax", "jax.nn.sigmoid, jax.nn.tanh, jax.nn.relu")
def _(jax, v):
    at_0 = {name: jax.grad(f)(jax.numpy.zeros_like(v["h"]))
            for name, f in (("k_0", jax.nn.relu), ("k_1", lambda u: jax.numpy.maximum(u, 0)))}
    return {"s": jax.nn.sigmoid(v["x"]), "t": jax.nn.tanh(v["x"]), "r": jax.nn.relu(v["x"])} | at_0
