"""Least squares with an L1 and an L2 penalty: the gradient off zero, and the proximal steps that reach zero."""

from sympy import Abs, Sum, sign

from derive.entry import entry
from derive.sympy_functions import relu


@entry(
    name="elastic_net",
    title={"en": "L1, L2 and elastic net", "zh": "L1、L2 与弹性网"},
    section="3.2",
    source="Zou & Hastie 2005, equation 3; Tibshirani 1996; Parikh & Boyd 2014, sections 6.5.2 and 2.2",
    facts={
        "l1-objective": {"kind": "definition", "en": "L1 penalty and its gradient", "zh": "L1 惩罚及其梯度"},
        "elastic-net-objective": {"kind": "definition", "en": "Elastic net and its gradient", "zh": "弹性网及其梯度"},
        "elastic-net-combines": {"kind": "identity", "en": "It adds the L1 and the L2 penalty", "zh": "它是 L1 与 L2 惩罚之和"},
        "l1-prox": {"kind": "identity", "en": "Soft threshold, the proximal step of L1", "zh": "软阈值，即 L1 的近端算子"},
        "l1-sparsity": {"kind": "identity", "en": "It is exactly zero for |z| < λ₁", "zh": "|z| < λ₁ 时恰为零"},
        "l1-nondifferentiable": {"kind": "identity", "en": "The slopes of |w| on both sides of 0", "zh": "|w| 在 0 两侧的斜率"},
        "l1-feature-selection": {"kind": "claim", "en": "It picks the features that matter, unless one stands for several of them",
                                 "zh": "选出起作用的特征，除非某个特征可替代其中几个"},
        "elastic-net-prox": {"kind": "identity", "en": "Proximal step of the elastic net", "zh": "弹性网的近端算子"},
    },
)
def elastic_net(page):
    N, n, m = page.sizes("N n m")
    s, i, k = page.index("s", N), page.index("i", n), page.index("k", m)

    X, y, w = page.input("X", s, i), page.input("y", s), page.input("w", i)
    a, b = page.input("lambda_1", positive=True), page.input("lambda_2", positive=True)
    r = page.let("r", [s], Sum(X[s, i] * w[i], i) - y[s])
    loss = page.let("L_0", [], Sum(r[s]**2, s))
    lasso = page.let("L_1", [], loss + a * Sum(Abs(w[i]), i), fact="l1-objective")
    ridge = page.let("L_2", [], loss + b * Sum(w[i]**2, i), fact="elastic-net-combines")
    net = page.let("L_E", [], loss + a * Sum(Abs(w[i]), i) + b * Sum(w[i]**2, i), fact="elastic-net-objective")
    page.loss(net)

    z = page.input("z", i)
    t, h = page.input("t", k, positive=True), page.input("h", k, positive=True)
    right, left = (page.let(f"q_{side}", [k], Abs(step) / step, fact="l1-nondifferentiable")
                   for side, step in (("r", h[k]), ("l", -h[k])))

    def threshold(name, z, a, fact):
        return page.let(name, [k], relu(z - a) - relu(-z - a), fact=fact)

    small, large = t[k], t[k] + h[k]
    inside, outside = threshold("S_in", small, large, "l1-sparsity"), threshold("S_out", large, small, "l1-prox")
    slope_in = page.let("p_in", [k], (small - inside[k]) / large, fact="l1-prox")    # S − z + λ p = 0, p a slope of |w| at S
    slope_out = page.let("p_out", [k], (large - outside[k]) / small, fact="l1-prox")
    soft = page.let("S", [i], relu(z[i] - a) - relu(-z[i] - a), fact="l1-prox")
    both = page.let("P", [i], soft[i] / (1 + 2 * b), fact="elastic-net-prox")

    dw, da, db = page.want(w, fact="elastic-net-objective"), page.want(a, fact="l1-objective"), page.want(b)
    page.claim(dw[i], 2 * Sum(X[s, i] * r[s], s) + a * sign(w[i]) + 2 * b * w[i], fact="elastic-net-objective")
    page.claim(da, Sum(Abs(w[i]), i), fact="l1-objective")
    page.claim(db, Sum(w[i]**2, i), fact="elastic-net-combines")
    page.claim(net, lasso + ridge - loss, fact="elastic-net-combines")
    page.claim(both[i], relu(z[i] / (1 + 2 * b) - a / (1 + 2 * b)) - relu(-z[i] / (1 + 2 * b) - a / (1 + 2 * b)),
               fact="elastic-net-prox")
    page.claim(inside[k], 0, fact="l1-sparsity")
    page.claim(outside[k], h[k], fact="l1-prox")
    page.claim(slope_out[k], 1, fact="l1-prox")
    page.claim(slope_in[k], t[k] / (t[k] + h[k]), fact="l1-prox")
    page.bound(slope_in[k], "≤", 1, fact="l1-prox", gap=h[k] / (t[k] + h[k]))
    page.bound(slope_in[k], "≥", -1, fact="l1-prox", gap=(2 * t[k] + h[k]) / (t[k] + h[k]))
    page.claim(right[k], 1, fact="l1-nondifferentiable")
    page.claim(left[k], -1, fact="l1-nondifferentiable")

    page.mistake(dw[i], 2 * Sum(X[s, i] * r[s], s) + a + 2 * b * w[i], en="forgets the sign", zh="漏掉了符号")
    page.mistake(dw[i], 2 * Sum(X[s, i] * r[s], s) + a * Abs(w[i]) + 2 * b * w[i],
                 en="does not differentiate |w|", zh="没有对 |w| 求导")
    page.mistake(dw[i], 2 * Sum(X[s, i] * r[s], s) + a * sign(w[i]) + b * w[i],
                 en="expects a ½ at the L2 penalty", zh="以为 L2 惩罚带有 ½")
    page.mistake(soft[i], z[i] - a * sign(z[i]),
                 en="shrinks without stopping at zero: this is a step against the gradient, which gives no zeros",
                 zh="收缩而不停在零：那只是沿负梯度走一步，得不到零")
    page.mistake(left[k], 1, en="takes |w| for differentiable at 0: it has another slope on the left",
                 zh="以为 |w| 在 0 处可导：左侧斜率不同")
    page.mistake(outside[k], t[k] + h[k], en="takes the threshold for a hard one: what is kept is shrunk by λ₁",
                 zh="当成硬阈值：保留的部分也要收缩 λ₁")
    page.mistake(soft[i], relu(z[i] - a) + relu(-z[i] - a), en="loses the sign of negative weights", zh="丢了负权重的符号")
    page.mistake(both[i], soft[i] / (1 + b), en="expects a ½ at the L2 penalty", zh="以为 L2 惩罚带有 ½")
    page.mistake(net, lasso + ridge, en="counts the loss twice", zh="损失算了两次")

    page.convention(
        en="S_in and S_out are S for |z| < λ₁ and z > λ₁, which is what t, h > 0 say: 0 lies in S − z + λ₁ ∂|S| both times, the whole "
           "of [−1, 1] at S = 0 and 1 at S > 0. So S = sign(z) max(|z| − λ₁, 0) minimises ½(w − z)² + λ₁|w|, and P minimises ½(w − z)² + λ₁|w| + λ₂w²: completing the "
           "square, P is the soft threshold of z/(1 + 2λ₂) at λ₁/(1 + 2λ₂).",
        zh="由 t, h > 0，S_in 与 S_out 即 |z| < λ₁ 与 z > λ₁ 时的 S：两种情形下 0 都属于 S − z + λ₁ ∂|S|，其中 S = 0 处为 [−1, 1]，S > 0 处为 1。"
           "故 S = sign(z) max(|z| − λ₁, 0) 使 ½(w − z)² + λ₁|w| 最小；P 使 ½(w − z)² + λ₁|w| + λ₂w² 最小：配方可知 P 是 z/(1 + 2λ₂) "
           "以 λ₁/(1 + 2λ₂) 为阈值的软阈值。")
    page.convention(
        en="|w| has no derivative at 0, and nothing is claimed there: torch.abs has the gradient 0, jax.numpy.abs 1.",
        zh="|w| 在 0 处不可导，此处不作断言：torch.abs 取梯度 0，jax.numpy.abs 取 1。")
    page.convention(
        en="The squares have no ½ and are summed. scikit-learn's ElasticNet divides the loss by 2N and writes α·l1_ratio and "
           "α(1 − l1_ratio)/2 for λ₁ and λ₂.",
        zh="平方项不带 ½ 且求和。scikit-learn 的 ElasticNet 把损失除以 2N，λ₁ 与 λ₂ 分别写作 α·l1_ratio 与 α(1 − l1_ratio)/2。")


