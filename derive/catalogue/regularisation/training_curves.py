"""Training and validation error: what one more regressor does, and what each further step of training does."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="training_curves",
    title={"en": "Overfitting, underfitting and the curves of training", "zh": "过拟合、欠拟合与训练曲线"},
    section="3.3",
    source="Goodfellow, Bengio & Courville 2016, sections 5.2 and 7.8; Hastie, Tibshirani & Friedman 2009, section 3.2.3",
    facts={
        "nested-least-squares": {"kind": "identity", "en": "One more regressor never raises the least training error",
                                 "zh": "增加一个回归量不会提高最小训练误差"},
        "overfitting-symptoms": {"kind": "identity", "en": "Beyond the best point each step lowers the training error and raises the other",
                                 "zh": "越过最佳点后，每一步都降低训练误差而提高验证误差"},
        "underfitting-symptoms": {"kind": "identity", "en": "Error of training: what the model cannot fit, and what is not learnt yet",
                                  "zh": "训练误差：模型拟合不了的，加上尚未学到的"},
        "validation-u-shape-normal": {"kind": "identity", "en": "Normal: the validation error falls and levels off",
                                      "zh": "正常情形：验证误差下降并趋于平稳"},
    },
)
def training_curves(page):
    N, T = page.sizes("N T")
    i, t = page.index("i", N), page.family("t", 1, T)

    r, phi, c = page.input("r", i), page.input("phi", i), page.input("c")         # what is left to fit, and a regressor
    error = page.let("E", [], Sum((r[i] - c * phi[i])**2, i), fact="nested-least-squares")
    page.loss(error, "E")
    P = page.let("P", [], Sum(phi[i]**2, i))
    best = page.let("b", [], Sum(r[i] * phi[i], i) / P, fact="nested-least-squares")
    least = page.let("F", [], Sum((r[i] - best * phi[i])**2, i), fact="nested-least-squares")
    dc = page.want(c, fact="nested-least-squares")

    q, kappa = page.input("q", below_one=True), page.input("kappa", positive=True)
    u = page.state("u", (t, 0, T))                                                # the weight, from its best value on
    page.define(u[t], q * u[t - 1], fact="underfitting-symptoms")
    training = page.let("R", [t], u[t]**2, fact="overfitting-symptoms")
    beyond = page.let("V", [t], (u[t] - u[0])**2, fact="overfitting-symptoms")
    healthy = page.let("Z", [t], (u[t] + kappa * u[0])**2, fact="validation-u-shape-normal")

    page.claim(dc, 2 * P * (c - best), fact="underfitting-symptoms")
    page.claim(least, Sum(r[i]**2, i) - Sum(r[i] * phi[i], i)**2 / P, fact="nested-least-squares")
    page.claim(error, least + P * (c - best)**2, fact="underfitting-symptoms")
    page.bound(least, "≤", Sum(r[i]**2, i), fact="nested-least-squares", gap=best**2 * Sum(phi[i]**2, i))
    page.bound(error, "≥", least, fact="nested-least-squares", gap=(c - best)**2 * Sum(phi[i]**2, i))

    page.claim(u[t], q**t * u[0], by="induction on t", fact="underfitting-symptoms")
    later = page.family("t", 2, T)
    page.bound(training[later], "≤", training[later - 1], fact="overfitting-symptoms",
               gap=(1 - q) * (1 + q) * u[later - 1]**2)
    page.bound(beyond[later], "≥", beyond[later - 1], fact="overfitting-symptoms",
               gap=u[0]**2 * q**(later - 1) * (1 - q) * ((1 - q**(later - 1)) + (1 - q**later)))
    page.bound(healthy[later], "≤", healthy[later - 1], fact="validation-u-shape-normal",
               gap=u[0]**2 * q**(later - 1) * (1 - q) * (q**(later - 1) * (1 + q) + 2 * kappa))
    page.bound(healthy[t], "≥", kappa**2 * u[0]**2, fact="validation-u-shape-normal",
               gap=u[0]**2 * q**t * (q**t + 2 * kappa))

    page.mistake(healthy[later], healthy[later - 1], relation="≥", fact="validation-u-shape-normal",
                 en="calls it normal that the validation error falls and then rises: that is overfitting, and no approach to a stable value",
                 zh="把验证误差先降后升当作正常：那是过拟合，也不会趋于稳定值")
    page.mistake(beyond[later], beyond[later - 1], relation="≤",
                 en="expects the validation error to fall with the training error", zh="以为验证误差随训练误差一起下降")
    page.mistake(least, Sum(r[i]**2, i) + Sum(r[i] * phi[i], i)**2 / P,
                 en="turns the sign round: a regressor takes error away", zh="符号反了：回归量减少误差")
    page.mistake(best, Sum(r[i] * phi[i], i), en="forgets to divide by ‖φ‖²", zh="漏掉除以 ‖φ‖²")
    page.mistake(error, least, en="takes the error of the weight at hand for the least one: training may not be done",
                 zh="把当前权重的误差当成最小误差：训练可能尚未完成")
    page.mistake(dc, P * (c - best), en="expects a ½ in front of the squares", zh="以为平方前有 ½")

    page.convention(
        en="r is what the other regressors leave, φ the part of the new one that is orthogonal to them: refitting all of them is then "
           "the same as fitting c.",
        zh="r 为其余回归量的残差，φ 为新回归量与它们正交的部分：此时全部重拟合等于只拟合 c。")
    page.convention(
        en="A step c ← c − α ∂E/∂c multiplies u = c − b by q = 1 − 2α‖φ‖². R is the training error above its least; V a validation error that "
           "is least at u_0, Z one that is least at −κ u_0, where training never comes.",
        zh="一步 c ← c − α ∂E/∂c 把 u = c − b 乘以 q = 1 − 2α‖φ‖²。R 为超出最小值的训练误差；V 为在 u_0 处最小的验证误差，"
           "Z 在训练到不了的 −κ u_0 处最小。")


training_curves.sized(N=4, T=3)
training_curves.sized(N=2, T=5)


@training_curves.reference("torch", "torch.linalg.lstsq, torch.optim.SGD")
def _(torch, v):
    def mse(x, y):
        return torch.nn.functional.mse_loss(x, y, reduction="sum")

    r, phi = v["r"].detach(), v["phi"].detach()
    best = torch.linalg.lstsq(phi[:, None], r[:, None]).solution[0, 0]
    u = torch.nn.Parameter(v["u[0]"].detach().clone())
    optimizer, path = torch.optim.SGD([u], lr=1 - float(v["q"])), []
    for _ in range(v["T"]):
        optimizer.zero_grad()
        (u**2 / 2).backward()
        optimizer.step()
        path.append(u.detach().clone())
    course, none = torch.stack(path), torch.zeros(v["T"], dtype=r.dtype, device=r.device)
    return {"E": mse(v["c"] * v["phi"], v["r"]), "b": best, "F": mse(best * phi, r), "P": torch.linalg.vector_norm(phi)**2, "u": course,
            "R": torch.stack([mse(x, y) for x, y in zip(course, none)]),
            "V": torch.stack([mse(x, v["u[0]"]) for x in course]), "Z": torch.stack([mse(x, -v["kappa"] * v["u[0]"]) for x in course])}


@training_curves.reference("jax", "jax.numpy.linalg.lstsq, optax.sgd")
def _(jax, v):
    import optax

    best, *_ = jax.numpy.linalg.lstsq(v["phi"][:, None], v["r"])
    optimizer, u = optax.sgd(1 - v["q"]), v["u[0]"]
    state, path = optimizer.init(u), []
    for _ in range(v["T"]):
        step, state = optimizer.update(jax.grad(optax.l2_loss)(u), state)
        u = optax.apply_updates(u, step)
        path.append(u)
    return {"E": optax.squared_error(v["c"] * v["phi"], v["r"]).sum(), "b": best[0],
            "F": optax.squared_error(best[0] * v["phi"], v["r"]).sum(), "u": jax.numpy.stack(path)}


def _polynomials(torch, seed):
    """Training and validation error of the least-squares polynomials of degree 0 to 11 through 12 noisy points."""
    torch.manual_seed(seed)

    def target(x):
        return torch.sin(3 * x) + .2 * torch.randn_like(x)

    x, unseen = torch.linspace(-1, 1, 12, dtype=torch.float64), torch.linspace(-.97, .97, 200, dtype=torch.float64)
    y, due = target(x), target(unseen)
    X, U = (torch.special.chebyshev_polynomial_t(points[:, None], torch.arange(12)) for points in (x, unseen))
    found = [torch.linalg.lstsq(X[:, :n], y[:, None]).solution[:, 0] for n in range(1, 13)]
    mse = torch.nn.functional.mse_loss
    return [torch.stack([mse(A[:, :len(w)] @ w, b) for w in found]) for A, b in ((X, y), (U, due))], X, y


@training_curves.experiment("torch", "torch.linalg.lstsq, torch.special", fact="overfitting-symptoms")
def _(torch, see):
    (training, unseen), *_ = _polynomials(torch, see.seed)
    see(training.diff(), "≤", 1e-12, en="what one degree more adds to the training error, polynomials through 12 points",
        zh="12 个点的多项式拟合：次数加一带来的训练误差增量")
    see(unseen[11] / unseen.min(), ">", 2, en="validation error of degree 11 over the least of all degrees", zh="11 次的验证误差与最小者之比")
    gaps = unseen - training
    see(gaps[11], ">", gaps[3], en="generalisation gap of degree 11 beside that of degree 3", zh="11 次与 3 次的泛化差距")
    see.wrongly(unseen.diff(), "≤", 0, en="the validation error falls from degree to degree", zh="验证误差也逐次下降")


@training_curves.experiment("torch", "torch.linalg.lstsq, torch.optim.SGD", fact="underfitting-symptoms")
def _(torch, see):
    (training, unseen), X, y = _polynomials(torch, see.seed)
    see(training[0], ">", 3 * training[3], en="training error of degree 0 beside three times that of degree 3", zh="0 次的训练误差与 3 次的三倍相比")
    see(unseen[0], ">", 3 * unseen[3], en="the same of the validation error", zh="验证误差亦然")
    w = torch.nn.Parameter(torch.zeros(4, dtype=torch.float64))
    optimizer = torch.optim.SGD([w], lr=1e-3)
    for _ in range(5):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(X[:, :4] @ w, y)
        loss.backward()
        optimizer.step()
    see.wrongly(loss, "<", 3 * training[3], en="where the degree suffices the error is low, even after 5 tiny steps",
                zh="只要次数足够误差就低，哪怕只走 5 小步")
