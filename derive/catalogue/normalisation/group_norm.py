"""Group normalisation and its family: layer, instance and batch normalisation differ in what the mean is taken over."""

from sympy import KroneckerDelta, Rational, Sum, sqrt

from derive.entry import entry


@entry(
    name="group_norm",
    title={"en": "Group, layer, instance and batch normalisation", "zh": "组归一化、层归一化、实例归一化与批归一化"},
    section="3.2",
    source="Wu & He 2018, section 3, equations 1 to 7; Ulyanov, Vedaldi & Lempitsky 2016, equation 2",
    facts={
        "group-norm": {"kind": "definition", "en": "Group normalisation", "zh": "组归一化"},
        "group-norm-backward": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
        "group-norm-small-batch": {"kind": "gradient", "en": "The gradient of an example needs no other example",
                                   "zh": "一个样本的梯度不涉及其他样本"},
        "layernorm-feature-axis": {"kind": "definition", "en": "Layer normalisation: over all features of an example",
                                   "zh": "层归一化：对单个样本的所有特征"},
        "layernorm-batch-independence": {"kind": "jacobian", "en": "Its statistics depend on their own example alone",
                                         "zh": "其统计量只依赖本样本"},
        "instance-norm": {"kind": "definition", "en": "Instance normalisation: over the positions of one channel of one example",
                          "zh": "实例归一化：对单个样本单个通道的各位置"},
        "norm-family-equivalences": {"kind": "identity", "en": "One variance from the others, by what it is taken over",
                                     "zh": "各方差之间的关系，取决于对什么求平均"},
        "group-norm-balances-bn-ln": {"kind": "identity",
                                      "en": "Groups lie between layer and instance normalisation, not between batch and layer",
                                      "zh": "组归一化介于层归一化与实例归一化之间，而非批与层之间"},
    },
)
def group_norm(page):
    B, G, C, N = page.sizes("B G C N")                          # examples, groups, channels of a group, positions
    b, h = page.index("b", B), page.index("h", B)
    g, k, c, d = page.index("g", G), page.index("k", G), page.index("c", C), page.index("d", C)
    p, q = page.index("p", N), page.index("q", N)

    x, gamma, beta = page.input("x", b, g, c, p), page.input("gamma", g, c), page.input("beta", g, c)
    eps = page.input("epsilon", positive=True)

    def normalised(letter, kept, over, count, fact):
        mu = page.let(f"mu_{letter}", kept, Sum(x[b, g, c, p], *over) / count, fact=fact)
        v = page.let(f"v_{letter}", kept, Sum((x[b, g, c, p] - mu[tuple(kept)])**2, *over) / count, fact=fact)
        hat = (x[b, g, c, p] - mu[tuple(kept)]) / sqrt(v[tuple(kept)] + eps)
        return mu, v, page.let(f"x_{letter}", [b, g, c, p], hat, fact=fact)

    mean, v, hat = normalised("G", [b, g], (c, p), C * N, "group-norm")
    y = page.let("y", [b, g, c, p], gamma[g, c] * hat[b, g, c, p] + beta[g, c], fact="group-norm")
    page.output(y)
    layer_mean, layer, x_L = normalised("L", [b], (g, c, p), G * C * N, "layernorm-feature-axis")
    own_mean, own, x_I = normalised("I", [b, g, c], (p,), N, "instance-norm")
    batch_mean, batch, _ = normalised("B", [g, c], (b, p), B * N, "norm-family-equivalences")

    back = "group-norm-backward"
    dy, dx = page.gradient(y), page.want(x, fact="group-norm-small-batch")
    dgamma, dbeta = page.want(gamma, fact=back), page.want(beta, fact=back)
    moved = page.jacobian(layer_mean, x, fact="layernorm-batch-independence")
    spread = page.jacobian(layer, x, fact="layernorm-batch-independence")
    mixed = page.jacobian(batch_mean, x, fact="group-norm-balances-bn-ln")

    s = dy[b, g, d, q] * gamma[g, d]
    page.claim(dx[b, g, c, p], (dy[b, g, c, p] * gamma[g, c] - Sum(s, d, q) / (C * N)
                                - hat[b, g, c, p] * Sum(s * hat[b, g, d, q], d, q) / (C * N)) / sqrt(v[b, g] + eps),
               fact="group-norm-small-batch")
    page.claim(dgamma[g, c], Sum(dy[b, g, c, p] * hat[b, g, c, p], b, p), fact=back)
    page.claim(dbeta[g, c], Sum(dy[b, g, c, p], b, p), fact=back)
    page.claim(moved[b, h, g, c, p], KroneckerDelta(b, h) * Rational(1) / (G * C * N), fact="layernorm-batch-independence")
    page.claim(spread[b, h, g, c, p], KroneckerDelta(b, h) * 2 * (x[h, g, c, p] - layer_mean[h]) / (G * C * N),
               fact="layernorm-batch-independence")
    page.claim(mixed[g, c, b, k, d, p], KroneckerDelta(g, k) * KroneckerDelta(c, d) / (B * N),
               fact="group-norm-balances-bn-ln")
    page.claim(layer[b], Sum(v[b, g] + (mean[b, g] - layer_mean[b])**2, g) / G, fact="group-norm-balances-bn-ln")
    page.claim(v[b, g], Sum(own[b, g, c] + (own_mean[b, g, c] - mean[b, g])**2, c) / C, fact="group-norm-balances-bn-ln")
    page.claim(batch[g, c], Sum(own[b, g, c] + (own_mean[b, g, c] - batch_mean[g, c])**2, b) / B,
               fact="norm-family-equivalences")
    page.claim(layer_mean[b], Sum(mean[b, g], g) / G, fact="norm-family-equivalences")
    page.claim(mean[b, g], Sum(own_mean[b, g, c], c) / C, fact="norm-family-equivalences")
    page.claim(batch_mean[g, c], Sum(own_mean[b, g, c], b) / B, fact="norm-family-equivalences")

    page.mistake(dx[b, g, c, p], dy[b, g, c, p] * gamma[g, c] / sqrt(v[b, g] + eps),
                 en="treats the statistics as constants", zh="把统计量当作常数")
    page.mistake(dgamma[g, c], Sum(dy[b, g, c, p] * x[b, g, c, p], b, p), en="forgets to normalise", zh="忘了归一化")
    page.mistake(own[b, g, c], layer[b], en="normalises each example over channels and positions: that is layer normalisation",
                 zh="对每个样本跨通道与位置归一化：那是层归一化")
    page.mistake(v[b, g], Sum(own[b, g, c], c) / C, en="forgets that the means of the channels differ", zh="忘了各通道的均值不同")
    page.mistake(hat[b, g, c, p], (x_L[b, g, c, p] + x_I[b, g, c, p]) / 2,
                 en="takes what lies between the two for their average", zh="把介于两者之间当作两者的平均")
    page.mistake(v[b, g], Sum(batch[g, c], c) / C,
                 en="places it between batch and layer normalisation: no statistic of the batch is in it",
                 zh="以为它介于批归一化与层归一化之间：其中没有任何批统计量", fact="group-norm-balances-bn-ln")

    page.convention(
        en="With G = 1 the groups are layer normalisation over channels and positions, with C = 1 instance normalisation; for a "
           "batch of one, batch and instance normalisation agree: the sums over one member say so.",
        zh="G = 1 时即对通道与位置的层归一化，C = 1 时即实例归一化；批大小为 1 时，批归一化与实例归一化相同：这正是只有一项的求和。")
    page.convention(
        en="The number of groups divides the number of channels. torch has ε = 1e−5, flax's GroupNorm 1e−6. In transformers, "
           "layer normalisation runs over the features of one token: N = 1.",
        zh="组数须整除通道数。torch 取 ε = 1e−5，flax 的 GroupNorm 取 1e−6。Transformer 中层归一化只对一个词元的特征：N = 1。")
    page.share_over_batch(gamma, beta, eps)


