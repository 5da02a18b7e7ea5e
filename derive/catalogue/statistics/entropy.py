"""Entropy, cross-entropy and divergence of two laws on n outcomes: how they add up, and their gradients."""

from sympy import KroneckerDelta, Sum, log

from derive.entry import entry


@entry(
    name="entropy",
    title={"en": "Entropy, cross-entropy and KL divergence", "zh": "熵、交叉熵与 KL 散度"},
    section="1.1",
    source="Cover & Thomas 2006, sections 2.1 and 2.3, equations 2.1 and 2.26",
    facts={
        "entropy-definition": {"kind": "definition", "en": "Entropy", "zh": "熵"},
        "cross-entropy-of-laws": {"kind": "definition", "en": "Cross-entropy", "zh": "交叉熵"},
        "kl-definition": {"kind": "definition", "en": "KL divergence", "zh": "KL 散度"},
        "cross-entropy-decomposition": {"kind": "identity", "en": "H(P, Q) = H(P) + D(P‖Q)",
                                        "zh": "H(P, Q) = H(P) + D(P‖Q)"},
        "entropy-below-log-n": {"kind": "identity", "en": "log n − H(P) is a divergence: from the uniform law",
                                "zh": "log n − H(P) 是对均匀分布的散度"},
        "entropy-bounds": {"kind": "identity", "en": "0 ≤ H ≤ log n, with log n at the uniform law",
                           "zh": "0 ≤ H ≤ log n，均匀分布时取 log n"},
        "kl-nonnegative": {"kind": "identity", "en": "D ≥ 0", "zh": "D ≥ 0"},
        "kl-gradients": {"kind": "gradient", "en": "Gradients of the divergence", "zh": "散度的梯度"},
    },
)
def entropy(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)

    p, q = page.input("p", i, positive=True), page.input("q", i, positive=True)
    page.assume_sums_to_one(p)
    H = page.let("H", [], -Sum(p[i] * log(p[i]), i), fact="entropy-definition")
    C = page.let("C", [], -Sum(p[i] * log(q[i]), i), fact="cross-entropy-of-laws")
    D = page.let("D", [], Sum(p[i] * log(p[i] / q[i]), i), fact="kl-definition")
    page.loss(D, written="D")
    gap = page.let("U", [], Sum(p[i] * log(n * p[i]), i), fact="entropy-below-log-n")

    uniform = page.let("H_u", [], -Sum(log(1 / n) / n, i), fact="entropy-bounds")

    dp, dq = page.want(p, fact="kl-gradients"), page.want(q, fact="kl-gradients")
    hessian = page.hessian(p, q, fact="kl-gradients")

    page.claim(C, H + D, fact="cross-entropy-decomposition")
    page.claim(gap, log(n) - H, fact="entropy-below-log-n")
    page.claim(uniform, log(n), fact="entropy-bounds")
    page.bound(H, "≤", log(n), fact="entropy-bounds",
               gap=Sum(p[i] * (1 / (n * p[i]) - 1 - log(1 / (n * p[i]))), i))
    page.bound(H, "≥", 0, fact="entropy-bounds",
               gap=Sum(p[i] * (p[i] - 1 - log(p[i])), i) + Sum(p[i] * p[j] * (1 - KroneckerDelta(i, j)), i, j))
    page.bound(D, "≥", 1 - Sum(q[i], i), fact="kl-nonnegative", gap=Sum(p[i] * (q[i] / p[i] - 1 - log(q[i] / p[i])), i))
    page.claim(dp[i], log(p[i]) - log(q[i]) + 1, fact="kl-gradients")
    page.claim(dq[i], -p[i] / q[i], fact="kl-gradients")
    page.claim(hessian[i, j], -KroneckerDelta(i, j) / q[i], fact="kl-gradients")

    page.mistake(D, Sum(q[i] * log(q[i] / p[i]), i), en="exchanges the laws: the divergence is not symmetric",
                 zh="调换了两个分布：散度不对称")
    page.mistake(D, C + H, en="adds the entropy: it is what a code for Q costs beyond it", zh="加上了熵：散度是超出熵的编码代价")
    page.mistake(H, Sum(p[i] * log(p[i]), i), en="loses the sign: the logarithms are negative", zh="丢了负号：对数为负")
    page.mistake(H, 1, relation="≤", en="takes the entropy of a bit as the most there is: it grows with log n",
                 zh="把一比特的熵当作上限：上限随 log n 增大")
    page.mistake(D, log(n), relation="≤", en="bounds the divergence as if it were an entropy: small q makes it as large as you like",
                 zh="像熵一样给散度设上限：q 很小时散度可任意大")
    page.mistake(dp[i], log(p[i]) - log(q[i]), en="forgets the product rule: p stands inside the logarithm too",
                 zh="漏掉了乘积法则：对数里也有 p")
    page.mistake(dq[i], log(p[i]) - log(q[i]), en="treats the second law as the first", zh="把第二个分布当成第一个")

    page.convention(
        en="Natural logarithms: nats. scipy.stats.entropy takes a base, and divides p by its sum.",
        zh="自然对数，单位为 nat。scipy.stats.entropy 可选底数，且先把 p 归一化。")
    page.convention(
        en="torch's kl_div takes log Q first and P second, the reverse of the way D(P‖Q) is written.",
        zh="torch 的 kl_div 先取 log Q 后取 P，与 D(P‖Q) 的书写顺序相反。")
    page.convention(
        en="The gradients and the bound are for free numbers q, with D ≥ 0 where they add up to 1; on the simplex only differences of ∂D/∂p count, and the 1 drops out.",
        zh="梯度与下界是对自由的 q 说的；q 为分布时 Σ q = 1，下界即 D ≥ 0；在单纯形上只有 ∂D/∂p 的差有意义，常数 1 消去。")


entropy.sized(n=5)
entropy.sized(n=3)


@entropy.reference("torch", "torch.special.entr, xlogy, torch.nn.functional.kl_div")
def _(torch, v):
    uniform = torch.full_like(v["p"], 1 / len(v["p"]))
    return {"H_u": torch.special.entr(uniform).sum(), "H": torch.special.entr(v["p"]).sum(), "C": -torch.special.xlogy(v["p"], v["q"]).sum(),
            "U": torch.special.xlogy(v["p"], len(v["p"]) * v["p"]).sum(),
            "D": torch.nn.functional.kl_div(torch.log(v["q"]), v["p"], reduction="sum")}


@entropy.reference("jax", "jax.scipy.special.entr, rel_entr")
def _(jax, v):
    special = jax.scipy.special
    uniform = jax.numpy.full_like(v["p"], 1 / len(v["p"]))
    return {"H": special.entr(v["p"]).sum(), "H_u": special.entr(uniform).sum(), "C": -special.xlogy(v["p"], v["q"]).sum(),
            "U": special.rel_entr(v["p"], uniform).sum(),
            "D": special.rel_entr(v["p"], v["q"]).sum()}
