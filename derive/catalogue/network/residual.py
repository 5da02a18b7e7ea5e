"""A residual block and a chain of them: the identity in the Jacobian, and what it keeps of the gradient."""

from sympy import KroneckerDelta, Rational, Sum, tanh

from derive.entry import entry
from derive.sympy_binders import MatrixProduct


@entry(
    name="residual",
    title={"en": "Residual network, L blocks", "zh": "残差网络，L 个块"},
    section="2.1",
    source="He, Zhang, Ren & Sun 2016 (identity mappings), equations 1 to 5",
    facts={
        "residual-definition": {"kind": "definition", "en": "x^(l) = x^(l−1) + F(x^(l−1))",
                                "zh": "x^(l) = x^(l−1) + F(x^(l−1))"},
        "residual-learns-residual": {"kind": "identity", "en": "The branches are what the output adds to the input",
                                     "zh": "支路即输出比输入多出的部分"},
        "residual-path-expansion": {"kind": "jacobian", "en": "Jacobian of all blocks: Π (I + F_l′)",
                                    "zh": "所有块的雅可比：Π (I + F_l′)"},
        "residual-gradient": {"kind": "gradient", "en": "Jacobian of one block: I + F′(x)", "zh": "单个块的雅可比：I + F′(x)"},
        "residual-solves-vanishing": {"kind": "identity", "en": "Not always: with F(x) = −x/2 in every block 2^(−L) is left",
                                      "zh": "并非总能：若每块 F(x) = −x/2，只剩 2^(−L)"},
        "residual-backward": {"kind": "gradient", "en": "Gradients: the skip connection adds", "zh": "梯度：跳跃连接相加"},
    },
)
def residual(page):
    L, n = page.sizes("L n")
    l = page.family("l", 1, L)
    i, j, p, q = page.index("i", n), page.index("j", n), page.index("p", n), page.index("q", n)
    W, b = page.input("W", l, i, j), page.input("b", l, i)
    x = page.state("x", (l, 0, L), i)
    F = page.let("F", [l, i], tanh(Sum(W[l, i, j] * x[l - 1, j], j) + b[l, i]), fact="residual-definition")
    page.define(x[l, i], x[l - 1, i] + F[l, i], fact="residual-definition")
    u, U = page.input("u", i), page.input("U", i, j)
    f = page.let("f", [i], tanh(Sum(U[i, j] * u[j], j)), fact="residual-gradient")
    one = page.let("g", [i], u[i] + f[i], fact="residual-gradient")
    z = page.state("z", (l, 0, L))
    page.define(z[l], z[l - 1] - z[l - 1] / 2, fact="residual-solves-vanishing")
    y = page.let("y", [i], x[L, i])
    page.output(y)

    back = "residual-backward"
    dy, dx, dW, db = page.gradient(y), page.want(x, fact=back), page.want(W, fact=back), page.want(b, fact=back)
    J = page.total_derivative(x, x, fact="residual-path-expansion")

    block = page.total_derivative(one, u, fact="residual-gradient")
    faded = page.total_derivative(z, z, fact="residual-solves-vanishing")

    below, now = page.family("l", 0, L - 1), page.family("l", 0, L)
    before, s = page.family("k", 0, now), page.family("s", 1, L)
    page.claim(x[now, i], x[0, i] + Sum(F[s, i], (s, 1, now)), fact="residual-learns-residual", by="induction on l")
    factor = KroneckerDelta(p, q) + (1 - F[s, p]**2) * W[s, p, q]
    page.claim(J[now, i, before, j], MatrixProduct(factor, (s, before + 1, now), (p, 1, n), (q, 1, n), i, j),
               fact="residual-path-expansion", by="induction on l")
    page.claim(block[i, j], KroneckerDelta(i, j) + (1 - f[i]**2) * U[i, j], fact="residual-gradient")
    page.claim(z[now], z[0] * Rational(1, 2)**now, fact="residual-solves-vanishing", by="induction on l")
    page.claim(faded[now, before], Rational(1, 2)**(now - before), fact="residual-solves-vanishing", by="induction on l")
    page.claim(dx[L, i], dy[i], fact=back)
    page.claim(dx[below, i], dx[below + 1, i] + Sum(W[below + 1, j, i] * dx[below + 1, j] * (1 - F[below + 1, j]**2), j),
               fact=back)
    page.claim(dW[l, i, j], dx[l, i] * (1 - F[l, i]**2) * x[l - 1, j], fact=back)
    page.claim(db[l, i], dx[l, i] * (1 - F[l, i]**2), fact=back)

    page.mistake(dx[below, i], Sum(W[below + 1, j, i] * dx[below + 1, j] * (1 - F[below + 1, j]**2), j),
                 en="forgets the skip connection", zh="漏掉了残差连接")
    page.mistake(dx[below, i], dx[below + 1, i],
                 en="takes the skip connection for all: the gradient can still vanish, where F′ is near −I",
                 zh="以为只有跳跃连接：当 F′ 接近 −I 时梯度仍会消失")
    page.mistake(faded[L, 0], 1, en="thinks that a skip connection always carries the gradient through whole",
                 zh="以为跳跃连接总能完整传递梯度", fact="residual-solves-vanishing")
    page.mistake(db[l, i], dx[l, i] * (1 - x[l, i]**2), en="takes the state for the branch", zh="把状态当作支路")
    page.mistake(J[l, i, l - 1, j], 1 + (1 - F[l, i]**2) * W[l, i, j],
                 en="adds 1 to every entry: it is the identity that adds", zh="对每个元素加 1：应加单位阵")
    page.mistake(dW[l, i, j], dx[l, i] * (1 - F[l, i]**2) * x[l, j],
                 en="takes the block's output for its input", zh="把块的输出当作其输入")

    page.convention(
        en="The branch is one tanh layer here, as wide as its input; where widths differ, a projection stands in the skip "
           "connection. The first ResNet applies ReLU behind the sum, this form (pre-activation) does not.",
        zh="此处支路为一层 tanh，宽度与输入相同；宽度不同时跳跃连接处需用投影。最初的 ResNet 在相加之后还有 ReLU，此形式（预激活）则没有。")
    page.convention(
        en="Residual connections mitigate vanishing gradients and do not exclude them: F(x) = −x/2 in every block leaves 2^(−L).",
        zh="残差连接减轻梯度消失，但不能排除：若每块 F(x) = −x/2，则只剩 2^(−L)。")


residual.sized(L=3, n=2)
residual.sized(L=1, n=4)


@residual.reference("torch", "torch.nn.Linear, torch.nn.Tanh")
def _(torch, v):
    n, x = v["b"].shape[1], v["x[0]"]
    layer = torch.nn.Sequential(torch.nn.Linear(n, n), torch.nn.Tanh()).to(x)
    for W, b in zip(v["W"], v["b"]):
        x = x + torch.func.functional_call(layer, {"0.weight": W, "0.bias": b}, (x,))
    return {"y": x, "f": torch.tanh(torch.mv(v["U"], v["u"])), "g": v["u"] + torch.tanh(torch.mv(v["U"], v["u"]))}


@residual.reference("jax", "flax.linen.Dense")
def _(jax, v):
    from flax import linen

    def block(x, weights):
        W, b = weights
        dense = linen.Dense(len(b), param_dtype=x.dtype)
        return x + jax.numpy.tanh(dense.apply({"params": {"kernel": W.T, "bias": b}}, x)), None

    return {"y": jax.lax.scan(block, v["x[0]"], (v["W"], v["b"]))[0]}
