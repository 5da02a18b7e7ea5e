"""Batch normalisation at inference: running statistics, the affine layer they make, and folding it into a convolution."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(
    name="batch_norm_inference",
    title={"en": "Batch normalisation: running statistics and inference", "zh": "批归一化：滑动统计量与推理"},
    section="3.2",
    source="Ioffe & Szegedy 2015, section 3.1 and algorithm 2; Jacob et al. 2018, section 3.2, equation 14",
    facts={
        "bn-running-stats": {"kind": "definition", "en": "Running mean and variance", "zh": "滑动均值与滑动方差"},
        "bn-inference": {"kind": "definition", "en": "Inference: an affine map of each channel", "zh": "推理：逐通道的仿射变换"},
        "bn-fold-into-conv": {"kind": "identity", "en": "Folding it into the convolution before it", "zh": "并入之前的卷积"},
        "bn-inference-gradient": {"kind": "gradient", "en": "Gradients with frozen statistics", "zh": "统计量固定时的梯度"},
    },
)
def batch_norm_inference(page):
    T, m = page.size("T"), page.size("m", least=2)                          # batches, examples in a batch
    C, D, K, P = page.sizes("C D K P")                                      # channels out and in, kernel, positions
    t, s, i, start = page.family("t", 1, T), page.family("s", 1, T), page.index("i", m), page.family("t", 0, T)
    c, d, k, p = page.index("c", C), page.index("d", D), page.index("k", K - 1, 0), page.index("p", P - 1, 0)
    u = page.index("u", P + K - 2, 0)

    running = "bn-running-stats"
    z, rho = page.input("z", t, i), page.input("rho", below_one=True)
    mean = page.let("mu", [t], Sum(z[t, i], i) / m, fact=running)
    biased = page.let("v", [t], Sum((z[t, i] - mean[t])**2, i) / m, fact=running)
    unbiased = page.let("w", [t], m * biased[t] / (m - 1), fact=running)
    states = []
    for name, batch in (("M", mean), ("V", biased), ("U", unbiased)):
        state = page.state(name, (t, 0, T))
        page.define(state[t], (1 - rho) * state[t - 1] + rho * batch[t], fact=running)
        states.append((state, batch))

    x, W, b = page.input("x", d, u), page.input("W", c, d, k), page.input("b", c)
    gamma, beta = page.input("gamma", c), page.input("beta", c)
    centre, spread = page.input("m_r", c), page.input("v_r", c, positive=True)
    eps = page.input("epsilon", positive=True)
    a = page.let("a", [c, p], Sum(W[c, d, k] * x[d, p + k], d, k) + b[c], fact="bn-inference")
    y = page.let("y", [c, p], gamma[c] * (a[c, p] - centre[c]) / sqrt(spread[c] + eps) + beta[c], fact="bn-inference")
    page.output(y)
    scaled = page.let("W_fold", [c, d, k], W[c, d, k] * gamma[c] / sqrt(spread[c] + eps), fact="bn-fold-into-conv")
    moved = page.let("b_fold", [c], (b[c] - centre[c]) * gamma[c] / sqrt(spread[c] + eps) + beta[c],
                     fact="bn-fold-into-conv")
    folded = page.let("y_fold", [c, p], Sum(scaled[c, d, k] * x[d, p + k], d, k) + moved[c], fact="bn-fold-into-conv")

    frozen = "bn-inference-gradient"
    dy, da, dgamma, dbeta = page.gradient(y), *(page.want(name, fact=frozen) for name in (a, gamma, beta))

    for state, batch in states:
        page.claim(state[start], (1 - rho)**start * state[0] + rho * Sum((1 - rho)**(start - s) * batch[s], (s, 1, start)),
                   by="induction on t", fact=running)
    page.claim(unbiased[t], Sum((z[t, i] - mean[t])**2, i) / (m - 1), fact=running)
    page.claim(y[c, p], gamma[c] / sqrt(spread[c] + eps) * a[c, p]
               + (beta[c] - gamma[c] * centre[c] / sqrt(spread[c] + eps)), fact="bn-inference")
    page.claim(folded[c, p], y[c, p], fact="bn-fold-into-conv")
    page.claim(da[c, p], gamma[c] / sqrt(spread[c] + eps) * dy[c, p], fact=frozen)
    page.claim(dgamma[c], Sum(dy[c, p] * (y[c, p] - beta[c]) / gamma[c], p), fact=frozen)
    page.claim(dbeta[c], Sum(dy[c, p], p), fact=frozen)

    M, V, U = (state for state, _ in states)
    page.mistake(M[t], rho * M[t - 1] + (1 - rho) * mean[t],
                 en="takes flax's momentum, the part that stays, for torch's, the part that is new",
                 zh="混淆了 flax 的动量（保留的部分）与 torch 的动量（新值的部分）")
    page.mistake(U[t], (1 - rho) * U[t - 1] + rho * biased[t],
                 en="keeps the biased variance, as flax does and torch does not", zh="保存了有偏方差：flax 如此，torch 不是")
    page.mistake(moved[c], b[c] * gamma[c] / sqrt(spread[c] + eps) + beta[c], en="forgets the running mean", zh="漏掉了滑动均值")
    page.mistake(moved[c], b[c] - centre[c] * gamma[c] / sqrt(spread[c] + eps) + beta[c],
                 en="does not scale the convolution's own bias", zh="没有缩放卷积自身的偏置")
    page.mistake(scaled[c, d, k], W[c, d, k] * gamma[c] / (spread[c] + eps),
                 en="divides by the variance instead of its root", zh="除以了方差，应除以其平方根")
    page.mistake(da[c, p], gamma[c] / sqrt(spread[c] + eps) * (dy[c, p] - Sum(dy[c, p], p) / P),
                 en="centres the gradient as in training: the statistics are constants now",
                 zh="像训练时那样对梯度去均值：此时统计量是常数")

    page.convention(
        en="M and U are torch's running mean and variance, with momentum ρ; M and V are those of flax, with momentum 1 − ρ. "
           "torch's default is ρ = 0.1, flax's 0.01. They start at M[0] = 0, V[0] = U[0] = 1.",
        zh="M 与 U 是 torch 的滑动均值与方差，动量为 ρ；M 与 V 是 flax 的，动量为 1 − ρ。torch 默认 ρ = 0.1，flax 相当于 0.01。"
           "初值 M[0] = 0，V[0] = U[0] = 1。")
    page.convention(
        en="Folding is for inference only; a convolution with padding keeps it, because the bias is added behind the padding.",
        zh="并入只适用于推理；带填充的卷积同样成立，因为偏置在填充之后才相加。")
    page.share_over_batch(W, b, gamma, beta, centre, spread, eps)


batch_norm_inference.sized(T=3, m=5, C=2, D=3, K=2, P=4)
batch_norm_inference.sized(T=1, m=4, C=3, D=1, K=3, P=2)


@batch_norm_inference.reference("torch", "torch.nn.functional.batch_norm, conv1d, torch.nn.utils.fuse_conv_bn_weights")
def _(torch, v):
    F, eps, rho = torch.nn.functional, float(v["epsilon"]), float(v["rho"])
    mean, variance, means, variances = v["M[0]"].reshape(1).clone(), v["U[0]"].reshape(1).clone(), [], []
    for z in v["z"]:
        F.batch_norm(z[:, None], mean, variance, training=True, momentum=rho, eps=eps)
        means.append(mean.clone())
        variances.append(variance.clone())
    running = v["m_r"], v["v_r"]
    a = F.conv1d(v["x"][None], v["W"], v["b"])
    y = F.batch_norm(a, *running, v["gamma"], v["beta"], training=False, eps=eps)
    W, b = torch.nn.utils.fuse_conv_bn_weights(v["W"], v["b"], *running, eps, v["gamma"], v["beta"])
    return {"y": y[0], "W_fold": W, "b_fold": b, "y_fold": F.conv1d(v["x"][None], W, b)[0],
            "M": torch.cat(means), "U": torch.cat(variances)}


@batch_norm_inference.reference("jax", "flax.linen.BatchNorm, Conv")
def _(jax, v):
    from flax import linen

    np, one = jax.numpy, jax.numpy.ones(1, v["x"].dtype)
    train = linen.BatchNorm(use_running_average=False, momentum=1 - v["rho"], use_fast_variance=False)
    kept, found = {"mean": v["M[0]"].reshape(1), "var": v["V[0]"].reshape(1)}, []
    for z in v["z"]:
        _, changed = train.apply({"params": {"scale": one, "bias": one}, "batch_stats": kept}, z[:, None],
                                 mutable=["batch_stats"])
        kept = changed["batch_stats"]
        found.append(kept)
    C, _, K = v["W"].shape
    conv = linen.Conv(C, (K,), padding="VALID", param_dtype=v["x"].dtype)
    a = conv.apply({"params": {"kernel": v["W"].transpose(2, 1, 0), "bias": v["b"]}}, v["x"].T[None])
    test = linen.BatchNorm(use_running_average=True, epsilon=v["epsilon"])
    y = test.apply({"params": {"scale": v["gamma"], "bias": v["beta"]},
                    "batch_stats": {"mean": v["m_r"], "var": v["v_r"]}}, a)
    return {"y": y[0].T, "M": np.concatenate([s["mean"] for s in found]), "V": np.concatenate([s["var"] for s in found])}
