"""Linear regression by least squares: gradient, Hessian, normal equations, and why one minimum is the only one."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="linear_regression",
    title={"en": "Linear regression with mean squared error", "zh": "线性回归与均方误差"},
    section="1.3",
    source="Bishop 2006, section 3.1.1, equations 3.12 to 3.15; Boyd & Vandenberghe 2004, section 3.1.4",
    facts={
        "mse-definition": {"kind": "definition", "en": "Mean squared error", "zh": "均方误差"},
        "mse-gradient": {"kind": "gradient", "en": "Gradient by the prediction, 2(ŷ − y)/N", "zh": "对预测值的梯度 2(ŷ − y)/N"},
        "least-squares-gradient": {"kind": "gradient", "en": "Gradient by the weights", "zh": "对权重的梯度"},
        "least-squares-hessian": {"kind": "hessian", "en": "Hessian 2XᵀX/N", "zh": "海森矩阵 2XᵀX/N"},
        "normal-equations": {"kind": "identity", "en": "Normal equations", "zh": "正规方程"},
        "least-squares-convex": {"kind": "identity", "en": "Exact expansion: what lies above the tangent is a square",
                                 "zh": "精确展开：高出切平面的部分是平方"},
    },
)
def linear_regression(page):
    N, n = page.sizes("N n")
    s, i, j = page.index("s", N), page.index("i", n), page.index("j", n)

    X, y, w = page.input("X", s, i), page.input("y", s), page.input("w", i)
    y_hat = page.let("y_hat", [s], Sum(X[s, i] * w[i], i), fact="mse-definition")
    loss = page.let("loss", [], Sum((y_hat[s] - y[s])**2, s) / N, fact="mse-definition")
    page.loss(loss)

    dy_hat, dw = page.want(y_hat, fact="mse-gradient"), page.want(w, fact="least-squares-gradient")
    dX, hessian = page.want(X, fact="least-squares-gradient"), page.hessian(w, fact="least-squares-hessian")

    gram = page.let("G", [i, j], Sum(X[s, i] * X[s, j], s), fact="normal-equations")
    moment = page.let("c", [i], Sum(X[s, i] * y[s], s), fact="normal-equations")
    d = page.input("d", i)
    moved = page.let("loss_d", [], Sum((Sum(X[s, i] * (w[i] + d[i]), i) - y[s])**2, s) / N, fact="least-squares-convex")

    page.claim(dy_hat[s], 2 * (y_hat[s] - y[s]) / N, fact="mse-gradient")
    page.claim(dX[s, i], dy_hat[s] * w[i], fact="least-squares-gradient")
    page.claim(hessian[i, j], 2 * gram[i, j] / N, fact="least-squares-hessian")
    page.claim(dw[i], 2 * (Sum(gram[i, j] * w[j], j) - moment[i]) / N, fact="normal-equations")
    page.claim(moved, loss + Sum(dw[i] * d[i], i) + Sum(Sum(X[s, i] * d[i], i)**2, s) / N, fact="least-squares-convex")

    page.mistake(dy_hat[s], (y_hat[s] - y[s]) / N, en="forgets the 2, which only a factor ½ would cancel",
                 zh="漏掉了 2，只有系数 ½ 才会将它消去")
    page.mistake(dy_hat[s], 2 * (y_hat[s] - y[s]), en="forgets the mean", zh="漏掉了取平均")
    page.mistake(dw[i], 2 * Sum(X[s, i] * (y[s] - y_hat[s]), s) / N, en="turns the sign round", zh="符号反了")
    page.mistake(dw[i], 2 * Sum(gram[i, j] * w[j], j) / N, en="forgets the targets", zh="漏掉了目标值")
    page.mistake(hessian[i, j], gram[i, j] / N, en="forgets the 2", zh="漏掉了 2")
    page.mistake(moved, loss + Sum(dw[i] * d[i], i), en="stops at the tangent", zh="只展开到一阶")

    page.convention(
        en="The gradient is zero where XᵀX w = Xᵀy; by the expansion such a point is a global minimum.",
        zh="梯度在 XᵀX w = Xᵀy 处为零；由展开式，这样的点是全局最小点。")
    page.convention(
        en="torch.nn.MSELoss averages by default; optax.squared_error has no factor ½, optax.l2_loss has one.",
        zh="torch.nn.MSELoss 默认取平均；optax.squared_error 无系数 ½，optax.l2_loss 有。")


linear_regression.sized(N=5, n=3)
linear_regression.sized(N=2, n=4)


@linear_regression.reference("torch", "torch.nn.functional.linear, mse_loss")
def _(torch, v):
    F = torch.nn.functional
    y_hat = F.linear(v["X"], v["w"][None])[:, 0]
    moved = F.linear(v["X"], (v["w"] + v["d"])[None])[:, 0]
    return {"y_hat": y_hat, "loss": F.mse_loss(y_hat, v["y"]), "loss_d": F.mse_loss(moved, v["y"])}


@linear_regression.reference("jax", "optax.squared_error")
def _(jax, v):
    import optax

    y_hat, moved = v["X"] @ v["w"], v["X"] @ (v["w"] + v["d"])
    return {"y_hat": y_hat, "loss": optax.squared_error(y_hat, v["y"]).mean(),
            "loss_d": optax.squared_error(moved, v["y"]).mean()}
