"""The Hessian times a vector without the Hessian: the gradient, by reverse mode, differentiated along a line, by forward mode."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(
    name="hessian_vector_product",
    title={"en": "Hessian times a vector: forward over reverse", "zh": "海森矩阵乘向量：前向套反向"},
    section="1.3",
    source="Pearlmutter 1994, section 3; Griewank & Walther 2008, section 5.2",
    facts={
        "line-loss": {"kind": "definition", "en": "A loss at a point of a line", "zh": "直线上一点处的损失"},
        "hessian-vector-product": {"kind": "hessian", "en": "H u: the derivative of the gradient along u, at the cost of a few gradients",
                                   "zh": "H u：梯度沿 u 的导数，代价为几次梯度"},
        "autodiff-mixed-mode": {"kind": "hessian", "en": "Tangents sent through the backward pass", "zh": "让切向量穿过反向传播"},
    },
)
def hessian_vector_product(page):
    n, h = page.sizes("n h")
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", h)
    x, u, t, W, c = page.input("x", i), page.input("u", i), page.input("t"), page.input("W", k, i), page.input("c", k)
    product, mixed = "hessian-vector-product", "autodiff-mixed-mode"
    p = page.let("p", [i], x[i] + t * u[i], fact="line-loss")
    a = page.let("a", [k], tanh(Sum(W[k, i] * p[i], i)), fact="line-loss")
    page.loss(page.let("f", [], Sum(c[k] * a[k], k), fact="line-loss"), written="f")
    # the backward pass, and its tangent along u
    g = page.let("g", [i], Sum(W[k, i] * c[k] * (1 - a[k]**2), k), fact=mixed)
    d = page.let("d", [k], (1 - a[k]**2) * Sum(W[k, i] * u[i], i), fact=mixed)
    e = page.let("e", [i], -2 * Sum(W[k, i] * c[k] * a[k] * d[k], k), fact=mixed)

    dx, H = page.want(x, fact=mixed), page.hessian(x, fact=product)
    along = page.total_derivative(g, t, fact=product)
    page.claim(dx[i], Sum(W[k, i] * c[k] * (1 - a[k]**2), k), fact=mixed)
    page.claim(along[i], e[i], fact=mixed)
    page.claim(e[i], Sum(H[i, j] * u[j], j), fact=product)

    page.mistake(along[i], g[i], en="takes the gradient for its derivative along u", zh="把梯度当成它沿 u 的导数")
    page.mistake(e[i], Sum(H[i, j], j) * u[i], en="multiplies by the sums of the rows", zh="乘了各行之和")
    page.mistake(e[i], H[i, i] * u[i], en="keeps the diagonal only", zh="只保留对角线")
    page.mistake(along[i], Sum(W[k, i] * c[k] * a[k] * d[k], k), en="loses the −2 of tanh″ = −2 tanh tanh′",
                 zh="漏掉了 tanh″ = −2 tanh tanh′ 中的 −2")

    page.convention(
        en="H has n² entries, H u needs none of them: one pass of tangents through forward and backward pass, at a small multiple of the "
           "cost of f whatever n is.",
        zh="H 有 n² 个元素，而 H u 一个都不需要：让切向量走一遍前向与反向，代价是 f 的小倍数，与 n 无关。")
    page.convention(
        en="jax.jvp of jax.grad and torch.func.jvp of torch.func.grad are forward over reverse; torch.autograd.functional.hvp is "
           "reverse over reverse.",
        zh="对 jax.grad 用 jax.jvp、对 torch.func.grad 用 torch.func.jvp 为前向套反向；torch.autograd.functional.hvp 为反向套反向。")


hessian_vector_product.sized(n=2, h=3)
hessian_vector_product.sized(n=3, h=1)


@hessian_vector_product.reference("torch", "torch.func.jvp of torch.func.grad")
def _(torch, v):
    def hidden(x):
        return torch.tanh(torch.nn.functional.linear(x, v["W"]))

    def f(x):
        return torch.dot(hidden(x), v["c"])

    at = (torch.add(v["x"], v["t"] * v["u"]),), (v["u"],)
    g, e = torch.func.jvp(torch.func.grad(f), *at)
    a, d = torch.func.jvp(hidden, *at)
    return {"a": a, "f": f(at[0][0]), "g": g, "d": d, "e": e}


@hessian_vector_product.reference("jax", "jax.jvp of jax.grad")
def _(jax, v):
    def hidden(x):
        return jax.numpy.tanh(v["W"] @ x)

    def f(x):
        return hidden(x) @ v["c"]

    at = (v["x"] + v["t"] * v["u"],), (v["u"],)
    g, e = jax.jvp(jax.grad(f), *at)
    a, d = jax.jvp(hidden, *at)
    return {"a": a, "f": f(at[0][0]), "g": g, "d": d, "e": e}
