"""One training step of a network with a hidden layer: mean squared error, its gradient, and the update of every parameter."""

from sympy import Sum, tanh

from derive.entry import entry


@entry(
    name="training_step",
    title={"en": "One training step of a network", "zh": "网络的一步训练"},
    section="1.3",
    source="Rumelhart, Hinton & Williams 1986; Goodfellow, Bengio & Courville 2016, algorithms 6.3, 6.4 and 8.1",
    facts={
        "forward-loss": {"kind": "definition", "en": "Mean squared error of the prediction", "zh": "预测的均方误差"},
        "mse-gradient": {"kind": "gradient", "en": "Its gradient 2(ŷ − y)/m", "zh": "其梯度 2(ŷ − y)/m"},
        "backprop-update-W": {"kind": "update-rule", "en": "Update of the weights", "zh": "权重的更新"},
        "backprop-update-b": {"kind": "update-rule", "en": "Update of the biases", "zh": "偏置的更新"},
    },
)
def training_step(page):
    n, h, m = page.sizes("n h m")
    i, k, j = page.index("i", m), page.index("k", h), page.index("j", n)
    x, y, alpha = page.input("x", j), page.input("y", i), page.input("alpha", positive=True)
    W_1, b_1, W_2 = page.input("W_1", k, j), page.input("b_1", k), page.input("W_2", i, k)
    a = page.let("a", [k], tanh(Sum(W_1[k, j] * x[j], j) + b_1[k]))
    out = page.let("y_hat", [i], Sum(W_2[i, k] * a[k], k))
    page.loss(page.let("loss", [], Sum((out[i] - y[i])**2, i) / m, fact="forward-loss"))
    weights, biases = "backprop-update-W", "backprop-update-b"

    # the errors of both layers, and a step against the gradient
    e = page.let("e", [i], 2 * (out[i] - y[i]) / m, fact="mse-gradient")
    d = page.let("d", [k], Sum(W_2[i, k] * e[i], i) * (1 - a[k]**2), fact=weights)
    V_1 = page.let("V_1", [k, j], W_1[k, j] - alpha * d[k] * x[j], fact=weights)
    V_2 = page.let("V_2", [i, k], W_2[i, k] - alpha * e[i] * a[k], fact=weights)
    c_1 = page.let("c_1", [k], b_1[k] - alpha * d[k], fact=biases)

    dout = page.want(out, fact="mse-gradient")
    dW_1, dW_2, db_1 = page.want(W_1, fact=weights), page.want(W_2, fact=weights), page.want(b_1, fact=biases)
    page.claim(dout[i], e[i], fact="mse-gradient")
    page.claim(V_1[k, j], W_1[k, j] - alpha * dW_1[k, j], fact=weights)
    page.claim(V_2[i, k], W_2[i, k] - alpha * dW_2[i, k], fact=weights)
    page.claim(c_1[k], b_1[k] - alpha * db_1[k], fact=biases)

    page.mistake(dout[i], out[i] - y[i], en="takes half the sum for the mean: that of the mean is 2(ŷ − y)/m",
                 zh="把平方和的一半当作均值：均值的梯度为 2(ŷ − y)/m")
    page.mistake(dout[i], 2 * (y[i] - out[i]) / m, en="swaps prediction and target", zh="交换了预测与目标")
    page.mistake(V_2[i, k], W_2[i, k] + alpha * dW_2[i, k], en="climbs: the step goes against the gradient",
                 zh="方向反了：应逆梯度而行")
    page.mistake(V_1[k, j], W_1[k, j] - alpha * Sum(V_2[i, k] * e[i], i) * (1 - a[k]**2) * x[j],
                 en="updates W_2 before it sends the error back through it", zh="先更新 W_2 再用它回传误差")
    page.mistake(c_1[k], b_1[k] - alpha * Sum(W_2[i, k] * e[i], i), en="forgets the slope of tanh", zh="漏掉了 tanh 的导数")

    page.convention(
        en="All gradients are taken at the parameters before the step; V and c are those after it. A hidden and an output layer stand "
           "for l < L and l = L.",
        zh="所有梯度都在更新前的参数处计算；V 与 c 为更新后的参数。一个隐藏层与一个输出层分别代表 l < L 与 l = L。")
    page.convention(
        en="torch's mse_loss takes the prediction first and divides by m, without ½; optax.l2_loss has the ½ and takes no mean.",
        zh="torch 的 mse_loss 先取预测并除以 m，没有 ½；optax.l2_loss 带 ½，不取平均。")


training_step.sized(n=2, h=3, m=4)
training_step.sized(n=3, h=1, m=2)


@training_step.reference("torch", "torch.nn.Sequential, mse_loss, Tensor.backward, torch.optim.SGD")
def _(torch, v):
    nn = torch.nn
    h, n = v["W_1"].shape
    model = nn.Sequential(nn.Linear(n, h), nn.Tanh(), nn.Linear(h, len(v["y"]), bias=False)).to(v["x"])
    weights = {"0.weight": v["W_1"], "0.bias": v["b_1"], "2.weight": v["W_2"]}
    out = torch.func.functional_call(model, weights, (v["x"],))
    model.load_state_dict({name: value.detach() for name, value in weights.items()})
    with torch.enable_grad():
        nn.functional.mse_loss(model(v["x"].detach()), v["y"].detach()).backward()
    torch.optim.SGD(model.parameters(), lr=float(v["alpha"])).step()
    first, last = model[0], model[2]
    return {"y_hat": out, "loss": nn.functional.mse_loss(out, v["y"]), "V_1": first.weight.detach(), "c_1": first.bias.detach(),
            "V_2": last.weight.detach()}


@training_step.reference("jax", "flax.linen.Dense, optax.squared_error, optax.sgd, jax.grad")
def _(jax, v):
    import optax
    from flax import linen

    def predict(W_1, b_1, W_2):
        hidden = linen.Dense(len(b_1), param_dtype=b_1.dtype).apply({"params": {"kernel": W_1.T, "bias": b_1}}, v["x"])
        last = linen.Dense(len(W_2), use_bias=False, param_dtype=b_1.dtype)
        return last.apply({"params": {"kernel": W_2.T}}, linen.tanh(hidden))

    def loss(weights):
        return optax.squared_error(predict(*weights), v["y"]).mean()

    weights, optimizer = (v["W_1"], v["b_1"], v["W_2"]), optax.sgd(v["alpha"])
    updates, _ = optimizer.update(jax.grad(loss)(weights), optimizer.init(weights))
    V_1, c_1, V_2 = optax.apply_updates(weights, updates)
    return {"y_hat": predict(*weights), "loss": loss(weights), "V_1": V_1, "c_1": c_1, "V_2": V_2}
