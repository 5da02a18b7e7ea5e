"""The Bernoulli law: mean and variance, entropy, natural parameter, the score and the Fisher information."""

from sympy import Sum, log

from derive.entry import entry
from derive.sympy_functions import softplus


@entry(
    name="bernoulli",
    title={"en": "Bernoulli law: moments, entropy, score", "zh": "伯努利分布：矩、熵与得分函数"},
    section="1.1",
    source="Bishop 2006, section 2.1, equations 2.2 to 2.4, and section 2.4, equations 2.197 to 2.199",
    facts={
        "bernoulli-distribution": {"kind": "definition", "en": "Log-probability, mean and variance",
                                   "zh": "对数概率、均值与方差"},
        "bernoulli-entropy": {"kind": "identity", "en": "Entropy", "zh": "熵"},
        "bernoulli-score": {"kind": "gradient", "en": "Score, whose square has the mean 1/(p(1 − p))",
                            "zh": "得分函数，其平方的均值为 1/(p(1 − p))"},
        "bernoulli-natural-parameter": {"kind": "identity", "en": "By the natural parameter log(p/(1 − p))",
                                        "zh": "用自然参数 log(p/(1 − p)) 表示"},
    },
)
def bernoulli(page):
    n = page.size("n")
    i = page.index("i", n)

    p = page.input("p", i, below_one=True)
    x = page.random("x", i, law="bernoulli", mean=p[i])

    log_p = page.let("l", [i], x[i] * log(p[i]) + (1 - x[i]) * log(1 - p[i]), fact="bernoulli-distribution")
    page.loss(page.let("loss", [], Sum(log_p[i], i)), written="ℓ")
    surprise = page.let("s", [i], -log_p[i], fact="bernoulli-entropy")
    eta = page.let("eta", [i], log(p[i]) - log(1 - p[i]), fact="bernoulli-natural-parameter")
    entropy = page.let("H", [i], -p[i] * log(p[i]) - (1 - p[i]) * log(1 - p[i]), fact="bernoulli-entropy")
    score = page.want(p, fact="bernoulli-score")

    copy = page.let("y", [i], x[i], fact="bernoulli-distribution")
    mean, spread = page.expected(copy, fact="bernoulli-distribution"), page.variance(copy, fact="bernoulli-distribution")
    mean_surprise = page.expected(surprise, fact="bernoulli-entropy")
    mean_score, information = page.expected(score, fact="bernoulli-score"), page.expected(score, 2, fact="bernoulli-score")

    page.claim(mean[i], p[i], fact="bernoulli-distribution")
    page.claim(spread[i], p[i] * (1 - p[i]), fact="bernoulli-distribution")
    page.claim(mean_surprise[i], entropy[i], fact="bernoulli-entropy")
    page.claim(log_p[i], x[i] * eta[i] + log(1 - p[i]), fact="bernoulli-natural-parameter")
    page.claim(log_p[i], x[i] * eta[i] - softplus(eta[i]), fact="bernoulli-natural-parameter")
    page.claim(score[i], (x[i] - p[i]) / (p[i] * (1 - p[i])), fact="bernoulli-score")
    page.claim(mean_score[i], 0, fact="bernoulli-score")
    page.claim(information[i], 1 / (p[i] * (1 - p[i])), fact="bernoulli-score")

    page.mistake(spread[i], p[i], en="forgets to subtract the square of the mean", zh="忘了减去均值的平方")
    page.mistake(mean_surprise[i], -p[i] * log(p[i]), en="forgets the outcome 0", zh="漏掉了结果 0")
    page.mistake(score[i], x[i] / p[i], en="forgets the outcome 0", zh="漏掉了结果 0")
    page.mistake(score[i], x[i] - p[i], en="takes the gradient by the logit for that by p", zh="把对 logit 的梯度当成对 p 的梯度")
    page.mistake(information[i], p[i] * (1 - p[i]), en="gives the information about the logit", zh="给出的是关于 logit 的 Fisher 信息")

    page.convention(
        en="torch.distributions.Bernoulli takes probs or logits; log_prob clamps probs away from 0 and 1 by the precision.",
        zh="torch.distributions.Bernoulli 接受 probs 或 logits；log_prob 按浮点精度把 probs 截离 0 与 1。")
    page.convention(
        en="By the logit η = log(p/(1 − p)) the score is x − σ(η) = x − p.", zh="以 logit η = log(p/(1 − p)) 为参数时，得分为 x − σ(η) = x − p。")


bernoulli.sized(n=3)
bernoulli.sized(n=2)


@bernoulli.reference("torch", "torch.distributions.Bernoulli")
def _(torch, v):
    law = torch.distributions.Bernoulli(v["p"], validate_args=False)
    log_p = law.log_prob(v["x"])
    return {"l": log_p, "loss": log_p.sum(), "H": law.entropy(), "eta": law.logits}


@bernoulli.reference("jax", "jax.scipy.special.xlogy, xlog1py, logit")
def _(jax, v):
    special = jax.scipy.special
    log_p = special.xlogy(v["x"], v["p"]) + special.xlog1py(1 - v["x"], -v["p"])
    return {"l": log_p, "loss": log_p.sum(), "eta": special.logit(v["p"])}
