"""Weight penalties as priors: minus the logarithm of a Gaussian and of a Laplace density."""

from sympy import Abs, Sum, exp, log, sign

from derive.entry import entry
from derive.sympy_functions import normal_pdf


@entry(
    name="weight_priors",
    title={"en": "Penalties as priors: Gaussian and Laplace", "zh": "惩罚项即先验：高斯与拉普拉斯"},
    section="3.2",
    source="Bishop 2006, section 3.3.1; Tibshirani 1996, section 5",
    facts={
        "l2-gaussian-prior": {"kind": "identity", "en": "A Gaussian prior is an L2 penalty, λ = 1/(2s²)",
                              "zh": "高斯先验即 L2 惩罚，λ = 1/(2s²)"},
        "l1-laplace-prior": {"kind": "identity", "en": "A Laplace prior is an L1 penalty, λ = 1/b",
                             "zh": "拉普拉斯先验即 L1 惩罚，λ = 1/b"},
        "prior-gradients": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
    },
)
def weight_priors(page):
    n, m = page.sizes("n m")
    i, j = page.index("i", n), page.index("j", m)

    w, v = page.input("w", i), page.input("v", j)
    s, b = page.input("s", positive=True), page.input("b", positive=True)
    normal = page.let("p", [i], normal_pdf(w[i] / s) / s, fact="l2-gaussian-prior")
    size = page.let("u", [j], Abs(v[j]), fact="l1-laplace-prior")
    peak = page.let("k", [], 1 / (2 * b), fact="l1-laplace-prior")
    laplace = page.let("q", [j], peak * exp(-size[j] / b), fact="l1-laplace-prior")
    N = page.let("N", [], -Sum(log(normal[i]), i), fact="l2-gaussian-prior")
    M = page.let("M", [], -Sum(log(laplace[j]), j), fact="l1-laplace-prior")
    y = page.input("y", j)                                      # v is seen as y, with noise of variance 1
    D = page.let("D", [], Sum((v[j] - y[j])**2, j) / 2)
    page.loss(page.let("loss", [], D + N + M))

    dw, dv = page.want(w, fact="prior-gradients"), page.want(v, fact="prior-gradients")
    ds, db = page.want(s, fact="prior-gradients"), page.want(b, fact="prior-gradients")
    page.claim(N, Sum(w[i]**2, i) / (2 * s**2) + n * log(s) - n * log(normal_pdf(0)), fact="l2-gaussian-prior")
    page.claim(M, Sum(size[j], j) / b - m * log(peak), fact="l1-laplace-prior")
    page.claim(dw[i], w[i] / s**2, fact="prior-gradients")
    page.claim(dv[j], v[j] - y[j] + sign(v[j]) / b, fact="prior-gradients")
    page.claim(ds, n / s - Sum(w[i]**2, i) / s**3, fact="prior-gradients")
    page.claim(db, m / b - Sum(size[j], j) / b**2, fact="prior-gradients")

    page.mistake(N, Sum(w[i]**2, i) / s**2 + n * log(s) - n * log(normal_pdf(0)),
                 en="takes λ = 1/s²: the exponent has a ½", zh="取 λ = 1/s²：指数中有 ½")
    page.mistake(N, Sum(w[i]**2, i) / (2 * s**2) + log(s) - log(normal_pdf(0)),
                 en="normalises once instead of once a weight", zh="只归一化一次，应每个权重一次")
    page.mistake(M, b * Sum(size[j], j) - m * log(peak),
                 en="takes b for the weight of the penalty: a wide prior penalises little", zh="把 b 当成惩罚系数：先验越宽惩罚越小")
    page.mistake(dw[i], w[i] / s, en="forgets the square: the scale of w²/(2s²) is a variance", zh="漏掉平方：w²/(2s²) 的尺度是方差")
    page.mistake(dv[j], v[j] - y[j] + v[j] / b, en="treats |v| as v²/2", zh="把 |v| 当成 v²/2")
    page.mistake(ds, -Sum(w[i]**2, i) / s**3, en="leaves the normaliser out: without it any s, however large, would do",
                 zh="漏掉归一化项：没有它，s 越大越好")

    page.convention(
        en="The mode of the posterior minimises the loss with the penalties: without factors ½, λ‖w‖² has λ = 1/(2s²) and "
           "λ‖v‖₁ has λ = 1/b. D is the loss of data y = v + noise of variance 1.",
        zh="后验的众数使损失与惩罚之和最小：不带 ½ 时，λ‖w‖² 中 λ = 1/(2s²)，λ‖v‖₁ 中 λ = 1/b。D 是数据 y = v + 方差为 1 的噪声的损失。")
    page.convention(
        en="The variance of the Gaussian is s², that of the Laplace law 2b². |v| has no derivative at 0; nothing is claimed there.",
        zh="高斯分布的方差为 s²，拉普拉斯分布的方差为 2b²。|v| 在 0 处不可导，此处不作断言。")


weight_priors.sized(n=3, m=4)
weight_priors.sized(n=5, m=2)


@weight_priors.reference("torch", "torch.distributions.Normal, Laplace")
def _(torch, v):
    normal, laplace = torch.distributions.Normal(0., v["s"]), torch.distributions.Laplace(0., v["b"])
    N, M = -normal.log_prob(v["w"]).sum(), -laplace.log_prob(v["v"]).sum()
    D = torch.nn.functional.mse_loss(v["v"], v["y"], reduction="sum") / 2
    return {"N": N, "M": M, "D": D, "loss": D + N + M}


@weight_priors.reference("jax", "jax.scipy.stats.norm, laplace")
def _(jax, v):
    import optax

    stats = jax.scipy.stats
    N, M = -stats.norm.logpdf(v["w"], scale=v["s"]).sum(), -stats.laplace.logpdf(v["v"], scale=v["b"]).sum()
    D = optax.l2_loss(v["v"], v["y"]).sum()
    return {"N": N, "M": M, "D": D, "loss": D + N + M}
