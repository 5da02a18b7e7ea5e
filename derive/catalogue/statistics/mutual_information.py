"""Mutual information of two discrete variables: four ways to write it, and its gradient by the joint law."""

from sympy import Sum, log

from derive.entry import entry


@entry(
    name="mutual_information",
    title={"en": "Mutual information", "zh": "互信息"},
    section="1.1",
    source="Cover & Thomas 2006, sections 2.2 to 2.4, equations 2.28 to 2.45",
    facts={
        "mutual-information-entropies": {"kind": "definition", "en": "Marginals and entropies", "zh": "边缘分布与熵"},
        "mutual-information": {"kind": "definition", "en": "I(X; Y) = H(X) − H(X|Y)", "zh": "I(X; Y) = H(X) − H(X|Y)"},
        "mutual-information-symmetry": {"kind": "identity", "en": "Symmetry, by entropies, and as a divergence",
                                        "zh": "对称性、用熵与用散度表示"},
        "mutual-information-properties": {"kind": "identity", "en": "I = H(X) + H(Y) − H(X, Y) = D(P_XY‖P_X P_Y) ≥ 0",
                                          "zh": "I = H(X) + H(Y) − H(X, Y) = D(P_XY‖P_X P_Y) ≥ 0"},
        "mutual-information-gradient": {"kind": "gradient", "en": "Gradient by the joint law", "zh": "对联合分布的梯度"},
    },
)
def mutual_information(page):
    m, n = page.sizes("m n")
    i, j = page.index("i", m), page.index("j", n)

    p = page.input("p", i, j, positive=True)
    a = page.let("a", [i], Sum(p[i, j], j), fact="mutual-information-entropies")
    b = page.let("b", [j], Sum(p[i, j], i), fact="mutual-information-entropies")
    H_X = page.let("H_X", [], -Sum(a[i] * log(a[i]), i), fact="mutual-information-entropies")
    H_Y = page.let("H_Y", [], -Sum(b[j] * log(b[j]), j), fact="mutual-information-entropies")
    joint = page.let("H_XY", [], -Sum(p[i, j] * log(p[i, j]), i, j), fact="mutual-information-entropies")
    X_by_Y = page.let("C_X", [], -Sum(p[i, j] * log(p[i, j] / b[j]), i, j), fact="mutual-information-entropies")
    Y_by_X = page.let("C_Y", [], -Sum(p[i, j] * log(p[i, j] / a[i]), i, j), fact="mutual-information-entropies")
    information = page.let("I", [], H_X - X_by_Y, fact="mutual-information")
    mass = page.let("S", [], Sum(p[i, j], i, j), fact="mutual-information-properties")
    page.loss(information, written="I")

    dp = page.want(p, fact="mutual-information-gradient")

    page.claim(X_by_Y, joint - H_Y, fact="mutual-information-symmetry")
    page.claim(information, H_X + H_Y - joint, fact="mutual-information-properties")
    page.claim(information, H_Y - Y_by_X, fact="mutual-information-symmetry")
    page.claim(information, Sum(p[i, j] * log(p[i, j] / (a[i] * b[j])), i, j), fact="mutual-information-properties")
    page.bound(information, "≥", mass * (1 - mass), fact="mutual-information-properties",
               gap=Sum(p[i, j] * (a[i] * b[j] / p[i, j] - 1 - log(a[i] * b[j] / p[i, j])), i, j))
    page.claim(dp[i, j], log(p[i, j]) - log(a[i]) - log(b[j]) - 1, fact="mutual-information-gradient")

    page.mistake(information, H_X + joint - H_Y, en="turns two signs round", zh="两个符号反了")
    page.mistake(information, X_by_Y, en="gives what is left to learn, instead of what was learnt", zh="给出的是剩余的不确定度，而非获得的信息")
    page.mistake(information, Sum(a[i] * b[j] * log(p[i, j] / (a[i] * b[j])), i, j),
                 en="averages over the product of the marginals", zh="对边缘分布的乘积取平均")
    page.mistake(information, H_X, relation="≥", en="takes an upper bound for a lower one: I ≤ H(X)",
                 zh="把上界当作下界：I ≤ H(X)")
    page.mistake(dp[i, j], log(p[i, j]) - log(a[i]) - log(b[j]),
                 en="takes the marginals for constants in two of three logarithms", zh="在三个对数中把边缘分布当作常数")

    page.convention(
        en="The identities hold for any positive table p; it is a joint law where its entries add up to S = 1, and the bound is I ≥ 0.",
        zh="这些恒等式对任意正的表 p 成立；当元素之和 S = 1 时它是联合分布，下界即 I ≥ 0。")
    page.convention(
        en="Here C_X is H(X|Y), C_Y is H(Y|X). scikit-learn's mutual_info_score takes labels or counts and uses nats, as here.",
        zh="此处 C_X 即 H(X|Y)，C_Y 即 H(Y|X)。scikit-learn 的 mutual_info_score 接受标签或计数，单位同为 nat。")


mutual_information.sized(m=3, n=4)
mutual_information.sized(m=5, n=2)


@mutual_information.reference("torch", "torch.special.entr, torch.nn.functional.kl_div")
def _(torch, v):
    p = v["p"]
    a, b = p.sum(1), p.sum(0)
    information = torch.nn.functional.kl_div(torch.log(torch.outer(a, b)), p, reduction="sum")
    return {"I": information, "S": p.sum(), "a": a, "b": b, "H_X": torch.special.entr(a).sum(), "H_Y": torch.special.entr(b).sum(),
            "H_XY": torch.special.entr(p).sum(),
            "C_X": -torch.nn.functional.kl_div(torch.log(b.expand_as(p)), p, reduction="sum"),
            "C_Y": -torch.nn.functional.kl_div(torch.log(a[:, None].expand_as(p)), p, reduction="sum")}


@mutual_information.reference("jax", "jax.scipy.special.entr, rel_entr")
def _(jax, v):
    p, special = v["p"], jax.scipy.special
    a, b = p.sum(1), p.sum(0)
    return {"I": special.rel_entr(p, jax.numpy.outer(a, b)).sum(), "S": p.sum(), "a": a, "b": b, "H_X": special.entr(a).sum(),
            "H_Y": special.entr(b).sum(), "H_XY": special.entr(p).sum(), "C_X": -special.rel_entr(p, b[None]).sum(),
            "C_Y": -special.rel_entr(p, a[:, None]).sum()}
