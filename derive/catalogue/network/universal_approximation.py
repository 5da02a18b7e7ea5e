"""What one hidden layer can approximate: a staircase of steep sigmoids, and what polynomials and unbounded domains forbid."""

from sympy import Abs, Piecewise, Rational, Sum

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="universal_approximation",
    title={"en": "Universal approximation and its limits", "zh": "万能逼近定理及其边界"},
    section="1.2",
    source="Cybenko 1989; Hornik 1991; Leshno, Lin, Pinkus & Schocken 1993, theorem 1",
    facts={
        "uat-constructive-1d": {"kind": "identity", "en": "Steps from value to value are a staircase through f",
                                "zh": "由逐级台阶组成的阶梯函数经过 f"},
        "uat-any-continuous": {"kind": "identity", "en": "On compact sets only: bounded units stay below a bound",
                               "zh": "仅限紧集：有界单元的输出有上界"},
        "hornik-theorem": {"kind": "identity", "en": "Without a non-linear function |x| is missed by ½ on [−1, 1]",
                           "zh": "没有非线性函数时，[−1, 1] 上对 |x| 的误差至少 ½"},
        "cybenko-theorem": {"kind": "identity", "en": "With squares |x| is missed by ⅛, at every width", "zh": "用平方作激活时，任意宽度对 |x| 的误差至少 ⅛"},
    },
)
def universal_approximation(page):
    H, n = page.sizes("H n")
    j = page.index("j", H)
    i, k = page.family("i", 1, n), page.family("k", 1, n)
    half = Rational(1, 2)

    w, b, v, c = page.input("w", j), page.input("b", j), page.input("v", j), page.input("c")

    def missed(function, x):
        """By how much a network of this activation is above |x|."""
        return Sum(v[j] * function(w[j] * x + b[j]), j) + c - Abs(x)

    lines = page.let("A", [], missed(lambda z: z, 1) / 2 - missed(lambda z: z, 0) + missed(lambda z: z, -1) / 2, fact="hornik-theorem")
    squares = page.let("Q", [], 3 * missed(lambda z: z**2, 0) - 2 * missed(lambda z: z**2, half) - 2 * missed(lambda z: z**2, -half)
                       + missed(lambda z: z**2, 1) / 2 + missed(lambda z: z**2, -1) / 2, fact="cybenko-theorem")

    x, p, q = page.input("x"), page.input("p", j, positive=True), page.input("q", j, positive=True)
    F = page.let("F", [], Sum((p[j] - q[j]) * sigmoid(w[j] * x + b[j]), j) + c, fact="uat-any-continuous")

    f, steep = page.input("f", (i, 0, n)), page.input("lambda", positive=True)
    G = page.let("G", [i], f[0] + Sum((f[k] - f[k - 1]) * sigmoid(steep * (i - k + half)), k), fact="uat-constructive-1d")
    stairs = page.state("S", i)
    page.define(stairs[i], Piecewise((stairs[i - 1], i >= 2), (f[0], True)) + f[i] - f[i - 1], fact="uat-constructive-1d")

    page.claim(stairs[i], f[0] + Sum(f[k] - f[k - 1], (k, 1, i)), by="induction on i", fact="uat-constructive-1d")
    page.claim(stairs[i], f[i], by="induction on i", fact="uat-constructive-1d")
    page.claim(G[i], stairs[i] - Sum((f[k] - f[k - 1]) * sigmoid(-steep * (i - k + half)), (k, 1, i))
               + Sum((f[k] - f[k - 1]) * sigmoid(steep * (i - k + half)), (k, i + 1, n)), fact="uat-constructive-1d")
    page.bound(F, "≤", c + Sum(p[j], j), fact="uat-any-continuous",
               gap=Sum(p[j] * (1 - sigmoid(w[j] * x + b[j])) + q[j] * sigmoid(w[j] * x + b[j]), j))
    page.claim(lines, -1, fact="hornik-theorem")
    page.claim(squares, 1, fact="cybenko-theorem")

    page.mistake(lines, 0, en="expects enough units to make up for the missing non-linear function: layers of lines are a line",
                 zh="以为单元够多便可没有非线性函数：直线的叠加仍是直线")
    page.mistake(squares, 0, en="takes any non-linear function: polynomials of one degree stay polynomials of that degree",
                 zh="以为任何非线性函数都行：固定次数的多项式叠加后次数不变")
    page.mistake(F, c + Sum(p[j] - q[j], j), relation="≤", en="sets every unit to 1: those with negative weights are better off at 0",
                 zh="把所有单元设为 1：负权重的单元取 0 才最大")
    page.mistake(G[i], f[i], en="takes a steep sigmoid for a step", zh="把陡峭的 sigmoid 当成台阶")

    page.convention(
        en="G^(i) is the staircase of n units at the i-th of the points, with its steps half-way between them, of steepness λ: what is off is "
           "Σ of steps times σ(−λ/2) and less. Between points add what f varies there: for continuous f on a compact set both can be made "
           "small. In several variables the theorem is cited, not shown.",
        zh="G^(i) 是 n 个单元的阶梯在第 i 个节点处的值，台阶位于节点中间，陡度为 λ：误差为各级高度乘以不超过 σ(−λ/2) 的数之和。"
           "节点之间再加上 f 在其间的变化：紧集上的连续 f 两者都可任意小。多元情形仅引用，不在此证明。")
    page.convention(
        en="A adds how far a network of lines is above |x| at 1, 0 and −1 with weights ½, −1, ½: since the sum is −1, one of them is ½ at least. Q "
           "does so at 0, ±½, ±1 with weights of size 8 in all: one is ⅛ at least. Cybenko wants σ with limits 0 and 1, Hornik bounded and "
           "continuous, Leshno et al. any but polynomials.",
        zh="A 以权重 ½、−1、½ 累加直线网络在 1、0、−1 处高出 |x| 的量：和为 −1，故其一至少为 ½。Q 在 0、±½、±1 处取总量为 8 的权重：其一至少为 ⅛。"
           "Cybenko 要求 σ 的极限为 0 与 1，Hornik 要求有界连续，Leshno 等要求非多项式。")
    page.convention(
        en="F ≤ c + Σ p at every x, p − q the weights of the output: at x = c + Σ p + 1 it misses the function x by 1.",
        zh="对每个 x 有 F ≤ c + Σ p（输出权重为 p − q）：在 x = c + Σ p + 1 处与函数 x 至少差 1。")


