"""Why attention divides by √d: the variance of a dot product of random vectors, and of a scaled one."""

from sympy import Sum, exp, sqrt

from derive.entry import entry


@entry(
    name="attention_scaling",
    title={"en": "The scale 1/√d of dot-product attention", "zh": "点积注意力的缩放 1/√d"},
    section="2.3",
    source="Vaswani et al. 2017, section 3.2.1, footnote 4",
    facts={
        "attention-dot": {"kind": "definition", "en": "Dot product", "zh": "点积"},
        "attention-scaled-dot": {"kind": "definition", "en": "Scaled dot product", "zh": "缩放点积"},
        "qk-mean": {"kind": "identity", "en": "Mean", "zh": "均值"},
        "qk-variance": {"kind": "identity", "en": "Variance of q · k", "zh": "q · k 的方差"},
        "qk-scaled-variance": {"kind": "identity", "en": "The scale takes the width out of the variance",
                               "zh": "缩放使方差与宽度无关"},
        "qk-with-means": {"kind": "identity", "en": "With means: the variance gains μ²(v + s)",
                          "zh": "均值不为零时：方差增加 μ²(v + s)"},
        "softmax-saturation": {"kind": "jacobian", "en": "One score ahead by g: the softmax's Jacobian falls off as e^(−g)",
                               "zh": "一个得分领先 g：softmax 的雅可比按 e^(−g) 衰减"},
        "attention-scaling-claim": {"kind": "identity", "en": "The scale divides the variance by d; large scores saturate all the same",
                                    "zh": "缩放使方差除以 d；得分很大时仍会饱和"},
        "attention-scaled-weights": {"kind": "gradient", "en": "The scale reaches the gradient", "zh": "缩放进入梯度"},
    },
)
def attention_scaling(page):
    n, d = page.sizes("n d")
    j, m, a = page.index("j", n), page.index("m", n), page.index("a", d)
    v, s, mu = page.input("v", positive=True), page.input("s", positive=True), page.input("mu")
    q = page.random("q", a, mean=0, variance=v)
    k = page.random("k", j, a, mean=0, variance=s)
    e = page.let("e", [j], Sum(q[a] * k[j, a], a), fact="attention-dot")
    z = page.let("z", [j], e[j] / sqrt(d), fact="attention-scaled-dot")
    alpha = page.let("alpha", [j], exp(z[j]) / Sum(exp(z[m]), m), fact="attention-scaled-weights")
    page.output(alpha)
    x, y = page.let("x", [a], q[a] + mu), page.let("y", [j, a], k[j, a] + mu)
    f = page.let("f", [j], Sum(x[a] * y[j, a], a), fact="qk-with-means")

    g = page.input("g")
    p = page.let("p", [], exp(g) / (exp(g) + n - 1), fact="softmax-saturation")         # softmax of (g, 0, …, 0)
    J = page.total_derivative(p, g, fact="softmax-saturation")

    dalpha, de, dz = page.gradient(alpha), page.want(e, fact="attention-scaled-weights"), page.want(z)
    mean, spread = page.expected(e, fact="qk-mean"), page.variance(e, fact="qk-variance")
    scaled, shifted = page.variance(z, fact="qk-scaled-variance"), page.variance(f, fact="qk-with-means")

    page.claim(mean[j], 0, fact="qk-mean")
    page.claim(spread[j], d * v * s, fact="qk-variance")
    page.claim(scaled[j], v * s, fact="qk-scaled-variance")
    page.claim(shifted[j], d * (v * s + mu**2 * (v + s)), fact="qk-with-means")
    rest = 1 + (n - 1) * exp(-g)
    page.claim(p, 1 / rest, fact="softmax-saturation")
    page.claim(J, (n - 1) * exp(-g) / rest**2, fact="softmax-saturation")
    page.claim(scaled[j], spread[j] / d, fact="attention-scaling-claim")
    page.bound(J, "≤", (n - 1) * exp(-g), fact="attention-scaling-claim",
               gap=(n - 1)**2 * exp(-2 * g) * (1 + rest) / rest**2)
    page.claim(dz[j], alpha[j] * (dalpha[j] - Sum(alpha[m] * dalpha[m], m)), fact="attention-scaled-weights")
    page.claim(de[j], alpha[j] * (dalpha[j] - Sum(alpha[m] * dalpha[m], m)) / sqrt(d), fact="attention-scaled-weights")

    page.mistake(scaled[j], v * s / d,
                 en="divides by d where √d belongs: the scores shrink with the width", zh="除以了 d，应为 √d：得分随宽度缩小")
    page.mistake(spread[j], v * s,
                 en="takes one component for the whole sum: d independent terms add their variances",
                 zh="把一个分量当成整个和：d 个独立项的方差相加")
    page.mistake(spread[j], d**2 * v * s,
                 en="adds standard deviations: variances of independent terms add, so that √d is the scale",
                 zh="把标准差相加：独立项相加的是方差，故缩放为 √d")
    page.mistake(J, exp(-g), en="counts one rival: n − 1 of them hold weight", zh="只算一个竞争者：共有 n − 1 个")
    page.mistake(J, (n - 1) / n**2, relation="≥",
                 en="thinks that the scale prevents saturation: a score far enough ahead has no gradient, scaled or not",
                 zh="以为缩放能杜绝饱和：只要领先足够多，缩放后梯度仍消失")
    page.mistake(shifted[j], d * v * s,
                 en="takes the means for zero: the scale alone does not restore the variance then",
                 zh="以为均值为零：均值不为零时仅靠缩放不能恢复方差")
    page.mistake(de[j], dz[j], en="forgets that the scale also divides the gradient by the scores",
                 zh="忘了缩放也除在对得分的梯度上")

    page.convention(
        en="All components are independent, as at initialisation; with v = s = 1 the variance is d, and 1 after scaling. "
           "Trained queries and keys can saturate the softmax in spite of the scale: it counteracts, it does not prevent.",
        zh="所有分量相互独立，如初始化时；v = s = 1 时方差为 d，缩放后为 1。训练后的查询与键仍可能使 softmax 饱和："
           "缩放起缓解作用，不能杜绝。")
    page.convention(
        en="torch's scaled_dot_product_attention divides by √d unless scale is given; flax divides the query.",
        zh="torch 的 scaled_dot_product_attention 默认除以 √d，除非给出 scale；flax 则对查询作除法。")


attention_scaling.sized(n=4, d=3)
attention_scaling.sized(n=2, d=5)


@attention_scaling.reference("torch", "torch.nn.functional.scaled_dot_product_attention")
def _(torch, v):
    query, one = v["q"][None], torch.eye(len(v["k"]), dtype=v["q"].dtype, device=v["q"].device)
    alpha = torch.nn.functional.scaled_dot_product_attention(query[None], v["k"][None], one[None])[0, 0]
    first = torch.cat([v["g"].reshape(1), torch.zeros_like(v["k"][1:, 0])])
    return {"p": torch.softmax(first, 0)[0], "e": torch.mv(v["k"], v["q"]), "alpha": alpha,
            "f": torch.mv(v["k"] + v["mu"], v["q"] + v["mu"])}


@attention_scaling.reference("jax", "flax.linen.dot_product_attention_weights")
def _(jax, v):
    from flax import linen

    alpha = linen.dot_product_attention_weights(v["q"][None, None], v["k"][:, None])[0, 0]
    first = jax.numpy.zeros(len(v["k"])).at[0].set(v["g"])
    return {"p": jax.nn.softmax(first)[0], "e": v["k"] @ v["q"], "alpha": alpha, "f": (v["k"] + v["mu"]) @ (v["q"] + v["mu"])}
