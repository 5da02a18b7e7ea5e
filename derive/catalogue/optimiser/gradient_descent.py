"""Gradient descent on all data, on one example and on a mini-batch: the same step on average, for a mean loss."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="gradient_descent",
    title={"en": "Gradient descent: batch, stochastic, mini-batch", "zh": "梯度下降：全批量、随机、小批量"},
    section="3.1",
    source="Robbins & Monro 1951; Goodfellow, Bengio & Courville 2016, sections 5.9 and 8.1.3",
    facts={
        "bgd": {"kind": "update-rule", "en": "One step on all examples", "zh": "用全部样本的一步"},
        "sgd-single": {"kind": "update-rule", "en": "One step on one example", "zh": "用单个样本的一步"},
        "minibatch": {"kind": "update-rule", "en": "One step on a mini-batch", "zh": "用小批量的一步"},
        "minibatch-vectorised": {"kind": "identity", "en": "A mini-batch's gradient is the mean of its examples'",
                                 "zh": "小批量的梯度是其样本梯度的平均"},
        "sgd-unbiased": {"kind": "identity", "en": "On average a step on one example is the step on all",
                         "zh": "单样本的一步平均而言等于全批量的一步"},
        "data-parallel-average": {"kind": "identity", "en": "The mean over equal shards is the full gradient",
                                  "zh": "等份数据的梯度平均等于全批量梯度"},
        "gd-convergence-stable": {"kind": "identity", "en": "Along an eigenvector of the Hessian a step multiplies by 1 − αλ",
                                  "zh": "沿海森矩阵的特征向量，一步乘以 1 − αλ"},
        "robbins-monro-mean": {"kind": "identity", "en": "With steps 1/t on ½(w − x)² SGD is the running mean",
                               "zh": "对 ½(w − x)² 以 1/t 为步长的 SGD 就是滑动均值"},
    },
)
def gradient_descent(page):
    M, n, D, T = page.sizes("M n D T")                              # batches, their size, parameters, steps
    c, b, i = page.index("c", M), page.index("b", n), page.index("i", D)
    t, s = page.family("t", 1, T), page.family("s", 1, T)

    X, y, theta = page.input("X", c, b, i), page.input("y", c, b), page.input("theta", i)
    alpha = page.input("alpha", positive=True)
    r = page.let("r", [c, b], Sum(X[c, b, i] * theta[i], i) - y[c, b])
    page.loss(page.let("J", [], Sum(r[c, b]**2, c, b) / (2 * M * n), fact="bgd"), "J")
    dtheta = page.want(theta, fact="bgd")

    one = page.let("G", [c, b, i], r[c, b] * X[c, b, i], fact="sgd-single")
    batch = page.let("B", [c, i], Sum(one[c, b, i], b) / n, fact="minibatch-vectorised")
    full = page.let("F", [i], Sum(one[c, b, i], c, b) / (M * n), fact="bgd")
    on_all = page.let("theta_F", [i], theta[i] - alpha * full[i], fact="bgd")
    on_one = page.let("theta_G", [c, b, i], theta[i] - alpha * one[c, b, i], fact="sgd-single")
    on_batch = page.let("theta_B", [c, i], theta[i] - alpha * batch[c, i], fact="minibatch")

    lam, q = page.input("lambda", positive=True), page.state("q", (t, 0, T))     # a run on λq²/2
    page.define(q[t], q[t - 1] - alpha * lam * q[t - 1], fact="gd-convergence-stable")
    x, m = page.input("x", t), page.state("m", (t, 0, T))
    page.define(m[t], m[t - 1] - (m[t - 1] - x[t]) / t, fact="robbins-monro-mean")

    page.claim(dtheta[i], full[i], fact="bgd")
    page.claim(on_all[i], theta[i] - alpha * dtheta[i], fact="bgd")
    page.claim(on_all[i], Sum(on_one[c, b, i], c, b) / (M * n), fact="sgd-unbiased")
    page.claim(on_batch[c, i], Sum(on_one[c, b, i], b) / n, fact="minibatch-vectorised")
    page.claim(on_all[i], Sum(on_batch[c, i], c) / M, fact="minibatch")
    page.claim(dtheta[i], Sum(batch[c, i], c) / M, fact="data-parallel-average")
    start = page.family("t", 0, T)
    page.claim(q[start], (1 - alpha * lam)**start * q[0], by="induction on t", fact="gd-convergence-stable")
    page.claim(m[t], Sum(x[s], (s, 1, t)) / t, by="induction on t", fact="robbins-monro-mean")

    page.mistake(dtheta[i], Sum(one[c, b, i], c, b),
                 en="adds the gradients up: a mean loss divides by all Mn examples", zh="把梯度相加：平均损失应除以全部 Mn 个样本")
    page.mistake(on_all[i], Sum(on_batch[c, i], c),
                 en="adds the batches' results up instead of averaging them", zh="把各批的结果相加，而不是取平均")
    page.mistake(on_all[i], theta[i] - alpha * Sum(batch[c, i], c),
                 en="takes one epoch of mini-batches, all at the same θ, for one full step: it is M of them",
                 zh="把一轮小批量（均在同一 θ 处）当成一次全批量步：实为 M 步")
    page.mistake(on_one[c, b, i], on_all[i],
                 en="takes the mean for the value: single examples scatter about it", zh="把均值当成每个值：单个样本围绕均值波动")
    page.mistake(q[start], (1 - alpha)**start * q[0], en="forgets the curvature λ", zh="漏掉了曲率 λ")
    page.mistake(q[start], (1 - alpha * lam * start) * q[0], en="lets q fall in equal steps", zh="以为 q 等步长下降")
    page.mistake(m[t], m[t - 1] + (x[t] - m[t - 1]) / (t + 1),
                 en="counts the start as an observation", zh="把起点也算作一个观测")

    page.convention(
        en="J is a mean, not a sum: for a sum the steps on one example are Mn times too short on average. The last batch of an "
           "epoch must have the size of the others, or its examples count for more.",
        zh="J 取平均而非求和：若取和，单样本步平均短 Mn 倍。一轮的最后一批应与其他批同大小，否则其样本权重更大。")
    page.convention(
        en="|1 − αλ| < 1 for every eigenvalue λ, that is 0 < α < 2/λ_max, makes the run on a quadratic converge.",
        zh="对每个特征值 λ 有 |1 − αλ| < 1，即 0 < α < 2/λ_max 时，二次函数上的迭代收敛。")
    page.convention(
        en="In epochs without replacement the θ of later batches has moved on; the means here are over batches at one θ.",
        zh="无放回的一轮中，后面各批的 θ 已移动；此处的平均是在同一 θ 处对各批取的。")


gradient_descent.sized(M=3, n=4, D=2, T=5)
gradient_descent.sized(M=4, n=2, D=3, T=1)


@gradient_descent.reference("torch", "torch.optim.SGD, torch.nn.functional.mse_loss")
def _(torch, v):
    mse, theta, alpha = torch.nn.functional.mse_loss, v["theta"], float(v["alpha"])

    def stepped(X, y):
        point = theta.detach().clone().requires_grad_()
        mse(X.detach() @ point, y.detach()).div(2).backward()
        torch.optim.SGD([point], lr=alpha).step()
        return point.detach()

    def path(start, rates, slope):
        point, points = start.detach().clone().requires_grad_(), []
        for step, rate in enumerate(rates):
            point.grad = slope(point.detach(), step)
            torch.optim.SGD([point], lr=rate).step()
            points.append(point.detach().clone())
        return torch.stack(points)

    X, y, steps = v["X"], v["y"], len(v["x"])
    return {"J": mse(X @ theta, y) / 2, "theta_F": stepped(X, y),
            "theta_B": torch.stack([stepped(*batch) for batch in zip(X, y)]),
            "theta_G": torch.stack([torch.stack([stepped(*one) for one in zip(*batch)]) for batch in zip(X, y)]),
            "q": path(v["q[0]"], [alpha] * steps, lambda q, _: v["lambda"] * q),
            "m": path(v["m[0]"], [1 / (k + 1) for k in range(steps)], lambda m, k: m - v["x"][k])}


@gradient_descent.reference("jax", "optax.sgd, optax.l2_loss, jax.grad")
def _(jax, v):
    import optax

    def loss(theta, X, y):
        return optax.l2_loss(X @ theta, y).mean()

    def stepped(X, y):
        optimizer = optax.sgd(v["alpha"])
        gradient = jax.grad(loss)(v["theta"], X, y)
        return optax.apply_updates(v["theta"], optimizer.update(gradient, optimizer.init(gradient))[0])

    X, y = v["X"], v["y"]
    return {"J": loss(v["theta"], X, y), "theta_F": stepped(X, y), "theta_B": jax.vmap(stepped)(X, y),
            "theta_G": jax.vmap(jax.vmap(stepped))(X, y)}
