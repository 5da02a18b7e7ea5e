"""GELU: x Φ(x), its derivative and curvature, and how Φ is written by the error function."""

from sympy import KroneckerDelta, erf, exp, pi, sqrt

from derive.entry import entry
from derive.sympy_functions import normal_cdf, normal_pdf


@entry(
    name="gelu",
    title={"en": "GELU", "zh": "GELU 激活函数"},
    section="1.3",
    source="Hendrycks & Gimpel 2016, section 2",
    facts={
        "gelu-definition": {"kind": "definition", "en": "GELU", "zh": "GELU"},
        "gelu-error-function": {"kind": "identity", "en": "By the error function", "zh": "用误差函数表示"},
        "gelu-gradient": {"kind": "gradient", "en": "Derivative", "zh": "导数"},
        "gelu-jacobian": {"kind": "gradient", "en": "Jacobian", "zh": "雅可比矩阵"},
        "gelu-symmetry": {"kind": "identity", "en": "GELU(x) − GELU(−x) = x", "zh": "GELU(x) − GELU(−x) = x"},
    },
)
def gelu(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)

    x = page.input("x", i)
    y = page.let("y", [i], x[i] * normal_cdf(x[i]), fact="gelu-definition")
    page.output(y)

    dy, dx = page.gradient(y), page.want(x, fact="gelu-gradient")
    jacobian = page.jacobian(y, x, fact="gelu-jacobian")

    normal = (1 + erf(x[i] / sqrt(2))) / 2
    page.claim(y[i], x[i] * normal, fact="gelu-error-function")
    page.claim(dx[i], dy[i] * (normal_cdf(x[i]) + x[i] * normal_pdf(x[i])), fact="gelu-gradient")
    page.claim(dx[i], dy[i] * (normal + x[i] * exp(-x[i]**2 / 2) / sqrt(2 * pi)), fact="gelu-gradient")
    page.claim(jacobian[i, j], KroneckerDelta(i, j) * (normal_cdf(x[i]) + x[i] * normal_pdf(x[i])), fact="gelu-jacobian")
    page.claim(y[i], x[i] - x[i] * normal_cdf(-x[i]), fact="gelu-symmetry")

    page.mistake(dx[i], dy[i] * normal_cdf(x[i]), en="forgets the product rule", zh="漏掉了乘积法则")
    page.mistake(dx[i], dy[i] * (normal_cdf(x[i]) + normal_pdf(x[i])), en="forgets the factor x", zh="漏掉了因子 x")
    page.mistake(dx[i], dy[i] * (normal_cdf(x[i]) + x[i] * exp(-x[i]**2) / sqrt(pi)),
                 en="forgets √2 inside the error function", zh="漏掉了误差函数里的 √2")
    page.mistake(dx[i], dy[i] * (normal_cdf(x[i]) - x[i]**2 * normal_pdf(x[i])),
                 en="differentiates the density: Φ' = φ, and φ' = −x φ comes only with the curvature",
                 zh="对密度求了导：Φ' = φ，φ' = −x φ 到二阶导数才出现")

    page.convention(
        en="torch's gelu is exact by default; jax.nn.gelu takes the tanh form unless approximate=False.",
        zh="torch 的 gelu 默认是精确的；jax.nn.gelu 默认用 tanh 近似，除非 approximate=False。")
    page.convention(
        en="Φ and φ are the distribution function and the density of the standard normal law.",
        zh="Φ 与 φ 是标准正态分布的分布函数与密度。")


gelu.sized(n=5)
gelu.sized(n=3)


@gelu.reference("torch", "torch.nn.functional.gelu")
def _(torch, v):
    return {"y": torch.nn.functional.gelu(v["x"])}


@gelu.reference("jax", "jax.nn.gelu")
def _(jax, v):
    return {"y": jax.nn.gelu(v["x"], approximate=False)}
