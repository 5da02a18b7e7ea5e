"""Adagrad over T steps: the accumulated squares, the rate that never rises, and how far constant gradients still go."""

from sympy import Piecewise, Sum, sqrt

from derive.entry import entry


@entry(
    name="adagrad",
    title={"en": "Adagrad, T steps", "zh": "Adagrad 优化器，T 步"},
    section="3.1",
    source="Duchi, Hazan & Singer 2011, figure 1 with a diagonal matrix",
    facts={
        "adagrad": {"kind": "update-rule", "en": "Accumulated squares and update", "zh": "平方累积与更新"},
        "adagrad-closed-form": {"kind": "identity", "en": "Accumulator in closed form", "zh": "累积量的闭式"},
        "adagrad-monotone": {"kind": "identity", "en": "The rate never rises", "zh": "学习率不增"},
        "adagrad-per-coordinate": {"kind": "identity", "en": "Each coordinate has a rate of its own",
                                   "zh": "每个坐标有自己的学习率"},
        "adagrad-early-stop": {"kind": "identity", "en": "Steps of constant gradients shrink like 1/√t",
                               "zh": "恒定梯度的步长按 1/√t 缩小"},
    },
)
def adagrad(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)
    later = page.family("t", 2, T)

    g, c = page.input("g", t, i), page.input("c", i, positive=True)
    alpha, eps = page.input("alpha", positive=True), page.input("epsilon", positive=True)
    G, theta, C = page.state("G", t, i), page.state("theta", (t, 0, T), i), page.state("C", t, i)

    page.define(G[t, i], Piecewise((G[t - 1, i], t >= 2), (0, True)) + g[t, i]**2, fact="adagrad")
    rate = page.let("r", [t, i], alpha / (sqrt(G[t, i]) + eps), fact="adagrad")
    page.define(theta[t, i], theta[t - 1, i] - rate[t, i] * g[t, i], fact="adagrad")
    page.define(C[t, i], Piecewise((C[t - 1, i], t >= 2), (0, True)) + c[i]**2, fact="adagrad-early-stop")
    u = page.let("u", [t, i], alpha * c[i] / sqrt(C[t, i]), fact="adagrad-early-stop")
    q = page.let("q", [t, i], (alpha / rate[t, i] - eps)**2, fact="adagrad-monotone")

    page.claim(G[t, i], Sum(g[s, i]**2, (s, 1, t)), by="induction on t", fact="adagrad-closed-form")
    page.claim(rate[t, i], alpha / (sqrt(Sum(g[s, i]**2, (s, 1, t))) + eps), fact="adagrad-per-coordinate")
    page.claim(theta[t, i], theta[0, i] - Sum(rate[s, i] * g[s, i], (s, 1, t)), by="induction on t",
               fact="adagrad-closed-form")
    page.claim(C[t, i], t * c[i]**2, by="induction on t", fact="adagrad-early-stop")
    page.claim(u[t, i], alpha / sqrt(t), fact="adagrad-early-stop")
    page.claim(q[t, i], G[t, i], fact="adagrad-monotone")
    page.claim(q[later, i], q[later - 1, i] + g[later, i]**2, fact="adagrad-monotone")

    page.mistake(G[t, i], Sum(g[s, i]**2, (s, 1, t)) / t,
                 en="takes the mean of the squares: Adagrad sums them, so that the rate falls", zh="取了平方的平均：Adagrad 求和，故学习率下降")
    page.mistake(theta[t, i], theta[t - 1, i] - alpha * g[t, i] / sqrt(G[t, i] + eps),
                 en="puts ε under the root", zh="把 ε 放进了根号")
    page.mistake(theta[t, i], theta[t - 1, i] - alpha * g[t, i] / (G[t, i] + eps),
                 en="forgets the root", zh="漏掉了根号")
    page.mistake(u[t, i], alpha / t,
                 en="lets the steps shrink like 1/t: their sum grows like 2√t and has no bound",
                 zh="以为步长按 1/t 缩小：实为 1/√t，其和约 2√t，无界")
    page.mistake(q[later, i], q[later - 1, i] * g[later, i]**2,
                 en="lets the rate rise in a step with a small gradient: it never does", zh="以为梯度小的一步学习率会回升：它从不回升")

    page.convention(
        en="ε stands outside of the root, as in torch.optim.Adagrad (1e-10 there). optax.adagrad has it under the root (1e-7) "
           "and starts its accumulator at 0.1; here it starts at zero.",
        zh="ε 在根号之外，与 torch.optim.Adagrad 一致（默认 1e-10）。optax.adagrad 把它放在根号内（1e-7），且累积量从 0.1 开始；此处从零开始。")
    page.convention(
        en="The rate stays where it is in a step with g = 0; else it falls: (α/r − ε)² grows by g².",
        zh="g = 0 的那一步学习率不变，其余各步下降：(α/r − ε)² 增加 g²。")
    page.convention(
        en="u is the step for a gradient that is always c > 0, with ε = 0.",
        zh="u 是梯度恒为 c > 0 且 ε = 0 时的步长。")


adagrad.sized(T=5, n=3)
adagrad.sized(T=1, n=4)


@adagrad.reference("torch", "torch.optim.Adagrad")
def _(torch, v):
    def path(start, gradients, eps):
        point, points = start.clone().requires_grad_(), [start]
        optimizer = torch.optim.Adagrad([point], lr=float(v["alpha"]), eps=float(eps))
        for gradient in gradients:
            point.grad = gradient.clone()
            optimizer.step()
            points.append(point.detach().clone())
        return torch.stack(points)

    constant = path(torch.zeros_like(v["c"]), [v["c"]] * len(v["g"]), 0.)
    return {"theta": path(v["theta[0]"], v["g"], v["epsilon"])[1:], "u": constant[:-1] - constant[1:]}


@adagrad.reference("jax", "optax.scale_by_rss, with ε = 0")
def _(jax, v):
    import optax

    optimizer = optax.scale_by_rss(initial_accumulator_value=0., eps=0.)
    state, steps = optimizer.init(v["c"]), []
    for _ in v["g"]:
        step, state = optimizer.update(v["c"], state)
        steps.append(v["alpha"] * step)
    return {"u": jax.numpy.stack(steps)}
