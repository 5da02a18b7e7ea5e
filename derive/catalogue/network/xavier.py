"""Xavier initialisation: the variance that a linear layer passes on, forwards and backwards, and the compromise."""

from sympy import KroneckerDelta, Sum, sqrt

from derive.entry import entry


@entry(
    name="xavier",
    title={"en": "Xavier initialisation", "zh": "Xavier 初始化"},
    section="3.3",
    source="Glorot & Bengio 2010, section 4.2, equations 5 to 16",
    facts={
        "xavier-layer": {"kind": "definition", "en": "Linear layer", "zh": "线性层"},
        "xavier-derivation": {"kind": "identity", "en": "Variance forwards and backwards; 1/n and 1/m keep it",
                              "zh": "前向与反向方差；1/n 与 1/m 使其不变"},
        "xavier-normal": {"kind": "definition", "en": "The compromise 2/(n + m)", "zh": "折中 2/(n + m)"},
        "xavier-forward-variance": {"kind": "identity", "en": "What the compromise makes of the variance, both ways",
                                    "zh": "折中后两个方向的方差"},
        "uniform-variance": {"kind": "identity", "en": "Variance of a uniform law", "zh": "均匀分布的方差"},
        "xavier-uniform": {"kind": "identity", "en": "The bound of the uniform law", "zh": "均匀分布的边界"},
    },
)
def xavier(page):
    n, m = page.sizes("n m")                                    # fan-in and fan-out
    i, j, k = page.index("i", m), page.index("j", n), page.index("k", m)

    v, s, g = (page.input(name, positive=True) for name in ("v", "s", "g"))
    W = page.random("W", i, j, mean=0, variance=v)
    x = page.random("x", j, mean=0, variance=s)
    y = page.let("y", [i], Sum(W[i, j] * x[j], j), fact="xavier-layer")
    page.output(y, arriving="delta")
    page.random("delta", i, mean=0, variance=g)
    dx = page.want(x)

    v_in = page.let("v_in", [], 1 / n, fact="xavier-derivation")
    v_out = page.let("v_out", [], 1 / m, fact="xavier-derivation")
    v_X = page.let("v_X", [], 2 / (n + m), fact="xavier-normal")
    a = page.let("a", [], sqrt(6 / (n + m)), fact="xavier-uniform")
    U = page.random("U", i, j, law="uniform", low=-a, high=a)
    u = page.let("u", [i], Sum(U[i, j] * x[j], j), fact="xavier-uniform")
    e = page.random("e", i, mean=0, variance=g)
    back = page.let("d", [j], Sum(U[i, j] * e[i], i), fact="xavier-forward-variance")

    forward, across = page.variance(y, fact="xavier-derivation"), page.covariance(y, y, fact="xavier-derivation")
    backward = page.variance(dx, fact="xavier-derivation")
    spread, passed_on = page.variance(U, fact="xavier-uniform"), page.variance(u, fact="xavier-forward-variance")
    sent_back = page.variance(back, fact="xavier-forward-variance")

    page.claim(forward[i], n * v * s, fact="xavier-derivation")
    page.claim(forward[i], v / v_in * s, fact="xavier-derivation")
    page.claim(across[i, k], KroneckerDelta(i, k) * n * v * s, fact="xavier-derivation")
    page.claim(backward[j], m * v * g, fact="xavier-derivation")
    page.claim(backward[j], v / v_out * g, fact="xavier-derivation")
    page.claim(v_X, 2 / (1 / v_in + 1 / v_out), fact="xavier-normal")
    page.claim(spread[i, j], a**2 / 3, fact="uniform-variance")
    page.claim(spread[i, j], v_X, fact="xavier-uniform")
    page.claim(passed_on[i], 2 * n / (n + m) * s, fact="xavier-forward-variance")
    page.claim(sent_back[j], 2 * m / (n + m) * g, fact="xavier-forward-variance")

    page.mistake(forward[i], v * s, en="forgets that n summands add up their variances", zh="忘了 n 项的方差要相加")
    page.mistake(backward[j], n * v * g,
                 en="takes the fan-in backwards too: there m summands meet", zh="反向也用了扇入：那里是 m 项相加")
    page.mistake(passed_on[i], s,
                 en="expects the compromise to keep the variance: it does so for n = m only", zh="以为折中能保持方差：仅当 n = m 时如此", fact="xavier-forward-variance")
    page.mistake(spread[i, j], a**2 / 12,
                 en="takes a for the width of the interval, which is 2a", zh="把 a 当成区间宽度，区间宽度是 2a")
    page.mistake(spread[i, j], a**2, en="takes the bound for the standard deviation", zh="把边界当成标准差")
    page.mistake(v_X, 1 / (n + m), en="averages 1/n and 1/m wrongly: their harmonic mean is 2/(n + m)",
                 zh="平均 1/n 与 1/m 时出错：其调和平均是 2/(n + m)")
    page.mistake(across[i, k], n * v * s,
                 en="correlates different outputs: they share x, but their weights are independent",
                 zh="以为不同输出相关：它们共用 x，但权重相互独立")

    page.convention(
        en="Of W and x only mean and variance are known; δ is taken as independent of W, as the paper does.",
        zh="关于 W 与 x 只知道均值与方差；与论文一样，设 δ 与 W 独立。")
    page.convention(
        en="torch.nn.init reads fan-in and fan-out from a weight of shape (m, n); jax.nn.initializers from a kernel (n, m). "
           "Both multiply by a gain of their own, 1 by default.",
        zh="torch.nn.init 由形状 (m, n) 的权重得到扇入与扇出；jax.nn.initializers 则由形状 (n, m) 的核得到。两者另乘增益，默认为 1。")
    page.convention(
        en="jax's glorot_normal draws from a truncated normal law and divides by its standard deviation, 0.8796…, so that "
           "the variance is the same.",
        zh="jax 的 glorot_normal 取截断正态分布并除以其标准差 0.8796…，因而方差相同。")


xavier.sized(n=3, m=4)
xavier.sized(n=5, m=2)


@xavier.reference("torch", "torch.nn.init.xavier_normal_, xavier_uniform_")
def _(torch, v):
    asked: dict[str, float] = {}
    weight = torch.empty_like(v["W"])
    weight.normal_ = lambda mean, std, **_: asked.update(v_X=std**2)          # kept, instead of drawn
    weight.uniform_ = lambda low, high, **_: asked.update(a=high)
    torch.nn.init.xavier_normal_(weight)
    torch.nn.init.xavier_uniform_(weight)
    values = {name: torch.tensor(value, dtype=v["x"].dtype, device=v["x"].device) for name, value in asked.items()}
    return {"y": torch.nn.functional.linear(v["x"], v["W"]), "u": torch.nn.functional.linear(v["x"], v["U"]),
            "d": torch.nn.functional.linear(v["e"], v["U"].T), **values}


@xavier.reference("jax", "jax.nn.initializers.glorot_uniform, flax.linen.Dense")
def _(jax, v):
    from flax import linen

    (m, n), dtype = v["W"].shape, v["x"].dtype
    key = jax.random.PRNGKey(0)
    drawn = jax.nn.initializers.glorot_uniform()(key, (n, m), dtype)
    standard = jax.random.uniform(key, (n, m), dtype, -1)           # the same numbers before they are scaled
    a = jax.numpy.median(drawn / standard)
    dense = linen.Dense(m, use_bias=False, param_dtype=dtype)
    y, u = (dense.apply({"params": {"kernel": v[name].T}}, v["x"]) for name in ("W", "U"))
    return {"y": y, "u": u, "a": a, "v_X": a**2 / 3}
