"""How fast gradient descent, heavy ball and Nesterov's method contract along the flattest direction of a quadratic."""

from derive.entry import entry


@entry(
    name="accelerated_rates",
    title={"en": "Rates of momentum on quadratics", "zh": "动量法在二次函数上的收敛率"},
    section="3.1",
    source="Polyak 1964, section 3; Nesterov 2004, section 2.2.1; Lessard, Recht & Packard 2016, proposition 1",
    facts={
        "momentum-accelerates": {"kind": "identity", "en": "Heavy ball: (√κ − 1)/(√κ + 1), descent: (κ − 1)/(κ + 1)",
                                 "zh": "重球法 (√κ − 1)/(√κ + 1)，梯度下降 (κ − 1)/(κ + 1)"},
        "nesterov-faster": {"kind": "identity", "en": "Nesterov: 1 − 1/√κ, descent with the same step: 1 − 1/κ",
                            "zh": "Nesterov 法 1 − 1/√κ，同步长的梯度下降 1 − 1/κ"},
    },
)
def accelerated_rates(page):
    T = page.size("T", least=3)
    t, start = page.family("t", 2, T), page.family("t", 1, T)

    ball, fast = "momentum-accelerates", "nesterov-faster"
    p, h, u = (page.input(name, positive=True) for name in ("p", "h", "u"))
    q = page.let("q", [], p + h, fact=ball)                                 # curvatures from p² to q²: κ = q²/p²
    alpha = page.let("alpha", [], 4 / (p + q)**2, fact=ball)
    r = page.let("r", [], (q - p) / (q + p), fact=ball)
    beta = page.let("beta", [], r**2, fact=ball)
    descent = page.let("r_G", [], (q**2 - p**2) / (q**2 + p**2), fact=ball)
    between = page.let("lambda", [], p**2 + u, fact=ball)
    inside = page.let("D", [], (1 + beta - alpha * between)**2 - 4 * beta, fact=ball)
    x = page.state("x", (t, 0, T))
    a = page.let("a", [], 2 * r, fact=ball)                                 # 1 + β − α p²
    page.define(x[t], a * x[t - 1] - beta * x[t - 2], fact=ball)

    step = page.let("eta", [], 1 / q**2, fact=fast)
    rate = page.let("r_N", [], 1 - p / q, fact=fast)
    same = page.let("r_S", [], 1 - step * p**2, fact=fast)
    y = page.state("y", (t, 0, T))
    b, c = page.let("b", [], 2 * rate, fact=fast), page.let("c", [], rate**2, fact=fast)
    page.define(y[t], b * y[t - 1] - c * y[t - 2], fact=fast)

    page.claim(a, 1 + beta - alpha * p**2, fact=ball)
    page.claim(b, (1 + r) * (1 - step * p**2), fact=fast)
    page.claim(c, r * (1 - step * p**2), fact=fast)
    page.claim(x[start], start * r**(start - 1) * x[1] - (start - 1) * r**start * x[0], by="induction on t", fact=ball)
    page.claim(y[start], start * rate**(start - 1) * y[1] - (start - 1) * rate**start * y[0], by="induction on t", fact=fast)
    page.claim(descent, 1 - 2 * p**2 / (p**2 + q**2), fact=ball)            # the best step of descent, 2/(p² + q²)
    page.claim(same, (q**2 - p**2) / q**2, fact=fast)
    page.claim(inside, -alpha**2 * u * (q**2 - between), fact=ball)
    page.bound(r, "<", descent, fact=ball, gap=2 * p * q * h / ((p + q) * (p**2 + q**2)))
    page.bound(rate, "<", same, fact=fast, gap=p * h / q**2)
    page.bound(rate, ">", r, fact=fast, gap=p * h / (q * (p + q)))

    page.mistake(r, (q**2 - p**2) / q**2, en="takes κ for √κ: that is gradient descent", zh="把 √κ 当成 κ：那是梯度下降")
    page.mistake(rate, r, relation="≤", en="takes Nesterov's method for the faster of the two: on quadratics the tuned heavy ball is",
                 zh="以为 Nesterov 法总更快：在二次函数上调好的重球法更快")
    page.mistake(rate, 1 - 2 * p / (p + q), en="takes the rate of the heavy ball for Nesterov's", zh="把重球法的收敛率当作 Nesterov 法的")
    page.mistake(alpha, 2 / (p**2 + q**2), en="keeps the best step of gradient descent: momentum allows nearly twice as much",
                 zh="沿用梯度下降的最优步长：有动量时可近两倍")
    page.mistake(beta, r, en="forgets the square: β is the product of both roots", zh="漏掉了平方：β 是两根之积")

    page.convention(
        en="A run θ_t = (1 + β − αλ) θ_(t−1) − β θ_(t−2), with a double root r here. "
           "x and y are the runs along the eigenvector of the least curvature p². "
           "Along one of curvature p² + u ≤ q², D ≤ 0: both roots have the size √β = r, so that no direction is slower.",
        zh="轨迹 θ_t = (1 + β − αλ) θ_(t−1) − β θ_(t−2)，此处有二重根 r。"
           "x 与 y 是沿最小曲率 p² 的特征向量的轨迹。沿曲率 p² + u ≤ q² 的方向 D ≤ 0：两根的模都是 √β = r，故没有更慢的方向。")
    page.convention(
        en="For κ = 100: 0.818 for the heavy ball, 0.900 for Nesterov, 0.980 for descent. All this is for tuned α and β on "
           "quadratics: on ½x², descent with α = 1 is done in one step, and momentum is not.",
        zh="κ = 100 时：重球 0.818，Nesterov 0.900，梯度下降 0.980。以上针对二次函数与调好的 α、β：对 ½x²，α = 1 的梯度下降一步到位，动量法则不然。")


