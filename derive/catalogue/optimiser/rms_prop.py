"""RMSProp over T steps: a moving average of squares, which forgets, and its relation to Adagrad and Adam."""

from sympy import Piecewise, Sum, sqrt

from derive.entry import entry


@entry(
    name="rms_prop",
    title={"en": "RMSProp, T steps", "zh": "RMSProp 优化器，T 步"},
    section="3.1",
    source="Tieleman & Hinton 2012, lecture 6.5; Kingma & Ba 2015, section 5",
    facts={
        "rmsprop": {"kind": "update-rule", "en": "Moving average of squares and update", "zh": "平方的滑动平均与更新"},
        "rmsprop-ema": {"kind": "identity", "en": "Average in closed form", "zh": "滑动平均的闭式"},
        "rmsprop-fixes-adagrad": {"kind": "identity", "en": "For a constant gradient the rate settles, it does not fall to zero",
                                  "zh": "梯度恒定时学习率趋于定值，不降到零"},
        "adam-combines": {"kind": "identity", "en": "With bias correction it is Adam with β₁ = 0",
                          "zh": "加上偏差校正即 β₁ = 0 的 Adam"},
    },
)
def rms_prop(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)

    g, c = page.input("g", t, i), page.input("c", i, positive=True)
    alpha, eps, beta = page.input("alpha", positive=True), page.input("epsilon", positive=True), page.input("beta", below_one=True)
    v, theta, k = page.state("v", t, i), page.state("theta", (t, 0, T), i), page.state("k", t, i)
    corrected = page.state("phi", (t, 0, T), i)

    def decayed(state):
        return Piecewise((beta * state[t - 1, i], t >= 2), (0, True))

    page.define(v[t, i], decayed(v) + (1 - beta) * g[t, i]**2, fact="rmsprop")
    page.define(theta[t, i], theta[t - 1, i] - alpha * g[t, i] / (sqrt(v[t, i]) + eps), fact="rmsprop")
    page.define(k[t, i], decayed(k) + (1 - beta) * c[i]**2, fact="rmsprop-fixes-adagrad")
    rate = page.let("r", [t, i], alpha / sqrt(k[t, i]), fact="rmsprop-fixes-adagrad")
    page.define(corrected[t, i], corrected[t - 1, i] - alpha * g[t, i] / (sqrt(v[t, i] / (1 - beta**t)) + eps),
                fact="adam-combines")
    q = page.let("q", [t, i], (alpha / rate[t, i])**2, fact="rmsprop-fixes-adagrad")

    page.claim(v[t, i], (1 - beta) * Sum(beta**(t - s) * g[s, i]**2, (s, 1, t)), by="induction on t", fact="rmsprop-ema")
    page.claim(k[t, i], (1 - beta**t) * c[i]**2, by="induction on t", fact="rmsprop-fixes-adagrad")
    page.claim(q[t, i], (1 - beta**t) * c[i]**2, fact="rmsprop-fixes-adagrad")

    page.mistake(v[t, i], Sum(beta**(t - s) * g[s, i]**2, (s, 1, t)), en="forgets 1 − β", zh="漏掉了 1 − β")
    page.mistake(v[t, i], (1 - beta) * Sum(beta**(t - 1 - s) * g[s, i]**2, (s, 1, t)),
                 en="shifts the weights by one step: the newest square has weight 1 − β", zh="权重错开一步：最新平方的权重是 1 − β")
    page.mistake(theta[t, i], theta[t - 1, i] - alpha * g[t, i] / sqrt(v[t, i] + eps),
                 en="puts ε under the root, as optax.rmsprop does by default", zh="把 ε 放进根号，如 optax.rmsprop 的默认做法")
    page.mistake(theta[t, i], theta[t - 1, i] - alpha * g[t, i] / (v[t, i] + eps), en="forgets the root", zh="漏掉了根号")
    page.mistake(q[t, i], t * c[i]**2,
                 en="lets the rate fall for ever, as Adagrad's does: an average forgets", zh="以为学习率像 Adagrad 那样一直下降：滑动平均会遗忘")
    page.mistake(q[t, i], c[i]**2,
                 en="takes the limit for the value: without bias correction the first step is 1/√(1 − β) times as long",
                 zh="把极限当作 t 步后的值：没有偏差校正时第一步长 1/√(1 − β) 倍")

    page.convention(
        en="ε stands outside of the root, as in torch.optim.RMSprop, whose α is β here (0.99 by default). optax.rmsprop (0.9) "
           "needs eps_in_sqrt=False for it. v starts at zero in both.",
        zh="ε 在根号之外，与 torch.optim.RMSprop 一致，其 α 即此处的 β（默认 0.99）。optax.rmsprop（默认 0.9）需设 eps_in_sqrt=False。两者的 v 都从零开始。")
    page.convention(
        en="k, r and q are for a gradient that is always c > 0, with ε = 0; φ are the parameters with bias correction.",
        zh="k、r、q 对应梯度恒为 c > 0 且 ε = 0；φ 是带偏差校正时的参数。")


rms_prop.sized(T=5, n=3)
rms_prop.sized(T=1, n=4)


@rms_prop.reference("torch", "torch.optim.RMSprop, torch.optim.Adam with β₁ = 0")
def _(torch, v):
    def path(start, gradients, optimizer, **options):
        point, points = start.clone().requires_grad_(), [start]
        run = optimizer([point], lr=float(v["alpha"]), **options)
        for gradient in gradients:
            point.grad = gradient.clone()
            run.step()
            points.append(point.detach().clone())
        return torch.stack(points)

    beta, eps = float(v["beta"]), float(v["epsilon"])
    constant = path(torch.zeros_like(v["c"]), [v["c"]] * len(v["g"]), torch.optim.RMSprop, alpha=beta, eps=0.)
    return {"theta": path(v["theta[0]"], v["g"], torch.optim.RMSprop, alpha=beta, eps=eps)[1:],
            "phi": path(v["phi[0]"], v["g"], torch.optim.Adam, betas=(0., beta), eps=eps)[1:],
            "r": (constant[:-1] - constant[1:]) / v["c"]}


@rms_prop.reference("jax", "optax.rmsprop(eps_in_sqrt=False)")
def _(jax, v):
    import optax

    def path(start, **options):
        optimizer = optax.rmsprop(v["alpha"], decay=v["beta"], eps=v["epsilon"], eps_in_sqrt=False, **options)
        state, point, points = optimizer.init(start), start, []
        for gradient in v["g"]:
            step, state = optimizer.update(gradient, state, point)
            point = optax.apply_updates(point, step)
            points.append(point)
        return jax.numpy.stack(points)

    return {"theta": path(v["theta[0]"]), "phi": path(v["phi[0]"], bias_correction=True)}
