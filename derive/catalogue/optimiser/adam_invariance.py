"""Adam without ε: the scale of the gradients cancels, and so does that of an L2 penalty, unlike decoupled decay."""

from sympy import Piecewise, Sum, sqrt

from derive.entry import entry


@entry(
    name="adam_invariance",
    title={"en": "Adam: scale of the gradients, and L2 in the gradient", "zh": "Adam：梯度的尺度，以及放进梯度的 L2"},
    section="3.1",
    source="Kingma & Ba 2015, section 2.1; Loshchilov & Hutter 2019, proposition 2",
    facts={
        "adam-scale-invariance": {"kind": "identity", "en": "Rescaled gradients make the same steps",
                                  "zh": "缩放梯度不改变步长"},
        "adam-first-step": {"kind": "identity", "en": "The first step has the length α in every coordinate",
                            "zh": "第一步在每个坐标上的长度都是 α"},
        "l2-vs-weight-decay-adam": {"kind": "identity", "en": "An L2 penalty passes through the moments",
                                    "zh": "L2 惩罚会经过矩"},
    },
)
def adam_invariance(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)

    g, c = page.input("g", t, i), page.input("c", positive=True)
    alpha, lam = page.input("alpha", positive=True), page.input("lambda", positive=True)
    beta_1, beta_2 = page.input("beta_1", below_one=True), page.input("beta_2", below_one=True)
    theta = page.state("theta", (t, 0, T), i)

    def average(name, beta, what, fact):
        state = page.state(name, t, i)
        page.define(state[t, i], Piecewise((beta * state[t - 1, i], t >= 2), (0, True)) + (1 - beta) * what, fact=fact)
        return state

    def direction(name, first, second, fact):
        one = page.let(f"{first.label}_hat", [t, i], first[t, i] / (1 - beta_1**t), fact=fact)
        two = page.let(f"{second.label}_hat", [t, i], second[t, i] / (1 - beta_2**t), fact=fact)
        return one, two, page.let(name, [t, i], one[t, i] / sqrt(two[t, i]), fact=fact)

    m = average("m", beta_1, g[t, i], "adam-scale-invariance")
    v = average("v", beta_2, g[t, i]**2, "adam-scale-invariance")
    m_hat, v_hat, u = direction("u", m, v, "adam-scale-invariance")
    M = average("M", beta_1, c * g[t, i], "adam-scale-invariance")
    V = average("V", beta_2, (c * g[t, i])**2, "adam-scale-invariance")
    M_hat, V_hat, U = direction("U", M, V, "adam-scale-invariance")
    between = page.let("K", [t, i], c * m_hat[t, i] / sqrt(V_hat[t, i]), fact="adam-scale-invariance")
    first = page.let("q", [i], u[1, i]**2, fact="adam-first-step")

    h = page.let("h", [t, i], g[t, i] + 2 * lam * theta[t - 1, i], fact="l2-vs-weight-decay-adam")
    A = average("A", beta_1, h[t, i], "l2-vs-weight-decay-adam")
    B = average("B", beta_2, h[t, i]**2, "l2-vs-weight-decay-adam")
    _, _, d = direction("d", A, B, "l2-vs-weight-decay-adam")
    page.define(theta[t, i], theta[t - 1, i] - alpha * d[t, i], fact="l2-vs-weight-decay-adam")
    step = page.let("r", [i], (theta[1, i] - theta[0, i])**2, fact="l2-vs-weight-decay-adam")

    page.claim(M[t, i], c * m[t, i], by="induction on t", fact="adam-scale-invariance")
    page.claim(V[t, i], c**2 * v[t, i], by="induction on t", fact="adam-scale-invariance")
    page.claim(M_hat[t, i], c * m_hat[t, i], fact="adam-scale-invariance")
    page.claim(V_hat[t, i], c**2 * v_hat[t, i], fact="adam-scale-invariance")
    page.claim(U[t, i], between[t, i], fact="adam-scale-invariance")
    page.claim(between[t, i], m_hat[t, i] / sqrt(v_hat[t, i]), fact="adam-scale-invariance")
    page.claim(first[i], 1, fact="adam-first-step")
    page.claim(A[t, i], (1 - beta_1) * Sum(beta_1**(t - s) * h[s, i], (s, 1, t)), by="induction on t",
               fact="l2-vs-weight-decay-adam")
    page.claim(step[i], alpha**2, fact="l2-vs-weight-decay-adam")

    page.mistake(V[t, i], c * v[t, i], en="scales the second moment like the first: squares scale with c²", zh="二阶矩按一阶矩缩放：平方按 c² 缩放")
    page.mistake(U[t, i], c * u[t, i], en="scales the step as gradient descent does", zh="像梯度下降那样缩放步长")
    page.mistake(first[i], (1 - beta_1)**2 / (1 - beta_2),
                 en="leaves the bias correction out of the first step", zh="第一步漏掉了偏差校正")
    page.mistake(step[i], (alpha * h[1, i])**2, en="takes a step of gradient descent: Adam's first step has length α",
                 zh="当成梯度下降的一步：Adam 的第一步长度为 α")
    page.mistake(theta[t, i], (1 - 2 * alpha * lam) * theta[t - 1, i] - alpha * u[t, i],
                 en="takes an L2 penalty for AdamW's decoupled decay: in Adam they are two different runs",
                 zh="把 L2 惩罚当成 AdamW 的解耦衰减：在 Adam 中两者轨迹不同")

    page.convention(
        en="ε = 0 throughout. With ε > 0 small gradients make smaller steps, and nothing of this holds exactly.",
        zh="全页 ε = 0。ε > 0 时小梯度的步长更小，以上各式不再精确成立。")
    page.convention(
        en="θ is the run of Adam on the loss with λΣθ²: torch.optim.Adam(weight_decay=2λ), optax.add_decayed_weights(2λ) before "
           "optax.scale_by_adam. r and q do not depend on λ or g: only their signs reach the first step.",
        zh="θ 是 Adam 在损失加 λΣθ² 上的轨迹：torch.optim.Adam(weight_decay=2λ)，或在 optax.scale_by_adam 之前用 "
           "optax.add_decayed_weights(2λ)。r 与 q 不依赖 λ 与 g：第一步只用到它们的符号。")


