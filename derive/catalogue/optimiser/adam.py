"""Adam over T steps: the moments in closed form, why the bias correction is what it is, and the update."""

from sympy import Piecewise, Sum, sqrt

from derive.entry import entry


@entry(
    name="adam",
    title={"en": "Adam, T steps", "zh": "Adam 优化器，T 步"},
    section="3.1",
    source="Kingma & Ba 2015, algorithm 1 and section 3",
    facts={
        "adam-m": {"kind": "update-rule", "en": "First moment", "zh": "一阶矩"},
        "adam-v": {"kind": "update-rule", "en": "Second moment", "zh": "二阶矩"},
        "adam-moment-closed-form": {"kind": "identity", "en": "Moments in closed form", "zh": "矩的闭式"},
        "adam-bias-correction": {"kind": "identity", "en": "Total weight, which the correction divides away",
                                 "zh": "权重之和，即偏差校正所除去的量"},
        "adam-bias-correction-claim": {"kind": "identity", "en": "Corrected, the moment is a weighted mean",
                                       "zh": "校正后的一阶矩是加权平均"},
        "adam-mhat": {"kind": "update-rule", "en": "First moment, corrected", "zh": "校正后的一阶矩"},
        "adam-vhat": {"kind": "update-rule", "en": "Second moment, corrected", "zh": "校正后的二阶矩"},
        "adam": {"kind": "update-rule", "en": "Update", "zh": "更新"},
    },
)
def adam(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)

    g = page.input("g", t, i)
    alpha, eps = page.input("alpha", positive=True), page.input("epsilon", positive=True)
    beta_1, beta_2 = page.input("beta_1", below_one=True), page.input("beta_2", below_one=True)
    theta = page.state("theta", (t, 0, T), i)

    def average(name, beta, what, fact):
        """An exponential average that starts from zero."""
        state = page.state(name, t, i)
        page.define(state[t, i], Piecewise((beta * state[t - 1, i], t >= 2), (0, True)) + (1 - beta) * what(t),
                    fact=fact)
        return state

    m = average("m", beta_1, lambda t: g[t, i], "adam-m")
    v = average("v", beta_2, lambda t: g[t, i]**2, "adam-v")
    w = page.state("w", t)
    page.define(w[t], Piecewise((beta_1 * w[t - 1], t >= 2), (0, True)) + (1 - beta_1), fact="adam-bias-correction")
    m_hat = page.let("m_hat", [t, i], m[t, i] / (1 - beta_1**t), fact="adam-mhat")
    v_hat = page.let("v_hat", [t, i], v[t, i] / (1 - beta_2**t), fact="adam-vhat")
    page.define(theta[t, i], theta[t - 1, i] - alpha * m_hat[t, i] / (sqrt(v_hat[t, i]) + eps), fact="adam")

    page.claim(m[t, i], (1 - beta_1) * Sum(beta_1**(t - s) * g[s, i], (s, 1, t)), by="induction on t",
               fact="adam-moment-closed-form")
    page.claim(v[t, i], (1 - beta_2) * Sum(beta_2**(t - s) * g[s, i]**2, (s, 1, t)), by="induction on t",
               fact="adam-moment-closed-form")
    page.claim(w[t], 1 - beta_1**t, by="induction on t", fact="adam-bias-correction")
    page.claim(w[t], (1 - beta_1) * Sum(beta_1**(t - s), (s, 1, t)), by="induction on t", fact="adam-bias-correction")
    page.claim(m_hat[t, i], m[t, i] / w[t], fact="adam-bias-correction-claim")
    page.claim(theta[t, i], theta[t - 1, i] - alpha * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m[t, i]
               / (sqrt(v[t, i]) + eps * sqrt(1 - beta_2**t)), fact="adam")

    page.mistake(m[t, i], (1 - beta_1) * Sum(beta_1**(t - 1 - s) * g[s, i], (s, 1, t)),
                 en="shifts the weights by one step: the newest gradient has weight 1 − β₁", zh="权重错开一步：最新梯度的权重是 1 − β₁")
    page.mistake(m[t, i], Sum(beta_1**(t - s) * g[s, i], (s, 1, t)),
                 en="leaves out the factor 1 − β₁: this is classical momentum", zh="漏掉因子 1 − β₁：那是经典动量")
    page.mistake(w[t], 1 - beta_1**(t - 1), en="counts steps from 0 when correcting", zh="校正时从 0 开始计步")
    page.mistake(w[t], beta_1**t, en="divides by β₁ᵗ instead of 1 − β₁ᵗ", zh="除以 β₁ᵗ，应为 1 − β₁ᵗ")
    page.mistake(theta[t, i], theta[t - 1, i] - alpha * m_hat[t, i] / sqrt(v_hat[t, i] + eps),
                 en="puts ε under the root", zh="把 ε 放进了根号")

    page.convention(
        en="torch and optax add ε to √v̂, outside of the root, as here; m and v start at zero.",
        zh="torch 与 optax 把 ε 加在 √v̂ 上（根号之外），与此处相同；m 与 v 从零开始。")
    page.convention(
        en="optax has another constant, eps_root, under the root; it is 0 by default.",
        zh="optax 另有根号内的常数 eps_root，默认为 0。")


adam.sized(T=6, n=3)
adam.sized(T=1, n=4)


@adam.reference("torch", "torch.optim.Adam")
def _(torch, v):
    theta = v["theta[0]"].clone().requires_grad_()
    optimizer = torch.optim.Adam([theta], lr=float(v["alpha"]), betas=(float(v["beta_1"]), float(v["beta_2"])),
                                 eps=float(v["epsilon"]))
    path = []
    for gradient in v["g"]:
        theta.grad = gradient.clone()
        optimizer.step()
        path.append(theta.detach().clone())
    return {"theta": torch.stack(path)}


@adam.reference("jax", "optax.adam")
def _(jax, v):
    import optax

    optimizer = optax.adam(v["alpha"], v["beta_1"], v["beta_2"], v["epsilon"])
    theta = v["theta[0]"]
    state, path = optimizer.init(theta), []
    for gradient in v["g"]:
        step, state = optimizer.update(gradient, state, theta)
        theta = optax.apply_updates(theta, step)
        path.append(theta)
    return {"theta": jax.numpy.stack(path)}
