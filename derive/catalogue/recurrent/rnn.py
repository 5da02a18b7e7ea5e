"""A tanh recurrent network over T steps: recurrences, weight gradients, and the Jacobian of one step."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_binders import MatrixProduct


@entry(
    name="rnn",
    title={"en": "Recurrent network with tanh, T steps", "zh": "tanh 循环神经网络，T 步"},
    section="2.2",
    source="Elman 1990; backpropagation through time: Werbos 1990",
    facts={
        "rnn-cell": {"kind": "definition", "en": "Hidden state", "zh": "隐藏状态"},
        "bptt-recurrence": {"kind": "gradient", "en": "Backpropagation through time", "zh": "随时间反向传播"},
        "bptt-sum": {"kind": "gradient", "en": "Gradient by W_hh as a sum over time", "zh": "W_hh 的梯度对时间求和"},
        "rnn-input-weight-gradients": {"kind": "gradient", "en": "Gradients by W_xh, b_h, x and h^(0)",
                                       "zh": "对 W_xh、b_h、x 与 h^(0) 的梯度"},
        "rnn-output-gradients": {"kind": "gradient", "en": "Gradients of the output layer", "zh": "输出层的梯度"},
        "bptt-jacobian-product": {"kind": "jacobian", "en": "Jacobian product ∂h_t/∂h_k", "zh": "雅可比连乘 ∂h_t/∂h_k"},
        "rnn-output": {"kind": "definition", "en": "Output", "zh": "输出"},
        "rnn-param-sharing": {"kind": "claim", "en": "All steps share their weights: the gradient is the sum of those of a copy for each step",
                              "zh": "各步共享参数：梯度等于各步副本梯度之和"},
        "bptt-expansion": {"kind": "gradient", "en": "∂L_t/∂W = Σ_k ∂L_t/∂h_t ∂h_t/∂h_k ∂⁺h_k/∂W, ∂⁺ with h_{k−1} held",
                           "zh": "∂L_t/∂W = Σ_k ∂L_t/∂h_t ∂h_t/∂h_k ∂⁺h_k/∂W，∂⁺ 表示固定 h_{k−1}"},
        "rnn-variable-length": {"kind": "claim", "en": "The same weights for any T, and packing for a batch of several",
                                "zh": "同一组权重适用于任意 T，批内不等长时需打包"},
    },
)
def rnn(page):
    T, H, D, O = page.sizes("T H D O")
    t = page.family("t", 1, T)
    i, j, k, o = page.index("i", H), page.index("j", H), page.index("k", D), page.index("o", O)

    x = page.input("x", t, k)
    W_xh, W_hh, b_h = page.input("W_xh", i, k), page.input("W_hh", i, i), page.input("b_h", i)
    W_hy, b_y = page.input("W_hy", o, i), page.input("b_y", o)
    h = page.state("h", (t, 0, T), i)
    a = page.let("a", [t, i], Sum(W_xh[i, k] * x[t, k], k) + Sum(W_hh[i, j] * h[t - 1, j], j) + b_h[i],
                 fact="rnn-cell")
    page.define(h[t, i], tanh(a[t, i]), fact="rnn-cell")
    y = page.let("y", [t, o], Sum(W_hy[o, i] * h[t, i], i) + b_y[o], fact="rnn-output")
    page.output(y)

    dy = page.gradient(y)
    dh = page.want(h, fact="bptt-recurrence", inline=True)
    delta = page.want(a, "delta", fact="bptt-recurrence")
    dU = page.want(W_hh, fact="bptt-sum")
    dW, db, dx = (page.want(w, fact="rnn-input-weight-gradients") for w in (W_xh, b_h, x))
    dV, db_y = (page.want(w, fact="rnn-output-gradients") for w in (W_hy, b_y))
    J = page.total_derivative(h, h, fact="bptt-jacobian-product")

    inner = page.family("t", 1, T - 1)
    here = Sum(W_hy[o, i] * dy[inner, o], o)
    later = Sum(W_hh[j, i] * delta[inner + 1, j], j)
    page.claim(dh[T, i], Sum(W_hy[o, i] * dy[T, o], o), fact="bptt-recurrence")
    page.claim(dh[inner, i], here + later, fact="bptt-recurrence")
    page.claim(dh[0, i], Sum(W_hh[j, i] * delta[1, j], j), fact="rnn-input-weight-gradients")
    page.claim(delta[t, i], dh[t, i] * (1 - h[t, i]**2), fact="bptt-recurrence")
    page.claim(dU[i, j], Sum(delta[t, i] * h[t - 1, j], t), fact="bptt-sum")
    page.claim(dW[i, k], Sum(delta[t, i] * x[t, k], t), fact="rnn-input-weight-gradients")
    page.claim(db[i], Sum(delta[t, i], t), fact="rnn-input-weight-gradients")
    page.claim(dx[t, k], Sum(W_xh[i, k] * delta[t, i], i), fact="rnn-input-weight-gradients")
    page.claim(dV[o, i], Sum(dy[t, o] * h[t, i], t), fact="rnn-output-gradients")
    page.claim(db_y[o], Sum(dy[t, o], t), fact="rnn-output-gradients")

    now, m, n = page.family("t", 0, T), page.index("m", H), page.index("n", H)
    before, s = page.family("k", 0, now), page.family("s", 1, T)
    steps, rows, columns = (s, before + 1, now), (m, 1, H), (n, 1, H)
    page.claim(J[now, i, before, j], MatrixProduct((1 - h[s, m]**2) * W_hh[m, n], steps, rows, columns, i, j),
               fact="bptt-jacobian-product", by="induction on t")

    page.mistake(J[now, i, before, j], MatrixProduct(W_hh[m, n] * (1 - h[s, n]**2), steps, rows, columns, i, j),
                 en="factors in the wrong order: W_hh acts first, then tanh", zh="因子次序颠倒：先乘 W_hh，再过 tanh", fact="bptt-jacobian-product")
    page.mistake(dU[i, j], Sum(delta[t, i] * h[t, j], t),
                 en="takes the state of the same step: W_hh multiplies the state before", zh="用了本步的状态：W_hh 乘的是上一步的状态")
    page.mistake(dh[inner, i], here,
                 en="truncates: drops what comes back from step t+1", zh="截断了：漏掉了从 t+1 步传回的部分")
    page.mistake(dh[inner, i], here + Sum(W_hh[i, j] * delta[inner + 1, j], j),
                 en="forgets to transpose W_hh", zh="漏掉了 W_hh 的转置")
    page.mistake(delta[t, i], dh[t, i] * (1 - a[t, i]**2),
                 en="uses 1 − a²: the derivative of tanh at a is 1 − tanh²(a) = 1 − h²", zh="用了 1 − a²：tanh 在 a 处的导数是 1 − tanh²(a) = 1 − h²")

    page.convention(
        en="torch.nn.RNN keeps W_xh as weight_ih, W_hh as weight_hh, and two biases that add up.",
        zh="torch.nn.RNN 以 weight_ih 保存 W_xh，以 weight_hh 保存 W_hh，并有两个相加的偏置。")
    page.convention(
        en="flax.linen.SimpleCell keeps the transposed kernels i (with the bias) and h.",
        zh="flax.linen.SimpleCell 以转置的核 i（含偏置）与 h 保存。")
    page.share_over_batch(W_xh, W_hh, b_h, W_hy, b_y)


rnn.sized(T=5, H=3, D=2, O=4)
rnn.sized(T=1, H=2, D=4, O=3)


@rnn.reference("torch", "torch.nn.RNN")
def _(torch, v):
    D, H, single = v["W_xh"].shape[1], v["b_h"].shape[0], v["x"].dim() == 2
    x = v["x"].unsqueeze(0) if single else v["x"]
    module = torch.nn.RNN(D, H, batch_first=True).to(v["x"])
    weights = {"weight_ih_l0": v["W_xh"], "weight_hh_l0": v["W_hh"], "bias_ih_l0": v["b_h"],
               "bias_hh_l0": torch.zeros_like(v["b_h"])}
    h, _ = torch.func.functional_call(module, weights, (x, v["h[0]"].reshape(1, -1, H)))
    y = torch.nn.functional.linear(h, v["W_hy"], v["b_y"])
    return {"y": y.squeeze(0) if single else y}


@rnn.reference("jax", "flax.linen.SimpleCell")
def _(jax, v):
    from flax import linen

    run = linen.RNN(linen.SimpleCell(v["b_h"].shape[0], param_dtype=v["x"].dtype))
    params = {"i": {"kernel": v["W_xh"].T, "bias": v["b_h"]}, "h": {"kernel": v["W_hh"].T}}
    h = run.apply({"params": {"cell": params}}, v["x"], initial_carry=v["h[0]"])
    return {"y": h @ v["W_hy"].T + v["b_y"]}


@rnn.experiment("torch", "torch.nn.RNN, torch.nn.utils.rnn", fact="rnn-variable-length")
def _(torch, see):
    torch.manual_seed(see.seed)
    module, lengths = torch.nn.RNN(3, 4, batch_first=True), [50, 5, 1]
    sequences = [torch.randn(T, 3) for T in lengths]
    single = torch.stack([module(x)[1][0] for x in sequences])
    see(str([len(module(x)[0]) for x in sequences]), "=", "[50, 5, 1]", en="steps of the same network for 50, 5 and 1 inputs",
        zh="同一网络处理 50、5、1 个输入的步数")
    padded = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True)
    packed = torch.nn.utils.rnn.pack_padded_sequence(padded, lengths, batch_first=True)
    see((module(packed)[1][0] - single).abs().max(), "<", 1e-5, en="last states of a packed batch, less those of single runs",
        zh="打包批次的末状态与单独运行之差")
    see.wrongly((module(padded)[1][0] - single).abs().max(), "<", 1e-5, en="padding alone does it", zh="只填充即可")


@rnn.experiment("torch", "torch.nn.RNN, torch.nn.RNNCell", fact="rnn-param-sharing")
def _(torch, see):
    torch.manual_seed(see.seed)
    module, x = torch.nn.RNN(3, 4).double(), torch.randn(6, 3, dtype=torch.float64)
    copies = [torch.nn.RNNCell(3, 4).double() for _ in x]
    for cell in copies:
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(cell, name).data = getattr(module, f"{name}_l0").data.clone()
    h, states = torch.zeros(4, dtype=torch.float64), []
    for cell, here in zip(copies, x):
        h = cell(here, h)
        states.append(h)
    output, last = module(x)[0], copies[-1]
    see((torch.stack(states) - output).abs().max(), "<", 1e-12, en="six cells with the same weights beside the network, off by", zh="六个同权重的单元与网络输出之差")
    (output**2).sum().backward()
    (torch.stack(states)**2).sum().backward()
    total = sum(cell.weight_hh.grad for cell in copies)
    see((total - module.weight_hh_l0.grad).abs().max(), "<", 1e-12, en="the sum of their six gradients beside its gradient, off by", zh="六个梯度之和与网络梯度之差")
    see.wrongly((last.weight_hh.grad - module.weight_hh_l0.grad).abs().max(), "<", 1e-3, en="the last copy alone, off by", zh="仅最后一个副本，误差")


@rnn.experiment("torch", "torch.autograd.grad, torch.autograd.functional.jacobian", fact="bptt-expansion")
def _(torch, see):
    from functools import partial

    torch.manual_seed(see.seed)
    W, x, h_0, v = (torch.randn(*shape, dtype=torch.float64) for shape in ((3, 3), (5, 3), (3,), (3,)))
    jacobian, worst, total = torch.autograd.functional.jacobian, 0.0, 0.0

    def run(W, h, inputs):
        for here in inputs:
            h = torch.tanh(W @ h + here)
        return h

    for t in range(1, 6):
        shared = W.clone().requires_grad_()
        direct, = torch.autograd.grad(v @ run(shared, h_0, x[:t]), shared)
        states, parts, whole = [run(W, h_0, x[:k]) for k in range(t + 1)], [], []
        for k in range(1, t + 1):
            onwards = v @ jacobian(partial(run, W, inputs=x[k:t]), states[k])
            parts.append(torch.einsum("a,aij->ij", onwards, jacobian(partial(run, h=states[k - 1], inputs=x[k - 1:k]), W)))
            whole.append(torch.einsum("a,aij->ij", onwards, jacobian(partial(run, h=h_0, inputs=x[:k]), W)))
        worst = max(worst, float((sum(parts) - direct).abs().max()))
        total = max(total, float((sum(whole) - direct).abs().max()))
    see(worst, "<", 1e-12, en="the sum over k beside autograd, for L_1 … L_5, off by", zh="L_1 … L_5 对 k 求和与 autograd 之差")
    see.wrongly(total, "<", 1e-2, en="with the whole ∂h_k/∂W in place of ∂⁺, off by", zh="以完整的 ∂h_k/∂W 代替 ∂⁺，误差")


@rnn.experiment("jax", "jax.grad, jax.jacobian", fact="bptt-expansion")
def _(jax, see):
    jnp, keys = jax.numpy, jax.random.split(jax.random.PRNGKey(see.seed), 4)
    W, x, h_0, v = (jax.random.normal(k, shape) for k, shape in zip(keys, ((3, 3), (5, 3), (3,), (3,))))
    worst, total = 0.0, 0.0

    def run(W, h, inputs):
        for here in inputs:
            h = jnp.tanh(W @ h + here)
        return h

    for t in range(1, 6):
        direct, parts, whole = jax.grad(lambda W, t=t: v @ run(W, h_0, x[:t]))(W), 0.0, 0.0
        states = [run(W, h_0, x[:k]) for k in range(t + 1)]
        for k in range(1, t + 1):
            onwards = v @ jax.jacobian(lambda h, k=k, t=t: run(W, h, x[k:t]))(states[k])
            parts += jnp.einsum("a,aij->ij", onwards, jax.jacobian(lambda W, k=k, h=states[k - 1]: run(W, h, x[k - 1:k]))(W))
            whole += jnp.einsum("a,aij->ij", onwards, jax.jacobian(lambda W, k=k: run(W, h_0, x[:k]))(W))
        worst, total = max(worst, float(abs(parts - direct).max())), max(total, float(abs(whole - direct).max()))
    see(worst, "<", 1e-12, en="the sum over k beside autodiff, for L_1 … L_5, off by", zh="L_1 … L_5 对 k 求和与自动微分之差")
    see.wrongly(total, "<", 1e-2, en="with the whole ∂h_k/∂W in place of ∂⁺, off by", zh="以完整的 ∂h_k/∂W 代替 ∂⁺，误差")
