"""Expected improvement under a Gaussian model: the closed form, and what it trades off."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import normal_cdf, normal_pdf


@entry(
    name="expected_improvement",
    title={"en": "Expected improvement", "zh": "期望改进"},
    section="3.3",
    source="Jones, Schonlau & Welch 1998, section 4.1, equations 14 and 15",
    facts={
        "expected-improvement": {"kind": "identity", "en": "EI = (f* − μ) Φ(z) + σ φ(z)", "zh": "EI = (f* − μ) Φ(z) + σ φ(z)"},
        "bayes-opt-claims": {"kind": "gradient", "en": "A lower mean and a larger spread both raise it",
                             "zh": "均值更低、标准差更大都使它增大"},
    },
)
def expected_improvement(page):
    n = page.size("n")                                                      # candidates
    i = page.index("i", n)

    best, mu, sigma = page.input("f"), page.input("mu", i), page.input("sigma", i, positive=True)
    z = page.let("z", [i], (best - mu[i]) / sigma[i], fact="expected-improvement")
    gain = page.let("a", [i], (best - mu[i]) * normal_cdf(z[i]) + sigma[i] * normal_pdf(z[i]), fact="expected-improvement")
    page.loss(page.let("A", [], Sum(gain[i], i)), written="A")

    both = "bayes-opt-claims"
    dmu, dsigma, dbest = page.want(mu, fact=both), page.want(sigma, fact=both), page.want(best, fact=both)

    page.claim(gain[i], sigma[i] * (z[i] * normal_cdf(z[i]) + normal_pdf(z[i])), fact="expected-improvement")
    page.claim(dmu[i], -normal_cdf(z[i]), fact=both)
    page.claim(dsigma[i], normal_pdf(z[i]), fact=both)
    page.claim(dbest, Sum(normal_cdf(z[i]), i), fact=both)
    page.bound(dmu[i], "<", 0, fact=both, gap=normal_cdf(z[i]))
    page.bound(dsigma[i], ">", 0, fact=both, gap=normal_pdf(z[i]))

    page.mistake(dmu[i], normal_cdf(z[i]), en="maximises: here lower values are better", zh="按最大化处理：此处越小越好")
    page.mistake(dmu[i], -normal_cdf(z[i]) - z[i] * normal_pdf(z[i]),
                 en="forgets the path through φ, which cancels this term", zh="漏掉了经 φ 的路径，它正好抵消这一项")
    page.mistake(dsigma[i], 0, en="takes it for the improvement of the mean: where σ is larger there is more to gain",
                 zh="只看均值的改进：σ 越大可得的越多")
    page.mistake(gain[i], (best - mu[i]) * normal_cdf(z[i]), en="multiplies the gain of the mean by its probability: the tail is missing",
                 zh="用均值的改进乘概率：漏掉了尾部")
    page.mistake(gain[i], (best - mu[i]) * normal_cdf(z[i]) + normal_pdf(z[i]), en="forgets σ at φ", zh="φ 前漏掉了 σ")

    page.convention(
        en="EI is the mean of max(f* − F, 0) for F ~ N(μ, σ²), f* the best value so far, and lower is better: a is compared "
           "with that integral. As f* falls to −∞ it vanishes, and its slope by f* is Φ(z), the probability to improve.",
        zh="EI 是 F ~ N(μ, σ²) 时 max(f* − F, 0) 的均值，f* 为至今最优值，越小越好：a 与该积分作了比较。f* → −∞ 时它趋于零，"
           "对 f* 的斜率为 Φ(z)，即改进的概率。")
    page.convention(
        en="The trade-off is in the signs: the slope by μ is −Φ(z) < 0, exploitation, that by σ is φ(z) > 0, exploration.",
        zh="权衡体现在符号上：对 μ 的斜率为 −Φ(z) < 0（利用），对 σ 的斜率为 φ(z) > 0（探索）。")


expected_improvement.sized(n=3)
expected_improvement.sized(n=4)


@expected_improvement.reference("torch", "torch.distributions.Normal, mpmath.quad")
def _(torch, v):
    import mpmath

    normal, gap = torch.distributions.Normal(v["mu"], v["sigma"], validate_args=False), v["f"] - v["mu"]
    gain = gap * normal.cdf(v["f"]) + v["sigma"]**2 * normal.log_prob(v["f"]).exp()
    values = []
    for m, s in zip(gap.tolist(), v["sigma"].tolist()):
        middle = max(m, 0)
        values.append(mpmath.quad(lambda u, m=m, s=s: u * mpmath.npdf(u, m, s), [0, middle, middle + 4 * s, mpmath.inf]))
    return {"z": gap / v["sigma"], "a": torch.tensor([float(x) for x in values], dtype=gap.dtype, device=gap.device), "A": gain.sum()}


@expected_improvement.reference("jax", "jax.scipy.stats.norm")
def _(jax, v):
    norm, gap = jax.scipy.stats.norm, v["f"] - v["mu"]
    gain = gap * norm.cdf(v["f"], v["mu"], v["sigma"]) + v["sigma"]**2 * norm.pdf(v["f"], v["mu"], v["sigma"])
    return {"a": gain, "A": gain.sum()}
