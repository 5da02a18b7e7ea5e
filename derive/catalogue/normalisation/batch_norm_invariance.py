"""Batch normalisation behind a linear layer: the scale of the weights is not felt, forwards and backwards."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(
    name="batch_norm_invariance",
    title={"en": "Batch normalisation and the scale of the weights", "zh": "批归一化与权重的尺度"},
    section="3.2",
    source="Ioffe & Szegedy 2015, section 3.3; van Laarhoven 2017, section 2",
    facts={
        "bn-scale-invariance": {"kind": "identity", "en": "BN(c w·x) = BN(w·x), and ⟨w, ∂L/∂w⟩ = 0",
                                "zh": "BN(c w·x) = BN(w·x)，且 ⟨w, ∂L/∂w⟩ = 0"},
        "bn-init-independence": {"kind": "identity", "en": "The scale of the first weights is forgotten",
                                 "zh": "初始权重的尺度不起作用"},
        "bn-higher-lr": {"kind": "gradient", "en": "Weights c times as large have a gradient 1/c times as large",
                         "zh": "权重放大 c 倍，其梯度缩小为 1/c"},
        "bn-gradient-flow-claim": {"kind": "gradient", "en": "What flows back does not depend on the scale",
                                   "zh": "反向传回的信号与尺度无关"},
    },
)
def batch_norm_invariance(page):
    m = page.size("m", least=2)                                              # examples
    d = page.size("d")                                                       # inputs
    i, j = page.index("i", m), page.index("j", d)

    x, w, g = page.input("x", i, j), page.input("w", j), page.input("g", i)
    c = page.input("c", positive=True)

    def normalised(names, weights, fact):
        a = page.let(names[0], [i], Sum(weights[j] * x[i, j], j), fact=fact)
        mu = page.let(names[1], [], Sum(a[i], i) / m, fact=fact)
        v = page.let(names[2], [], Sum((a[i] - mu)**2, i) / m, fact=fact)
        spread = page.let(names[3], [], sqrt(v), fact=fact)
        return a, mu, v, spread, page.let(names[4], [i], (a[i] - mu) / spread, fact=fact)

    _, mu, v, s, z = normalised(("a", "mu", "v", "s", "z"), w, "bn-scale-invariance")
    u = page.let("u", [j], c * w[j], fact="bn-scale-invariance")
    b, nu, omega, r, y = normalised(("b", "nu", "omega", "r", "y"), u, "bn-scale-invariance")
    page.loss(page.let("loss", [], Sum(g[i] * y[i], i)))           # g: what arrives at y

    mean, along = (page.let(name, [], Sum(what, i) / m) for name, what in (("p", g[i]), ("q", g[i] * z[i])))
    back = page.let("e", [i], (g[i] - mean - z[i] * along) / s)     # at a, without the scale
    G = page.let("G", [j], Sum(back[i] * x[i, j], i))

    db, du = page.want(b), page.want(u, fact="bn-higher-lr")
    dc, dx = page.want(c, fact="bn-scale-invariance"), page.want(x, fact="bn-gradient-flow-claim")

    page.claim(nu, c * mu, fact="bn-scale-invariance")
    page.claim(omega, c**2 * v, fact="bn-scale-invariance")
    page.claim(r, c * s, fact="bn-scale-invariance")
    page.claim(y[i], z[i], fact="bn-init-independence")
    page.claim(db[i], back[i] / c, fact="bn-higher-lr")
    page.claim(du[j], G[j] / c, fact="bn-higher-lr")
    page.claim(dc, Sum(w[j] * du[j], j), fact="bn-scale-invariance")
    page.claim(dc, 0, fact="bn-scale-invariance")
    page.claim(dx[i, j], back[i] * w[j], fact="bn-gradient-flow-claim")

    page.mistake(omega, c * v, en="scales the variance like the mean: it scales with c²", zh="方差按均值的比例缩放：应为 c²")
    page.mistake(y[i], c * z[i], en="carries the scale through the normalisation", zh="让尺度穿过了归一化")
    page.mistake(du[j], G[j], en="expects the gradient by the scaled weights to be the same",
                 zh="以为对放大后权重的梯度不变")
    page.mistake(du[j], c * G[j], en="multiplies by c, as for an input that is scaled: it is divided",
                 zh="像缩放输入那样乘 c：应除以 c")
    page.mistake(dx[i, j], c * back[i] * w[j],
                 en="lets the gradient grow with the weights, as without normalisation", zh="让梯度随权重增大，那是没有归一化的情形")
    page.mistake(dx[i, j], g[i] * w[j],
                 en="takes batch normalisation for the identity: it rescales by 1/σ and takes two components out",
                 zh="把批归一化当作恒等映射：它乘 1/σ，并去掉两个分量")

    page.convention(
        en="ε = 0 here, and γ = 1, β = 0; with ε > 0 all this holds as far as c²v is large against ε. torch refuses ε = 0.",
        zh="此处 ε = 0，γ = 1，β = 0；ε > 0 时，只要 c²v 远大于 ε 便近似成立。torch 不允许 ε = 0。")
    page.convention(
        en="One unit is shown, with the weights w. As ⟨w, ∂L/∂w⟩ = 0, a gradient step makes w longer, and the longer it is, the smaller "
           "the next gradient: steps that are too large slow themselves down. That training is faster in the end is an observation, and not claimed.",
        zh="此处为一个单元，权重为 w。由 ⟨w, ∂L/∂w⟩ = 0，梯度步会使 w 变长，而越长下一个梯度越小：过大的步长会自行减小。训练因此更快是经验观察，此处不作断言。")
    page.convention(
        en="Only the scale of the weights before the normalisation is forgotten, not their direction. Gradients can still grow "
           "with depth: by √(π/(π − 1)) a layer in wide ReLU networks at the start.",
        zh="被遗忘的只是归一化之前权重的尺度，而非方向。梯度仍可能随深度增大：宽 ReLU 网络在初始时每层约增大 √(π/(π − 1)) 倍。")


batch_norm_invariance.sized(m=5, d=3)
batch_norm_invariance.sized(m=4, d=2)


@batch_norm_invariance.reference("torch", "torch.nn.functional.batch_norm, torch.autograd")
def _(torch, v):
    F, x, g = torch.nn.functional, v["x"], v["g"]

    def normalised(a):
        mean, variance = a.new_zeros(1), a.new_ones(1)
        y = F.batch_norm(a[:, None], mean, variance, training=True, momentum=1., eps=1e-30)
        biased = variance[0] * (len(a) - 1) / len(a)
        return y[:, 0], mean[0], biased, biased**0.5

    weights = v["w"].detach().clone().requires_grad_()
    a = F.linear(x.detach(), weights)
    e, G = torch.autograd.grad((normalised(a)[0] * g.detach()).sum(), (a, weights))
    found = {"e": e, "G": G, "p": g.mean()}
    for names, weights in ((("a", "z", "mu", "v", "s"), v["w"]), (("b", "y", "nu", "omega", "r"), v["c"] * v["w"])):
        a = F.linear(x, weights)
        found |= zip(names, (a, *normalised(a)))
    return found | {"loss": torch.dot(g, found["y"])}


@batch_norm_invariance.reference("jax", "flax.linen.BatchNorm, jax.vjp")
def _(jax, v):
    from flax import linen

    one, zero = (make(1, v["x"].dtype) for make in (jax.numpy.ones, jax.numpy.zeros))

    def normalised(w):
        norm = linen.BatchNorm(use_running_average=False, epsilon=0., use_fast_variance=False)
        y, _ = norm.apply({"params": {"scale": one, "bias": zero}, "batch_stats": {"mean": zero, "var": one}},
                          (v["x"] @ w)[:, None], mutable=["batch_stats"])
        return y[:, 0]

    z, back = jax.vjp(normalised, v["w"])
    y = normalised(v["c"] * v["w"])
    return {"z": z, "y": y, "loss": v["g"] @ y, "G": back(v["g"])[0]}
