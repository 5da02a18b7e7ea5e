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
        "momentum-reduces-oscillation": {"kind": "identity", "en": "An alternating gradient is damped by 1/(1 + β)",
                                         "zh": "交替梯度被衰减为 1/(1 + β) 倍"},
        "momentum-heavy-ball-ode": {"kind": "identity", "en": "A heavy ball with friction", "zh": "有摩擦的重球"},
        "momentum-gradients": {"kind": "gradient", "en": "Gradients through all T steps", "zh": "经过全部 T 步的梯度"},
    },
)
def momentum(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)
    later, before = page.family("t", 2, T), page.family("t", 1, T - 1)

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

    m, k, h = (page.input(name, positive=True) for name in ("m", "k", "h"))      # mass, friction, time step
    x = page.state("x", (t, 0, T), i)
    kept = page.let("beta_x", [], m / (m + k * h), fact="momentum-heavy-ball-ode")
    rate = page.let("alpha_x", [], h**2 / (m + k * h), fact="momentum-heavy-ball-ode")
    page.define(x[t, i], x[t - 1, i] + Piecewise((kept * (x[t - 1, i] - x[t - 2, i]), t >= 2), (0, True))
                - rate * g[t, i], fact="momentum-heavy-ball-ode")
    force = page.let("F", [later, i], m * (x[later, i] - 2 * x[later - 1, i] + x[later - 2, i]) / h**2
                     + k * (x[later, i] - x[later - 1, i]) / h, fact="momentum-heavy-ball-ode")
    y = page.let("y", [i], theta[T, i])
    page.output(y)

    dy, dv = page.gradient(y), page.want(v, fact="momentum-gradients")
    dg, dalpha = page.want(g, fact="momentum-gradients"), page.want(alpha, fact="momentum-gradients")

    page.claim(v[t, i], alpha * Sum(beta**(t - s) * g[s, i], (s, 1, t)), by="induction on t",
               fact="momentum-closed-form")
    page.claim(v[t, i], alpha * b[t, i], by="induction on t", fact="momentum-library-form")
    page.claim(theta[t, i], theta[t - 1, i] - alpha * b[t, i], fact="momentum-library-form")
    page.claim(same[t, i], alpha * (1 - beta**t) / (1 - beta) * c[i], by="induction on t", fact="momentum-accumulates")
    page.claim(turning[t, i], (-1)**t * alpha * (1 - (-beta)**t) / (1 + beta) * c[i], by="induction on t",
               fact="momentum-reduces-oscillation")
    page.claim(force[later, i], -g[later, i], fact="momentum-heavy-ball-ode")
    page.claim(dv[before, i], beta * dv[before + 1, i] - dy[i], fact="momentum-gradients")
    page.claim(dv[t, i], -dy[i] * (1 - beta**(T - t + 1)) / (1 - beta), by="induction on t", fact="momentum-gradients")
    page.claim(dg[t, i], alpha * dv[t, i], fact="momentum-gradients")
    page.claim(dalpha, Sum(dv[t, i] * g[t, i], t, i), fact="momentum-gradients")

    page.mistake(v[t, i], alpha * (1 - beta) * Sum(beta**(t - s) * g[s, i], (s, 1, t)),
                 en="damps the gradient by 1 − β, as Adam's moving average does", zh="像 Adam 的滑动平均那样乘了 1 − β")
    page.mistake(v[t, i], alpha * Sum(beta**(t - 1 - s) * g[s, i], (s, 1, t)),
                 en="shifts the weights by one step: the newest gradient has weight 1", zh="权重错开一步：最新梯度的权重是 1")
    page.mistake(same[t, i], alpha / (1 - beta) * c[i],
                 en="takes the limit for the value: after t steps β^t of it are missing", zh="把极限当作 t 步后的值：还差 β^t 这一份")
    page.mistake(turning[t, i], (-1)**t * alpha * (1 - beta**t) / (1 - beta) * c[i],
                 en="lets an alternating gradient add up as a constant one does", zh="以为交替的梯度也像恒定梯度那样累加")
    page.mistake(theta[t, i], theta[t - 1, i] - alpha * v[t, i],
                 en="multiplies by α twice: here v has it already", zh="乘了两次 α：此处 v 已含 α")
    page.mistake(dg[t, i], -alpha * dy[i],
                 en="forgets that momentum keeps the gradient for all later steps", zh="忘了动量会在之后各步保留该梯度")

    page.convention(
        en="α stands in the velocity. torch.optim.SGD and optax.sgd keep b = v/α and multiply by α in the update: the same as "
           "long as α is constant; torch's dampening is 0.",
        zh="α 在速度之中。torch.optim.SGD 与 optax.sgd 保存 b = v/α，更新时再乘 α：α 不变时两者相同；torch 的 dampening 取 0。")
    page.convention(
        en="Momentum damps a gradient that changes its sign in every step; it does not reduce every oscillation: on x²/2 with "
           "α = 0.1 and β = 0.9 it oscillates, where gradient descent falls steadily.",
        zh="动量衰减的是每步变号的梯度，并非一切震荡：对 x²/2 取 α = 0.1、β = 0.9 时动量法震荡，而梯度下降单调下降。")
    page.convention(
        en="F = m ẍ + k ẋ with a central second and a one-sided first difference; the ball starts at rest.",
        zh="F = m ẍ + k ẋ，二阶导用中心差分，一阶导用单侧差分；重球从静止开始。")


momentum.sized(T=5, n=3)
momentum.sized(T=1, n=4)


@momentum.reference("torch", "torch.optim.SGD(momentum)")
def _(torch, v):
    def path(start, rate, momentum):
        point, points = start.clone().requires_grad_(), []
        optimizer = torch.optim.SGD([point], lr=float(rate), momentum=float(momentum))
        for gradient in v["g"]:
            point.grad = gradient.detach().clone()
            optimizer.step()
            points.append(point.detach().clone())
        return torch.stack(points)

    total = v["m"] + v["k"] * v["h"]
    return {"theta": path(v["theta[0]"], v["alpha"], v["beta"]), "x": path(v["x[0]"], v["h"]**2 / total, v["m"] / total)}


@momentum.reference("jax", "optax.sgd(momentum)")
def _(jax, v):
    import optax

    def path(start, rate, momentum):
        optimizer, point = optax.sgd(rate, momentum=momentum), start
        state, points = optimizer.init(point), []
        for gradient in v["g"]:
            step, state = optimizer.update(gradient, state, point)
            point = optax.apply_updates(point, step)
            points.append(point)
        return jax.numpy.stack(points)

    total = v["m"] + v["k"] * v["h"]
    theta = path(v["theta[0]"], v["alpha"], v["beta"])
    return {"theta": theta, "y": theta[-1], "x": path(v["x[0]"], v["h"]**2 / total, v["m"] / total)}
