"""The multinomial law: its likelihood, and the moments of a sum of one-hot draws."""

from sympy import KroneckerDelta, Sum, log

from derive.entry import entry


@entry(
    name="multinomial",
    title={"en": "Multinomial law", "zh": "多项分布"},
    section="1.1",
    source="Bishop 2006, section 2.2, equations 2.26 to 2.34; Johnson, Kotz & Balakrishnan 1997, chapter 35",
    facts={
        "multinomial-distribution": {"kind": "definition", "en": "log P = log n! − Σ log k_i! + Σ k_i log p_i, and its maximum at p = k/n",
                                     "zh": "log P = log n! − Σ log k_i! + Σ k_i log p_i，极大点为 p = k/n"},
        "multinomial-moments": {"kind": "identity", "en": "Mean n p, covariance n (diag p − p pᵀ)", "zh": "均值 n p，协方差 n (diag p − p pᵀ)"},
    },
)
def multinomial(page):
    K, n = page.size("K"), page.size("n")
    i, j, k, t = page.index("i", K), page.index("j", K), page.index("k", K), page.index("t", n)
    p, c = page.input("p", k, positive=True), page.input("c", k, positive=True)             # c: how often each one came
    page.assume_sums_to_one(p)
    law, moments = "multinomial-distribution", "multinomial-moments"

    # one draw of n is the vector with a 1 in place k with probability p_k: means are sums over k
    m = page.let("m", [i], Sum(p[k] * KroneckerDelta(k, i), k), fact=moments)
    C = page.let("C", [i, j], Sum(p[k] * (KroneckerDelta(k, i) - m[i]) * (KroneckerDelta(k, j) - m[j]), k), fact=moments)
    mean = page.let("mu", [i], Sum(m[i], t), fact=moments)                                  # of n independent draws
    covariance = page.let("V", [i, j], Sum(C[i, j], t), fact=moments)
    # the logarithm of the likelihood without its factorials, and at the shares that were counted
    s = page.let("s", [], Sum(c[k], k), fact=law)
    loss = page.let("l", [], Sum(c[k] * log(p[k]), k), fact=law)
    best = page.let("b", [], Sum(c[k] * log(c[k] / s), k), fact=law)
    page.loss(loss, "l")
    dp = page.want(p, fact=law)

    page.claim(m[i], p[i], fact=moments)
    page.claim(C[i, j], p[i] * KroneckerDelta(i, j) - p[i] * p[j], fact=moments)
    page.claim(mean[i], n * p[i], fact=moments)
    page.claim(covariance[i, j], n * (p[i] * KroneckerDelta(i, j) - p[i] * p[j]), fact=moments)
    page.claim(dp[k], c[k] / p[k], fact=law)
    page.bound(loss, "≤", best, gap=Sum(c[k] * (p[k] * s / c[k] - 1 - log(p[k] * s / c[k])), k), fact=law)

    page.mistake(covariance[i, j], n * p[i] * (1 - p[i]) * KroneckerDelta(i, j), en="treats the counts as independent: where one rises others fall",
                 zh="把各计数当作独立：一个增大其他就减小")
    page.mistake(C[i, j], p[i] * KroneckerDelta(i, j), en="forgets to subtract the means", zh="忘了减去均值")
    page.mistake(covariance[i, j], n**2 * (p[i] * KroneckerDelta(i, j) - p[i] * p[j]), en="adds deviations: of independent draws the variances add",
                 zh="把偏差相加：独立抽取相加的是方差")
    page.mistake(dp[k], c[k], en="takes the gradient by log p", zh="取了对 log p 的梯度")
    page.mistake(loss, best, en="takes the largest likelihood for that of any p", zh="把最大似然当成任意 p 的似然")
    page.convention(
        en="p is a vector of probabilities; n = 1 is the categorical law. The factorials do not depend on p. torch's Multinomial divides "
           "probs by their sum without a word.",
        zh="p 为概率向量；n = 1 时为类别分布。阶乘项与 p 无关。torch 的 Multinomial 会不加提示地把 probs 归一化。")


multinomial.sized(K=3, n=4)
multinomial.sized(K=4, n=2)


@multinomial.reference("torch", "torch.distributions.Multinomial, torch.cov, torch.special.xlogy")
def _(torch, v):
    p, c, n, xlogy = v["p"], v["c"], v["n"], torch.special.xlogy
    law, single = torch.distributions.Multinomial(n, p), torch.cov(torch.eye(len(p), dtype=p.dtype), correction=0, aweights=p.detach())
    return {"m": law.mean / n, "C": single, "mu": law.mean, "V": single * n, "s": c.sum(), "l": xlogy(c, p).sum(),
            "b": xlogy(c, c / c.sum()).sum()}


@multinomial.reference("jax", "jax.numpy.cov, average, jax.scipy.special.xlogy")
def _(jax, v):
    np, p, c, n, xlogy = jax.numpy, v["p"], v["c"], v["n"], jax.scipy.special.xlogy
    single = np.cov(np.eye(len(p)), ddof=0, aweights=p)
    return {"m": np.average(np.eye(len(p)), axis=0, weights=p), "C": single, "mu": n * p, "V": single * n, "s": c.sum(),
            "l": xlogy(c, p).sum(), "b": xlogy(c, c / c.sum()).sum()}


def _outcomes(torch, seed):
    """A random p, five draws, every outcome and its probability."""
    from itertools import product

    torch.manual_seed(seed)
    p, n = torch.softmax(torch.randn(3, dtype=torch.float64), 0), 5
    outcomes = torch.tensor([k for k in product(range(n + 1), repeat=3) if sum(k) == n], dtype=torch.float64)
    return p, n, outcomes, torch.distributions.Multinomial(n, p).log_prob(outcomes).exp()


@multinomial.experiment("torch", "torch.distributions.Multinomial, all outcomes", fact="multinomial-distribution")
def _(torch, see):
    p, _, outcomes, weights = _outcomes(torch, see.seed)
    see((weights.sum() - 1).abs(), "<", 1e-12, en="the probabilities of all 21 outcomes of five draws beside 1, off by", zh="五次抽取的 21 种结果概率之和与 1 之差")
    see.wrongly(((p**outcomes).prod(1).sum() - 1).abs(), "<", .1, en="without the factorials, off by", zh="不含阶乘项时之差")


@multinomial.experiment("torch", "torch.distributions.Multinomial, all outcomes", fact="multinomial-moments")
def _(torch, see):
    p, n, outcomes, weights = _outcomes(torch, see.seed)
    spread = torch.cov(outcomes.T, correction=0, aweights=weights)
    see((weights @ outcomes - n * p).abs().max(), "<", 1e-12, en="mean over all outcomes beside n p, off by", zh="全部结果的均值与 n p 之差")
    see((spread - n * (torch.diag(p) - torch.outer(p, p))).abs().max(), "<", 1e-12, en="covariance beside n (diag p − p pᵀ), off by", zh="协方差与 n (diag p − p pᵀ) 之差")
    see.wrongly((spread - n * torch.diag(p * (1 - p))).abs().max(), "<", .01, en="the counts are uncorrelated, off by", zh="各计数不相关，误差")
