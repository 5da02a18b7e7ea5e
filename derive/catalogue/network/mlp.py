"""Backpropagation in a network of L layers with any widths and any activation: the four equations, one sample."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="mlp",
    title={"en": "Backpropagation in an L-layer network, one sample", "zh": "L 层网络的反向传播（单样本）"},
    section="1.3",
    source="Rumelhart, Hinton & Williams 1986; Nielsen 2015, chapter 2, equations BP1 to BP4",
    facts={
        "forward-affine": {"kind": "definition", "en": "Affine map of a layer", "zh": "每层的仿射映射"},
        "forward-activation": {"kind": "definition", "en": "Activation, entry by entry", "zh": "逐元素激活"},
        "forward-output": {"kind": "definition", "en": "The last activation is the prediction", "zh": "最后一层的激活即预测"},
        "backprop-delta-output": {"kind": "gradient", "en": "Error of the output layer", "zh": "输出层误差"},
        "backprop-delta-hidden": {"kind": "gradient", "en": "Error of a hidden layer", "zh": "隐藏层误差"},
        "backprop-grad-W": {"kind": "gradient", "en": "Gradient of the weights", "zh": "权重的梯度"},
        "backprop-grad-b": {"kind": "gradient", "en": "Gradient of the biases", "zh": "偏置的梯度"},
    },
)
def mlp(page):
    L, n = page.size("L"), page.widths("n")
    l = page.family("l", 1, L)
    i, j, o = page.index("i", n[l]), page.index("j", n[l - 1]), page.index("o", n[L])
    sigma = page.function("sigma")

    W, b = page.input("W", l, i, j), page.input("b", l, i)
    a = page.state("a", (l, 0, L), i)
    z = page.let("z", [l, i], Sum(W[l, i, j] * a[l - 1, j], j) + b[l, i], fact="forward-affine")
    page.define(a[l, i], sigma(z[l, i]), fact="forward-activation")
    y = page.let("y_hat", [o], a[L, o], fact="forward-output")
    page.output(y, written="C")

    delta = page.want(z, "delta", fact="backprop-delta-hidden")
    dW, db = page.want(W, fact="backprop-grad-W"), page.want(b, fact="backprop-grad-b")
    page.want(a, inline=True)

    prime = page.derivative(sigma)
    dy = page.gradient(y)
    i_out = page.index("i", n[L])
    page.claim(delta[L, i_out], dy[i_out] * prime(z[L, i_out]), fact="backprop-delta-output")
    l_hidden = page.family("l", 1, L - 1)
    i_hidden, k = page.index("i", n[l_hidden]), page.index("k", n[l_hidden + 1])
    following = Sum(W[l_hidden + 1, k, i_hidden] * delta[l_hidden + 1, k], k)
    page.claim(delta[l_hidden, i_hidden], following * prime(z[l_hidden, i_hidden]), fact="backprop-delta-hidden")
    page.claim(dW[l, i, j], delta[l, i] * a[l - 1, j], fact="backprop-grad-W")
    page.claim(db[l, i], delta[l, i], fact="backprop-grad-b")

    page.mistake(delta[L, i_out], dy[i_out],
                 en="forgets the activation of the output layer", zh="漏掉了输出层的激活函数")
    page.mistake(delta[l_hidden, i_hidden], following,
                 en="forgets the derivative of the activation", zh="漏掉了激活函数的导数")
    page.mistake(delta[l_hidden, i_hidden], following * sigma(z[l_hidden, i_hidden]),
                 en="multiplies by the activation instead of its derivative", zh="乘了激活值，应为激活函数的导数")
    page.mistake(dW[l, i, j], delta[l, i] * page.derivative(sigma)(a[l - 1, j]),
                 en="takes a for its derivative: the weight multiplies a itself", zh="把 a 换成了它的导数：权重乘的是 a 本身")
    page.mistake(db[l, i], delta[l, i] * a[l, i],
                 en="treats the bias as a weight on the layer's own output", zh="把偏置当成了作用在本层输出上的权重")

    page.convention(
        en="torch.nn.Linear stores W^(l) with outputs along the rows, as here, and multiplies rows: y = x Wᵀ + b.",
        zh="torch.nn.Linear 与此处一样按输出排列 W^(l) 的行，但以行向量相乘：y = x Wᵀ + b。")
    page.convention(
        en="flax.linen.Dense keeps the transposed kernel: kernel = (W^(l))ᵀ.",
        zh="flax.linen.Dense 保存的核是转置：kernel = (W^(l))ᵀ。")


mlp.sized(L=3, n=[4, 5, 3, 2])
mlp.sized(L=1, n=[3, 2])


@mlp.reference("torch", "torch.nn.Sequential")
def _(torch, v):
    layers = []
    for W in v["W"].values():
        layers += [torch.nn.Linear(W.shape[1], W.shape[0]).to(W), torch.nn.Sigmoid()]
    weights: dict = {}
    for place, l in enumerate(v["W"]):
        weights |= {f"{2 * place}.weight": v["W"][l], f"{2 * place}.bias": v["b"][l]}
    return {"y_hat": torch.func.functional_call(torch.nn.Sequential(*layers), weights, (v["a[0]"],))}


@mlp.reference("jax", "flax.linen.Dense")
def _(jax, v):
    from flax import linen

    a = v["a[0]"]
    for l, W in v["W"].items():
        dense = linen.Dense(W.shape[0], param_dtype=a.dtype)
        a = linen.sigmoid(dense.apply({"params": {"kernel": W.T, "bias": v["b"][l]}}, a))
    return {"y_hat": a}
