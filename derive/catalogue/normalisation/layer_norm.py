"""Layer normalisation over n features: gradients, and the closed form by the normalised input."""

from sympy import Rational, Sum, sqrt

from derive.entry import entry


@entry(
    name="layer_norm",
    title={"en": "Layer normalisation", "zh": "层归一化"},
    section="2.3",
    source="Ba, Kiros & Hinton 2016, equation 4",
    facts={
        "layernorm-mean-var-formula": {"kind": "definition", "en": "Mean and variance over the features",
                                       "zh": "对特征的均值与方差"},
        "layernorm-formula-23": {"kind": "definition", "en": "Layer normalisation", "zh": "层归一化"},
        "layernorm-normalised": {"kind": "identity", "en": "x̂ has mean 0 and variance v/(v + ε)",
                                 "zh": "x̂ 的均值为 0，方差为 v/(v + ε)"},
        "layernorm-statistics": {"kind": "gradient", "en": "μ and v are computed; γ and β are learned",
                                 "zh": "μ 与 v 由计算得到；γ 与 β 由学习得到"},
        "layernorm-scale-invariance": {"kind": "identity", "en": "LN(a x + c 𝟏) = LN(x) for a > 0, ε = 0",
                                       "zh": "a > 0、ε = 0 时 LN(a x + c 𝟏) = LN(x)"},
        "layernorm-backward": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
        "layernorm-closed-form": {"kind": "gradient", "en": "Closed form of ∂L/∂x", "zh": "∂L/∂x 的闭式"},
    },
)
def layer_norm(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)

    x, gamma, beta = page.input("x", i), page.input("gamma", i), page.input("beta", i)
    eps = page.input("epsilon", positive=True)
    mu = page.let("mu", [], Sum(x[i], i) / n, fact="layernorm-mean-var-formula")
    var = page.let("v", [], Sum((x[i] - mu)**2, i) / n, fact="layernorm-mean-var-formula")
    x_hat = page.let("x_hat", [i], (x[i] - mu) / sqrt(var + eps), fact="layernorm-formula-23")
    y = page.let("y", [i], gamma[i] * x_hat[i] + beta[i], fact="layernorm-formula-23")
    page.output(y)
    mean, spread = (page.let(name, [], Sum(x_hat[i]**power, i) / n, fact="layernorm-normalised")
                    for name, power in (("m_1", 1), ("m_2", 2)))

    a, c = page.input("a", positive=True), page.input("c")
    z = page.let("z", [i], a * x[i] + c, fact="layernorm-scale-invariance")
    middle = page.let("m", [], Sum(z[i], i) / n, fact="layernorm-scale-invariance")
    width = page.let("w", [], Sum((z[i] - middle)**2, i) / n, fact="layernorm-scale-invariance")
    moved = page.let("z_hat", [i], (z[i] - middle) / sqrt(width), fact="layernorm-scale-invariance")
    bare = page.let("u", [i], (x[i] - mu) / sqrt(var), fact="layernorm-scale-invariance")

    dy = page.gradient(y)
    dx_hat, dvar = page.want(x_hat), page.want(var)
    page.want(mu)
    dx = page.want(x, fact="layernorm-backward")
    dgamma, dbeta = (page.want(weight, fact="layernorm-statistics") for weight in (gamma, beta))

    page.claim(mean, 0, fact="layernorm-normalised")
    page.claim(spread, var / (var + eps), fact="layernorm-normalised")
    page.claim(middle, a * mu + c, fact="layernorm-scale-invariance")
    page.claim(width, a**2 * var, fact="layernorm-scale-invariance")
    page.claim(moved[i], bare[i], fact="layernorm-scale-invariance")
    page.claim(dx_hat[i], dy[i] * gamma[i], fact="layernorm-backward")
    page.claim(dvar, -Sum(dx_hat[i] * (x[i] - mu), i) / (2 * (var + eps)**Rational(3, 2)), fact="layernorm-backward")
    inner = n * dx_hat[i] - Sum(dx_hat[j], j) - x_hat[i] * Sum(dx_hat[j] * x_hat[j], j)
    page.claim(dx[i], inner / (n * sqrt(var + eps)), fact="layernorm-closed-form")
    page.claim(dgamma[i], dy[i] * x_hat[i], fact="layernorm-statistics")
    page.claim(dbeta[i], dy[i], fact="layernorm-statistics")

    page.mistake(dx[i], dx_hat[i] / sqrt(var + eps),
                 en="treats the statistics as constants", zh="把统计量当成了常数")
    wrong = n * dy[i] - Sum(dy[j], j) - x_hat[i] * Sum(dy[j] * x_hat[j], j)
    page.mistake(dx[i], gamma[i] * wrong / (n * sqrt(var + eps)),
                 en="pulls γ out of the sums, as in batch normalisation: here γ differs from feature to feature",
                 zh="像批归一化那样把 γ 提到求和之外：此处各特征的 γ 不同")
    page.mistake(dx[i], inner / sqrt(var + eps), en="loses the division by n", zh="漏掉了除以 n")
    page.mistake(moved[i], a * bare[i], en="lets the scale through: it is divided out again", zh="让缩放系数传出：它已被除去")
    page.mistake(dgamma[i], dy[i] * x[i], en="uses x where x̂ belongs", zh="用了 x，应为 x̂")

    page.convention(
        en="The mean and the variance run over the features of one example; v divides by n, as in torch and flax.",
        zh="均值与方差对单个样本的特征计算；v 除以 n，与 torch、flax 一致。")
    page.convention(
        en="The textbook divides by σ, that is ε = 0. torch has ε = 1e−5 and flax 1e−6, both under the root; a constant x "
           "gives β, and 0/0 without ε.",
        zh="教科书除以 σ，即 ε = 0。torch 取 ε = 1e−5，flax 取 1e−6，都在根号内；x 为常数时输出 β，无 ε 则为 0/0。")
    page.share_over_batch(gamma, beta, eps)


layer_norm.sized(n=6)
layer_norm.sized(n=3)


@layer_norm.reference("torch", "torch.nn.functional.layer_norm")
def _(torch, v):
    shape = v["gamma"].shape
    return {"y": torch.nn.functional.layer_norm(v["x"], shape, v["gamma"], v["beta"], float(v["epsilon"])),
            "u": torch.nn.functional.layer_norm(v["x"], shape, eps=0.),
            "z_hat": torch.nn.functional.layer_norm(v["a"] * v["x"] + v["c"], shape, eps=0.)}


@layer_norm.reference("jax", "flax.linen.LayerNorm")
def _(jax, v):
    from flax import linen

    norm = linen.LayerNorm(epsilon=v["epsilon"], use_fast_variance=False)
    bare = linen.LayerNorm(epsilon=0., use_bias=False, use_scale=False, use_fast_variance=False)
    return {"y": norm.apply({"params": {"scale": v["gamma"], "bias": v["beta"]}}, v["x"]),
            "u": bare.apply({}, v["x"]), "z_hat": bare.apply({}, v["a"] * v["x"] + v["c"])}
