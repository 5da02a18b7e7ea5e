"""How far one step of Adam can go: Cauchy and Schwarz on the two averages."""

from sympy import Max, Sum

from derive.entry import entry


@entry(
    name="adam_step_bound",
    title={"en": "How far a step of Adam can go", "zh": "Adam 单步的最大幅度"},
    section="3.1",
    source="Kingma & Ba 2015, section 2.1; Cauchy–Schwarz, with Lagrange's identity for the rest",
    facts={
        "adam-averages": {"kind": "definition", "en": "Both averages, corrected", "zh": "校正后的两个滑动平均"},
        "adam-step-bound": {"kind": "identity", "en": "m̂² ≤ K v̂: without ε a step is at most α √K",
                            "zh": "m̂² ≤ K v̂：不计 ε 时单步不超过 α √K"},
        "adam-step-bound-attained": {"kind": "identity", "en": "Gradients that grow by β₂/β₁ attain it at every step",
                                     "zh": "以 β₂/β₁ 增长的梯度在每一步都达到该界"},
    },
)
def adam_step_bound(page):
    T = page.size("T")
    t = page.family("t", 1, T)
    s, r = page.family("s", 1, T), page.family("r", 1, T)

    g = page.input("g", t)
    beta, q = page.input("beta_1", below_one=True), page.input("q", below_one=True)      # q = √β₂

    def averages(names, gradients, fact):
        first = page.let(names[0], [t], (1 - beta) / (1 - beta**t) * Sum(beta**(t - s) * gradients(s), (s, 1, t)), fact=fact)
        second = page.let(names[1], [t], (1 - q**2) / (1 - q**(2 * t)) * Sum(q**(2 * (t - s)) * gradients(s)**2, (s, 1, t)),
                          fact=fact)
        return first, second, page.let(names[2], [t], first[t]**2, fact=fact)

    m, v, square = averages(("m_hat", "v_hat", "a"), lambda s: g[s], "adam-averages")
    K = page.let("K", [t], (1 - beta)**2 / (1 - beta**t)**2 * (1 - q**(2 * t)) / (1 - q**2)
                 * Sum((beta / q)**(2 * (t - s)), (s, 1, t)), fact="adam-step-bound")
    extreme = page.let("e", [t], (q**2 / beta)**t, fact="adam-step-bound-attained")
    _, largest, attained = averages(("M", "V", "A"), lambda s: extreme[s], "adam-step-bound-attained")

    crossed = Sum((beta**(t - s) * q**(s - r) * g[r] - beta**(t - r) * q**(r - s) * g[s])**2, (s, 1, t), (r, 1, t))
    page.bound(square[t], "≤", K[t] * v[t], fact="adam-step-bound",
               gap=(1 - beta)**2 / (1 - beta**t)**2 * crossed / 2)
    page.claim(K[1], 1, fact="adam-step-bound")
    page.claim(attained[t], K[t] * largest[t], fact="adam-step-bound-attained")

    page.mistake(square[t], v[t], relation="≤", en="says that no step is longer than α: the averages forget at different rates",
                 zh="以为单步不超过 α：两个平均的遗忘速度不同")
    page.mistake(attained[t], Max(1, (1 - beta)**2 / (1 - q**2)) * largest[t], relation="≤",
                 en="quotes α · max(1, (1 − β₁)/√(1 − β₂)): gradients that grow by β₂/β₁ go beyond it",
                 zh="引用 α · max(1, (1 − β₁)/√(1 − β₂))：以 β₂/β₁ 增长的梯度会超出它")
    page.mistake(K[t], (1 - beta)**2 / (1 - q**2) * Sum((beta / q)**(2 * (t - s)), (s, 1, t)),
                 en="forgets the bias corrections: they matter most in the first steps", zh="漏掉偏差校正：它在最初几步最重要")
    page.mistake(K[t], 1, en="takes the first step for all of them", zh="把第一步的结论当作每一步的")

    page.convention(
        en="q is √β₂. Without ε a step is α m̂/√v̂, so |Δθ| ≤ α √K; ε > 0 makes it shorter. The bound needs no condition on g.",
        zh="q 即 √β₂。不计 ε 时一步为 α m̂/√v̂，故 |Δθ| ≤ α √K；ε > 0 使其更短。该界对 g 没有要求。")
    page.convention(
        en="For β₁² < β₂ and many steps √K tends to (1 − β₁)/√((1 − β₂)(1 − β₁²/β₂)): 7.27 at 0.9 and 0.999.",
        zh="β₁² < β₂ 且步数很多时 √K 趋于 (1 − β₁)/√((1 − β₂)(1 − β₁²/β₂))：β 取 0.9 与 0.999 时为 7.27。")


adam_step_bound.sized(T=5)
adam_step_bound.sized(T=1)


@adam_step_bound.reference("torch", "torch.optim.Adam, its two averages")
def _(torch, v):
    betas = float(v["beta_1"]), float(v["q"]**2)

    def run(gradients):
        theta = torch.zeros_like(gradients[0], requires_grad=True)
        optimizer, first, second = torch.optim.Adam([theta], betas=betas), [], []
        for k, gradient in enumerate(gradients, 1):
            theta.grad = gradient.clone()
            optimizer.step()
            state = optimizer.state[theta]
            first.append(state["exp_avg"] / (1 - betas[0]**k))
            second.append(state["exp_avg_sq"] / (1 - betas[1]**k))
        return torch.stack(first), torch.stack(second)

    ratio = v["q"]**2 / v["beta_1"]
    (m, second), (M, V) = run(v["g"].detach()), run(ratio.detach() ** torch.arange(1, v["T"] + 1, device=ratio.device))
    return {"m_hat": m, "v_hat": second, "a": m**2, "M": M, "V": V, "A": M**2}


@adam_step_bound.reference("jax", "optax.scale_by_adam, its two averages")
def _(jax, v):
    import optax

    def run(gradients):
        optimizer, first, second = optax.scale_by_adam(v["beta_1"], v["q"]**2, eps=0.), [], []
        state = optimizer.init(gradients[0])
        for k, gradient in enumerate(gradients, 1):
            state = optimizer.update(gradient, state)[1]
            first.append(state.mu / (1 - v["beta_1"]**k))
            second.append(state.nu / (1 - v["q"]**(2 * k)))
        return jax.numpy.stack(first), jax.numpy.stack(second)

    powers = (v["q"]**2 / v["beta_1"]) ** jax.numpy.arange(1, v["T"] + 1)
    (m, second), (M, V) = run(v["g"]), run(powers)
    return {"m_hat": m, "v_hat": second, "a": m**2, "M": M, "V": V, "A": M**2, "e": powers}