adam_invariance.sized(T=5, n=3)
adam_invariance.sized(T=1, n=4)


@adam_invariance.reference("torch", "torch.optim.Adam, with weight_decay")
def _(torch, v):
    betas = float(v["beta_1"]), float(v["beta_2"])

    def path(start, gradients, rate, decay):
        point, points = start.clone().requires_grad_(), [start]
        optimizer = torch.optim.Adam([point], lr=rate, betas=betas, eps=0., weight_decay=decay)
        for gradient in gradients:
            point.grad = gradient.clone()
            optimizer.step()
            points.append(point.detach().clone())
        return torch.stack(points)

    g, zero = v["g"], torch.zeros_like(v["g"][0])
    u, U = (path(zero, scale * g, 1., 0.) for scale in (1, v["c"]))
    return {"u": u[:-1] - u[1:], "U": U[:-1] - U[1:],
            "theta": path(v["theta[0]"], g, float(v["alpha"]), 2 * float(v["lambda"]))[1:]}


@adam_invariance.reference("jax", "optax.scale_by_adam, optax.add_decayed_weights")
def _(jax, v):
    import optax

    adam = optax.scale_by_adam(v["beta_1"], v["beta_2"], eps=0.)

    def directions(gradients):
        state, found = adam.init(gradients[0]), []
        for gradient in gradients:
            step, state = adam.update(gradient, state)
            found.append(step)
        return jax.numpy.stack(found)

    chain = optax.chain(optax.add_decayed_weights(2 * v["lambda"]), adam, optax.scale(-v["alpha"]))
    point, points = v["theta[0]"], []
    state = chain.init(point)
    for gradient in v["g"]:
        step, state = chain.update(gradient, state, point)
        point = optax.apply_updates(point, step)
        points.append(point)
    return {"u": directions(v["g"]), "U": directions(v["c"] * v["g"]), "theta": jax.numpy.stack(points)}
