"""Automatic differentiation of two maps in a row: tangents forwards, cotangents backwards, and sums where a value is used twice."""

from sympy import Piecewise, Sum, tanh

from derive.entry import entry


@entry(
    name="automatic_differentiation",
    title={"en": "Automatic differentiation: forward and reverse mode", "zh": "自动微分：前向模式与反向模式"},
    section="1.3",
    source="Griewank & Walther 2008, sections 3.1 and 3.2; Baydin, Pearlmutter, Radul & Siskind 2018, section 3",
    facts={
        "composed-maps": {"kind": "definition", "en": "Two maps in a row, at a point of a line", "zh": "直线上一点处的两个复合映射"},
        "autodiff-forward-mode": {"kind": "jacobian", "en": "Forward mode: one pass carries values and tangents, J u",
                                  "zh": "前向模式：一遍同时传递值与切向量，得 J u"},
        "autodiff-reverse-mode": {"kind": "gradient", "en": "Reverse mode: values first, then one pass back, Jᵀ v",
                                  "zh": "反向模式：先算值，再回传一遍，得 Jᵀ v"},
        "backward-graph": {"kind": "gradient", "en": "Every edge turned round carries its local derivative, transposed",
                           "zh": "每条边反向，携带其局部导数的转置"},
        "chain-rule-role": {"kind": "jacobian", "en": "The chain rule, multiplied from the output on: Jᵀ v without J",
                            "zh": "从输出端开始相乘的链式法则：无需 J 即得 Jᵀ v"},
        "autodiff-topological-accumulation": {"kind": "gradient", "en": "Adjoints add up where a value is used twice",
                                              "zh": "一个值被多次使用时伴随相加"},
        "dual-numbers": {"kind": "identity", "en": "(a + bε)^k = a^k + k a^(k−1) b ε, with ε² = 0",
                         "zh": "(a + bε)^k = a^k + k a^(k−1) b ε，其中 ε² = 0"},
    },
)
def automatic_differentiation(page):
    n, h, m = page.sizes("n h m")
    j, k, i = page.index("j", n), page.index("k", h), page.index("i", m)
    x, u, t, W, V = page.input("x", j), page.input("u", j), page.input("t"), page.input("W", k, j), page.input("V", i, k)
    forward, reverse, chain, twice = (
        "autodiff-forward-mode", "autodiff-reverse-mode", "chain-rule-role", "autodiff-topological-accumulation")

    p = page.let("p", [j], x[j] + t * u[j], fact="composed-maps")
    a = page.let("a", [k], tanh(Sum(W[k, j] * p[j], j)), fact="composed-maps")
    y = page.let("y", [i], Sum(V[i, k] * a[k]**2, k), fact="composed-maps")
    d = page.let("d", [k], (1 - a[k]**2) * Sum(W[k, j] * u[j], j), fact=forward)
    e = page.let("e", [i], Sum(V[i, k] * (d[k] * a[k] + a[k] * d[k]), k), fact=forward)
    page.output(y, arriving="v")
    v = page.symbols["v"]

    along = page.total_derivative(y, t, fact=forward)
    da, dp = page.want(a, fact=reverse), page.want(p, fact=reverse)
    outer, inner = page.jacobian(y, a, fact=chain), page.jacobian(a, p, fact=chain)
    page.claim(along[i], e[i], fact=forward)
    page.claim(dp[j], Sum(inner[k, j] * Sum(outer[i, k] * v[i], i), k), fact=chain)
    page.claim(da[k], Sum(V[i, k] * (v[i] * a[k] + a[k] * v[i]), i), fact=twice)
    page.claim(da[k], Sum(outer[i, k] * v[i], i), fact="backward-graph")
    page.claim(dp[j], Sum(inner[k, j] * da[k], k), fact="backward-graph")
    page.claim(dp[j], Sum(W[k, j] * (1 - a[k]**2) * da[k], k), fact=reverse)

    dual, b, c = "dual-numbers", page.input("b"), page.input("c")
    s = page.family("s", 1, page.size("K"))
    D = page.state("D", s)                                                   # (c + b ε)^s = c^s + D ε
    page.define(D[s], Piecewise((D[s - 1], s >= 2), (0, True)) * c + c**(s - 1) * b, fact=dual)
    page.claim(D[s], s * c**(s - 1) * b, by="induction on s", fact=dual)

    page.mistake(da[k], Sum(V[i, k] * v[i] * a[k], i), en="keeps the adjoint of one use: those of all uses add up",
                 zh="只保留一处使用的伴随：各处应相加")
    page.mistake(dp[j], Sum(W[k, j] * da[k], k), en="goes back through the matrix and skips tanh", zh="只回传矩阵，漏掉了 tanh")
    page.mistake(along[i], y[i], en="sends the values along again instead of the tangents", zh="重复传递了值而非切向量")
    page.mistake(along[i], Sum(outer[i, k] * a[k], k), en="multiplies by the value between, not by its tangent", zh="乘了中间值而非其切向量")
    page.mistake(D[s], c**(s - 1) * b, en="drops the factor s: each of s factors moves", zh="漏掉了因子 s：s 个因子都在变")

    page.convention(
        en="One forward pass gives y and J u for one direction u: the whole Jacobian of n inputs takes n of them. One reverse pass gives "
           "Jᵀ v for one v: m of them.",
        zh="一遍前向给出 y 与一个方向 u 的 J u：n 个输入的完整雅可比需 n 遍。一遍反向给出一个 v 的 Jᵀ v：共需 m 遍。")
    page.convention(
        en="jax.jvp and torch.func.jvp are forward mode, jax.vjp and torch.autograd.grad reverse mode, which keeps the values between.",
        zh="jax.jvp 与 torch.func.jvp 为前向模式，jax.vjp 与 torch.autograd.grad 为反向模式，后者须保存中间值。")


automatic_differentiation.sized(n=2, h=3, m=1, K=4)
automatic_differentiation.sized(n=3, h=1, m=2, K=5)


@automatic_differentiation.reference("torch", "torch.func.jvp, torch.linalg.matrix_power")
def _(torch, v):
    def run(x):
        a = torch.tanh(torch.nn.functional.linear(x, v["W"]))
        return a, torch.nn.functional.linear(torch.square(a), v["V"])

    (a, y), (d, e) = torch.func.jvp(run, (torch.add(v["x"], v["t"] * v["u"]),), (v["u"],))
    number = torch.stack([torch.stack([v["c"], v["b"]]), torch.stack([0 * v["c"], v["c"]])])
    powers = [torch.linalg.matrix_power(number, s)[0, 1] for s in range(1, v["K"] + 1)]
    return {"a": a, "y": y, "d": d, "e": e, "D": torch.stack(powers)}


@automatic_differentiation.reference("jax", "jax.jvp")
def _(jax, v):
    np = jax.numpy

    def run(x):
        a = np.tanh(v["W"] @ x)
        return a, v["V"] @ np.square(a)

    (a, y), (d, e) = jax.jvp(run, (v["x"] + v["t"] * v["u"],), (v["u"],))
    powers = [jax.jvp(lambda c, s=s: c**s, (v["c"],), (v["b"],))[1] for s in range(1, v["K"] + 1)]
    return {"a": a, "y": y, "d": d, "e": e, "D": np.stack(powers)}
