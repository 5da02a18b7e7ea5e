"""A tanh recurrence whose matrix has rank one, held at a fixed point: what decides whether its gradient vanishes is not the
eigenvalue of the matrix."""

from sympy import Piecewise, Rational, Sum, log, tanh

from derive.entry import entry


@entry(
    name="recurrent_spectrum",
    title={"en": "Eigenvalues and the gradient of a recurrent network", "zh": "特征值与循环网络的梯度"},
    section="2.2",
    source="Pascanu, Mikolov & Bengio 2013, section 2.1; Bengio, Simard & Frasconi 1994, section 3",
    facts={
        "rank-one-recurrence": {"kind": "definition", "en": "Recurrence with W = a bᵀ", "zh": "W = a bᵀ 的递推"},
        "rank-one-eigenvalue": {"kind": "identity", "en": "W a = λ a with λ = bᵀ a, and no other eigenvalue but 0",
                                "zh": "W a = λ a，λ = bᵀ a，其余特征值为 0"},
        "eigen-gradient-analysis": {"kind": "jacobian", "en": "Linear recurrence: W^k = λ^(k−1) a bᵀ", "zh": "线性递推：W^k = λ^(k−1) a bᵀ"},
        "vanish-eigenvalue-condition": {"kind": "jacobian", "en": "With tanh: powers of γ = bᵀ diag(tanh′) a; λ = 0 with γ > 1 is possible",
                                        "zh": "含 tanh：γ = bᵀ diag(tanh′) a 的幂；可能 λ = 0 而 γ > 1"},
        "explode-eigenvalue-condition": {"kind": "jacobian", "en": "λ > 1 with γ < 1: saturation lets the gradient vanish",
                                         "zh": "λ > 1 而 γ < 1：饱和使梯度消失"},
    },
)
def recurrent_spectrum(page):
    T, H = page.sizes("T H")
    t, i, j = page.family("t", 1, T), page.index("i", H), page.index("j", H)
    a, b, c = page.input("a", i), page.input("b", i), page.input("c", i)
    eigen = "rank-one-eigenvalue"
    W = page.let("W", [i, j], a[i] * b[j], fact="rank-one-recurrence")
    lam = page.let("lambda", [], Sum(b[i] * a[i], i), fact=eigen)
    image = page.let("v", [i], Sum(W[i, j] * a[j], j), fact=eigen)
    s = page.let("s", [i], tanh(c[i]), fact="rank-one-recurrence")                      # where the state stays
    D = page.let("D", [i], 1 - s[i]**2, fact="rank-one-recurrence")                     # tanh′ there
    gamma = page.let("gamma", [], Sum(b[i] * D[i] * a[i], i), fact="vanish-eigenvalue-condition")
    # the state of h_t = tanh(W h_{t−1} + x), with the x that holds it at s; W^t beside the derivative by h_0
    x = page.let("x", [i], c[i] - Sum(W[i, j] * s[j], j), fact="rank-one-recurrence")
    P, J = page.state("P", t, i, j), page.state("J", t, i, j)
    k = page.index("k", H)

    def product(factor, state, t, i, j):
        return Piecewise((Sum(factor(i, k) * state[t - 1, k, j], k), t >= 2), (factor(i, j), True))

    page.define(P[t, i, j], product(lambda i, j: a[i] * b[j], P, t, i, j), fact="eigen-gradient-analysis")
    page.define(J[t, i, j], product(lambda i, j: D[i] * a[i] * b[j], J, t, i, j), fact="vanish-eigenvalue-condition")
    held = page.let("h", [i], tanh(Sum(W[i, j] * s[j], j) + x[i]), fact="rank-one-recurrence")
    page.claim(held[i], s[i], fact="rank-one-recurrence")
    page.claim(image[i], lam * a[i], fact=eigen)
    page.claim(P[t, i, j], a[i] * b[j] * lam**(t - 1), by="induction on t", fact="eigen-gradient-analysis")
    page.claim(J[t, i, j], D[i] * a[i] * b[j] * gamma**(t - 1), by="induction on t", fact="vanish-eigenvalue-condition")

    # a = (2, 2), b = (1, −1), λ = 0, the second unit at tanh(log 3) = 4/5; and one unit there with a = 2, b = 1, λ = 2
    slope = 1 - tanh(log(3))**2
    grows = page.let("gamma_1", [], 2 - 2 * slope, fact="vanish-eigenvalue-condition")
    fades = page.let("gamma_2", [], 2 * slope, fact="explode-eigenvalue-condition")
    page.claim(grows, Rational(32, 25), fact="vanish-eigenvalue-condition")
    page.claim(fades, Rational(18, 25), fact="explode-eigenvalue-condition")
    page.bound(grows, ">", 1, gap=Rational(7, 25), fact="vanish-eigenvalue-condition")
    page.bound(fades, "<", 1, gap=Rational(7, 25), fact="explode-eigenvalue-condition")

    wrong = D[i] * a[i] * b[j] * lam**(t - 1)
    page.mistake(J[t, i, j], wrong, en="lets |λ_max(W)| < 1 decide that the gradient vanishes: λ = 0 and γ = 32/25 grows",
                 zh="以为 |λ_max(W)| < 1 就消失：λ = 0 而 γ = 32/25 时增长", fact="vanish-eigenvalue-condition")
    page.mistake(gamma, lam, en="lets λ_max(W) > 1 decide that it explodes: λ = 2 and γ = 18/25 fades",
                 zh="以为 λ_max(W) > 1 就爆炸：λ = 2 而 γ = 18/25 时衰减", fact="explode-eigenvalue-condition")
    page.mistake(P[t, i, j], a[i] * b[j] * lam**t, en="takes one factor λ too many: a bᵀ itself is the first power",
                 zh="多了一个 λ：a bᵀ 本身是一次幂")
    page.mistake(image[i], a[i], en="takes every vector for fixed: W a = λ a", zh="以为向量不变：W a = λ a")

    page.convention(
        en="Enough for vanishing: σ_max(W) max tanh′ < 1; needed for exploding: σ_max(W) > 1. With eigenvalues both hold for a "
           "linear recurrence as t grows, for one unit that is not saturated, and for normal W.",
        zh="消失的充分条件：σ_max(W) max tanh′ < 1；爆炸的必要条件：σ_max(W) > 1。用特征值则只对线性递推（t 增大时）、单个未饱和单元及正规矩阵 W 成立。")
    page.convention(
        en="h_t = tanh(W h_{t−1} + x), at the state s that x holds; J^(t) = ∂h_t/∂h_0. Even in the linear case the norm |a| |b| |λ|^(t−1) "
           "may first be large.",
        zh="h_t = tanh(W h_{t−1} + x)，位于由 x 保持的状态 s；J^(t) = ∂h_t/∂h_0。即使线性情形，范数 |a| |b| |λ|^(t−1) 起初也可能很大。")


