"""Finite differences and their errors; the graph of a computation, and what a Jacobian costs in each mode."""

from sympy import cos, sin

from derive.entry import entry


@entry(
    name="finite_differences",
    title={"en": "Finite differences, and the cost of a Jacobian", "zh": "有限差分与雅可比矩阵的代价"},
    section="1.3",
    source="Griewank & Walther 2008, sections 1.2, 2.2, 3.1 and 3.2; Baydin, Pearlmutter, Radul & Siskind 2018, sections 2 and 3",
    facts={
        "finite-difference-check": {"kind": "identity", "en": "The error of a central difference is O(h²), of a one-sided one O(h)",
                                    "zh": "中心差分的误差为 O(h²)，单侧差分为 O(h)"},
        "comp-graph-dag": {"kind": "definition", "en": "The graph of a computation has no cycle, and need be no tree",
                           "zh": "计算图无环，但不必是树"},
        "autodiff-forward-suits-low-input": {"kind": "claim", "en": "Forward mode: a pass for each input", "zh": "前向模式：每个输入一遍"},
        "autodiff-reverse-suits-low-output": {"kind": "claim", "en": "Reverse mode: a pass for each output", "zh": "反向模式：每个输出一遍"},
    },
)
def finite_differences(page):
    u, a, c, d, h = (page.input(name) for name in ("u", "a", "c", "d", "h"))

    def cubic(at):
        return a * at + c * at**2 + d * at**3

    central = page.let("C", [], (cubic(u + h) - cubic(u - h)) / (2 * h), fact="finite-difference-check")
    forward = page.let("F", [], (cubic(u + h) - cubic(u)) / h, fact="finite-difference-check")
    slope = page.let("p", [], a + 2 * c * u + 3 * d * u**2, fact="finite-difference-check")
    wave = page.let("s", [], (sin(u + h) - sin(u - h)) / (2 * h), fact="finite-difference-check")

    page.claim(central, slope + d * h**2, fact="finite-difference-check")
    page.claim(forward, slope + (c + 3 * d * u) * h + d * h**2, fact="finite-difference-check")
    page.claim(wave, cos(u) * sin(h) / h, fact="finite-difference-check")

    page.mistake(forward, slope + d * h**2, en="expects the error of a central difference from a one-sided one",
                 zh="以为单侧差分有中心差分的精度")
    page.mistake(central, slope, en="takes the quotient for the derivative: exact to degree 2 only", zh="把差商当成导数：仅对二次以下精确")
    page.mistake(forward, slope + (c / 2 + 3 * d * u) * h + d * h**2, en="halves c: f″/2 is c + 3 d u, not its half",
                 zh="把 c 又减半：f″/2 已是 c + 3 d u")
    page.mistake(wave, cos(u) * (1 - h**2 / 3), en="forgets that the error is h²/6 f‴", zh="忘了误差是 h²/6 f‴")

    page.convention(
        en="The cubic stands for f to third order: Taylor's formula leaves h²/6 f‴ in the central quotient and h/2 f″ in the one-sided "
           "one. Both lose digits to rounding where h is tiny.",
        zh="三次式代表 f 的三阶展开：泰勒公式在中心差商中留下 h²/6 f‴，在单侧差商中留下 h/2 f″。h 极小时两者都因舍入丢失位数。")


finite_differences.sized()


@finite_differences.reference("torch", "torch.gradient, torch.func.grad")
def _(torch, v):
    u, h = v["u"], v["h"]
    points = torch.stack([u - h, u, u + h])

    def quotients(f):
        return torch.gradient(f(points), spacing=float(h))[0]

    def cubic(at):
        return v["a"] * at + v["c"] * at**2 + v["d"] * at**3

    _, central, forward = quotients(cubic)
    return {"C": central, "F": forward, "p": torch.func.grad(cubic)(u), "s": quotients(torch.sin)[1]}


@finite_differences.reference("jax", "jax.numpy.gradient, jax.numpy.polyval")
def _(jax, v):
    points = v["u"] + v["h"] * jax.numpy.array([-1, 0, 1])
    cubic = jax.numpy.polyval(jax.numpy.stack([v["d"], v["c"], v["a"], 0 * v["a"]]), points)
    _, central, forward = jax.numpy.gradient(cubic, v["h"])
    return {"C": central, "F": forward, "s": jax.numpy.gradient(jax.numpy.sin(points), v["h"])[1]}