universal_approximation.sized(H=3, n=4)
universal_approximation.sized(H=2, n=5)


@universal_approximation.reference("torch", "torch.nn.functional.linear, torch.sigmoid")
def _(torch, v):
    linear = torch.nn.functional.linear

    def network(squash, points, out):
        return linear(squash(linear(points[:, None], v["w"][:, None], v["b"])), out[None], v["c"][None])[:, 0]

    def missed(squash, weights):
        points = torch.tensor([-1, -.5, 0, .5, 1], dtype=v["w"].dtype, device=v["w"].device)
        return torch.tensor(weights, dtype=points.dtype, device=points.device) @ (network(squash, points, v["v"]) - points.abs())

    nodes = torch.arange(1, len(v["f"]), dtype=v["f"].dtype, device=v["f"].device)
    G = linear(torch.sigmoid(v["lambda"] * (nodes[:, None] - nodes + .5)), v["f"].diff()[None])[:, 0] + v["f"][0]
    return {"A": missed(torch.nn.Identity(), [.5, 0, -1, 0, .5]), "Q": missed(torch.square, [.5, -2, 3, -2, .5]), "G": G,
            "F": network(torch.sigmoid, v["x"][None], v["p"] - v["q"])[0], "S": v["f"][0] + v["f"].diff().cumsum(0)}


@universal_approximation.reference("jax", "jax.nn.sigmoid, jax.numpy.diff")
def _(jax, v):
    np, nodes = jax.numpy, jax.numpy.arange(1, len(v["f"]))
    G = v["f"][0] + jax.nn.sigmoid(v["lambda"] * (nodes[:, None] - nodes + .5)) @ np.diff(v["f"])
    return {"G": G, "F": (v["p"] - v["q"]) @ jax.nn.sigmoid(v["w"] * v["x"] + v["b"]) + v["c"],
            "S": v["f"][0] + np.cumsum(np.diff(v["f"]))}


