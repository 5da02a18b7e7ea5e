"""The Bernoulli law: its moments, the score of its likelihood, by p and by the logit, and what BERT masks."""

from sympy import Rational, Sum, log

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="bernoulli",
    title={"en": "Bernoulli law", "zh": "伯努利分布"},
    section="1.1",
    source="Bishop 2006, section 2.1, equations 2.2 to 2.8; Lehmann & Casella 1998, section 2.5; Devlin et al. 2019, section 3.1 (masks)",
    facts={
        "bernoulli-distribution": {"kind": "identity", "en": "Mean p, variance p(1 − p)", "zh": "均值 p，方差 p(1 − p)"},
        "bernoulli-likelihood": {"kind": "gradient", "en": "Log-likelihood and its score", "zh": "对数似然及其得分函数"},
        "bernoulli-logit": {"kind": "identity", "en": "By the logit: variance σ′, score x − σ", "zh": "用 logit 表示：方差 σ′，得分 x − σ"},
        "bert-mask-rate": {"kind": "identity", "en": "15 % are selected, 12 % become [MASK], 1.5 % another token, 1.5 % stay",
                           "zh": "选中 15%，其中变为 [MASK] 的 12%、换成其他词的 1.5%、不变的 1.5%"},
    },
)
def bernoulli(page):
    n = page.size("n")
    i = page.index("i", n)

    p = page.input("p", below_one=True)
    x = page.random("x", i, law="bernoulli", mean=p)

    k, a = page.input("k", i), page.input("a")
    likelihood = page.let("l", [], Sum(k[i] * log(p) + (1 - k[i]) * log(1 - p), i), fact="bernoulli-likelihood")
    page.loss(likelihood, written="l")
    s = page.let("s", [], sigmoid(a), fact="bernoulli-logit")
    by_logit = page.let("e", [], Sum(k[i] * log(s) + (1 - k[i]) * log(1 - s), i), fact="bernoulli-logit")
    slope = page.total_derivative(by_logit, a, fact="bernoulli-logit")

    dp = page.want(p, fact="bernoulli-likelihood")
    expected, spread = page.expected(x, fact="bernoulli-distribution"), page.variance(x, fact="bernoulli-distribution")
    second = page.expected(x, 2, fact="bernoulli-distribution")

    # is a token selected; is it masked then; and if not, is it replaced
    shares = Rational(3, 20), Rational(4, 5), Rational(1, 2)
    b, c, d = (page.random(name, i, law="bernoulli", mean=share) for name, share in zip("bcd", shares))
    masked = page.let("m", [i], b[i] * c[i], fact="bert-mask-rate")
    other = page.let("o", [i], b[i] * (1 - c[i]) * d[i], fact="bert-mask-rate")
    same = page.let("q", [i], b[i] * (1 - c[i]) * (1 - d[i]), fact="bert-mask-rate")
    parts = [page.expected(kind, fact="bert-mask-rate") for kind in (masked, other, same)]

    page.claim(expected[i], p, fact="bernoulli-distribution")
    page.claim(second[i], p, fact="bernoulli-distribution")
    page.claim(spread[i], p * (1 - p), fact="bernoulli-distribution")
    page.claim(dp, Sum(k[i] / p - (1 - k[i]) / (1 - p), i), fact="bernoulli-likelihood")
    page.claim(dp, Sum(k[i] - p, i) / (p * (1 - p)), fact="bernoulli-likelihood")
    page.claim(slope, Sum(k[i] - s, i), fact="bernoulli-logit")

    for part, share in zip(parts, (Rational(3, 25), Rational(3, 200), Rational(3, 200))):
        page.claim(part[i], share, fact="bert-mask-rate")

    page.mistake(parts[0][i], Rational(3, 20), en="masks all selected tokens: only 80 % of them become [MASK]",
                 zh="把所有选中的词元都掩码：其中只有 80% 变为 [MASK]")
    page.mistake(spread[i], p**2, en="squares the mean: that is E[x]², which is subtracted from E[x²] = p", zh="把均值平方：那是 E[x]²，应从 E[x²] = p 中减去")
    page.mistake(second[i], p**2, en="squares the probability: x² is x for 0 and 1", zh="把概率平方：对 0 和 1 有 x² = x")
    page.mistake(dp, Sum(k[i] / p + (1 - k[i]) / (1 - p), i), en="loses the sign of the inner derivative of log(1 − p)",
                 zh="漏掉了 log(1 − p) 内层导数的负号")
    page.mistake(slope, Sum((k[i] - s) * s * (1 - s), i), en="multiplies by σ′ once more: it cancels p(1 − p)",
                 zh="多乘了一次 σ′：它已与 p(1 − p) 相消")

    page.convention(
        en="p is the probability of 1. torch's Bernoulli takes probs or logits; labels k may lie between 0 and 1, which it refuses unless "
           "validate_args=False.",
        zh="p 为取 1 的概率。torch 的 Bernoulli 接受 probs 或 logits；标签 k 可在 0 与 1 之间，此时需 validate_args=False。")
    page.convention(
        en="BERT selects 15 % of the WordPiece tokens and predicts them all; the random token may be the old one.",
        zh="BERT 选中 15% 的 WordPiece 词元并全部预测；随机词元可能与原词元相同。")
    page.convention(
        en="torch clamps probs to an ε before the logarithm; the formula does not.", zh="torch 在取对数前把 probs 截断到 ε；公式没有。")


bernoulli.sized(n=4)
bernoulli.sized(n=3)


@bernoulli.reference("torch", "torch.distributions.Bernoulli")
def _(torch, v):
    law, b, c, d = torch.distributions.Bernoulli, v["b"], v["c"], v["d"]
    rest = torch.sub(b, torch.mul(b, c))
    return {"m": torch.mul(b, c), "o": torch.mul(rest, d), "q": torch.sub(rest, torch.mul(rest, d)),
            "l": law(probs=v["p"], validate_args=False).log_prob(v["k"]).sum(), "s": law(logits=v["a"]).probs,
            "e": law(logits=v["a"], validate_args=False).log_prob(v["k"]).sum()}


@bernoulli.reference("jax", "optax.sigmoid_binary_cross_entropy, jax.nn.sigmoid")
def _(jax, v):
    import optax

    logit = jax.scipy.special.logit(v["p"])
    return {"l": -optax.sigmoid_binary_cross_entropy(logit, v["k"]).sum(), "s": jax.nn.sigmoid(v["a"]),
            "e": -optax.sigmoid_binary_cross_entropy(v["a"], v["k"]).sum()}
