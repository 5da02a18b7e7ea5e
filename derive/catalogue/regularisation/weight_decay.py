"""L2 regularisation under gradient descent: the penalty's gradient, the factor 1 − 2αλ, and decoupled weight decay."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(
    name="weight_decay",
    title={"en": "L2 regularisation and weight decay, T steps", "zh": "L2 正则与权重衰减，T 步"},
    section="3.2",
    source="Goodfellow, Bengio & Courville 2016, section 7.1.1; Loshchilov & Hutter 2019, proposition 1",
    facts={
        "l2-objective": {"kind": "definition", "en": "L2 penalty beside a loss", "zh": "损失加 L2 惩罚"},
        "l2-differentiable": {"kind": "gradient", "en": "Gradient and Hessian of the penalty", "zh": "惩罚项的梯度与海森矩阵"},
        "l2-weight-decay-factor": {"kind": "update-rule", "en": "Every step multiplies the weights by 1 − 2αλ",
                                   "zh": "每一步把权重乘以 1 − 2αλ"},
        "l2-shrinkage": {"kind": "identity", "en": "Without a loss the weights shrink geometrically",
                         "zh": "没有损失时权重按几何级数收缩"},
        "l2-equals-weight-decay-sgd": {"kind": "identity", "en": "Decoupled weight decay is the same run",
                                       "zh": "解耦权重衰减走出同一条轨迹"},
    },
)
def weight_decay(page):
    T, n = page.sizes("T n")
    t, s, i, j = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n), page.index("j", n)
    start = page.family("t", 0, T)

    w, L_0 = page.input("w", i), page.input("L_0")
    alpha, lam = page.input("alpha", below_one=True), page.input("lambda", below_one=True)
    page.loss(page.let("J", [], L_0 + lam * Sum(w[i]**2, i), fact="l2-objective"), "J")
    dw, hessian = page.want(w, fact="l2-differentiable"), page.hessian(w, fact="l2-differentiable")

    g, theta, phi, r = (page.input("g", t, i), *(page.state(name, (t, 0, T), i) for name in ("theta", "phi", "r")))
    page.define(theta[t, i], theta[t - 1, i] - alpha * (g[t, i] + 2 * lam * theta[t - 1, i]),
                fact="l2-weight-decay-factor")
    page.define(phi[t, i], phi[t - 1, i] - alpha * g[t, i] - 2 * alpha * lam * phi[t - 1, i],
                fact="l2-equals-weight-decay-sgd")
    page.define(r[t, i], r[t - 1, i] - 2 * alpha * lam * r[t - 1, i], fact="l2-shrinkage")

    page.claim(dw[i], 2 * lam * w[i], fact="l2-differentiable")
    page.claim(hessian[i, j], 2 * lam * KroneckerDelta(i, j), fact="l2-differentiable")
    page.claim(theta[t, i], (1 - 2 * alpha * lam) * theta[t - 1, i] - alpha * g[t, i], fact="l2-weight-decay-factor")
    page.claim(theta[start, i], (1 - 2 * alpha * lam)**start * theta[0, i]
               - alpha * Sum((1 - 2 * alpha * lam)**(start - s) * g[s, i], (s, 1, start)), by="induction on t",
               fact="l2-weight-decay-factor")
    page.claim(phi[start, i], (1 - 2 * alpha * lam)**start * phi[0, i]
               - alpha * Sum((1 - 2 * alpha * lam)**(start - s) * g[s, i], (s, 1, start)), by="induction on t",
               fact="l2-equals-weight-decay-sgd")
    page.claim(r[start, i], (1 - 2 * alpha * lam)**start * r[0, i], by="induction on t", fact="l2-shrinkage")

    page.mistake(dw[i], lam * w[i], en="expects the ½ that this penalty does not have", zh="以为惩罚项带有 ½")
    page.mistake(theta[t, i], (1 - alpha * lam) * theta[t - 1, i] - alpha * g[t, i],
                 en="passes λ where torch's weight_decay is 2λ", zh="把 λ 直接当作 torch 的 weight_decay，应为 2λ")
    page.mistake(theta[t, i], (1 - 2 * lam) * theta[t - 1, i] - alpha * g[t, i],
                 en="forgets that the penalty's gradient is multiplied by the learning rate", zh="忘了惩罚项的梯度也乘学习率")
    page.mistake(theta[t, i], (1 - 2 * alpha * lam) * (theta[t - 1, i] - alpha * g[t, i]),
                 en="decays after the step: the gradient would be decayed too", zh="先走一步再衰减：会把梯度也衰减掉")
    page.mistake(r[start, i], (1 - 2 * start * alpha * lam) * r[0, i],
                 en="lets the weights fall in equal steps", zh="以为权重等步长下降")

    page.convention(
        en="The penalty λΣw² has no ½: weight_decay of torch.optim.SGD and optax.add_decayed_weights is 2λ.",
        zh="惩罚项 λΣw² 不带 ½：torch.optim.SGD 与 optax.add_decayed_weights 的 weight_decay 应取 2λ。")
    page.convention(
        en="θ has the penalty in its gradient, φ decays by itself. They agree from one start for plain SGD; not for Adam, "
           "which rescales the gradient, nor with a momentum that keeps it.",
        zh="θ 把惩罚放进梯度，φ 单独衰减。普通 SGD 从同一点出发时两者一致；Adam 会缩放梯度，两者不同；动量会保留梯度，两者也不同。")
    page.convention(
        en="1 − 2αλ shrinks only while 0 < αλ < 1: beyond it the weights grow.",
        zh="仅当 0 < αλ < 1 时 1 − 2αλ 才使权重收缩；超出则发散。")


weight_decay.sized(T=5, n=3)
weight_decay.sized(T=1, n=4)


@weight_decay.reference("torch", "torch.optim.SGD(weight_decay), AdamW")
def _(torch, v):
    alpha, decay = float(v["alpha"]), 2 * float(v["lambda"])

    def path(start, gradients, optimizer, **options):
        point, points = start.clone().requires_grad_(), []
        run = optimizer([point], lr=alpha, weight_decay=decay, **options)
        for gradient in gradients:
            point.grad = gradient.clone()
            run.step()
            points.append(point.detach().clone())
        return torch.stack(points)

    g, zero = v["g"], torch.zeros_like(v["g"])
    squares = torch.nn.functional.mse_loss(v["w"], torch.zeros_like(v["w"]), reduction="sum")
    return {"J": v["L_0"] + v["lambda"] * squares, "theta": path(v["theta[0]"], g, torch.optim.SGD),
            "r": path(v["r[0]"], zero, torch.optim.AdamW)}


@weight_decay.reference("jax", "optax.add_decayed_weights, before and behind the learning rate")
def _(jax, v):
    import optax

    def path(start, *chain):
        optimizer, point, points = optax.chain(*chain), start, []
        state = optimizer.init(start)
        for gradient in v["g"]:
            step, state = optimizer.update(gradient, state, point)
            point = optax.apply_updates(point, step)
            points.append(point)
        return jax.numpy.stack(points)

    alpha, lam = v["alpha"], v["lambda"]
    return {"J": v["L_0"] + lam * optax.tree.norm(v["w"], squared=True),
            "theta": path(v["theta[0]"], optax.add_decayed_weights(2 * lam), optax.sgd(alpha)),
            "phi": path(v["phi[0]"], optax.sgd(alpha), optax.add_decayed_weights(-2 * alpha * lam))}
