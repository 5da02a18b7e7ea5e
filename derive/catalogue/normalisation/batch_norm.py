"""Batch normalisation of one feature over a batch of m, in training mode: step by step, and the closed form."""

from sympy import Rational, Sum, sqrt

from derive.entry import entry


@entry(
    name="batch_norm",
    title={"en": "Batch normalisation, training mode", "zh": "批归一化（训练模式）"},
    section="2.1",
    source="Ioffe & Szegedy 2015, algorithm 1 and section 3",
    facts={
        "batchnorm-forward": {"kind": "definition", "en": "Batch normalisation", "zh": "批归一化"},
        "batchnorm-backward": {"kind": "gradient", "en": "Gradients, step by step", "zh": "逐步求梯度"},
        "batchnorm-closed-form": {"kind": "gradient", "en": "Closed form of ∂L/∂x", "zh": "∂L/∂x 的闭式"},
    },
)
def batch_norm(page):
    m = page.size("m")
    i, j = page.index("i", m), page.index("j", m)

    x, gamma, beta = page.input("x", i), page.input("gamma"), page.input("beta")
    eps = page.input("epsilon", positive=True)
    mu = page.let("mu", [], Sum(x[i], i) / m, fact="batchnorm-forward")
    var = page.let("v", [], Sum((x[i] - mu)**2, i) / m, fact="batchnorm-forward")    # divides by m, not by m − 1
    x_hat = page.let("x_hat", [i], (x[i] - mu) / sqrt(var + eps), fact="batchnorm-forward")
    y = page.let("y", [i], gamma * x_hat[i] + beta, fact="batchnorm-forward")
    page.output(y)

    dy = page.gradient(y)
    dx_hat, dvar, dmu = page.want(x_hat), page.want(var), page.want(mu)
    dx = page.want(x, fact="batchnorm-backward")
    dgamma, dbeta = page.want(gamma, fact="batchnorm-backward"), page.want(beta, fact="batchnorm-backward")

    page.claim(dvar, -Sum(dx_hat[i] * (x[i] - mu), i) / (2 * (var + eps)**Rational(3, 2)), fact="batchnorm-backward")
    page.claim(dmu, -Sum(dx_hat[i], i) / sqrt(var + eps), fact="batchnorm-backward")
    page.claim(dx[i], dx_hat[i] / sqrt(var + eps) + dvar * 2 * (x[i] - mu) / m + dmu / m, fact="batchnorm-backward")
    inner = m * dy[i] - Sum(dy[j], j) - x_hat[i] * Sum(dy[j] * x_hat[j], j)
    page.claim(dx[i], gamma * inner / (m * sqrt(var + eps)), fact="batchnorm-closed-form")
    page.claim(dgamma, Sum(dy[i] * x_hat[i], i), fact="batchnorm-backward")
    page.claim(dbeta, Sum(dy[i], i), fact="batchnorm-backward")

    page.mistake(dx[i], dx_hat[i] / sqrt(var + eps),
                 en="treats the batch statistics as constants", zh="把批统计量当成了常数")
    page.mistake(dx[i], inner / (m * sqrt(var + eps)), en="loses γ", zh="漏掉了 γ")
    page.mistake(dx[i], gamma * (m * dy[i] - Sum(dy[j], j) - Sum(dy[j] * x_hat[j], j)) / (m * sqrt(var + eps)),
                 en="loses x̂_i in the last term", zh="最后一项漏掉了 x̂_i")
    page.mistake(dvar, -Sum(dx_hat[i] * (x[i] - mu), i) / (2 * sqrt(var + eps)),
                 en="differentiates the square root but not the quotient: the power is −3/2",
                 zh="只对根号求导而忘了商：幂应为 −3/2")
    page.mistake(dmu, -Sum(dx_hat[i], i), en="forgets the division by the standard deviation", zh="漏掉了除以标准差")

    page.convention(
        en="v divides by m. torch keeps a running variance that divides by m − 1; the normalisation itself uses m.",
        zh="v 除以 m。torch 的滑动方差除以 m − 1，但归一化本身用 m。")
    page.convention(
        en="ε stands under the root: x̂ = (x − μ)/√(v + ε), as in torch, flax and the paper.",
        zh="ε 在根号内：x̂ = (x − μ)/√(v + ε)，与 torch、flax 及原论文一致。")
    page.share_over_batch(eps)


batch_norm.sized(m=7)
batch_norm.sized(m=4)


@batch_norm.reference("torch", "torch.nn.functional.batch_norm")
def _(torch, v):
    y = torch.nn.functional.batch_norm(v["x"][:, None], None, None, v["gamma"].reshape(1), v["beta"].reshape(1),
                                       training=True, eps=float(v["epsilon"]))
    return {"y": y[:, 0]}


@batch_norm.reference("jax", "flax.linen.BatchNorm")
def _(jax, v):
    from flax import linen

    norm = linen.BatchNorm(use_running_average=False, epsilon=v["epsilon"], use_fast_variance=False)
    zero, one = jax.numpy.zeros(1, v["x"].dtype), jax.numpy.ones(1, v["x"].dtype)
    y, _ = norm.apply({"params": {"scale": v["gamma"].reshape(1), "bias": v["beta"].reshape(1)},
                       "batch_stats": {"mean": zero, "var": one}}, v["x"][:, None], mutable=["batch_stats"])
    return {"y": y[:, 0]}
