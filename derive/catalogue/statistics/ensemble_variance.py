"""The variance of the mean of k equally correlated predictions."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(
    name="ensemble_variance",
    title={"en": "Variance of an ensemble's mean", "zh": "集成平均的方差"},
    section="延伸",
    source="Hastie, Tibshirani & Friedman 2009, section 15.2, equation 15.1",
    facts={
        "ensemble-correlation": {"kind": "identity", "en": "Members share one part: any two have the correlation ρ",
                                 "zh": "成员共享一部分：任两成员的相关系数为 ρ"},
        "ensemble-variance": {"kind": "identity", "en": "Var = ρ s² + (1 − ρ) s²/k", "zh": "方差 ρ s² + (1 − ρ) s²/k"},
    },
)
def ensemble_variance(page):
    K = page.size("K")
    k, h = page.index("k", K), page.index("h", K)

    mu, shared_part, own_part = page.input("mu"), page.input("u", positive=True), page.input("w", positive=True)
    common = page.random("c", mean=0, variance=shared_part)
    own = page.random("e", k, mean=0, variance=own_part)
    total = page.let("v", [], shared_part + own_part, fact="ensemble-correlation")       # s²
    rho = page.let("rho", [], shared_part / total, fact="ensemble-correlation")
    f = page.let("f", [k], mu + common + own[k], fact="ensemble-correlation")
    mean = page.let("m", [], Sum(f[k], k) / K, fact="ensemble-variance")
    page.output(mean)
    df = page.want(f, fact="ensemble-variance")

    shared = page.covariance(f, f, fact="ensemble-correlation")
    spread = page.variance(mean, fact="ensemble-variance")

    page.claim(df[k], page.gradient(mean) / K, fact="ensemble-variance")
    page.claim(shared[k, h], total * (rho + (1 - rho) * KroneckerDelta(k, h)), fact="ensemble-correlation")
    page.claim(spread, rho * total + (1 - rho) * total / K, fact="ensemble-variance")
    page.claim(spread, total * (1 + (K - 1) * rho) / K, fact="ensemble-variance")

    page.mistake(spread, total / K, en="takes the members for independent", zh="以为各成员独立")
    page.mistake(spread, rho * total, en="leaves out what averaging does not remove at once: (1 − ρ) s²/k",
                 zh="漏掉了平均不能立刻消除的部分：(1 − ρ) s²/k")
    page.mistake(spread, rho * total / K + (1 - rho) * total, en="exchanges what averages out and what stays",
                 zh="混淆了能被平均掉的部分与留下的部分")
    page.mistake(shared[k, h], rho * total, en="forgets the diagonal: a member's own variance is s²",
                 zh="漏掉了对角：成员自身的方差为 s²")
    page.mistake(spread, total, en="expects nothing from averaging", zh="以为取平均没有作用")

    page.convention(
        en="v is s². Two independent parts are enough for any ρ ≥ 0: c, of variance u = ρ s², is common to "
           "all members, e, of variance w = (1 − ρ) s², is each member's own. For ρ < 0 the formula holds as well, down to ρ = −1/(k − 1), where it is zero.",
        zh="v 即 s²。对任何 ρ ≥ 0，两个独立部分就够：方差 u = ρ s² 的 c 为所有成员共有，方差 w = (1 − ρ) s² 的 e 各自独有。"
           "ρ < 0 时公式同样成立，直到 ρ = −1/(k − 1)，此时方差为零。")
    page.convention(
        en="More members take away (1 − ρ) s²/k only: random forests and dropout lower ρ instead.",
        zh="增加成员只能消除 (1 − ρ) s²/k：随机森林与 Dropout 则降低 ρ。")


ensemble_variance.sized(K=3)
ensemble_variance.sized(K=5)


@ensemble_variance.reference("torch", "torch.add, torch.mean")
def _(torch, v):
    f = torch.add(v["mu"] + v["c"], v["e"])
    return {"f": f, "m": torch.mean(f), "rho": v["u"] / torch.add(v["u"], v["w"])}


@ensemble_variance.reference("jax", "optax.tree.add, jax.numpy.mean")
def _(jax, v):
    import optax

    f = optax.tree.add(v["mu"] + v["c"], v["e"])
    return {"f": f, "m": jax.numpy.mean(f)}