@finite_differences.experiment("torch", "torch.autograd.gradcheck", fact="finite-difference-check")
def _(torch, see):
    torch.manual_seed(see.seed)
    x = 1 + torch.rand(4, dtype=torch.float64)

    def errors(h):
        return ((torch.sin(x + h) - torch.sin(x - h)) / (2 * h) - x.cos()).abs(), ((torch.sin(x + h) - x.sin()) / h - x.cos()).abs()

    (central, forward), (half, forward_half) = errors(1e-2), errors(5e-3)
    see(central / half, "=", 4, within=.01, en="error of the central difference of sin, over that at half the step", zh="sin 的中心差分：步长减半前后误差之比")
    see(forward / forward_half, "=", 2, within=.05, en="of the one-sided one", zh="单侧差分")
    see.wrongly(errors(1e-12)[0].mean(), "<", errors(1e-5)[0].mean(), en="the smaller the step the better: 10⁻¹² beside 10⁻⁵",
                zh="步长越小越好：10⁻¹² 与 10⁻⁵")

    class Doubled(torch.autograd.Function):     # type: ignore[name-defined]
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, grad):
            return 2 * grad * ctx.saved_tensors[0].cos()

    point = x.clone().requires_grad_()
    see.wrongly(str(torch.autograd.gradcheck(Doubled.apply, point, raise_exception=False)), "=", "True",
                en="gradcheck accepts a backward pass that is twice too large", zh="gradcheck 接受大一倍的反向传播")


@finite_differences.experiment("torch", "torch.Tensor.grad_fn", fact="comp-graph-dag")
def _(torch, see):
    x = torch.randn(3, requires_grad=True)
    z = x * 2
    z += z.exp()                                                            # in place, and of both its own values
    loss = (z * x).sum()
    seen: dict = {}

    def paths(node):
        """Paths to the inputs; a node that is on its way already is a cycle."""
        assert seen.setdefault(node, 0) is not None, "cycle"
        if seen[node] == 0:
            seen[node] = None
            seen[node] = sum(paths(n) for n, _ in node.next_functions if n) or 1
        return seen[node]

    see(paths(loss.grad_fn), "=", 3, en="paths from x = input to the loss, by torch's graph, no node met on a path to itself",
        zh="torch 计算图中从输入到损失的路径数，途中不遇到自己")
    see.wrongly(sum("AccumulateGrad" in str(node) for node in seen), "=", 3, en="each path has an input node of its own: a tree",
                zh="每条路径有各自的输入节点：一棵树")


@finite_differences.experiment("jax", "jax.make_jaxpr", fact="comp-graph-dag")
def _(jax, see):
    found = jax.make_jaxpr(lambda x: (jax.numpy.tanh(x) * x).sum() + x[0])(jax.numpy.ones(3)).jaxpr
    known, early = set(map(id, found.invars)), 0
    for equation in found.eqns:
        early += sum(id(v) not in known for v in equation.invars if not hasattr(v, "val"))
        known |= set(map(id, equation.outvars))
    see(early, "=", 0, en="values that JAX's program reads before they are made", zh="JAX 程序中先用后算的值")
    uses = [v for equation in found.eqns for v in equation.invars if v is found.invars[0]]
    see.wrongly(len(uses), "=", 1, en="each value is used once", zh="每个值只用一次")


def _flops(jax, mode, inputs, outputs):
    """Floating-point operations of the Jacobian of a network with two hidden layers, by XLA's count."""
    widths = inputs, 32, 32, outputs

    def network(x):
        for shape in zip(widths[1:], widths):
            x = jax.numpy.tanh(jax.numpy.ones(shape) @ x)
        return x

    return jax.jit(mode(network)).lower(jax.numpy.ones(inputs)).cost_analysis()["flops"]


@finite_differences.experiment("jax", "jax.jacfwd, jax.jacrev, XLA's cost_analysis", fact="autodiff-forward-suits-low-input")
def _(jax, see):
    forward, reverse = (_flops(jax, mode, 1, 64) for mode in (jax.jacfwd, jax.jacrev))
    see(forward, "<", reverse / 5, en="operations of jacfwd for ℝ¹ → ℝ⁶⁴, beside a fifth of jacrev's", zh="ℝ¹ → ℝ⁶⁴：jacfwd 的运算量与 jacrev 的五分之一")
    see.wrongly(reverse, "<", forward, en="reverse mode is always the cheaper one", zh="反向模式总是更省")


@finite_differences.experiment("jax", "jax.jacfwd, jax.jacrev, XLA's cost_analysis", fact="autodiff-reverse-suits-low-output")
def _(jax, see):
    forward, reverse = (_flops(jax, mode, 64, 1) for mode in (jax.jacfwd, jax.jacrev))
    see(reverse, "<", forward / 5, en="operations of jacrev for ℝ⁶⁴ → ℝ¹, beside a fifth of jacfwd's", zh="ℝ⁶⁴ → ℝ¹：jacrev 的运算量与 jacfwd 的五分之一")
    see.wrongly(forward, "<", reverse, en="forward mode is the cheaper one", zh="前向模式更省")
