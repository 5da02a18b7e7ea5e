"""A gradient through t steps of a recurrence is at most (γ σ_max)^t times as long: what each step takes away, added up."""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(
    name="singular_bound",
    title={"en": "Singular values bound the gradient of a recurrent network", "zh": "奇异值限定循环网络的梯度"},
    section="2.2",
    source="Pascanu, Mikolov & Bengio 2013, section 2.1, equation 7",
    facts={
        "vanish-sufficient-singular": {"kind": "identity", "en": "‖J_t ⋯ J_1 x‖ ≤ σ^t ‖x‖ for J = diag(tanh′) W: below σ = 1 it vanishes",
                                       "zh": "‖J_t ⋯ J_1 x‖ ≤ σ^t ‖x‖，J = diag(tanh′) W：σ < 1 时消失"},
        "length-by-singular-values": {"kind": "identity", "en": "‖W x‖² = Σ σ_k² (v_kᵀ x)²", "zh": "‖W x‖² = Σ σ_k² (v_kᵀ x)²"},
    },
)
def singular_bound(page):
    T, n = page.sizes("T n")
    t = page.family("t", 1, T)
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", n)
    U, V = page.input("U", i, k), page.input("V", j, k)
    page.assume_orthogonal(U)
    page.assume_orthogonal(V)
    sigma, beta = page.input("sigma", positive=True), page.input("beta", k, below_one=True)      # σ_k = σ β_k: none above σ
    slope = page.input("s", t, i, below_one=True)                                               # tanh′ at step t
    bound, lengths = "vanish-sufficient-singular", "length-by-singular-values"

    W = page.let("W", [i, j], Sum(U[i, k] * sigma * beta[k] * V[j, k], k), fact=lengths)
    x = page.state("x", (t, 0, T), i)
    y = page.let("y", [t, i], Sum(W[i, j] * x[t - 1, j], j), fact=lengths)
    page.define(x[t, i], slope[t, i] * y[t, i], fact=bound)
    c = page.let("c", [t, k], Sum(V[j, k] * x[t - 1, j], j), fact=lengths)
    lost = page.let("g", [t], Sum((1 - slope[t, i]**2) * y[t, i]**2, i) + sigma**2 * Sum((1 - beta[k]**2) * c[t, k]**2, k), fact=bound)
    start = page.let("N_0", [], Sum(x[0, i]**2, i), fact=bound)
    square = page.state("N", t)                                                                 # ‖x_t‖², step by step
    page.define(square[t], sigma**2 * Piecewise((square[t - 1], t >= 2), (start, True)) - lost[t], fact=bound)
    m = page.family("m", 1, t)

    length = page.let("z", [t], Sum(y[t, i]**2, i), fact=lengths)
    page.claim(length[t], sigma**2 * Sum(beta[k]**2 * c[t, k]**2, k), fact=lengths)
    page.claim(square[t], Sum(x[t, i]**2, i), fact=bound, by="induction on t")
    page.claim(square[t], sigma**(2 * t) * start - Sum(sigma**(2 * (t - m)) * lost[m], m), fact=bound, by="induction on t")
    page.bound(square[t], "≤", sigma**(2 * t) * start, gap=Sum(sigma**(2 * (t - m)) * lost[m], m), fact=bound)

    page.mistake(length[t], sigma**2 * Sum(beta[k]**2 * x[t - 1, k]**2, k), en="weighs the entries of x: it is those along v_k", zh="按 x 的分量加权：应按 v_k 方向的分量")
    page.mistake(square[t], sigma**(2 * t) * start, en="takes the bound for the length", zh="把上界当成长度")
    page.mistake(square[t], sigma**t * start, relation="≤", en="bounds the square by σ^t: squares go with σ^(2t)", zh="用 σ^t 限定平方：平方应为 σ^(2t)")
    page.mistake(square[t], sigma**(2 * t) * start, relation="≥", en="turns the bound round: a large σ explodes only where x lies along its v", zh="把不等式反向：只有 x 沿相应 v 时大的 σ 才会爆炸")
    page.convention(
        en="‖W‖ = σ_max. The largest |eigenvalue| is smaller or equal, and bounds no single step. For the gradient take the transposed "
           "product, which has the same singular values.",
        zh="‖W‖ = σ_max。最大 |特征值| 不超过它，但不限定任何单步。梯度取转置乘积，其奇异值相同。")


singular_bound.sized(T=3, n=2)
singular_bound.sized(T=2, n=4)


@singular_bound.reference("torch", "torch.linalg.multi_dot, vector_norm")
def _(torch, v):
    W = torch.linalg.multi_dot([v["U"], torch.diag(v["sigma"] * v["beta"]), v["V"].T])
    x, y = [v["x[0]"]], []
    for slope in v["s"]:
        y.append(torch.mv(W, x[-1]))
        x.append(torch.mul(slope, y[-1]))
    x, y = torch.stack(x), torch.stack(y)
    norms, z = torch.linalg.vector_norm(x, dim=1)**2, torch.linalg.vector_norm(y, dim=1)**2
    return {"W": W, "x": x[1:], "y": y, "c": x[:-1] @ v["V"], "N_0": norms[0], "N": norms[1:], "g": v["sigma"]**2 * norms[:-1] - norms[1:], "z": z}


@singular_bound.reference("jax", "jax.numpy.linalg.multi_dot, norm")
def _(jax, v):
    np = jax.numpy
    W = np.linalg.multi_dot([v["U"], np.diag(v["sigma"] * v["beta"]), v["V"].T])
    x, y = [v["x[0]"]], []
    for slope in v["s"]:
        y.append(W @ x[-1])
        x.append(slope * y[-1])
    x, y = np.stack(x), np.stack(y)
    norms, z = np.linalg.norm(x, axis=1)**2, np.linalg.norm(y, axis=1)**2
    return {"W": W, "x": x[1:], "y": y, "c": x[:-1] @ v["V"], "N_0": norms[0], "N": norms[1:], "g": v["sigma"]**2 * norms[:-1] - norms[1:], "z": z}


@singular_bound.experiment("torch", "torch.linalg.matrix_norm of products of tanh Jacobians", fact="vanish-sufficient-singular")
def _(torch, see):
    torch.manual_seed(see.seed)
    over, grown = [], []
    for _ in range(30):
        W, h, J = torch.randn(6, 6, dtype=torch.float64), torch.randn(6, dtype=torch.float64), torch.eye(6, dtype=torch.float64)
        largest, radius = torch.linalg.matrix_norm(W, 2), torch.linalg.eigvals(W).abs().max()
        for step in range(1, 41):
            h = torch.tanh(W @ h)
            J = torch.diag(1 - h**2) @ W @ J
            over.append(torch.linalg.matrix_norm(J, 2) / largest**step)
            grown.append(torch.linalg.matrix_norm(J, 2) / radius**step)
    see(torch.stack(over).max(), "≤", 1, en="‖∂h_t/∂h_0‖ over σ_max^t, the largest of 30 networks and 40 steps", zh="‖∂h_t/∂h_0‖ 与 σ_max^t 之比，30 个网络 40 步中的最大值")
    see.wrongly(torch.stack(grown).max(), "≤", 1, en="over |λ_max|^t", zh="与 |λ_max|^t 之比")