accelerated_rates.sized(T=5)
accelerated_rates.sized(T=7)


@accelerated_rates.reference("torch", "torch.optim.SGD with momentum, and with nesterov=True")
def _(torch, v):
    p, q = float(v["p"]), float(v["p"] + v["h"])

    def run(name, alpha, beta, nesterov):
        first, second = v[f"{name}[0]"].detach(), v[f"{name}[1]"].detach()
        point, points, curvature = first.clone().requires_grad_(), [], p**2
        optimizer = torch.optim.SGD([point], lr=alpha, momentum=beta, nesterov=nesterov)
        velocity = (first - second) / alpha - curvature * first * (1 + beta if nesterov else 1)
        optimizer.state[point]["momentum_buffer"] = velocity / (beta**2 if nesterov else beta)
        for _ in range(v["T"]):
            point.grad = curvature * point.detach()
            optimizer.step()
            points.append(point.detach().clone())
        return torch.stack(points[1:])

    r = (q - p) / (q + p)
    return {"x": run("x", 4 / (p + q)**2, r**2, False), "y": run("y", 1 / q**2, r, True)}


@accelerated_rates.reference("jax", "optax.trace")
def _(jax, v):
    import optax

    p, q = v["p"], v["p"] + v["h"]

    def run(name, alpha, beta, nesterov):
        first, second, curvature = v[f"{name}[0]"], v[f"{name}[1]"], p**2
        velocity = (first - second) / alpha - curvature * first * (1 + beta if nesterov else 1)
        moving, point, points = optax.trace(beta, nesterov), first, []
        state = optax.TraceState(trace=velocity / (beta**2 if nesterov else beta))
        for _ in range(v["T"]):
            step, state = moving.update(curvature * point, state)
            point = point - alpha * step
            points.append(point)
        return jax.numpy.stack(points[1:])

    r = (q - p) / (q + p)
    return {"x": run("x", 4 / (p + q)**2, r**2, False), "y": run("y", 1 / q**2, r, True)}
