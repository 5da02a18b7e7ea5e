"""The directional derivative, the direction of steepest ascent, and the chain rule through several values."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(
    name="directional_derivative",
    title={"en": "Gradient, directional derivative and chain rule", "zh": "梯度、方向导数与链式法则"},
    section="1.1",
    source="Nocedal & Wright 2006, section 2.2 and appendix A.2",
    facts={
        "gradient-definition": {"kind": "gradient", "en": "The gradient: all partial derivatives", "zh": "梯度：全部偏导数"},
        "chain-rule": {"kind": "jacobian", "en": "∇f = Jᵀ ∂f/∂z: the sum over all values between",
                       "zh": "∇f = Jᵀ ∂f/∂z：对所有中间量求和"},
        "directional-derivative": {"kind": "identity", "en": "Slope along u: ∇f · u, at most |∇f| |u|",
                                   "zh": "沿 u 的斜率：∇f · u，不超过 |∇f| |u|"},
        "gradient-steepest-ascent": {"kind": "identity", "en": "No direction ascends faster than the gradient",
                                     "zh": "没有方向比梯度方向上升更快"},
        "gradient-norm-rate": {"kind": "identity", "en": "Along ∇f/|∇f| the slope is |∇f|", "zh": "沿 ∇f/|∇f| 的斜率为 |∇f|"},
        "negative-gradient-steepest-descent": {"kind": "identity", "en": "Along −∇f/|∇f| the slope is −|∇f|, the least of all",
                                               "zh": "沿 −∇f/|∇f| 的斜率为 −|∇f|，为最小"},
        "feature-visualisation": {"kind": "claim", "en": "Steps along the gradient by the input find what excites a unit",
                                  "zh": "沿对输入的梯度前进，找到使单元激活最大的输入"},
    },
)
def directional_derivative(page):
    m, n = page.sizes("m n")
    k, i, j = page.index("k", m), page.index("i", n), page.index("j", n)
    sigma = page.function("sigma")
    slope = page.derivative(sigma)

    x, u, t = page.input("x", i), page.input("u", i), page.input("t")
    W, c = page.input("W", k, i), page.input("c", k)
    y = page.let("y", [i], x[i] + t * u[i], fact="directional-derivative")             # a point of the line through x along u
    z = page.let("z", [k], Sum(W[k, i] * y[i], i), fact="chain-rule")
    f = page.let("f", [], Sum(c[k] * sigma(z[k]), k), fact="chain-rule")
    page.loss(f, written="f")
    g, dz = page.want(y, "g", fact="gradient-definition"), page.want(z, fact="chain-rule")
    J, D = page.jacobian(z, y, fact="chain-rule"), page.want(t, fact="directional-derivative")
    G = page.let("G", [i], Sum(c[k] * slope(z[k]) * W[k, i], k), fact="gradient-definition")
    N = page.let("N", [], Sum(G[i]**2, i), fact="gradient-norm-rate")
    square = page.let("Q", [], Sum(G[i] * u[i], i)**2, fact="gradient-steepest-ascent")
    up = page.let("A", [], Sum(G[i] * (G[i] / sqrt(N)), i), fact="gradient-norm-rate")
    down = page.let("B", [], Sum(G[i] * (-G[i] / sqrt(N)), i), fact="negative-gradient-steepest-descent")

    page.claim(g[i], G[i], fact="gradient-definition")
    page.claim(dz[k], c[k] * slope(z[k]), fact="chain-rule")
    page.claim(J[k, i], W[k, i], fact="chain-rule")
    page.claim(g[i], Sum(J[k, i] * dz[k], k), fact="chain-rule")
    page.claim(D, Sum(G[i] * u[i], i), fact="directional-derivative")
    lagrange = Sum((G[i] * u[j] - G[j] * u[i])**2, i, j) / 2
    page.bound(square, "≤", N * Sum(u[i]**2, i), gap=lagrange, fact="gradient-steepest-ascent")
    page.claim(up, sqrt(N), fact="gradient-norm-rate")
    page.claim(down, -sqrt(N), fact="negative-gradient-steepest-descent")

    page.mistake(D, Sum(G[i], i), en="forgets the direction", zh="漏掉了方向")
    page.mistake(g[i], c[1] * slope(z[1]) * W[1, i], en="follows one value between and forgets to sum over all of them",
                 zh="只沿一个中间量，忘了对所有中间量求和")
    page.mistake(dz[k], c[k] * sigma(z[k]), en="forgets to differentiate the outer function", zh="忘了对外层函数求导")
    page.mistake(up, N, en="takes the gradient for a unit vector: the slope along ∇f itself is |∇f|², along ∇f/|∇f| it is |∇f|",
                 zh="把梯度当成单位向量：沿 ∇f 本身得 |∇f|²，沿 ∇f/|∇f| 为 |∇f|")

    page.convention(
        en="f is any f with values between: Σ c_k σ(z_k) of z = W y stands for it. Column vectors; with Jacobians in numerator layout "
           "∂f/∂y = ∂f/∂z J, as gradients ∇f = Jᵀ ∂f/∂z. torch and JAX return arrays of the shape of y.",
        zh="f 代表任何经由中间量的函数：此处为 z = W y 的 Σ c_k σ(z_k)。列向量；分子布局下 ∂f/∂y = ∂f/∂z J，作为梯度则 ∇f = Jᵀ ∂f/∂z。"
           "torch 与 JAX 返回与 y 同形的数组。")
    page.convention(
        en="Steepest is meant among unit vectors of the Euclidean norm, and where ∇f ≠ 0; with |u|_∞ = 1 it is sign(∇f).",
        zh="最陡指欧几里得范数下的单位向量且 ∇f ≠ 0；若 |u|_∞ = 1，则为 sign(∇f)。")


directional_derivative.sized(m=4, n=3)
directional_derivative.sized(m=2, n=5)


@directional_derivative.reference("torch", "torch.func.grad, torch.func.jvp")
def _(torch, v):
    def f(y):
        return torch.sigmoid(torch.nn.functional.linear(y, v["W"])) @ v["c"]

    y = torch.add(v["x"], v["t"] * v["u"])
    G, norm = torch.func.grad(f)(y), torch.linalg.vector_norm
    along = [torch.func.jvp(f, (y,), (direction,))[1] for direction in (v["u"], G / norm(G), -G / norm(G))]
    return {"f": f(y), "G": G, "N": norm(G)**2, "Q": along[0]**2, "A": along[1], "B": along[2]}


@directional_derivative.reference("jax", "jax.grad, jax.jvp")
def _(jax, v):
    def f(y):
        return jax.nn.sigmoid(v["W"] @ y) @ v["c"]

    y, norm = v["x"] + v["t"] * v["u"], jax.numpy.linalg.norm
    G = jax.grad(f)(y)
    along = [jax.jvp(f, (y,), (direction,))[1] for direction in (v["u"], G / norm(G), -G / norm(G))]
    return {"f": f(y), "G": G, "N": norm(G)**2, "Q": along[0]**2, "A": along[1], "B": along[2]}


@directional_derivative.experiment("torch", "torch.nn.Conv2d, torch.optim.SGD(maximize)", fact="feature-visualisation")
def _(torch, see):
    torch.manual_seed(see.seed)
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.Tanh(), torch.nn.Conv2d(4, 6, 3), torch.nn.Tanh())
    noise = torch.nn.functional.normalize(torch.randn(500, 1, 8, 8).flatten(1)).reshape(500, 1, 8, 8)
    image, course = torch.nn.Parameter(noise[:1].clone()), []
    optimizer = torch.optim.SGD([image], lr=.3, maximize=True)
    for _ in range(100):
        optimizer.zero_grad()
        course.append(network(image)[0, 2, 1, 1])
        course[-1].backward()
        optimizer.step()
        image.data /= image.data.norm()                                    # brightness would raise it as well
    rises = torch.stack(course).diff()
    see(rises[:10], ">", 0, en="rises of a unit in the first steps of gradient ascent, images of length 1",
        zh="梯度上升前几步中单元激活的增量，图像范数为 1")
    see.wrongly(network(noise)[:, 2, 1, 1].max(), "≥", course[-1], en="the best of 500 images of noise excites it as much",
                zh="500 幅噪声图像中最好的也能达到同样激活")
