"""Gradient descent from zero on least squares stays in the row space, where the solution of least norm lies."""

from sympy import KroneckerDelta, Piecewise, Sum

from derive.entry import entry


@entry(
    name="implicit_bias",
    title={"en": "Implicit bias of gradient descent on least squares", "zh": "最小二乘上梯度下降的隐式偏置"},
    section="1.2",
    source="Zhang et al. 2017, section 5; Gunasekar et al. 2018, section 2",
    facts={
        "least-squares-descent": {"kind": "update-rule", "en": "Steps from zero on all examples, and on one at a time",
                                  "zh": "从零开始的全批量步与单样本步"},
        "min-norm-implicit-bias": {"kind": "identity", "en": "Every iterate is Xᵀa: no other solution of that form is shorter",
                                   "zh": "每次迭代都形如 Xᵀa：与之相差零空间的解都更长"},
        "sgd-implicit-regularisation": {"kind": "identity", "en": "SGD from zero stays in the row space too",
                                        "zh": "从零开始的 SGD 同样留在行空间"},
    },
)
def implicit_bias(page):
    m, n, T = page.sizes("m n T")
    s, i, j = page.index("s", m), page.index("i", n), page.index("j", n)
    t = page.family("t", 1, T)

    X, y, alpha = page.input("X", s, i), page.input("y", s), page.input("alpha", positive=True)
    r = page.label("r", t, high=m)                                          # the example of each step of SGD

    def before(state, *index):
        return Piecewise((state[(t - 1, *index)], t >= 2), (0, True))

    w, a = page.state("w", t, i), page.state("a", t, s)
    miss = Sum(X[s, j] * before(w, j), j) - y[s]
    page.define(w[t, i], before(w, i) - alpha * Sum(X[s, i] * miss, s), fact="least-squares-descent")
    page.define(a[t, s], before(a, s) - alpha * miss, fact="min-norm-implicit-bias")

    u, b = page.state("u", t, i), page.state("b", t, s)
    one = Sum(X[r[t], j] * before(u, j), j) - y[r[t]]
    page.define(u[t, i], before(u, i) - alpha * X[r[t], i] * one, fact="least-squares-descent")
    page.define(b[t, s], before(b, s) - alpha * KroneckerDelta(s, r[t]) * one, fact="sgd-implicit-regularisation")

    c, z = page.input("c", s), page.input("z", i)
    inside = page.let("p", [i], Sum(X[s, i] * c[s], s), fact="min-norm-implicit-bias")
    length = page.let("N", [], Sum((inside[i] + z[i])**2, i), fact="min-norm-implicit-bias")

    page.claim(w[t, i], Sum(X[s, i] * a[t, s], s), by="induction on t", fact="min-norm-implicit-bias")
    page.claim(u[t, i], Sum(X[s, i] * b[t, s], s), by="induction on t", fact="sgd-implicit-regularisation")
    page.bound(length, "≥", Sum(inside[i]**2, i) + 2 * Sum(c[s] * Sum(X[s, i] * z[i], i), s),
               fact="min-norm-implicit-bias", gap=Sum(z[i]**2, i))

    page.mistake(w[t, i], Sum(X[s, i] * y[s], s), en="takes Xᵀy for the solution: it is where one step of length 1 leads",
                 zh="把 Xᵀy 当作解：那只是步长为 1 的一步")
    page.mistake(a[t, s], before(a, s) + alpha * miss, en="climbs instead of descending", zh="上升而非下降")
    page.mistake(u[t, i], before(u, i) - alpha * Sum(X[s, i] * miss, s), en="uses all examples in a step of SGD",
                 zh="在 SGD 的一步中用了全部样本")
    page.mistake(length, Sum(inside[i]**2, i), relation="≥",
                 en="forgets that z must not change the predictions: Xz = 0 is needed", zh="忘记 z 不能改变预测：需要 Xz = 0")

    page.convention(
        en="The loss is ½‖Xw − y‖², and the start is 0. From another start the part outside of the row space stays as it was.",
        zh="损失为 ½‖Xw − y‖²，起点为 0。若起点不同，则行空间之外的分量保持不变。")
    page.convention(
        en="Two solutions differ by a z with Xz = 0. The bound then says ‖Xᵀc + z‖² ≥ ‖Xᵀc‖²: a solution Xᵀc is the shortest, X⁺y.",
        zh="两个解之差 z 满足 Xz = 0，此时不等式即 ‖Xᵀc + z‖² ≥ ‖Xᵀc‖²：形如 Xᵀc 的解最短，即 X⁺y。")


implicit_bias.sized(m=2, n=4, T=3)
implicit_bias.sized(m=3, n=2, T=1)


@implicit_bias.reference("torch", "torch.optim.SGD")
def _(torch, v):
    X, y = v["X"].detach(), v["y"].detach()

    def run(rows):
        w = torch.zeros(X.shape[1], dtype=X.dtype, device=X.device, requires_grad=True)
        optimizer, path = torch.optim.SGD([w], lr=float(v["alpha"])), []
        for k in range(v["T"]):
            optimizer.zero_grad()
            chosen = rows(k)
            (torch.nn.functional.mse_loss(X[chosen] @ w, y[chosen], reduction="sum") / 2).backward()
            optimizer.step()
            path.append(w.detach().clone())
        return torch.stack(path)

    labels = v["r"]
    p = v["X"].T @ v["c"]
    return {"w": run(lambda k: slice(None)), "u": run(lambda k: [int(labels[k]) - 1]),
            "p": p, "N": torch.linalg.vector_norm(p + v["z"])**2}


@implicit_bias.reference("jax", "optax.sgd")
def _(jax, v):
    import optax

    X, y = v["X"], v["y"]

    def run(rows):
        optimizer, w, path = optax.sgd(v["alpha"]), jax.numpy.zeros(X.shape[1], X.dtype), []
        state = optimizer.init(w)
        for k in range(v["T"]):
            gradient = jax.grad(lambda w, A, b: optax.l2_loss(A @ w, b).sum())(w, X[rows(k)], y[rows(k)])
            change, state = optimizer.update(gradient, state)
            w = optax.apply_updates(w, change)
            path.append(w)
        return jax.numpy.stack(path)

    p = X.T @ v["c"]
    return {"w": run(lambda k: slice(None)), "u": run(lambda k: jax.numpy.array([v["r"][k] - 1])),
            "p": p, "N": (p + v["z"]) @ (p + v["z"])}
