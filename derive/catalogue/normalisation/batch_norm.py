"""Batch normalisation of one feature over a batch of m, in training mode: step by step, and the closed form."""

from sympy import KroneckerDelta, Rational, Sum, sqrt

from derive.entry import entry


@entry(
    name="batch_norm",
    title={"en": "Batch normalisation, training mode", "zh": "批归一化（训练模式）"},
    section="3.2",
    source="Ioffe & Szegedy 2015, algorithm 1 and section 3",
    facts={
        "bn-mean": {"kind": "definition", "en": "Mean of the batch", "zh": "批均值"},
        "bn-variance": {"kind": "definition", "en": "Variance of the batch, divided by m", "zh": "批方差，除以 m"},
        "bn-normalise": {"kind": "definition", "en": "x̂ has mean 0 and variance v/(v + ε)",
                         "zh": "x̂ 的均值为 0，方差为 v/(v + ε)"},
        "bn-affine": {"kind": "definition", "en": "y = γ x̂ + β, γ and β learned", "zh": "y = γ x̂ + β，γ 与 β 可学习"},
        "bn-backward": {"kind": "gradient", "en": "Gradients: step by step, and in closed form", "zh": "梯度：逐步，以及闭式"},
        "bn-restores-expressivity": {"kind": "identity", "en": "γ = √(v + ε) and β = μ give x back",
                                     "zh": "γ = √(v + ε)、β = μ 时还原 x"},
        "bn-implicit-regularisation": {"kind": "gradient", "en": "Every example reaches the outputs of all others",
                                       "zh": "每个样本都影响其他样本的输出"},
    },
)
def batch_norm(page):
    m = page.size("m")
    i, j = page.index("i", m), page.index("j", m)

    x, gamma, beta = page.input("x", i), page.input("gamma"), page.input("beta")
    eps = page.input("epsilon", positive=True)
    mu = page.let("mu", [], Sum(x[i], i) / m, fact="bn-mean")
    var = page.let("v", [], Sum((x[i] - mu)**2, i) / m, fact="bn-variance")    # divides by m, not by m − 1
    x_hat = page.let("x_hat", [i], (x[i] - mu) / sqrt(var + eps), fact="bn-normalise")
    y = page.let("y", [i], gamma * x_hat[i] + beta, fact="bn-affine")
    page.output(y)

    back = "bn-backward"
    dy = page.gradient(y)
    dx_hat, dvar, dmu = page.want(x_hat), page.want(var), page.want(mu)
    dx = page.want(x, fact=back)
    dgamma, dbeta = page.want(gamma, fact=back), page.want(beta, fact=back)

    mean, spread = (page.let(name, [], Sum(x_hat[i]**power, i) / m, fact="bn-normalise")
                    for name, power in (("m_1", 1), ("m_2", 2)))
    same = page.let("z", [i], sqrt(var + eps) * x_hat[i] + mu, fact="bn-restores-expressivity")

    page.claim(var, Sum(x[i]**2, i) / m - mu**2, fact="bn-variance")
    page.claim(mean, 0, fact="bn-normalise")
    page.claim(spread, var / (var + eps), fact="bn-normalise")
    page.claim(same[i], x[i], fact="bn-restores-expressivity")
    page.claim(dx_hat[i], gamma * dy[i], fact=back)
    page.claim(dvar, -Sum(dx_hat[i] * (x[i] - mu), i) / (2 * (var + eps)**Rational(3, 2)), fact=back)
    page.claim(dmu, -Sum(dx_hat[i], i) / sqrt(var + eps), fact=back)
    page.claim(dx[i], dx_hat[i] / sqrt(var + eps) + dvar * 2 * (x[i] - mu) / m + dmu / m, fact=back)
    inner = m * dy[i] - Sum(dy[j], j) - x_hat[i] * Sum(dy[j] * x_hat[j], j)
    page.claim(dx[i], gamma * inner / (m * sqrt(var + eps)), fact=back)
    page.claim(dgamma, Sum(dy[i] * x_hat[i], i), fact=back)
    page.claim(dbeta, Sum(dy[i], i), fact=back)
    reach = KroneckerDelta(i, j) - Rational(1) / m - x_hat[i] * x_hat[j] / m                # of x_i into y_j
    page.claim(dx[i], gamma / sqrt(var + eps) * Sum(reach * dy[j], j), fact="bn-implicit-regularisation")

    page.mistake(dx[i], dx_hat[i] / sqrt(var + eps),
                 en="treats the batch statistics as constants, and the examples as independent of each other",
                 zh="把批统计量当成了常数，以为样本互相独立")
    page.mistake(dx[i], inner / (m * sqrt(var + eps)), en="loses γ", zh="漏掉了 γ")
    page.mistake(dx[i], gamma * (m * dy[i] - Sum(dy[j], j) - Sum(dy[j] * x_hat[j], j)) / (m * sqrt(var + eps)),
                 en="loses x̂_i in the last term", zh="最后一项漏掉了 x̂_i")
    page.mistake(dvar, -Sum(dx_hat[i] * (x[i] - mu), i) / (2 * sqrt(var + eps)),
                 en="differentiates the square root but not the quotient: the power is −3/2",
                 zh="只对根号求导而忘了商：幂应为 −3/2")
    page.mistake(var, Sum((x[i] - mu)**2, i) / (m - 1), en="divides by m − 1", zh="除以了 m − 1")
    page.mistake(dmu, -Sum(dx_hat[i], i), en="forgets the division by the standard deviation", zh="漏掉了除以标准差")

    page.convention(
        en="v divides by m. torch keeps a running variance that divides by m − 1; the normalisation itself uses m.",
        zh="v 除以 m。torch 的滑动方差除以 m − 1，但归一化本身用 m。")
    page.convention(
        en="ε stands under the root: x̂ = (x − μ)/√(v + ε), as in torch, flax and the paper.",
        zh="ε 在根号内：x̂ = (x − μ)/√(v + ε)，与 torch、flax 及原论文一致。")
    page.convention(
        en="∂y_j/∂x_i is not zero for i ≠ j: the same example has other outputs in other batches. That is a source of noise in "
           "training; that it regularises is an observation, and not claimed.",
        zh="i ≠ j 时 ∂y_j/∂x_i 不为零：同一样本在不同批中输出不同。这是训练中的噪声来源；它有正则化效果是经验观察，此处不作断言。")
    page.share_over_batch(eps)


