"""An exponential family on K outcomes: the log-partition function is convex, its gradient the mean of the statistics,
its Hessian their covariance. With one statistic an outcome this is the softmax."""

from sympy import KroneckerDelta, Sum, exp, log

from derive.entry import entry


@entry(
    name="exponential_family",
    title={"en": "Exponential family: moments from the log-partition function", "zh": "指数族：由对数配分函数求矩"},
    section="1.1",
    source="Wainwright & Jordan 2008, section 3.1 and proposition 3.1; Bishop 2006, section 2.4, equations 2.194 to 2.226",
    facts={
        "exponential-family": {"kind": "definition", "en": "The common form of the family", "zh": "指数族的统一形式"},
        "exponential-family-moments": {"kind": "identity", "en": "∇A = E[T], ∇²A = Cov[T]",
                                       "zh": "∇A = E[T]，∇²A = Cov[T]"},
        "log-partition-convex": {"kind": "identity", "en": "vᵀ∇²A v is a variance, so A is convex",
                                 "zh": "vᵀ∇²A v 是方差，故 A 是凸函数"},
    },
)
def exponential_family(page):
    K, n = page.sizes("K n")
    k, i, j = page.index("k", K), page.index("i", n), page.index("j", n)

    eta, T = page.input("eta", i), page.input("T", k, i)
    s = page.let("s", [k], Sum(T[k, i] * eta[i], i), fact="exponential-family")
    A = page.let("A", [], log(Sum(exp(s[k]), k)), fact="exponential-family")
    page.loss(A, written="A")
    p = page.let("p", [k], exp(s[k]) / Sum(exp(s[k]), k), fact="exponential-family")

    dA = page.want(eta, fact="exponential-family-moments")
    hessian = page.hessian(eta, fact="exponential-family-moments")

    mean = page.let("m", [i], Sum(p[k] * T[k, i], k), fact="exponential-family-moments")
    spread = page.let("C", [i, j], Sum(p[k] * (T[k, i] - mean[i]) * (T[k, j] - mean[j]), k),
                      fact="exponential-family-moments")
    log_p = page.let("l", [k], log(p[k]), fact="exponential-family")
    v = page.input("v", i)
    curvature = page.let("q", [], Sum(v[i] * spread[i, j] * v[j], i, j), fact="log-partition-convex")
    one = page.let("Z", [], Sum(p[k], k), fact="exponential-family")

    page.claim(one, 1, fact="exponential-family")
    page.claim(log_p[k], s[k] - A, fact="exponential-family")
    page.claim(dA[i], mean[i], fact="exponential-family-moments")
    page.claim(hessian[i, j], spread[i, j], fact="exponential-family-moments")
    page.claim(spread[i, j], Sum(p[k] * T[k, i] * T[k, j], k) - mean[i] * mean[j], fact="exponential-family-moments")
    page.claim(curvature, Sum(p[k] * Sum(v[i] * (T[k, i] - mean[i]), i)**2, k), fact="log-partition-convex")

    page.mistake(dA[i], Sum(T[k, i], k) / K, en="averages without the probabilities", zh="取平均时没有用概率加权")
    page.mistake(dA[i], Sum(exp(s[k]) * T[k, i], k), en="forgets the normaliser", zh="漏掉了归一化")
    page.mistake(hessian[i, j], Sum(p[k] * T[k, i] * T[k, j], k),
                 en="takes the second moment for the covariance", zh="把二阶矩当成协方差")
    page.mistake(hessian[i, j], spread[i, j] * KroneckerDelta(i, j),
                 en="takes the statistics for uncorrelated", zh="以为各统计量不相关")
    page.mistake(log_p[k], s[k] + A, en="adds the log-partition function", zh="加上了对数配分函数，应为减去")

    page.convention(
        en="With T the identity, A is logsumexp, ∇A the softmax p, and ∇²A = diag(p) − p pᵀ.",
        zh="T 为单位矩阵时，A 即 logsumexp，∇A 为 softmax p，∇²A = diag(p) − p pᵀ。")
    page.convention(
        en="The base measure is 1 here. torch.distributions' _natural_params of a Bernoulli law is (logit p,), with T(x) = x.",
        zh="此处基测度为 1。torch.distributions 的伯努利分布 _natural_params 为 (logit p,)，T(x) = x。")


exponential_family.sized(K=4, n=3)
exponential_family.sized(K=5, n=2)


@exponential_family.reference("torch", "torch.logsumexp, torch.distributions.Categorical")
def _(torch, v):
    law = torch.distributions.Categorical(logits=v["T"] @ v["eta"], validate_args=False)
    return {"A": torch.logsumexp(v["T"] @ v["eta"], 0), "p": law.probs, "l": law.logits,
            "C": torch.cov(v["T"].T, correction=0, aweights=law.probs.detach()).reshape(v["T"].shape[1], -1)}


@exponential_family.reference("jax", "jax.nn.logsumexp, jax.nn.softmax, jax.nn.log_softmax")
def _(jax, v):
    s = v["T"] @ v["eta"]
    return {"A": jax.nn.logsumexp(s), "p": jax.nn.softmax(s), "l": jax.nn.log_softmax(s)}
