"""Why a network's loss is not convex, weights that compute the same, and a start from which nothing is learnt."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import relu


@entry(
    name="loss_landscape",
    title={"en": "Non-convex losses, symmetric weights, dead starts", "zh": "非凸损失、权重对称与失效起点"},
    section="1.2",
    source="Hecht-Nielsen 1990; Chen, Lu & Hecht-Nielsen 1993; Goodfellow, Bengio & Courville 2016, section 8.2.2",
    facts={
        "product-loss": {"kind": "definition", "en": "The loss (ab − 1)² of two weights in a row", "zh": "两个串联权重的损失 (ab − 1)²"},
        "loss-nonconvex": {"kind": "identity", "en": "Its Hessian is indefinite at 0: up along a = −b, down along a = b",
                           "zh": "在 0 处海森矩阵不定：沿 a = −b 上升，沿 a = b 下降"},
        "many-local-optima-saddles": {"kind": "identity", "en": "Units change places and signs, and the outputs stay",
                                      "zh": "单元交换位置、改变符号，输出不变"},
        "uat-no-learning-guarantee": {"kind": "gradient", "en": "A start with dead units: the gradient is zero, the loss is not",
                                      "zh": "单元全部失效的起点：梯度为零而损失不为零"},
        "weight-symmetry-count": {"kind": "parameter-count", "en": "h!·2^h weight vectors for each function of h tanh units",
                                  "zh": "h 个 tanh 单元的每个函数对应 h!·2^h 个权重向量"},
        "nonconvex-convergence-listed": {"kind": "claim", "en": "Gradient descent comes to a stationary point, be it a saddle",
                                         "zh": "梯度下降收敛到驻点，可能是鞍点"},
    },
)
def loss_landscape(page):
    h, n, m = page.sizes("h n m")
    i, j, k = page.index("i", h), page.index("j", n), page.index("k", m)

    a, b = page.input("a"), page.input("b")
    q = page.let("q", [], (a * b - 1)**2, fact="product-loss")
    r = page.input("r", below_one=True)
    down, up = page.let("d", [], (r * r - 1)**2), page.let("u", [], (-r * r - 1)**2)

    x, v, W = page.input("x", j), page.input("v", i), page.input("W", i, j)
    y = page.let("y", [], Sum(v[i] * tanh(Sum(W[i, j] * x[j], j)), i), fact="many-local-optima-saddles")
    turned = page.let("y_s", [], Sum(-v[i] * tanh(Sum(-W[i, j] * x[j], j)), i), fact="many-local-optima-saddles")
    moved = page.let("y_p", [], Sum(v[h + 1 - i] * tanh(Sum(W[h + 1 - i, j] * x[j], j)), i),
                     fact="many-local-optima-saddles")

    p, s = page.input("p", i, positive=True), page.input("s", k, positive=True)       # weights −p: all units are off
    goal = page.input("g", positive=True)
    out = page.let("o", [k], Sum(v[i] * relu(-p[i] * s[k]), i), fact="uat-no-learning-guarantee")
    loss = page.let("l", [], Sum((out[k] - goal)**2, k) / 2 + q, fact="uat-no-learning-guarantee")
    page.loss(loss)
    page.want(out)
    da, db = page.want(a, fact="product-loss"), page.want(b, fact="product-loss")
    H_aa, H_ab = page.hessian(a, fact="loss-nonconvex"), page.hessian(a, b, fact="loss-nonconvex")
    dp, dv = page.want(p, fact="uat-no-learning-guarantee"), page.want(v, fact="uat-no-learning-guarantee")

    page.claim(da, 2 * b * (a * b - 1), fact="product-loss")
    page.claim(db, 2 * a * (a * b - 1), fact="product-loss")
    page.claim(H_aa, 2 * b**2, fact="loss-nonconvex")
    page.claim(H_ab, 4 * a * b - 2, fact="loss-nonconvex")
    page.claim(down, 1 - 2 * r**2 + r**4, fact="loss-nonconvex")
    page.claim(up, 1 + 2 * r**2 + r**4, fact="loss-nonconvex")
    page.bound(down, "<", 1, fact="loss-nonconvex", gap=r**2 * (2 - r**2))
    page.bound(up, ">", 1, fact="loss-nonconvex", gap=r**2 * (2 + r**2))
    page.claim(turned, y, fact="many-local-optima-saddles")
    page.claim(moved, y, fact="many-local-optima-saddles")
    page.claim(out[k], 0, fact="uat-no-learning-guarantee")
    page.claim(dp[i], 0, fact="uat-no-learning-guarantee")
    page.claim(dv[i], 0, fact="uat-no-learning-guarantee")
    page.claim(loss, m * goal**2 / 2 + q, fact="uat-no-learning-guarantee")

    page.mistake(down, 1, relation="≥", en="takes the point 0, where the gradient vanishes, for a minimum: it is a saddle",
                 zh="把梯度为零的 0 点当作极小点：它是鞍点")
    page.mistake(H_ab, 2 * a * b, en="forgets that the residual ab − 1 is multiplied by a second derivative",
                 zh="忘记残差 ab − 1 乘以二阶导数")
    page.mistake(turned, -y, en="flips the sign of the incoming weights only once: tanh is odd, and v turns it back",
                 zh="只翻转了一次符号：tanh 为奇函数，v 又把它翻回")
    page.mistake(loss, q, en="believes that a large enough network fits from any start: dead units learn nothing",
                 zh="以为网络足够大就能从任何起点拟合：失效单元学不到东西")

    page.convention(
        en="d and u are (ab − 1)² at a = b = r and at a = −b = r, for any r between 0 and 1; at 0 it is 1. A convex function has no such "
           "point.",
        zh="d 与 u 是 (ab − 1)² 在 a = b = r 与 a = −b = r 处的值，0 < r < 1；在 0 处为 1。凸函数没有这样的点。")
    page.convention(
        en="Signs are turned for all units at once, and their order is reversed; the same holds for any of them, h! · 2^h ways in all.",
        zh="此处同时翻转所有单元的符号，并颠倒次序；对任意一部分单元同样成立，共 h! · 2^h 种。")
    page.convention(
        en="ReLU units are dead on a data point where their input is negative, here −p s < 0; Adam and SGD stay there.",
        zh="若 ReLU 单元的输入为负（此处 −p s < 0），则在该数据点上失效；Adam 与 SGD 都会停在那里。")


loss_landscape.sized(h=3, n=2, m=4)
loss_landscape.sized(h=2, n=4, m=1)


@loss_landscape.reference("torch", "torch.nn.functional.linear, mse_loss")
def _(torch, v):
    linear, mse = torch.nn.functional.linear, torch.nn.functional.mse_loss

    y = v["v"] @ torch.tanh(linear(v["x"], v["W"]))
    out = torch.relu(linear(v["s"][:, None], -v["p"][:, None])) @ v["v"]
    q = mse(v["a"] * v["b"], torch.ones_like(v["a"]))
    half = mse(out, v["g"].expand_as(out), reduction="sum") / 2
    return {"y": y, "o": out, "q": q, "l": half + q}


@loss_landscape.reference("jax", "jax.nn, optax.squared_error")
def _(jax, v):
    import optax

    y = v["v"] @ jax.nn.tanh(v["W"] @ v["x"])
    out = jax.nn.relu(-jax.numpy.outer(v["s"], v["p"])) @ v["v"]
    q = optax.squared_error(v["a"] * v["b"], jax.numpy.ones(()))
    return {"y": y, "o": out, "q": q, "l": optax.l2_loss(out, jax.numpy.full_like(out, v["g"])).sum() + q}


@loss_landscape.experiment("torch", "torch.optim.SGD", fact="nonconvex-convergence-listed")
def _(torch, see):
    def ended(a, b):
        weights = torch.nn.Parameter(torch.tensor([a, b], dtype=torch.float64))
        optimizer = torch.optim.SGD([weights], lr=.05)
        for _ in range(400):
            optimizer.zero_grad()
            loss = (weights.prod() - 1)**2
            loss.backward()
            optimizer.step()
        return float(weights.grad.norm()), loss.item()

    torch.manual_seed(see.seed)
    start = float(torch.rand(()) + .2)
    slope, minimum = ended(start, -start / 2)
    see(slope, "<", 1e-6, en="400 steps on (ab − 1)² from a ≠ −b: the gradient at the end", zh="对 (ab − 1)² 从 a ≠ −b 走 400 步：最后的梯度范数")
    see(minimum, "<", 1e-9, en="and the loss", zh="以及损失")
    slope, saddle = ended(start, -start)
    see(slope, "<", 1e-6, en="the same from a = −b: the gradient at the end", zh="从 a = −b 出发：最后的梯度范数")
    see.wrongly(saddle, "<", .9, en="where the gradient has vanished the loss is least", zh="梯度消失处损失最小")


@loss_landscape.experiment("torch", "torch.tanh, itertools", fact="weight-symmetry-count")
def _(torch, see):
    from itertools import permutations, product

    torch.manual_seed(see.seed)
    h, (W, v, x) = 4, (torch.randn(4, 3, dtype=torch.float64), torch.randn(4, dtype=torch.float64), torch.randn(3, 50, dtype=torch.float64))
    output, seen, changed, flipped = v @ torch.tanh(W @ x), set(), 0.0, 0.0
    for order in permutations(range(h)):
        for signs in product((1.0, -1.0), repeat=h):
            s = torch.tensor(signs, dtype=torch.float64)
            weights, out = s[:, None] * W[list(order)], s * v[list(order)]
            changed = max(changed, float((out @ torch.tanh(weights @ x) - output).abs().max()))
            flipped = max(flipped, float((out @ torch.relu(weights @ x) - v @ torch.relu(W @ x)).abs().max()))
            seen.add((*weights.ravel().tolist(), *out.tolist()))
    see(len(seen), "=", 24 * 16, en="weight vectors by changing places and signs of 4 units", zh="4 个单元交换位置与符号得到的权重向量个数")
    see(changed, "<", 1e-12, en="by which their outputs differ, at most", zh="其输出之差至多")
    see.wrongly(flipped, "<", 0.1, en="for ReLU as for tanh", zh="ReLU 也如 tanh 一样")
