"""The probability of a sequence as a product of conditional ones, each a softmax of what stands before it."""

from sympy import Sum, exp

from derive.entry import entry


@entry(
    name="chain_rule_of_probability",
    title={"en": "Autoregressive factorisation of a joint law", "zh": "联合分布的自回归分解"},
    section="2.3",
    source="Bengio, Ducharme, Vincent & Jauvin 2003, section 2; Radford et al. 2018, equation 1",
    facts={
        "joint-law": {"kind": "definition", "en": "A law of three tokens, and its marginals", "zh": "三个词元的分布及其边缘分布"},
        "gpt-factorisation": {"kind": "identity", "en": "P(x) = Π P(x_i | x_1, …, x_{i−1})", "zh": "P(x) = Π P(x_i | x_1, …, x_{i−1})"},
        "conditional-laws": {"kind": "identity", "en": "Every factor is a law of its own", "zh": "每个因子本身是一个分布"},
    },
)
def chain_rule_of_probability(page):
    A, B, C = page.sizes("A B C")
    i, j, k = page.index("i", A), page.index("j", B), page.index("k", C)
    p, q, r = page.index("p", A), page.index("q", B), page.index("r", C)
    z = page.input("z", i, j, k)
    P = page.let("P", [i, j, k], exp(z[i, j, k]) / Sum(exp(z[p, q, r]), p, q, r), fact="joint-law")
    M_2 = page.let("M_2", [i, j], Sum(P[i, j, k], k), fact="joint-law")
    M_1 = page.let("M_1", [i], Sum(M_2[i, j], j), fact="joint-law")
    second = page.let("P_2", [i, j], M_2[i, j] / M_1[i], fact="gpt-factorisation")
    third = page.let("P_3", [i, j, k], P[i, j, k] / M_2[i, j], fact="gpt-factorisation")
    sums = [page.let("s_1", [], Sum(M_1[i], i), fact="conditional-laws"),
            page.let("s_2", [i], Sum(second[i, j], j), fact="conditional-laws")[i],
            page.let("s_3", [i, j], Sum(third[i, j, k], k), fact="conditional-laws")[i, j]]

    page.claim(P[i, j, k], M_1[i] * second[i, j] * third[i, j, k], fact="gpt-factorisation")
    page.claim(third[i, j, k], exp(z[i, j, k]) / Sum(exp(z[i, j, r]), r), fact="conditional-laws")
    for total in sums:
        page.claim(total, 1, fact="conditional-laws")

    page.mistake(P[i, j, k], M_1[i] * Sum(P[p, j, r], p, r) * Sum(P[p, q, k], p, q),
                 en="takes the tokens for independent: multiplies marginals, not conditionals", zh="以为词元独立：乘了边缘概率而非条件概率")
    page.mistake(P[i, j, k], M_1[i] * M_2[i, j] * P[i, j, k], en="multiplies joint probabilities of the beginnings", zh="把各前缀的联合概率相乘")
    page.mistake(third[i, j, k], P[i, j, k], en="forgets to divide by the probability of what stands before", zh="忘了除以前缀的概率")
    page.mistake(second[i, j], M_2[i, j] / Sum(M_2[p, j], p), en="conditions the other way round: on the later token", zh="条件方向反了：以后面的词元为条件")

    page.convention(
        en="Three tokens with vocabularies of their own; longer sequences go on in the same way. Any order of the tokens has such a "
           "product; language models take the order of the text.",
        zh="三个词元，词表各异；更长的序列同理。任意次序都有这样的乘积；语言模型取文本的次序。")
    page.convention(
        en="A model computes the factors by a softmax at every position, and never the joint law, whose sum has A B C terms.",
        zh="模型在每个位置用 softmax 计算因子，从不计算联合分布，其求和有 A B C 项。")


chain_rule_of_probability.sized(A=2, B=3, C=4)
chain_rule_of_probability.sized(A=3, B=1, C=2)


@chain_rule_of_probability.reference("torch", "torch.softmax, torch.logsumexp")
def _(torch, v):
    z = v["z"]
    pairs = torch.logsumexp(z, -1)
    one, two, three = torch.softmax(torch.logsumexp(pairs, -1), -1), torch.softmax(pairs, -1), torch.softmax(z, -1)
    return {"P": torch.softmax(z.flatten(), 0).reshape(z.shape), "M_1": one, "P_2": two, "P_3": three,
            "M_2": torch.softmax(pairs.flatten(), 0).reshape(pairs.shape)}


@chain_rule_of_probability.reference("jax", "jax.nn.softmax, jax.nn.logsumexp")
def _(jax, v):
    z, nn = v["z"], jax.nn
    pairs = nn.logsumexp(z, -1)
    return {"P": nn.softmax(z, (0, 1, 2)), "M_1": nn.softmax(nn.logsumexp(pairs, -1)), "P_2": nn.softmax(pairs, -1),
            "P_3": nn.softmax(z, -1), "M_2": nn.softmax(pairs, (0, 1))}