batch_norm.sized(m=7)
batch_norm.sized(m=4)


@batch_norm.reference("torch", "torch.nn.functional.batch_norm")
def _(torch, v):
    x = v["x"][:, None]
    mean, variance = torch.zeros_like(x[0]), torch.ones_like(x[0])
    y = torch.nn.functional.batch_norm(x, mean, variance, v["gamma"].reshape(1), v["beta"].reshape(1), training=True,
                                       momentum=1., eps=float(v["epsilon"]))
    return {"y": y[:, 0], "mu": mean[0], "v": variance[0] * (len(x) - 1) / len(x)}


@batch_norm.reference("jax", "flax.linen.BatchNorm")
def _(jax, v):
    from flax import linen

    norm = linen.BatchNorm(use_running_average=False, momentum=0, epsilon=v["epsilon"], use_fast_variance=False)
    zero, one = jax.numpy.zeros(1, v["x"].dtype), jax.numpy.ones(1, v["x"].dtype)
    y, kept = norm.apply({"params": {"scale": v["gamma"].reshape(1), "bias": v["beta"].reshape(1)},
                          "batch_stats": {"mean": zero, "var": one}}, v["x"][:, None], mutable=["batch_stats"])
    return {"y": y[:, 0], "mu": kept["batch_stats"]["mean"][0], "v": kept["batch_stats"]["var"][0]}
