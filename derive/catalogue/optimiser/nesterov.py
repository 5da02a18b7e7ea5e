"""Nesterov momentum: the change of variables from the textbook's look-ahead form to the form that libraries use."""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(
    name="nesterov",
    title={"en": "Nesterov momentum, T steps", "zh": "Nesterov 动量，T 步"},
    section="3.1",
    source="Sutskever, Martens, Dahl & Hinton 2013, equations 3 and 4; Bengio, Boulanger-Lewandowski & Pascanu 2013",
    facts={
        "nesterov": {"kind": "update-rule", "en": "Velocity and update", "zh": "速度与参数更新"},
        "nesterov-lookahead": {"kind": "definition", "en": "Look-ahead point", "zh": "前瞻点"},
        "nesterov-change-of-variable": {"kind": "identity", "en": "Form that libraries use", "zh": "各库采用的形式"},
        "nesterov-closed-form": {"kind": "identity", "en": "Velocity in closed form", "zh": "速度的闭式"},
    },
)
def nesterov(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)
    later = page.family("t", 2, T)

    g = page.input("g", t, i)           # g^(t): the gradient at the look-ahead point of step t − 1
    alpha, mu = page.input("alpha", positive=True), page.input("mu", below_one=True)
    v, theta, b = page.state("v", t, i), page.state("theta", (t, 0, T), i), page.state("b", t, i)
    page.define(v[t, i], Piecewise((mu * v[t - 1, i], t >= 2), (0, True)) - alpha * g[t, i], fact="nesterov")
    page.define(theta[t, i], theta[t - 1, i] + v[t, i], fact="nesterov")
    ahead = page.let("Theta", [t, i], theta[t, i] + mu * v[t, i], fact="nesterov-lookahead")
    page.define(b[t, i], Piecewise((mu * b[t - 1, i], t >= 2), (0, True)) + g[t, i], fact="nesterov-change-of-variable")

    page.claim(v[t, i], -alpha * Sum(mu**(t - s) * g[s, i], (s, 1, t)), by="induction on t",
               fact="nesterov-closed-form")
    page.claim(b[t, i], Sum(mu**(t - s) * g[s, i], (s, 1, t)), by="induction on t", fact="nesterov-closed-form")
    page.claim(ahead[later, i], ahead[later - 1, i] + mu * v[later, i] - alpha * g[later, i],
               fact="nesterov-change-of-variable")
    page.claim(ahead[1, i], theta[0, i] - alpha * (g[1, i] + mu * b[1, i]), fact="nesterov-change-of-variable")
    page.claim(v[t, i], -alpha * b[t, i], by="induction on t", fact="nesterov-change-of-variable")
    page.claim(ahead[later, i], ahead[later - 1, i] - alpha * (g[later, i] + mu * b[later, i]),
               fact="nesterov-change-of-variable")

    page.mistake(ahead[later, i], ahead[later - 1, i] + v[later, i],
                 en="moves the look-ahead point by the velocity alone: that is classical momentum",
                 zh="只按速度移动前瞻点：那是经典动量")
    page.mistake(ahead[later, i], ahead[later - 1, i] + mu * v[later - 1, i] - alpha * g[later, i],
                 en="takes the velocity before the step", zh="用了更新前的速度")
    page.mistake(v[t, i], -alpha * Sum(mu**(t - 1 - s) * g[s, i], (s, 1, t)),
                 en="shifts the weights by one step", zh="权重错开一步")
    page.mistake(v[t, i], -alpha * (1 - mu) * Sum(mu**(t - s) * g[s, i], (s, 1, t)),
                 en="damps the gradient by 1 − μ, as an exponential average does", zh="像指数平均那样乘了 1 − μ")

    page.convention(
        en="torch.optim.SGD(nesterov=True) keeps b with v = −α b and stores the look-ahead point Θ as its parameter.",
        zh="torch.optim.SGD(nesterov=True) 保存 b（v = −α b），其参数存的是前瞻点 Θ。")
    page.convention(
        en="Many courses write v = β v + α g and subtract v: their v is −v here, and β is μ.",
        zh="不少教材写成 v = β v + α g 再减去 v：其 v 即此处的 −v，β 即 μ。")
    page.convention(
        en="With a learning rate that changes, v = −α b no longer holds: torch then differs from the textbook.",
        zh="学习率变化时 v = −α b 不再成立：此时 torch 与教科书形式不同。")


nesterov.sized(T=5, n=3)
nesterov.sized(T=1, n=4)


@nesterov.reference("torch", "torch.optim.SGD(nesterov=True)")
def _(torch, v):
    point = v["theta[0]"].clone().requires_grad_()
    optimizer = torch.optim.SGD([point], lr=float(v["alpha"]), momentum=float(v["mu"]), nesterov=True)
    path = []
    for gradient in v["g"]:
        point.grad = gradient.clone()
        optimizer.step()
        path.append(point.detach().clone())
    return {"Theta": torch.stack(path)}


@nesterov.reference("jax", "optax.sgd(nesterov=True)")
def _(jax, v):
    import optax

    optimizer = optax.sgd(v["alpha"], momentum=v["mu"], nesterov=True)
    point = v["theta[0]"]
    state, path = optimizer.init(point), []
    for gradient in v["g"]:
        step, state = optimizer.update(gradient, state, point)
        point = optax.apply_updates(point, step)
        path.append(point)
    return {"Theta": jax.numpy.stack(path)}
