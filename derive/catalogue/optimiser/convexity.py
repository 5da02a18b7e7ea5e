"""Convex and strongly convex functions, by the identity of the chord over a quadratic; where convexity fails, and how far
gradient descent gets on a quadratic."""

from sympy import Rational, Sum, sqrt

from derive.entry import entry


@entry(
    name="convexity",
    title={"en": "Convexity, strong convexity, and what happens without", "zh": "凸性、强凸性及其缺失时的情形"},
    section="1.1",
    source="Boyd & Vandenberghe 2004, sections 3.1 and 9.1.2; Nesterov 2004, section 2.1",
    facts={
        "convex-function-definition": {"kind": "identity", "en": "Least squares lie below their chords",
                                       "zh": "最小二乘函数位于弦的下方"},
        "strong-convex-definition": {"kind": "identity", "en": "With μ|x|²/2: below them by μλ(1 − λ)|x − y|²/2 at least",
                                     "zh": "加上 μ|x|²/2：至少低 μλ(1 − λ)|x − y|²/2"},
        "convex-local-is-global": {"kind": "identity", "en": "Towards a lower point the function falls at once",
                                   "zh": "朝更低的点走，函数立即下降"},
        "descent-lemma": {"kind": "identity", "en": "A step of 1/S loses |g|²/(2S) at least, S above the curvature",
                          "zh": "步长 1/S（S 不小于曲率）至少下降 |g|²/(2S)"},
        "convex-optimization-definition": {"kind": "identity", "en": "Convex inequalities and affine equalities: between 1 and −1 x² = 1 fails, x² ≤ 1 holds",
                                           "zh": "约束为凸不等式与仿射等式：1 与 −1 之间 x² = 1 不成立，x² ≤ 1 成立"},
        "nonconvex-multiple-minima": {"kind": "gradient", "en": "x⁴ − x² has two minima", "zh": "x⁴ − x² 有两个极小点"},
        "nonconvex-saddle-points": {"kind": "hessian", "en": "(ab − 1)² has a saddle at 0", "zh": "(ab − 1)² 在 0 处为鞍点"},
    },
)
def convexity(page):
    m, n = page.sizes("m n")
    k, i = page.index("k", m), page.index("i", n)
    A, b = page.input("A", k, i), page.input("b", k)
    x, y = page.input("x", i), page.input("y", i)
    lam, mu = page.input("lambda", below_one=True), page.input("mu", positive=True)

    def squares(v):
        return Sum((Sum(A[k, i] * v(i), i) - b[k])**2, k) / 2

    def norm(v):
        return Sum(v(i)**2, i)

    p = page.let("p", [i], lam * x[i] + (1 - lam) * y[i], fact="convex-function-definition")
    f_x = page.let("f_x", [], squares(lambda i: x[i]), fact="convex-function-definition")
    f_y = page.let("f_y", [], squares(lambda i: y[i]), fact="convex-function-definition")
    f_p = page.let("f_p", [], squares(lambda i: p[i]), fact="convex-function-definition")
    h_p = page.let("h_p", [], f_p + mu / 2 * norm(lambda i: p[i]), fact="strong-convex-definition")
    page.bound(f_p, "≤", lam * f_x + (1 - lam) * f_y, fact="convex-function-definition",
               gap=lam * (1 - lam) / 2 * Sum(Sum(A[k, i] * (x[i] - y[i]), i)**2, k))
    h_x, h_y = f_x + mu / 2 * norm(lambda i: x[i]), f_y + mu / 2 * norm(lambda i: y[i])
    page.bound(h_p, "≤", lam * h_x + (1 - lam) * h_y - mu / 2 * lam * (1 - lam) * norm(lambda i: x[i] - y[i]),
               fact="strong-convex-definition", gap=lam * (1 - lam) / 2 * Sum(Sum(A[k, i] * (x[i] - y[i]), i)**2, k))
    page.bound(f_p, "≤", f_y - lam * (f_y - f_x), fact="convex-local-is-global",
               gap=lam * (1 - lam) / 2 * Sum(Sum(A[k, i] * (x[i] - y[i]), i)**2, k))

    # one step of gradient descent on least squares, its length by the sum of all squares of A
    j = page.index("j", n)
    g = page.let("g", [i], Sum(A[k, i] * (Sum(A[k, j] * x[j], j) - b[k]), k), fact="descent-lemma")
    S = page.let("S", [], Sum(A[k, i]**2, k, i), fact="descent-lemma")
    lower = page.let("f_g", [], squares(lambda i: x[i] - g[i] / S), fact="descent-lemma")
    page.bound(lower, "≤", f_x - norm(lambda i: g[i]) / (2 * S), fact="descent-lemma",
               gap=Sum((A[k, i] * g[j] - A[k, j] * g[i])**2, k, i, j) / (4 * S**2))

    # where convexity fails
    z, r = page.input("z"), page.input("r", below_one=True)
    well = page.let("F", [], z**4 - z**2, fact="nonconvex-multiple-minima")
    slope = page.total_derivative(well, z, fact="nonconvex-multiple-minima")
    bottoms = [page.let(name, [], q**4 - q**2, fact="nonconvex-multiple-minima")
               for name, q in (("F_1", 1 / sqrt(2)), ("F_2", -1 / sqrt(2)))]
    page.claim(slope, 4 * z * (z - 1 / sqrt(2)) * (z + 1 / sqrt(2)), fact="nonconvex-multiple-minima")
    page.bound(well, "≥", -Rational(1, 4), gap=(z**2 - Rational(1, 2))**2, fact="nonconvex-multiple-minima")
    for bottom in bottoms:
        page.claim(bottom, -Rational(1, 4), fact="nonconvex-multiple-minima")

    u, v = (page.let(name, [], 0, fact="nonconvex-saddle-points") for name in ("u", "w"))
    saddle = page.let("s", [], (u * v - 1)**2, fact="nonconvex-saddle-points")
    du, dv = (page.total_derivative(saddle, by, fact="nonconvex-saddle-points") for by in (u, v))
    slope_u = page.let("g_u", [], 2 * v * (u * v - 1), fact="nonconvex-saddle-points")
    H = page.total_derivative(slope_u, v, fact="nonconvex-saddle-points")
    above = page.let("s_1", [], (-r * r - 1)**2, fact="nonconvex-saddle-points")               # where w = −u
    below = page.let("s_2", [], (r * r - 1)**2, fact="nonconvex-saddle-points")                # where w = u
    page.claim(du, slope_u, fact="nonconvex-saddle-points")
    for slope_at_0 in (du, dv):
        page.claim(slope_at_0, 0, fact="nonconvex-saddle-points")
    page.claim(H, -2, fact="nonconvex-saddle-points")
    page.bound(above, ">", 1, gap=2 * r**2 + r**4, fact="nonconvex-saddle-points")
    page.bound(below, "<", 1, gap=r**2 * (1 + (1 - r) * (1 + r)), fact="nonconvex-saddle-points")

    between = page.let("e", [], (lam - (1 - lam))**2, fact="convex-optimization-definition")   # x² between 1 and −1
    page.claim(between, 1 - 4 * lam * (1 - lam), fact="convex-optimization-definition")
    page.bound(between, "<", 1, gap=4 * lam * (1 - lam), fact="convex-optimization-definition")

    page.mistake(between, 1, en="calls an equality convex because its function is: only affine ones leave a convex set",
                 zh="因函数为凸便把等式约束当作凸约束：只有仿射等式给出凸集")
    page.mistake(f_p, (f_x + f_y) / 2, en="takes the mean of two values for a value between them",
                 zh="把两个值的平均当作中间点的值")
    page.mistake(lower, f_x - norm(lambda i: g[i]) / S, en="takes the slope for the loss of a whole step: the curvature takes half of it",
                 zh="把斜率当作整步的下降量：曲率会吃掉一半")
    page.mistake(well, (z**2 - Rational(1, 2))**2 + Rational(1, 4), en="turns the depth of the minima round", zh="极小值的符号反了")
    page.mistake(H, 2, en="evaluates the mixed derivative 4uw − 2 far from 0: there it is positive, at 0 it is not",
                 zh="混合导数 4uw − 2 在远处为正，在 0 处为负")

    page.convention(
        en="For all x, y and 0 < λ < 1. Least squares stand for convex functions, where everything is an identity: the gap is a sum "
           "of squares. The norm of strong convexity is the Euclidean one.",
        zh="对任意 x、y 与 0 < λ < 1。此处以最小二乘代表凸函数，一切皆为恒等式：差是平方和。强凸性中的范数为欧几里得范数。")
    page.convention(
        en="S = Σ A² is at least the largest eigenvalue of AᵀA; with that eigenvalue in its place the steps are longer and the bound "
           "still holds.",
        zh="S = Σ A² 不小于 AᵀA 的最大特征值；换成该特征值，步长更大而不等式仍成立。")
    page.convention(
        en="At u = w = 0 the gradient is zero; along w = −u the function rises from there, along w = u it falls.",
        zh="u = w = 0 处梯度为零；沿 w = −u 函数上升，沿 w = u 函数下降。")


