"""Gradient descent on a quadratic, along the eigenvectors of its Hessian: which steps shrink it, and how fast."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="quadratic_descent",
    title={"en": "Gradient descent on a quadratic", "zh": "二次函数上的梯度下降"},
    section="1.1",
    source="Nesterov 2004, sections 1.2.3 and 2.1.5; Polyak 1987, section 1.4",
    facts={
        "quadratic-descent": {"kind": "update-rule", "en": "Steps along eigenvectors of the Hessian", "zh": "沿海森矩阵特征向量的步"},
        "gd-step-size-bound": {"kind": "identity", "en": "Steps α < 2/L shrink every component; α = 2/(L + μ) by (L − μ)/(L + μ)",
                               "zh": "α < 2/L 使各分量收缩；α = 2/(L + μ) 时收缩率为 (L − μ)/(L + μ)"},
        "descent-on-a-quadratic": {"kind": "identity", "en": "With α = 1/L the loss falls by ‖g‖²/2L at least",
                                   "zh": "取 α = 1/L 时损失至少下降 ‖g‖²/2L"},
        "lr-warmup-necessary": {"kind": "identity", "en": "A constant step α = 1/L needs no warm-up on a quadratic",
                                "zh": "二次函数上常数步长 α = 1/L 无需预热"},
        "training-loss-monotone": {"kind": "identity", "en": "With α < 2/L the loss never rises; with larger steps it may",
                                   "zh": "α < 2/L 时损失不会上升；步长更大则可能上升"},
    },
)
def quadratic_descent(page):
    n, T = page.sizes("n T")
    i = page.index("i", n)
    t, start = page.family("t", 1, T), page.family("t", 0, T)

    L = page.input("L", positive=True)                      # the largest eigenvalue, or more
    k, r = page.input("k", i, below_one=True), page.input("r", below_one=True)
    c = page.input("c", below_one=True)
    alpha = page.input("alpha", positive=True)
    lam = page.let("lambda", [i], L * k[i], fact="quadratic-descent")           # eigenvalues between 0 and L
    x = page.state("x", (t, 0, T), i)
    page.define(x[t, i], x[t - 1, i] - alpha * lam[i] * x[t - 1, i], fact="quadratic-descent")
    f = page.let("f", [start], Sum(lam[i] * x[start, i]**2, i) / 2, fact="quadratic-descent")

    below = page.let("p", [i], 1 - 2 * c / L * lam[i], fact="gd-step-size-bound")               # α = 2c/L with c < 1
    y = page.state("y", (t, 0, T), i)
    page.define(y[t, i], y[t - 1, i] - lam[i] / L * y[t - 1, i], fact="lr-warmup-necessary")    # α = 1/L
    e = page.let("e", [start], Sum(lam[i] * y[start, i]**2, i) / 2, fact="descent-on-a-quadratic")
    g = page.let("g", [start, i], lam[i] * y[start, i], fact="descent-on-a-quadratic")
    mu = page.let("mu", [], r * L, fact="gd-step-size-bound")
    rho = page.let("rho", [], (L - mu) / (L + mu), fact="gd-step-size-bound")
    between = page.let("b", [i], 1 - 2 / (L + mu) * (mu + k[i] * (L - mu)), fact="gd-step-size-bound")

    page.claim(x[start, i], (1 - alpha * lam[i])**start * x[0, i], by="induction on t", fact="quadratic-descent")
    page.claim(y[start, i], (1 - k[i])**start * y[0, i], by="induction on t", fact="lr-warmup-necessary")
    page.claim(below[i], 1 - 2 * c * k[i], fact="gd-step-size-bound")
    page.claim(between[i], rho * (1 - 2 * k[i]), fact="gd-step-size-bound")
    page.bound(below[i], "<", 1, fact="gd-step-size-bound", gap=2 * c * k[i])
    page.bound(below[i], ">", -1, fact="gd-step-size-bound", gap=2 * (1 - c) + 2 * c * (1 - k[i]))
    page.claim(rho, (1 - r) / (1 + r), fact="gd-step-size-bound")
    page.bound(between[i], "<", rho, fact="gd-step-size-bound", gap=2 * k[i] * (1 - r) / (1 + r))
    page.bound(between[i], ">", -rho, fact="gd-step-size-bound", gap=2 * (1 - k[i]) * (1 - r) / (1 + r))
    page.bound(e[t], "≤", e[t - 1] - Sum(g[t - 1, i]**2, i) / (2 * L), fact="descent-on-a-quadratic",
               gap=L / 2 * Sum(k[i]**2 * (1 - k[i]) * y[t - 1, i]**2, i))
    page.bound(e[t], "≤", e[t - 1], fact="training-loss-monotone",
               gap=L / 2 * Sum(k[i]**2 * (1 + (1 - k[i])) * y[t - 1, i]**2, i))

    page.mistake(x[t, i], (1 - alpha * lam[i])**(t - 1) * x[0, i], en="counts one step too few", zh="少算了一步")
    page.mistake(x[t, i], (1 - t * alpha * lam[i]) * x[0, i], en="adds the steps up: each one starts where the last one ended",
                 zh="把各步相加：每一步都从上一步的终点开始")
    page.mistake(f[t], f[t - 1], relation="≤",
                 en="believes that the training loss always falls: a step above 2/L overshoots, and the loss rises",
                 zh="以为训练损失总是下降：步长超过 2/L 就会越过极小点，损失上升", fact="training-loss-monotone")
    page.mistake(y[t, i], y[0, i], en="believes that without a warm-up nothing can be learnt: α = 1/L converges from the first step on",
                 zh="以为没有预热就学不动：α = 1/L 从第一步起就收敛", fact="lr-warmup-necessary")
    page.mistake(e[t], e[t - 1] - Sum(g[t - 1, i]**2, i) / L, relation="≤", en="promises twice the decrease",
                 zh="保证的下降量多了一倍")
    page.mistake(between[i], -rho * rho, relation=">", en="squares the rate: that is what the loss shrinks by, not the distance",
                 zh="把收缩率平方：那是损失的收缩率，不是距离的")
    page.mistake(rho, r, en="takes μ/L for the rate: it is (κ − 1)/(κ + 1) with κ = L/μ", zh="把 μ/L 当作收缩率：应为 (κ − 1)/(κ + 1)，κ = L/μ")

    page.convention(
        en="Coordinates are along eigenvectors of the Hessian, with eigenvalues λ = L k between 0 and L; the minimum is at 0.",
        zh="坐标取海森矩阵的特征向量方向，特征值 λ = L k 在 0 与 L 之间；极小点在 0。")
    page.convention(
        en="A step α < 2/L is written α = 2c/L with c < 1: p is what it multiplies a component by. b is the same for α = 2/(L + μ) and "
           "eigenvalues between μ and L.",
        zh="步长 α < 2/L 写作 α = 2c/L，c < 1：p 是一步对分量的乘数。b 是 α = 2/(L + μ)、特征值在 μ 与 L 之间时的乘数。")
    page.convention(
        en="Warm-up is often used for large batches; that it is needed is not true in general: here is a run without.",
        zh="大批量训练常用预热，但并非一般必需：此处即不用预热的例子。")


quadratic_descent.sized(n=3, T=4)
quadratic_descent.sized(n=4, T=1)


@quadratic_descent.reference("torch", "torch.optim.SGD")
def _(torch, v):
    lam = v["L"] * v["k"]

    def run(start, rate):
        x = torch.nn.Parameter(start.detach().clone())
        optimizer, points, losses, gradients = torch.optim.SGD([x], lr=float(rate)), [], [], []
        for _ in range(v["T"] + 1):
            loss = (lam.detach() * x**2).sum() / 2
            points.append(x.detach().clone())
            losses.append(loss.detach())
            optimizer.zero_grad()
            loss.backward()
            gradients.append(x.grad.clone())
            optimizer.step()
        return torch.stack(points[1:]), torch.stack(losses), torch.stack(gradients)

    (x, f, _), (y, e, g) = run(v["x[0]"], v["alpha"]), run(v["y[0]"], 1 / v["L"])
    return {"x": x, "f": f, "y": y, "e": e, "g": g}


@quadratic_descent.reference("jax", "optax.sgd")
def _(jax, v):
    import optax

    lam = v["L"] * v["k"]

    def run(start, rate):
        optimizer, x, points, losses, gradients = optax.sgd(rate), start, [], [], []
        state = optimizer.init(x)
        value = jax.value_and_grad(lambda x: (lam * x**2).sum() / 2)
        for _ in range(v["T"] + 1):
            loss, gradient = value(x)
            points.append(x)
            losses.append(loss)
            gradients.append(gradient)
            change, state = optimizer.update(gradient, state)
            x = optax.apply_updates(x, change)
        return jax.numpy.stack(points[1:]), jax.numpy.stack(losses), jax.numpy.stack(gradients)

    (x, f, _), (y, e, g) = run(v["x[0]"], v["alpha"]), run(v["y[0]"], 1 / v["L"])
    return {"x": x, "f": f, "y": y, "e": e, "g": g}
