"""Dropout as an average over masked networks, exactly so for one softmax layer; and dropout of whole feature maps."""

from sympy import KroneckerDelta, Sum, exp, log

from derive.entry import entry


@entry(
    name="dropout_averages",
    title={"en": "Dropout as an ensemble, and spatial dropout", "zh": "Dropout 的集成解释与空间 Dropout"},
    section="3.2",
    source="Baldi & Sadowski 2013, section 2.3; Goodfellow, Bengio & Courville 2016, equations 7.52 to 7.58; Tompson et al. 2015, section 3.2",
    facts={
        "dropout-ensemble": {"kind": "identity", "en": "The geometric mean of all masked softmax layers is the one with scaled weights",
                             "zh": "所有被遮蔽的 softmax 层的几何平均即权重缩放后的那一层"},
        "spatial-dropout": {"kind": "definition", "en": "A feature map is dropped as a whole: its positions move together",
                            "zh": "整个特征图一起置零：各位置同进同退"},
        "dropout-averages-gradient": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
    },
)
def dropout_averages(page):
    n, K = page.sizes("n K")                                                # inputs and classes
    C, N = page.sizes("C N")                                                # feature maps and positions
    j, k, h = page.index("j", n), page.index("k", K), page.index("h", K)
    c, d, a, b = page.index("c", C), page.index("d", C), page.index("a", N), page.index("b", N)

    rho = page.input("rho", below_one=True)                                 # the probability to keep
    x, W, u = page.input("x", j), page.input("W", k, j), page.input("u", k)
    r = page.random("r", j, law="bernoulli", mean=rho)
    z = page.let("z", [k], Sum(W[k, j] * r[j] * x[j], j) + u[k], fact="dropout-ensemble")
    p = page.let("p", [k], exp(z[k]) / Sum(exp(z[h]), h), fact="dropout-ensemble")
    odds = page.let("l", [k, h], log(p[k]) - log(p[h]), fact="dropout-ensemble")
    scaled = page.let("s", [k], rho * Sum(W[k, j] * x[j], j) + u[k], fact="dropout-ensemble")
    whole = page.let("q", [k], exp(scaled[k]) / Sum(exp(scaled[h]), h), fact="dropout-ensemble")

    spatial, back = "spatial-dropout", "dropout-averages-gradient"
    f, m = page.input("f", c, a), page.random("m", c, law="bernoulli", mean=rho)
    y = page.let("y", [c, a], m[c] * f[c, a] / rho, fact=spatial)
    page.output(y)
    dy, df = page.gradient(y), page.want(f, fact=back)

    mean = page.expected(odds, fact="dropout-ensemble")
    kept, spread = page.expected(y, fact=spatial), page.covariance(y, y, fact=spatial)

    page.claim(odds[k, h], z[k] - z[h], fact="dropout-ensemble")
    page.claim(mean[k, h], scaled[k] - scaled[h], fact="dropout-ensemble")
    page.claim(mean[k, h], log(whole[k]) - log(whole[h]), fact="dropout-ensemble")
    page.claim(kept[c, a], f[c, a], fact=spatial)
    page.claim(spread[c, a, d, b], KroneckerDelta(c, d) * (1 - rho) / rho * f[c, a] * f[d, b], fact=spatial)
    page.claim(df[c, a], m[c] / rho * dy[c, a], fact=back)

    page.mistake(mean[k, h], Sum((W[k, j] - W[h, j]) * x[j], j) + u[k] - u[h],
                 en="leaves the weights unscaled, as after inverted dropout", zh="没有缩放权重，那是反向缩放 Dropout 的做法")
    page.mistake(mean[k, h], rho * (Sum((W[k, j] - W[h, j]) * x[j], j) + u[k] - u[h]),
                 en="scales the bias too: it is never dropped", zh="把偏置也缩放了：偏置从不丢弃")
    page.mistake(spread[c, a, d, b], KroneckerDelta(c, d) * KroneckerDelta(a, b) * (1 - rho) / rho * f[c, a] * f[d, b],
                 en="drops every position by itself: here a map has one mask", zh="逐位置丢弃：此处一个特征图共用一个掩码")
    page.mistake(spread[c, a, d, b], (1 - rho) / rho * f[c, a] * f[d, b],
                 en="drops all maps together: every map has its own mask", zh="所有特征图一起丢弃：每个图有各自的掩码")
    page.mistake(df[c, a], dy[c, a], en="lets gradients flow through maps that were dropped", zh="让梯度通过了被丢弃的特征图")

    page.convention(
        en="E is the mean over all 2ⁿ masks, so that E[log p] is the logarithm of their geometric mean, up to a constant that "
           "normalising takes away. Behind hidden layers that are not linear this is an approximation.",
        zh="E 是对全部 2ⁿ 个掩码的平均，故 E[log p] 是其几何平均的对数，只差一个归一化时消去的常数。隔着非线性隐层时仅为近似。")
    page.convention(
        en="ρ is the probability to keep. torch.nn.Dropout2d(p) takes the probability to drop; in flax, Dropout with "
           "broadcast_dims over the positions does the same.",
        zh="ρ 是保留概率。torch.nn.Dropout2d(p) 取丢弃概率；flax 中用 Dropout 并令 broadcast_dims 为各位置。")
    page.share_over_batch(rho, W, u)


dropout_averages.sized(n=3, K=4, C=2, N=5)
dropout_averages.sized(n=4, K=2, C=3, N=2)


@dropout_averages.reference("torch", "torch.nn.functional.dropout1d, torch.nn.functional.log_softmax")
def _(torch, v):
    F, rho = torch.nn.functional, v["rho"]
    drawn = F.dropout1d(v["f"].new_ones(2000, 3), 1 - float(rho.detach()))      # maps of 3 positions, its own masks
    assert bool((drawn == drawn[:, :1]).all())
    z = F.linear(v["r"] * v["x"], v["W"], v["u"])
    s = F.linear(rho * v["x"], v["W"], v["u"])
    log_p = F.log_softmax(z, 0)
    return {"z": z, "p": log_p.exp(), "l": log_p[:, None] - log_p, "s": s, "q": F.softmax(s, 0),
            "y": v["f"] * v["m"][:, None] * drawn.max()}


@dropout_averages.reference("jax", "flax.linen.Dropout, jax.nn.log_softmax")
def _(jax, v):
    from flax import linen

    layer = linen.Dropout(rate=1 - v["rho"], broadcast_dims=(1,))
    drawn = layer.apply({}, jax.numpy.ones((2000, 3), v["f"].dtype), deterministic=False,
                        rngs={"dropout": jax.random.PRNGKey(0)})
    log_p = jax.nn.log_softmax(v["W"] @ (v["r"] * v["x"]) + v["u"])
    return {"p": jax.numpy.exp(log_p), "l": log_p[:, None] - log_p,
            "q": jax.nn.softmax(v["W"] @ (v["rho"] * v["x"]) + v["u"]), "y": v["f"] * v["m"][:, None] * drawn[:, 0].max()}
