"""The Gaussian law: its entropy, the divergence of one from another, and the gradients of the divergence."""

from sympy import Rational, log, pi

from derive.entry import entry


@entry(
    name="gaussian",
    title={"en": "Gaussian law: density, entropy and divergence", "zh": "高斯分布：密度、熵与 KL 散度"},
    section="1.1",
    source="Cover & Thomas 2006, theorem 8.4.1 and section 8.5; Kingma & Welling 2014, appendix B",
    facts={
        "gaussian-distribution": {"kind": "definition", "en": "Log-density", "zh": "对数密度"},
        "gaussian-entropy": {"kind": "identity", "en": "Entropy ½ log(2πeσ²)", "zh": "熵 ½ log(2πeσ²)"},
        "gaussian-kl": {"kind": "identity", "en": "Divergence of N(μ, σ²) from N(ν, τ²)",
                        "zh": "N(μ, σ²) 对 N(ν, τ²) 的 KL 散度"},
        "gaussian-kl-gradients": {"kind": "gradient", "en": "Gradients of the divergence", "zh": "散度的梯度"},
    },
)
def gaussian(page):
    n = page.size("n")
    i = page.index("i", n)

    mu, nu = page.input("mu"), page.input("nu")
    sigma, tau = page.input("sigma", positive=True), page.input("tau", positive=True)
    x = page.random("x", i, law="normal", mean=mu, variance=sigma**2)

    def log_density(mean, deviation):
        return -log(2 * pi) / 2 - log(deviation) - (x[i] - mean)**2 / (2 * deviation**2)

    p = page.let("l_p", [i], log_density(mu, sigma), fact="gaussian-distribution")
    q = page.let("l_q", [i], log_density(nu, tau), fact="gaussian-distribution")
    surprise = page.let("s", [i], -p[i], fact="gaussian-entropy")
    ratio = page.let("r", [i], p[i] - q[i], fact="gaussian-kl")
    entropy = page.let("H", [], Rational(1, 2) * log(2 * pi) + Rational(1, 2) + log(sigma), fact="gaussian-entropy")
    divergence = page.let("D", [], log(tau) - log(sigma) + (sigma**2 + (mu - nu)**2) / (2 * tau**2) - Rational(1, 2),
                          fact="gaussian-kl")
    page.loss(divergence, written="D")

    dmu, dsigma = page.want(mu, fact="gaussian-kl-gradients"), page.want(sigma, fact="gaussian-kl-gradients")
    dnu, dtau = page.want(nu, fact="gaussian-kl-gradients"), page.want(tau, fact="gaussian-kl-gradients")
    mean_surprise, mean_ratio = page.expected(surprise, fact="gaussian-entropy"), page.expected(ratio, fact="gaussian-kl")

    page.claim(mean_surprise[i], entropy, fact="gaussian-entropy")
    page.claim(mean_ratio[i], divergence, fact="gaussian-kl")
    page.claim(dmu, (mu - nu) / tau**2, fact="gaussian-kl-gradients")
    page.claim(dnu, -dmu, fact="gaussian-kl-gradients")
    page.claim(dsigma, sigma / tau**2 - 1 / sigma, fact="gaussian-kl-gradients")
    page.claim(dtau, (tau**2 - sigma**2 - (mu - nu)**2) / tau**3, fact="gaussian-kl-gradients")

    page.mistake(mean_surprise[i], log(2 * pi) / 2 + log(sigma), en="forgets the ½ of E[(x − μ)²]/(2σ²)",
                 zh="漏掉了 E[(x − μ)²]/(2σ²) 的 ½")
    page.mistake(mean_ratio[i], log(sigma) - log(tau) + (tau**2 + (mu - nu)**2) / (2 * sigma**2) - Rational(1, 2),
                 en="exchanges the two laws: the divergence is not symmetric", zh="调换了两个分布：KL 散度不对称")
    page.mistake(mean_ratio[i], log(tau) - log(sigma) + (sigma**2 + (mu - nu)**2) / tau**2 - Rational(1, 2),
                 en="forgets the ½ of the quadratic form", zh="漏掉了二次型的 ½")
    page.mistake(dsigma, sigma / tau**2, en="forgets the entropy, which keeps σ from shrinking to 0",
                 zh="漏掉了熵项，正是它使 σ 不缩到 0")
    page.mistake(dtau, 1 / tau - sigma**2 / tau**3, en="forgets the distance of the means", zh="漏掉了均值之差")

    page.convention(
        en="σ and τ are standard deviations, as torch.distributions.Normal and jax.scipy.stats.norm take them; N(μ, σ²) "
           "names the variance.",
        zh="σ 与 τ 是标准差，与 torch.distributions.Normal 和 jax.scipy.stats.norm 的参数相同；记号 N(μ, σ²) 写的是方差。")
    page.convention(
        en="With ν = 0 and τ = 1 the divergence is the variational autoencoder's ½(μ² + σ² − 1) − log σ.",
        zh="ν = 0、τ = 1 时即变分自编码器的 ½(μ² + σ² − 1) − log σ。")


gaussian.sized(n=3)
gaussian.sized(n=2)


@gaussian.reference("torch", "torch.distributions.Normal, kl_divergence")
def _(torch, v):
    law = torch.distributions.Normal(v["mu"], v["sigma"], validate_args=False)
    other = torch.distributions.Normal(v["nu"], v["tau"], validate_args=False)
    return {"l_p": law.log_prob(v["x"]), "l_q": other.log_prob(v["x"]), "H": law.entropy(),
            "D": torch.distributions.kl_divergence(law, other)}


@gaussian.reference("jax", "jax.scipy.stats.norm.logpdf")
def _(jax, v):
    def p(x):
        return jax.scipy.stats.norm.logpdf(x, v["mu"], v["sigma"])

    def q(x):
        return jax.scipy.stats.norm.logpdf(x, v["nu"], v["tau"])

    low, high = v["mu"] - v["sigma"], v["mu"] + v["sigma"]      # Gauss and Hermite's two points: exact for a square
    entropy = -(p(low) + p(high)) / 2
    return {"l_p": p(v["x"]), "l_q": q(v["x"]), "H": entropy, "D": -entropy - (q(low) + q(high)) / 2}