convexity.sized(m=3, n=2)
convexity.sized(m=1, n=3)


@convexity.reference("torch", "torch.nn.functional.mse_loss, torch.lerp")
def _(torch, v):
    def squares(x):
        return torch.nn.functional.mse_loss(v["A"] @ x, v["b"], reduction="sum") / 2

    def well(z):
        return z**4 - z**2

    def saddle(r, turn):
        point = torch.stack([r, turn * r])
        return torch.nn.functional.mse_loss(point.prod(), torch.ones_like(r))

    half, total = torch.rsqrt(torch.full_like(v["z"], 2.)), torch.linalg.matrix_norm(v["A"])**2
    p = torch.lerp(v["y"], v["x"], v["lambda"])
    g = torch.func.grad(squares)(v["x"])
    return {"p": p, "f_x": squares(v["x"]), "f_y": squares(v["y"]), "f_p": squares(p), "g": g, "f_g": squares(v["x"] - g / total),
             "h_p": squares(p) + v["mu"] / 2 * torch.linalg.vector_norm(p)**2, "S": total, "F": well(v["z"]),
             "F_1": well(half), "F_2": well(-half), "s": saddle(0 * v["r"], 1), "s_1": saddle(v["r"], -1), "s_2": saddle(v["r"], 1)}


@convexity.reference("jax", "optax.l2_loss, optax.sgd, jax.grad")
def _(jax, v):
    import optax

    def squares(x):
        return optax.l2_loss(v["A"] @ x, v["b"]).sum()

    def well(z):
        return z**4 - z**2

    def step(f, point, rate):
        optimizer, gradient = optax.sgd(rate), jax.grad(f)(point)
        return optax.apply_updates(point, optimizer.update(gradient, optimizer.init(point))[0])

    np, lam = jax.numpy, v["lambda"]
    p, half, total = lam * v["x"] + (1 - lam) * v["y"], np.sqrt(.5), np.linalg.norm(v["A"])**2

    def saddle(r, turn):
        return 2 * optax.l2_loss(np.prod(np.stack([r, turn * r])), np.ones_like(r))

    return {"p": p, "f_x": squares(v["x"]), "f_y": squares(v["y"]), "f_p": squares(p), "g": jax.grad(squares)(v["x"]),
            "h_p": squares(p) + v["mu"] * optax.l2_loss(p).sum(), "S": total, "f_g": squares(step(squares, v["x"], 1 / total)),
            "F": well(v["z"]), "F_1": well(half), "F_2": well(-half),
            "s": saddle(0 * v["r"], 1), "s_1": saddle(v["r"], -1), "s_2": saddle(v["r"], 1)}


@convexity.experiment("torch", "scipy.optimize.minimize(SLSQP)", fact="convex-optimization-definition")
def _(torch, see):
    from scipy.optimize import minimize

    def least(kind, start):
        constraint = {"type": kind, "fun": (lambda x: x[0]**2 - 1) if kind == "eq" else (lambda x: 1 - x[0]**2)}
        return float(minimize(lambda x: x[0], [start], method="SLSQP", constraints=[constraint]).x[0])

    see(least("ineq", .9), "=", -1, within=1e-4, en="least x with x² ≤ 1, from 0.9", zh="x² ≤ 1 下从 0.9 出发的最小 x")
    see(least("eq", -.9), "=", -1, within=1e-4, en="with x² = 1, from −0.9", zh="x² = 1 下从 −0.9 出发")
    see.wrongly(least("eq", .9), "=", -1, within=1e-4, en="the same from 0.9", zh="从 0.9 出发亦然")
