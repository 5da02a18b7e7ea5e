"""Maximum likelihood for a Gaussian: the gradients by μ and σ vanish at the mean and the mean square deviation."""

from sympy import Sum, log, pi

from derive.entry import entry


@entry(
    name="gaussian_likelihood",
    title={"en": "Gaussian negative log-likelihood and its minimum", "zh": "高斯负对数似然及其最小点"},
    section="1.1",
    source="Bishop 2006, section 1.2.4, equations 1.54 to 1.58",
    facts={
        "gaussian-log-likelihood": {"kind": "definition", "en": "Negative log-likelihood", "zh": "负对数似然"},
        "gaussian-mle-gradients": {"kind": "gradient", "en": "Gradients by μ and σ", "zh": "对 μ 与 σ 的梯度"},
        "gaussian-mle": {"kind": "identity", "en": "Where the gradients vanish", "zh": "梯度为零之处"},
    },
)
def gaussian_likelihood(page):
    N = page.size("N")
    s = page.index("s", N)

    x, mu, sigma = page.input("x", s), page.input("mu"), page.input("sigma", positive=True)
    loss = page.let("loss", [], N * log(2 * pi) / 2 + N * log(sigma) + Sum((x[s] - mu)**2, s) / (2 * sigma**2),
                    fact="gaussian-log-likelihood")
    page.loss(loss)

    dmu, dsigma = page.want(mu, fact="gaussian-mle-gradients"), page.want(sigma, fact="gaussian-mle-gradients")
    dx = page.want(x, fact="gaussian-mle-gradients")
    curvature = page.hessian(mu, fact="gaussian-mle")

    mean = page.let("m", [], Sum(x[s], s) / N, fact="gaussian-mle")
    spread = page.let("v", [], Sum((x[s] - mean)**2, s) / N, fact="gaussian-mle")
    around = page.let("u", [], Sum((x[s] - mu)**2, s) / N, fact="gaussian-mle")

    page.claim(dmu, Sum(mu - x[s], s) / sigma**2, fact="gaussian-mle-gradients")
    page.claim(dsigma, N / sigma - Sum((x[s] - mu)**2, s) / sigma**3, fact="gaussian-mle-gradients")
    page.claim(dx[s], (x[s] - mu) / sigma**2, fact="gaussian-mle-gradients")
    page.claim(dmu, N * (mu - mean) / sigma**2, fact="gaussian-mle")
    page.claim(dsigma, N * (sigma**2 - around) / sigma**3, fact="gaussian-mle")
    page.claim(around, spread + (mu - mean)**2, fact="gaussian-mle")
    page.claim(curvature, N / sigma**2, fact="gaussian-mle")

    page.mistake(dmu, N * (mean - mu) / sigma**2, en="turns the sign round: this is the gradient of the likelihood itself",
                 zh="符号反了：这是似然本身的梯度")
    page.mistake(dmu, (mu - mean) / sigma**2, en="forgets that N observations add up", zh="忘了 N 个观测应相加")
    page.mistake(dsigma, N / sigma - Sum((x[s] - mu)**2, s) / sigma**2,
                 en="takes the derivative of 1/σ² for 1/σ²: it is −2/σ³", zh="把 1/σ² 的导数当成 1/σ²：应为 −2/σ³")
    page.mistake(dsigma, N / (2 * sigma**2) - Sum((x[s] - mu)**2, s) / (2 * sigma**4),
                 en="differentiates by the variance σ² instead of σ", zh="对方差 σ² 求导，而非对 σ")
    page.mistake(around, spread, en="takes the spread around μ for that around the mean", zh="把绕 μ 的离差当作绕均值的离差")

    page.convention(
        en="The minimum divides by N: it is biased. torch.var and numpy.var(ddof=1) divide by N − 1.",
        zh="最小点除以 N：它是有偏的。torch.var 与 numpy.var(ddof=1) 除以 N − 1。")
    page.convention(
        en="torch's gaussian_nll_loss takes the variance σ², leaves out ½ log 2π unless full=True, and averages by default.",
        zh="torch 的 gaussian_nll_loss 以方差 σ² 为参数，除非 full=True 否则省略 ½ log 2π，且默认取平均。")


gaussian_likelihood.sized(N=5)
gaussian_likelihood.sized(N=3)


@gaussian_likelihood.reference("torch", "torch.nn.functional.gaussian_nll_loss")
def _(torch, v):
    loss = torch.nn.functional.gaussian_nll_loss(v["mu"].expand_as(v["x"]), v["x"], (v["sigma"]**2).expand_as(v["x"]),
                                                 full=True, eps=0, reduction="sum")
    return {"loss": loss, "m": v["x"].mean(), "v": v["x"].var(correction=0)}


@gaussian_likelihood.reference("jax", "jax.scipy.stats.norm.logpdf")
def _(jax, v):
    loss = -jax.scipy.stats.norm.logpdf(v["x"], v["mu"], v["sigma"]).sum()
    return {"loss": loss, "m": v["x"].mean(), "v": v["x"].var()}