elastic_net.sized(N=5, n=3, m=2)
elastic_net.sized(N=3, n=4, m=2)


@elastic_net.reference("torch", "torch.nn.functional.mse_loss, l1_loss, softshrink")
def _(torch, v):
    F, w = torch.nn.functional, v["w"]
    loss = F.mse_loss(F.linear(v["X"], w), v["y"], reduction="sum")
    one, two = (f(w, torch.zeros_like(w), reduction="sum") for f in (F.l1_loss, F.mse_loss))
    a, b = v["lambda_1"], v["lambda_2"]
    shrunk, (t, h) = 1 + 2 * float(b.detach()), (v[name].detach() for name in "th")
    return {"L_0": loss, "L_1": loss + a * one, "L_2": loss + b * two, "L_E": loss + a * one + b * two,
            "S_in": torch.stack([F.softshrink(x, float(x + y)) for x, y in zip(t, h)]),
            "S_out": torch.stack([F.softshrink(x + y, float(x)) for x, y in zip(t, h)]),
            "q_r": torch.sgn(h), "q_l": torch.sgn(-h), "S": F.softshrink(v["z"], float(a.detach())), "P": F.softshrink(v["z"] / shrunk, float(a.detach()) / shrunk)}


@elastic_net.reference("jax", "optax.l2_loss, optax.projections.projection_box")
def _(jax, v):
    import optax

    loss = 2 * optax.l2_loss(v["X"] @ v["w"], v["y"]).sum()
    one, two = jax.numpy.linalg.norm(v["w"], 1), 2 * optax.l2_loss(v["w"]).sum()
    kept = optax.projections.projection_box(v["z"], -v["lambda_1"], v["lambda_1"])
    return {"S": v["z"] - kept, "L_1": loss + v["lambda_1"] * one, "L_E": loss + v["lambda_1"] * one + v["lambda_2"] * two}