@universal_approximation.experiment("torch", "torch.sigmoid", fact="uat-constructive-1d")
def _(torch, see):
    x = torch.linspace(0, 1, 4001, dtype=torch.float64)

    def worst(n, steep):
        nodes = torch.linspace(0, 1, n + 1, dtype=x.dtype)
        steps, middles = torch.sin(6 * nodes).diff(), (nodes[1:] + nodes[:-1]) / 2
        return float((torch.sigmoid(steep * n * (x[:, None] - middles)) @ steps - torch.sin(6 * x)).abs().max())

    errors = [worst(n, 60) for n in (25, 50, 100)]
    see(errors[0], "<", .2, en="largest error for sin 6x on [0, 1], 25 steep units", zh="25 个陡峭单元在 [0, 1] 上对 sin 6x 的最大误差")
    see(torch.tensor([errors[0] / errors[1], errors[1] / errors[2]]), "=", 2, within=.2, en="what twice the units divide it by", zh="单元加倍时误差缩小的倍数")
    see.wrongly(worst(100, .02), "<", .2, en="100 units do it at any steepness", zh="100 个单元在任何陡度下都够用")


@universal_approximation.experiment("torch", "torch.linalg.lstsq, torch.sigmoid", fact="cybenko-theorem")
def _(torch, see):
    torch.manual_seed(see.seed)
    x = torch.linspace(-1, 1, 401, dtype=torch.float64)

    def worst(squash, width):
        units = squash(x[:, None] * 8 * torch.randn(width, dtype=x.dtype) + 8 * torch.randn(width, dtype=x.dtype))
        units = torch.cat([units, torch.ones_like(x)[:, None]], 1)
        out = torch.linalg.lstsq(units, x.abs()[:, None], driver="gelsd").solution
        return float((units @ out - x.abs()[:, None]).abs().max())

    see(worst(torch.sigmoid, 200), "<", .05, en="largest error for |x| on [−1, 1], 200 random sigmoids and the best output weights",
        zh="200 个随机 sigmoid、最优输出权重在 [−1, 1] 上对 |x| 的最大误差")
    see(worst(torch.square, 20), "≥", .125, en="the same of 20 squares", zh="20 个平方单元")
    see.wrongly(worst(torch.square, 400), "<", .125, en="400 squares do better", zh="400 个平方单元会更好")


@universal_approximation.experiment("torch", "scipy.optimize.linprog, torch.nn.Linear", fact="hornik-theorem")
def _(torch, see):
    from scipy.optimize import linprog

    torch.manual_seed(see.seed)
    x = torch.linspace(-1, 1, 41, dtype=torch.float64)
    line = torch.stack([x, torch.ones_like(x)], 1)
    rows = torch.cat([torch.cat([sign * line, -torch.ones(41, 1, dtype=x.dtype)], 1) for sign in (1, -1)])
    best = linprog([0, 0, 1], A_ub=rows, b_ub=torch.cat([x.abs(), -x.abs()]), bounds=[(None, None)] * 3)
    see(best.fun, "=", .5, within=1e-6, en="error of the best line for |x| on [−1, 1]", zh="最佳直线对 |x| 的误差")

    def narrow():
        layers = [module for _ in range(6) for module in (torch.nn.Linear(1, 1), torch.nn.ReLU())]
        return torch.nn.Sequential(*layers, torch.nn.Linear(1, 1)).double()(x[:, None])[:, 0]

    found = torch.stack([narrow() for _ in range(50)])
    see((found.diff().amin(1) * found.diff().amax(1)).min(), "≥", -1e-12, en="falls times rises of deep ReLU networks one unit wide, which are monotone",
        zh="宽度为 1 的深 ReLU 网络下降与上升之积：它们单调")
    see.wrongly((found - x.abs()).abs().amax(1).min(), "<", .5, en="depth alone approximates |x|", zh="仅靠深度就能逼近 |x|")


@universal_approximation.experiment("torch", "torch.nn.Sequential", fact="uat-any-continuous")
def _(torch, see):
    torch.manual_seed(see.seed)
    network = torch.nn.Sequential(torch.nn.Linear(1, 50), torch.nn.Sigmoid(), torch.nn.Linear(50, 1)).double()
    bound = (network[2].weight.abs().sum() + network[2].bias.abs()).item()
    see(network(torch.linspace(-1e6, 1e6, 999).double()[:, None]).abs().max(), "≤", bound, en="a network of sigmoids on ±10⁶, beside Σ|v| + |c|",
        zh="sigmoid 网络在 ±10⁶ 上的值与 Σ|v| + |c|")
    see.wrongly((network(torch.tensor([[1e6]]).double()) - 1e6).abs(), "<", 1e5, en="it can stay near x everywhere", zh="它可以处处接近 x")
