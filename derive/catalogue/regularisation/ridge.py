"""Ridge regression: the gradient, and why the solution of (XᵀX + λI) w = Xᵀy is the minimum."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(
    name="ridge",
    title={"en": "Ridge regression", "zh": "岭回归"},
    section="3.2",
    source="Hoerl & Kennard 1970, equation 2.1; Hastie, Tibshirani & Friedman 2009, section 3.4.1, equation 3.44",
    facts={
        "ridge-objective": {"kind": "definition", "en": "Squared error and L2 penalty", "zh": "平方误差加 L2 惩罚"},
        "ridge-gradient": {"kind": "gradient", "en": "Gradient and Hessian", "zh": "梯度与海森矩阵"},
        "ridge-closed-form": {"kind": "identity", "en": "The gradient vanishes where (XᵀX + λI) w = Xᵀy, and there is the minimum",
                              "zh": "(XᵀX + λI) w = Xᵀy 处梯度为零，且为最小点"},
    },
)
def ridge(page):
    N, n = page.sizes("N n")
    s, i, j = page.index("s", N), page.index("i", n), page.index("j", n)

    X, y, w = page.input("X", s, i), page.input("y", s), page.input("w", i)
    lam, d = page.input("lambda", positive=True), page.input("d", i)
    closed = "ridge-closed-form"
    r = page.let("r", [s], Sum(X[s, i] * w[i], i) - y[s], fact="ridge-objective")
    loss = page.let("L", [], Sum(r[s]**2, s) + lam * Sum(w[i]**2, i), fact="ridge-objective")
    page.loss(loss, written="L")
    A = page.let("A", [i, j], Sum(X[s, i] * X[s, j], s) + lam * KroneckerDelta(i, j), fact=closed)
    target = page.let("c", [i], Sum(X[s, i] * y[s], s), fact=closed)
    e = page.let("e", [s], Sum(X[s, i] * d[i], i), fact=closed)
    moved = page.let("M", [], Sum((Sum(X[s, i] * (w[i] + d[i]), i) - y[s])**2, s) + lam * Sum((w[i] + d[i])**2, i),
                     fact=closed)
    curve = page.let("Q", [], Sum(d[i] * A[i, j] * d[j], i, j), fact=closed)

    dw, dlam = page.want(w, fact="ridge-gradient"), page.want(lam, fact="ridge-gradient")
    hessian = page.hessian(w, fact="ridge-gradient")

    page.claim(dw[i], 2 * Sum(X[s, i] * r[s], s) + 2 * lam * w[i], fact="ridge-gradient")
    page.claim(dlam, Sum(w[i]**2, i), fact="ridge-gradient")
    page.claim(hessian[i, j], 2 * A[i, j], fact="ridge-gradient")
    page.claim(dw[i], 2 * (Sum(A[i, j] * w[j], j) - target[i]), fact=closed)
    page.claim(curve, Sum(e[s]**2, s) + lam * Sum(d[i]**2, i), fact=closed)
    page.claim(moved, loss + Sum(dw[i] * d[i], i) + curve, fact=closed)
    page.bound(curve, "≥", 0, fact=closed, gap=Sum(e[s]**2, s) + lam * Sum(d[i]**2, i))

    page.mistake(dw[i], 2 * Sum(X[s, i] * r[s], s) + lam * w[i], en="expects a ½ at the penalty", zh="以为惩罚项带有 ½")
    page.mistake(dw[i], 2 * (Sum((A[i, j] + (N - 1) * lam * KroneckerDelta(i, j)) * w[j], j) - target[i]),
                 en="takes Nλ for λ, as if the squares were averaged", zh="像平方误差取了平均那样用 Nλ")
    page.mistake(dw[i], 2 * (Sum(A[i, j] * w[j], j) + target[i]), en="has the sign of Xᵀy wrong", zh="Xᵀy 的符号错了")
    page.mistake(A[i, j], Sum(X[s, i] * X[s, j], s) + lam, en="adds λ to every entry: it is λ times the identity",
                 zh="对每个元素加 λ：应加 λ 乘单位阵")
    page.mistake(moved, loss + Sum(dw[i] * d[i], i) + curve / 2, en="forgets that the Hessian is 2A", zh="忘了海森矩阵是 2A")

    page.convention(
        en="Sums without ½ and without 1/N: L = ‖Xw − y‖² + λ‖w‖². With ½ at both terms the solution is the same; with 1/N at the "
           "error alone λ becomes Nλ.",
        zh="求和，不带 ½，也不除以 N：L = ‖Xw − y‖² + λ‖w‖²。两项都带 ½ 时解不变；仅误差除以 N 时 λ 变为 Nλ。")
    page.convention(
        en="M is L at w + d. Where the gradient is zero, M − L = Q > 0 for every step d ≠ 0: the solution is the only minimum, and "
           "A can be inverted, for any X. At λ = 0 that needs X of full rank.",
        zh="M 是 L 在 w + d 处的值。梯度为零处，对任何 d ≠ 0 有 M − L = Q > 0：解是唯一最小点，且对任何 X 矩阵 A 可逆。λ = 0 时则要求 X 满秩。")


ridge.sized(N=5, n=3)
ridge.sized(N=3, n=4)


@ridge.reference("torch", "torch.nn.functional.mse_loss, torch.addmm")
def _(torch, v):
    F, X, w, lam = torch.nn.functional, v["X"], v["w"], v["lambda"]

    def loss(w):
        return F.mse_loss(F.linear(X, w), v["y"], reduction="sum") + lam * torch.linalg.vector_norm(w)**2

    identity = torch.eye(len(w), dtype=w.dtype, device=w.device)
    A = torch.addmm(lam * identity, X.T, X)
    return {"L": loss(w), "M": loss(w + v["d"]), "A": A, "c": torch.mv(X.T, v["y"]), "Q": v["d"] @ A @ v["d"],
            "e": F.linear(X, v["d"])}


@ridge.reference("jax", "optax.l2_loss, optax.tree.norm")
def _(jax, v):
    import optax

    def loss(w):
        return 2 * optax.l2_loss(v["X"] @ w, v["y"]).sum() + v["lambda"] * optax.tree.norm(w, squared=True)

    return {"L": loss(v["w"]), "M": loss(v["w"] + v["d"]),
            "A": jax.hessian(lambda w: loss(w) / 2)(jax.numpy.zeros_like(v["w"]))}
