"""Logistic regression with a penalty: the gradient, and the Hessian XᵀSX / N + λI."""

from sympy import KroneckerDelta, Sum, log

from derive.entry import entry
from derive.sympy_functions import sigmoid, softplus


@entry(
    name="logistic_regression",
    title={"en": "Logistic regression and its Hessian", "zh": "逻辑回归及其海森矩阵"},
    section="1.3",
    source="Bishop 2006, section 4.3.3, equations 4.91 to 4.98; Hastie, Tibshirani & Friedman 2009, section 4.4.1",
    facts={
        "logistic-loss": {"kind": "definition", "en": "Cross-entropy with a penalty", "zh": "带惩罚项的交叉熵"},
        "sigmoid-bce-gradient": {"kind": "gradient", "en": "Gradient by a logit: σ(z) − y", "zh": "对 logit 的梯度：σ(z) − y"},
        "logistic-gradient": {"kind": "gradient", "en": "Gradient", "zh": "梯度"},
        "logistic-hessian": {"kind": "hessian", "en": "Hessian", "zh": "海森矩阵"},
        "logistic-loss-convex": {"kind": "identity", "en": "The loss is convex: vᵀHv ≥ λ‖v‖²", "zh": "损失为凸：vᵀHv ≥ λ‖v‖²"},
    },
)
def logistic_regression(page):
    N, n = page.sizes("N n")
    s, r, i, j = page.index("s", N), page.index("r", N), page.index("i", n), page.index("j", n)

    X, y, w, b = page.input("X", s, i), page.input("y", s), page.input("w", i), page.input("b")
    lam = page.input("lambda", positive=True)
    z = page.let("z", [s], Sum(X[s, i] * w[i], i) + b, fact="logistic-loss")
    p = page.let("p", [s], sigmoid(z[s]), fact="logistic-loss")
    loss = page.let("loss", [], Sum(softplus(z[s]) - y[s] * z[s], s) / N + lam / 2 * Sum(w[i]**2, i),
                    fact="logistic-loss")
    page.loss(loss)
    v = page.input("v", i)
    along = page.let("k", [s], Sum(X[s, i] * v[i], i))
    curvature = page.let("c", [], Sum(p[s] * (1 - p[s]) * along[s]**2, s) / N + lam * Sum(v[i]**2, i),
                         fact="logistic-loss-convex")

    bce = page.let("e", [s], -y[s] * log(p[s]) - (1 - y[s]) * log(1 - p[s]), fact="sigmoid-bce-gradient")
    by_p = page.jacobian(bce, p, fact="sigmoid-bce-gradient")
    by_z = page.total_derivative(bce, z, fact="sigmoid-bce-gradient")
    dw, db = page.want(w, fact="logistic-gradient"), page.want(b, fact="logistic-gradient")
    H_ww, H_wb = page.hessian(w, fact="logistic-hessian"), page.hessian(w, b, fact="logistic-hessian")
    H_bb = page.hessian(b, fact="logistic-hessian")

    page.claim(by_p[s, r], KroneckerDelta(r, s) * (p[s] - y[s]) / (p[s] * (1 - p[s])), fact="sigmoid-bce-gradient")
    page.claim(by_z[s, r], KroneckerDelta(r, s) * (p[s] - y[s]), fact="sigmoid-bce-gradient")
    page.claim(dw[i], Sum(X[s, i] * (p[s] - y[s]), s) / N + lam * w[i], fact="logistic-gradient")
    page.claim(db, Sum(p[s] - y[s], s) / N, fact="logistic-gradient")
    page.claim(H_ww[i, j], Sum(X[s, i] * p[s] * (1 - p[s]) * X[s, j], s) / N + lam * KroneckerDelta(i, j),
               fact="logistic-hessian")
    page.claim(H_ww[i, j], H_ww[j, i], fact="logistic-hessian")
    page.claim(H_wb[i], Sum(X[s, i] * p[s] * (1 - p[s]), s) / N, fact="logistic-hessian")
    page.claim(H_bb, Sum(p[s] * (1 - p[s]), s) / N, fact="logistic-hessian")

    page.claim(curvature, Sum(v[i] * H_ww[i, j] * v[j], i, j), fact="logistic-loss-convex")
    page.bound(curvature, "≥", lam * Sum(v[i]**2, i), fact="logistic-loss-convex",
               gap=Sum(sigmoid(z[s]) * (1 - sigmoid(z[s])) * along[s]**2, s) / N)

    page.mistake(curvature, Sum(along[s]**2, s) / N, relation="≥",
                 en="takes the curvature of least squares for a lower bound: far out p(1 − p) vanishes",
                 zh="把最小二乘的曲率当作下界：远处 p(1 − p) 趋于零")
    page.mistake(dw[i], Sum(X[s, i] * (y[s] - p[s]), s) / N + lam * w[i], en="turns the sign of p − y round", zh="p − y 的符号反了")
    page.mistake(dw[i], Sum(X[s, i] * (p[s] - y[s]), s) / N, en="forgets the penalty", zh="漏掉了惩罚项")
    page.mistake(by_z[s, r], KroneckerDelta(r, s) * (p[s] - y[s]) * p[s] * (1 - p[s]),
                 en="multiplies by σ′ once more: it cancels the denominator p(1 − p)",
                 zh="多乘了一次 σ′：它已与分母 p(1 − p) 相消")
    page.mistake(H_ww[i, j], Sum(X[s, i] * X[s, j], s) / N + lam * KroneckerDelta(i, j),
                 en="takes the Hessian of least squares: p(1 − p) weighs the examples", zh="用了最小二乘的海森矩阵：各样本的权重是 p(1 − p)")
    page.mistake(H_ww[i, j], Sum(X[s, i] * (p[s] - y[s])**2 * X[s, j], s) / N + lam * KroneckerDelta(i, j),
                 en="multiplies the gradients of single examples: that is the empirical Fisher matrix",
                 zh="把单个样本的梯度相乘：那是经验 Fisher 矩阵")
    page.mistake(H_ww[i, j], Sum(X[s, i] * p[s] * (1 - p[s]) * X[s, j], s) / N + lam,
                 en="adds the penalty to every entry: it belongs on the diagonal", zh="把惩罚加到每个元素上：它只在对角线上")
    page.mistake(H_ww[i, j], Sum(X[s, i] * p[s] * (1 - p[s]) * X[s, j], s) + lam * KroneckerDelta(i, j),
                 en="forgets the mean over the examples", zh="漏掉了对样本取平均")

    page.convention(
        en="The Hessian is XᵀSX/N + λI with S = diag(p ⊙ (1 − p)); it does not depend on y.",
        zh="海森矩阵为 XᵀSX/N + λI，其中 S = diag(p ⊙ (1 − p))；与 y 无关。")
    page.convention(
        en="torch's binary_cross_entropy_with_logits and optax's sigmoid_binary_cross_entropy take z, not p; the first "
           "averages by default. The bias b is not penalised.",
        zh="torch 的 binary_cross_entropy_with_logits 与 optax 的 sigmoid_binary_cross_entropy 接受 z 而非 p；前者默认取平均。"
           "偏置 b 不受惩罚。")