@elastic_net.experiment("torch", "torch.nn.functional.softshrink, torch.linalg.lstsq", fact="l1-feature-selection")
def _(torch, see):
    torch.manual_seed(see.seed)
    F, n, N = torch.nn.functional, 8, 80
    X = torch.randn(N, n)
    y = 2 * X[:, 1] - X[:, 4] + .1 * torch.randn(N)

    def chosen(X, y, a=20.0, steps=300):
        alpha = 1 / (2 * torch.linalg.matrix_norm(X, 2).item()**2)          # steps of ISTA on ‖Xw − y‖² + a‖w‖₁
        w = torch.zeros(X.shape[1])
        for _ in range(steps):
            w = F.softshrink(w - alpha * 2 * X.T @ (X @ w - y), alpha * a)
        return [int(i) for i in w.nonzero()]

    see(str(chosen(X, y)), "=", "[1, 4]", en="features that L1 keeps, of 8, where 1 and 4 matter", zh="8 个特征中 1 与 4 起作用：L1 保留的特征")
    by_least_squares = torch.linalg.lstsq(X, y[:, None]).solution
    see.wrongly(int((by_least_squares == 0).sum()), ">", 0, en="least squares leaves some out as well", zh="最小二乘也会去掉一些特征")
    both = torch.cat([X[:, :3], (X[:, :1] + X[:, 1:2]) / 2**.5], 1)
    see.wrongly(str(chosen(both, X[:, 0] + X[:, 1])), "=", "[0, 1]",
                en="L1 finds 0 and 1 beside a feature that is their sum", zh="存在等于 0 与 1 之和的特征时，L1 仍选出 0 与 1")