recurrent_spectrum.sized(T=4, H=3)
recurrent_spectrum.sized(T=1, H=2)


@recurrent_spectrum.reference("torch", "torch.rnn_tanh_cell, torch.func.jacrev, torch.linalg.matrix_power")
def _(torch, v):
    s, W = torch.tanh(v["c"]), torch.outer(v["a"], v["b"])
    x, identity = v["c"] - torch.mv(W, s), torch.eye(len(s)).to(s)

    def run(h, steps):
        for _ in range(steps):
            h = torch.rnn_tanh_cell(x[None], h, identity, W)
        return h[0]

    def slopes(a, b, c):
        cell = torch.func.jacrev(lambda h: torch.rnn_tanh_cell(h, 0 * h, torch.eye(h.shape[1]).to(h), torch.eye(h.shape[1]).to(h))[0])
        return torch.trace(cell(c[None])[:, 0] @ torch.outer(a, b))

    def vector(*values):
        return torch.tensor(values).to(s)

    times = range(1, v["T"] + 1)
    return {"W": W, "lambda": torch.trace(W), "v": torch.mv(W, v["a"]), "s": s, "x": x, "h": run(s[None], 1),
            "gamma": slopes(v["a"], v["b"], v["c"]), "D": 1 / torch.cosh(v["c"])**2,
            "P": torch.stack([torch.linalg.matrix_power(W, k) for k in times]),
            "J": torch.stack([torch.func.jacrev(lambda h, k=k: run(h, k))(s[None])[:, 0] for k in times]),
            "gamma_1": slopes(vector(2., 2.), vector(1., -1.), torch.log(vector(1., 3.))),
            "gamma_2": slopes(vector(2.), vector(1.), torch.log(vector(3.)))}


@recurrent_spectrum.reference("jax", "flax.linen.SimpleCell, jax.jacrev, jax.numpy.linalg.matrix_power")
def _(jax, v):
    from flax import linen

    np, s = jax.numpy, jax.numpy.tanh(v["c"])
    W = np.outer(v["a"], v["b"])
    x, cell = v["c"] - W @ s, linen.SimpleCell(len(s), param_dtype=s.dtype)
    params = {"params": {"i": {"kernel": np.eye(len(s)), "bias": np.zeros(len(s))}, "h": {"kernel": W.T}}}

    def run(h, steps):
        for _ in range(steps):
            h = cell.apply(params, h, x)[0]
        return h

    times = range(1, v["T"] + 1)
    return {"W": W, "lambda": np.trace(W), "v": W @ v["a"], "s": s, "x": x, "h": run(s, 1),
            "P": np.stack([np.linalg.matrix_power(W, k) for k in times]),
            "J": np.stack([jax.jacrev(lambda h, k=k: run(h, k))(s) for k in times])}
