"""SiLU, or swish: x σ(βx), its derivative by x and by β."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="silu",
    title={"en": "SiLU (swish) with a learnt slope", "zh": "SiLU（swish），斜率可学习"},
    section="1.3",
    source="Elfwing, Uchibe & Doya 2018, section 2; Ramachandran, Zoph & Le 2017, section 4",
    facts={
        "swish-definition": {"kind": "definition", "en": "Swish", "zh": "Swish"},
        "swish-gradient": {"kind": "gradient", "en": "Derivatives by x and β", "zh": "对 x 与 β 的导数"},
        "swish-symmetry": {"kind": "identity", "en": "f(x) − x = f(−x)", "zh": "f(x) − x = f(−x)"},
    },
)
def silu(page):
    n = page.size("n")
    i = page.index("i", n)

    x, beta = page.input("x", i), page.input("beta")
    y = page.let("y", [i], x[i] * sigmoid(beta * x[i]), fact="swish-definition")
    page.output(y)

    dy = page.gradient(y)
    dx, dbeta = page.want(x, fact="swish-gradient"), page.want(beta, fact="swish-gradient")
    on = sigmoid(beta * x[i])

    page.claim(dx[i], dy[i] * on * (1 + beta * x[i] * (1 - on)), fact="swish-gradient")
    page.claim(dx[i], dy[i] * (beta * y[i] + on * (1 - beta * y[i])), fact="swish-gradient")
    page.claim(dbeta, Sum(dy[i] * x[i]**2 * on * (1 - on), i), fact="swish-gradient")
    page.claim(dbeta, Sum(dy[i] * y[i] * (x[i] - y[i]), i), fact="swish-gradient")
    page.claim(y[i], x[i] - x[i] * sigmoid(-beta * x[i]), fact="swish-symmetry")

    page.mistake(dx[i], dy[i] * on, en="forgets the product rule", zh="漏掉了乘积法则")
    page.mistake(dx[i], dy[i] * on * (1 - on), en="takes the derivative of σ alone", zh="只取了 σ 的导数")
    page.mistake(dx[i], dy[i] * on * (1 + x[i] * (1 - on)), en="forgets the inner derivative β", zh="漏掉了内层导数 β")
    page.mistake(dx[i], dy[i] * (y[i] + on * (1 - y[i])),
                 en="takes the form for β = 1: elsewhere y comes with β", zh="用了 β = 1 时的公式：一般情形下 y 前有 β")
    page.mistake(dbeta, Sum(dy[i] * x[i] * on * (1 - on), i), en="x stands twice: before σ and in it",
                 zh="x 出现两次：在 σ 前与在 σ 内")

    page.convention(
        en="torch.nn.SiLU and jax.nn.silu have β = 1; for them x σ(βx) is silu(βx)/β.",
        zh="torch.nn.SiLU 与 jax.nn.silu 取 β = 1；用它们写，x σ(βx) = silu(βx)/β。")
    page.convention(
        en="SiLU, swish and swish-1 name the same function at β = 1.", zh="β = 1 时 SiLU、swish、swish-1 是同一函数。")
    page.share_over_batch(beta)


silu.sized(n=5)
silu.sized(n=3)


@silu.reference("torch", "torch.nn.functional.silu")
def _(torch, v):
    return {"y": torch.nn.functional.silu(v["beta"] * v["x"]) / v["beta"]}


@silu.reference("jax", "jax.nn.silu")
def _(jax, v):
    return {"y": jax.nn.silu(v["beta"] * v["x"]) / v["beta"]}