group_norm.sized(B=2, G=3, C=4, N=5)
group_norm.sized(B=3, G=2, C=1, N=4)


@group_norm.reference("torch", "torch.nn.functional.group_norm, layer_norm, batch_norm")
def _(torch, v):
    F, (B, G, C, N), eps = torch.nn.functional, v["x"].shape, float(v["epsilon"])
    x = v["x"].reshape(B, G * C, N)
    found = {"y": F.group_norm(x, G, v["gamma"].reshape(-1), v["beta"].reshape(-1), eps), "x_G": F.group_norm(x, G, eps=eps),
             "x_L": F.layer_norm(x, (G * C, N), eps=eps), "x_I": F.group_norm(x, G * C, eps=eps),
             "x_B": F.batch_norm(x, None, None, training=True, eps=eps)}
    return {name: value.reshape(B, G, C, N) for name, value in found.items()}


@group_norm.reference("jax", "flax.linen.GroupNorm, InstanceNorm")
def _(jax, v):
    from flax import linen

    (B, G, C, N), exact = v["x"].shape, {"epsilon": v["epsilon"], "use_fast_variance": False}
    x, affine = v["x"].reshape(B, G * C, N).swapaxes(1, 2), {"use_bias": False, "use_scale": False}
    layers = {"x_G": linen.GroupNorm(G, **exact, **affine), "x_L": linen.GroupNorm(1, **exact, **affine),
              "x_I": linen.InstanceNorm(**exact, **affine)}
    found = {name: layer.apply({}, x) for name, layer in layers.items()}
    weights = {"scale": v["gamma"].reshape(-1), "bias": v["beta"].reshape(-1)}
    found["y"] = linen.GroupNorm(G, **exact).apply({"params": weights}, x)
    return {name: value.swapaxes(1, 2).reshape(B, G, C, N) for name, value in found.items()}
