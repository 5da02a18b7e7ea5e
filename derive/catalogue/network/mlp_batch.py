"""Backpropagation in a network of L layers over a batch: the four equations in matrix form, a column an example."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="mlp_batch",
    title={"en": "Backpropagation in an L-layer network, a batch", "zh": "L 层网络的反向传播（批量）"},
    section="1.3",
    source="Nielsen 2015, chapter 2, over a batch; Goodfellow, Bengio & Courville 2016, algorithm 6.4",
    facts={
        "backprop-forward-batch": {"kind": "definition", "en": "Forward pass of a batch", "zh": "批量的前向传播"},
        "backprop-delta-output-batch": {"kind": "gradient", "en": "Errors of the output layer", "zh": "输出层误差"},
        "backprop-delta-hidden-batch": {"kind": "gradient", "en": "Errors of a hidden layer", "zh": "隐藏层误差"},
        "backprop-grad-W-batch": {"kind": "gradient", "en": "Gradient of the weights", "zh": "权重的梯度"},
        "backprop-grad-b-batch": {"kind": "gradient", "en": "Gradient of the biases", "zh": "偏置的梯度"},
    },
)
def mlp_batch(page):
    L, m, n = page.size("L"), page.size("m"), page.widths("n")
    l = page.family("l", 1, L)
    i, j, o, s = page.index("i", n[l]), page.index("j", n[l - 1]), page.index("o", n[L]), page.index("s", m)
    sigma = page.function("sigma")

    W, b = page.input("W", l, i, j), page.input("b", l, i)
    A = page.state("A", (l, 0, L), i, s)
    Z = page.let("Z", [l, i, s], Sum(W[l, i, j] * A[l - 1, j, s], j) + b[l, i], fact="backprop-forward-batch")
    page.define(A[l, i, s], sigma(Z[l, i, s]), fact="backprop-forward-batch")
    Y = page.let("Y_hat", [o, s], A[L, o, s])
    page.output(Y, written="C")

    delta = page.want(Z, "Delta", fact="backprop-delta-hidden-batch")
    dW, db = page.want(W, fact="backprop-grad-W-batch"), page.want(b, fact="backprop-grad-b-batch")
    page.want(A, inline=True)

    prime, dY = page.derivative(sigma), page.gradient(Y)
    i_out = page.index("i", n[L])
    page.claim(delta[L, i_out, s], dY[i_out, s] * prime(Z[L, i_out, s]), fact="backprop-delta-output-batch")
    l_hidden = page.family("l", 1, L - 1)
    i_hidden, k = page.index("i", n[l_hidden]), page.index("k", n[l_hidden + 1])
    following = Sum(W[l_hidden + 1, k, i_hidden] * delta[l_hidden + 1, k, s], k)
    page.claim(delta[l_hidden, i_hidden, s], following * prime(Z[l_hidden, i_hidden, s]),
               fact="backprop-delta-hidden-batch")
    page.claim(dW[l, i, j], Sum(delta[l, i, s] * A[l - 1, j, s], s), fact="backprop-grad-W-batch")
    page.claim(db[l, i], Sum(delta[l, i, s], s), fact="backprop-grad-b-batch")

    page.mistake(dW[l, i, j], Sum(delta[l, i, s] * A[l - 1, j, s], s) / m,
                 en="divides by the batch size again: a mean cost has its 1/m in ∂C/∂Ŷ already",
                 zh="重复除以批量大小：若代价取平均，1/m 已在 ∂C/∂Ŷ 中")
    page.mistake(dW[l, i, j], Sum(delta[l, i, s], s) * Sum(A[l - 1, j, s], s),
                 en="sums over the batch before multiplying", zh="先对批量求和再相乘")
    page.mistake(delta[l_hidden, i_hidden, s], following,
                 en="forgets the derivative of the activation", zh="漏掉了激活函数的导数")
    page.mistake(db[l, i], Sum(delta[l, i, s], s) / m,
                 en="takes the mean over the batch where the sum belongs", zh="对批量取了平均，应为求和")

    page.convention(
        en="Here an example is a column; torch and flax keep examples along the rows: their arrays are Zᵀ, Aᵀ and Δᵀ.",
        zh="此处每个样本为一列；torch 与 flax 按行存放样本：对应数组为 Zᵀ、Aᵀ 与 Δᵀ。")


mlp_batch.sized(L=2, m=6, n=[4, 5, 3])
mlp_batch.sized(L=3, m=1, n=[2, 5, 3, 4])


@mlp_batch.reference("torch", "torch.nn.Sequential")
def _(torch, v):
    layers: list = []
    weights: dict = {}
    for place, l in enumerate(v["W"]):
        layers += [torch.nn.Linear(v["W"][l].shape[1], v["W"][l].shape[0]).to(v["W"][l]), torch.nn.Sigmoid()]
        weights |= {f"{2 * place}.weight": v["W"][l], f"{2 * place}.bias": v["b"][l]}
    return {"Y_hat": torch.func.functional_call(torch.nn.Sequential(*layers), weights, (v["A[0]"].T,)).T}


@mlp_batch.reference("jax", "flax.linen.Dense")
def _(jax, v):
    from flax import linen

    A = v["A[0]"].T
    for l, W in v["W"].items():
        dense = linen.Dense(W.shape[0], param_dtype=A.dtype)
        A = linen.sigmoid(dense.apply({"params": {"kernel": W.T, "bias": v["b"][l]}}, A))
    return {"Y_hat": A.T}