logistic_regression.sized(N=5, n=3)
logistic_regression.sized(N=2, n=4)


@logistic_regression.reference("torch", "torch.nn.functional.binary_cross_entropy_with_logits")
def _(torch, v):
    def each(w):
        z = torch.nn.functional.linear(v["X"], w[None])[:, 0] + v["b"]
        return z, torch.nn.functional.binary_cross_entropy_with_logits(z, v["y"], reduction="none")

    def loss(w):
        return each(w)[1].mean() + v["lambda"] / 2 * torch.linalg.vector_norm(w)**2

    turned = torch.autograd.functional.vhp(loss, v["w"], v["v"].detach())[1]
    z, e = each(v["w"])
    return {"z": z, "e": e, "k": torch.mv(v["X"], v["v"]), "loss": loss(v["w"]), "c": turned @ v["v"]}


@logistic_regression.reference("jax", "optax.sigmoid_binary_cross_entropy")
def _(jax, v):
    import optax

    def each(w):
        return optax.sigmoid_binary_cross_entropy(v["X"] @ w + v["b"], v["y"])

    def loss(w):
        return each(w).mean() + v["lambda"] * optax.l2_loss(w).sum()

    turned = jax.jvp(jax.grad(loss), (v["w"],), (v["v"],))[1]
    return {"z": v["X"] @ v["w"] + v["b"], "e": each(v["w"]), "k": v["X"] @ v["v"], "loss": loss(v["w"]),
            "c": turned @ v["v"]}
