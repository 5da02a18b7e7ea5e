"""SGD with momentum: the velocity by every gradient seen, what repeats and what alternates, and the heavy ball."""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(
    name="momentum",
    title={"en": "SGD with momentum, T steps", "zh": "动量 SGD，T 步"},
    section="3.1",
    source="Polyak 1964, equation 9; Sutskever, Martens, Dahl & Hinton 2013, equations 1 and 2",
    facts={
        "momentum": {"kind": "update-rule", "en": "Velocity and update", "zh": "速度与参数更新"},
        "momentum-library-form": {"kind": "identity", "en": "Form that libraries use", "zh": "各库采用的形式"},
        "momentum-closed-form": {"kind": "identity", "en": "Velocity in closed form", "zh": "速度的闭式"},
        "momentum-accumulates": {"kind": "identity", "en": "A constant gradient is multiplied up to 1/(1 − β) times",
                                 "zh": "恒定梯度最多被放大 1/(1 − β) 倍"},
        "momentum-reduces-oscillation": {
            "kind": "identity", "en": "An alternating gradient is damped by 1/(1 + β); on z²/2 momentum may oscillate",
            "zh": "交替梯度被衰减为 1/(1 + β) 倍；在 z²/2 上动量反而可能震荡"},
        "momentum-heavy-ball-ode": {"kind": "identity", "en": "A heavy ball with friction", "zh": "有摩擦的重球"},
        "momentum-physics": {"kind": "identity", "en": "β and α from mass, friction and time step",
                             "zh": "由质量、摩擦与时间步长得到 β 与 α"},
        "momentum-escape": {"kind": "claim", "en": "It may roll out of a local minimum, and need not", "zh": "可能冲出局部极小点，但不保证"},
    },
)
def momentum(page):
    T, n = page.size("T", least=2), page.size("n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)
    later = page.family("t", 2, T)

    g, c = page.input("g", t, i), page.input("c", i)
    alpha, beta = page.input("alpha", positive=True), page.input("beta", below_one=True)
    v, b, theta = page.state("v", t, i), page.state("b", t, i), page.state("theta", (t, 0, T), i)

    def decayed(state):
        return Piecewise((beta * state[t - 1, i], t >= 2), (0, True))

    page.define(v[t, i], decayed(v) + alpha * g[t, i], fact="momentum")
    page.define(theta[t, i], theta[t - 1, i] - v[t, i], fact="momentum")
    page.define(b[t, i], decayed(b) + g[t, i], fact="momentum-library-form")
    same, turning = page.state("p", t, i), page.state("q", t, i)
    page.define(same[t, i], decayed(same) + alpha * c[i], fact="momentum-accumulates")
    page.define(turning[t, i], decayed(turning) + alpha * (-1)**t * c[i], fact="momentum-reduces-oscillation")

    h = page.input("h", positive=True)                                          # the time between two steps
    mass = page.let("m", [], beta * h**2 / alpha, fact="momentum-heavy-ball-ode")
    friction = page.let("k", [], (1 - beta) * h / alpha, fact="momentum-heavy-ball-ode")
    force = page.let("F", [later, i], mass * (theta[later, i] - 2 * theta[later - 1, i] + theta[later - 2, i]) / h**2
                     + friction * (theta[later, i] - theta[later - 1, i]) / h, fact="momentum-heavy-ball-ode")
    inertia = page.let("M", [], mass + friction * h, fact="momentum-physics")
    z, w = page.state("z", (t, 0, T)), page.state("w", t)                       # a run on z²/2, whose gradient is z
    page.define(w[t], Piecewise((beta * w[t - 1], t >= 2), (0, True)) + alpha * z[t - 1],
                fact="momentum-reduces-oscillation")
    page.define(z[t], z[t - 1] - w[t], fact="momentum-reduces-oscillation")

    page.claim(v[t, i], alpha * Sum(beta**(t - s) * g[s, i], (s, 1, t)), by="induction on t",
               fact="momentum-closed-form")
    page.claim(v[t, i], alpha * b[t, i], by="induction on t", fact="momentum-library-form")
    page.claim(theta[t, i], theta[t - 1, i] - alpha * b[t, i], fact="momentum-library-form")
    page.claim(same[t, i], alpha * (1 - beta**t) / (1 - beta) * c[i], by="induction on t", fact="momentum-accumulates")
    page.claim(turning[t, i], (-1)**t * alpha * (1 - (-beta)**t) / (1 + beta) * c[i], by="induction on t",
               fact="momentum-reduces-oscillation")
    page.claim(z[later], (1 + beta - alpha) * z[later - 1] - beta * z[later - 2], fact="momentum-reduces-oscillation")
    page.claim(theta[later, i], theta[later - 1, i] + beta * (theta[later - 1, i] - theta[later - 2, i])
               - alpha * g[later, i], fact="momentum-heavy-ball-ode")
    page.claim(force[later, i], -g[later, i], fact="momentum-heavy-ball-ode")
    page.claim(inertia, h**2 / alpha, fact="momentum-physics")
    page.claim(mass, beta * inertia, fact="momentum-physics")

    page.mistake(v[t, i], alpha * (1 - beta) * Sum(beta**(t - s) * g[s, i], (s, 1, t)),
                 en="damps the gradient by 1 − β, as Adam's moving average does", zh="像 Adam 的滑动平均那样乘了 1 − β")
    page.mistake(v[t, i], alpha * Sum(beta**(t - 1 - s) * g[s, i], (s, 1, t)),
                 en="shifts the weights by one step: the newest gradient has weight 1", zh="权重错开一步：最新梯度的权重是 1")
    page.mistake(same[t, i], alpha / (1 - beta) * c[i],
                 en="takes the limit for the value: after t steps β^t of it are missing", zh="把极限当作 t 步后的值：还差 β^t 这一份")
    page.mistake(turning[t, i], (-1)**t * alpha * (1 - beta**t) / (1 - beta) * c[i],
                 en="lets an alternating gradient add up as a constant one does", zh="以为交替的梯度也像恒定梯度那样累加")
    page.mistake(z[later], (1 - alpha) * z[later - 1],
                 en="expects the steady fall of gradient descent on z²/2: momentum carries it on, and past the minimum "
                    "where (1 + β − α)² < 4β",
                 zh="以为在 z²/2 上会像梯度下降那样稳步下降：动量使其继续前冲，(1 + β − α)² < 4β 时越过极小点而震荡", fact="momentum-reduces-oscillation")
    page.mistake(force[later, i], -g[later - 1, i],
                 en="takes the force of the step before", zh="用了上一步的力")
    page.mistake(theta[t, i], theta[t - 1, i] - alpha * v[t, i],
                 en="multiplies by α twice: here v has it already", zh="乘了两次 α：此处 v 已含 α")

    page.convention(
        en="α stands in the velocity. torch.optim.SGD and optax.sgd keep b = v/α and multiply by α in the update: the same as "
           "long as α is constant; torch's dampening is 0.",
        zh="α 在速度之中。torch.optim.SGD 与 optax.sgd 保存 b = v/α，更新时再乘 α：α 不变时两者相同；torch 的 dampening 取 0。")
    page.convention(
        en="Momentum damps a gradient that changes its sign in every step; it does not reduce every oscillation: on x²/2 with "
           "α = 0.1 and β = 0.9 it oscillates, where gradient descent falls steadily.",
        zh="动量衰减的是每步变号的梯度，并非一切震荡：对 x²/2 取 α = 0.1、β = 0.9 时动量法震荡，而梯度下降单调下降。")
    page.convention(
        en="F = m θ̈ + k θ̇ with time step h, a central second and a one-sided first difference: a ball of mass m = βh²/α with "
           "friction k = (1 − β)h/α, so that β = m/(m + kh) and α = h²/(m + kh).",
        zh="F = m θ̈ + k θ̇，时间步长 h，二阶导用中心差分，一阶导用单侧差分：重球质量 m = βh²/α，摩擦 k = (1 − β)h/α，"
           "故 β = m/(m + kh)，α = h²/(m + kh)。")


momentum.sized(T=5, n=3)
momentum.sized(T=2, n=4)


@momentum.reference("torch", "torch.optim.SGD(momentum)")
def _(torch, v):
    def path(start, gradients):
        point, points = start.clone().requires_grad_(), []
        optimizer = torch.optim.SGD([point], lr=float(v["alpha"]), momentum=float(v["beta"]))
        for gradient in gradients:
            point.grad = point.detach().clone() if gradient is None else gradient.clone()
            optimizer.step()
            points.append(point.detach().clone())
        return torch.stack(points)

    g = v["g"]
    return {"theta": path(v["theta[0]"], g), "z": path(v["z[0]"], [None] * len(g))}


@momentum.reference("jax", "optax.sgd(momentum)")
def _(jax, v):
    import optax

    def path(start, gradients):
        optimizer, point = optax.sgd(v["alpha"], momentum=v["beta"]), start
        state, points = optimizer.init(point), []
        for gradient in gradients:
            step, state = optimizer.update(point if gradient is None else gradient, state, point)
            point = optax.apply_updates(point, step)
            points.append(point)
        return jax.numpy.stack(points)

    g = v["g"]
    return {"theta": path(v["theta[0]"], g), "z": path(v["z[0]"], [None] * len(g))}


@momentum.experiment("torch", "torch.optim.SGD on two wells", fact="momentum-escape")
def _(torch, see):
    def ended(beta):
        x = torch.nn.Parameter(torch.tensor(1.5, dtype=torch.float64))
        optimizer = torch.optim.SGD([x], lr=.01, momentum=beta)
        for _ in range(400):
            optimizer.zero_grad()
            ((x**2 - 1)**2 + .3 * x).backward()                             # minima near 0.96 and, lower, near −1.04
            optimizer.step()
        return float(x.detach())

    see(ended(0.0), ">", .9, en="SGD on (x² − 1)² + 0.3 x from 1.5 with α = 0.01 ends in the upper minimum",
        zh="SGD 从 1.5 出发（α = 0.01）在 (x² − 1)² + 0.3 x 上停在较高的极小点")
    see(ended(.95), "<", -.9, en="with β = 0.95 it ends in the lower one", zh="β = 0.95 时停在较低的极小点")
    see.wrongly(ended(.8), "<", 0, en="momentum escapes for every β: β = 0.8", zh="任何 β 都能冲出：β = 0.8")
