"""Long short-term memory over T steps: gates, cell, and backpropagation through time."""

from sympy import KroneckerDelta, Sum, tanh

from derive.entry import entry
from derive.sympy_bridge import concat
from derive.sympy_functions import sigmoid


@entry(
    name="lstm",
    title={"en": "Long short-term memory (LSTM), T steps", "zh": "长短期记忆网络（LSTM），T 步"},
    section="2.2",
    source="Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000",
    facts={
        "lstm-forget-gate": {"kind": "definition", "en": "Forget gate", "zh": "遗忘门"},
        "lstm-input-gate": {"kind": "definition", "en": "Input gate", "zh": "输入门"},
        "lstm-candidate": {"kind": "definition", "en": "Candidate", "zh": "候选值"},
        "lstm-output-gate": {"kind": "definition", "en": "Output gate", "zh": "输出门"},
        "lstm-cell-update": {"kind": "update-rule", "en": "Cell update", "zh": "细胞状态更新"},
        "lstm-hidden": {"kind": "definition", "en": "Hidden state", "zh": "隐藏状态"},
        "lstm-sigmoid-range": {"kind": "identity", "en": "Gates lie between 0 and 1, states between −1 and 1",
                               "zh": "门在 0 与 1 之间，隐藏状态在 −1 与 1 之间"},
        "lstm-gradient-flow": {"kind": "jacobian", "en": "∂c_t/∂c_{t−1} = diag(f_t), gates held fixed",
                               "zh": "门固定时 ∂c_t/∂c_{t−1} = diag(f_t)"},
        "lstm-backward": {"kind": "gradient", "en": "Backpropagation through time", "zh": "随时间反向传播"},
    },
)
def lstm(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    r, k, q = page.index("r", H), page.index("k", D), page.index("q", H + D)

    x = page.input("x", t, k)
    h, c = page.state("h", (t, 0, T), r), page.state("c", (t, 0, T), r)
    z = page.let("z", [t, q], concat(q, (lambda i: h[t - 1, i], H), (lambda i: x[t, i], D)), abbreviation=True)

    def gate(name, squash, fact):
        W, b = page.input(f"W_{name}", r, q), page.input(f"b_{name}", r)
        a = page.let(f"a_{name}", [t, r], Sum(W[r, q] * z[t, q], q) + b[r])
        return W, b, a, page.let(name, [t, r], squash(a[t, r]), fact=fact)

    W_f, b_f, a_f, f = gate("f", sigmoid, "lstm-forget-gate")
    W_i, b_i, a_i, i = gate("i", sigmoid, "lstm-input-gate")
    W_g, b_g, a_g, g = gate("g", tanh, "lstm-candidate")
    W_o, b_o, a_o, o = gate("o", sigmoid, "lstm-output-gate")
    page.define(c[t, r], f[t, r] * c[t - 1, r] + i[t, r] * g[t, r], fact="lstm-cell-update")
    page.define(h[t, r], o[t, r] * tanh(c[t, r]), fact="lstm-hidden")
    page.output(h, arriving="v")        # v^(t): what the loss of step t itself sends back

    dh, dc = page.want(h), page.want(c)
    d_o = page.want(a_o, "delta_o", fact="lstm-backward")
    d_f = page.want(a_f, "delta_f", fact="lstm-backward")
    d_i = page.want(a_i, "delta_i", fact="lstm-backward")
    d_g = page.want(a_g, "delta_g", fact="lstm-backward")
    for W in (W_f, W_i, W_g, W_o):
        page.want(W, fact="lstm-backward")
    for b in (b_f, b_i, b_g, b_o):
        page.want(b, fact="lstm-backward")
    dx = page.want(x, fact="lstm-backward")
    page.share_over_batch(W_f, W_i, W_g, W_o, b_f, b_i, b_g, b_o)

    held = page.jacobian(c, c, fact="lstm-gradient-flow")
    now, p = page.family("u", 1, T), page.index("p", H)
    v, inner = page.symbols["v"], page.family("t", 1, T - 1)
    s = page.index("s", H)
    gates = ((W_f, d_f), (W_i, d_i), (W_g, d_g), (W_o, d_o))

    def back(t):
        return sum(Sum(W[s, r] * d[t + 1, s], s) for W, d in gates)

    for opened in (f, i, o):
        page.bound(opened[t, r], ">", 0, fact="lstm-sigmoid-range")
        page.bound(opened[t, r], "<", 1, fact="lstm-sigmoid-range")
    page.bound(h[t, r], "<", 1, fact="lstm-sigmoid-range", gap=1 - o[t, r] + o[t, r] * (1 - tanh(c[t, r])))
    page.bound(h[t, r], ">", -1, fact="lstm-sigmoid-range", gap=1 - o[t, r] + o[t, r] * (1 + tanh(c[t, r])))
    page.claim(held[t, r, now - 1, p], f[t, r] * KroneckerDelta(r, p) * KroneckerDelta(t, now), fact="lstm-gradient-flow")
    page.claim(dh[T, r], v[T, r], fact="lstm-backward")
    page.claim(dh[inner, r], v[inner, r] + back(inner), fact="lstm-backward")
    page.claim(dh[0, r], back(0), fact="lstm-backward")
    page.claim(dc[T, r], dh[T, r] * o[T, r] * (1 - tanh(c[T, r])**2), fact="lstm-backward")
    page.claim(dc[inner, r], dh[inner, r] * o[inner, r] * (1 - tanh(c[inner, r])**2) + dc[inner + 1, r] * f[inner + 1, r],
               fact="lstm-backward")
    page.claim(dc[0, r], dc[1, r] * f[1, r], fact="lstm-backward")
    page.claim(d_o[t, r], dh[t, r] * tanh(c[t, r]) * o[t, r] * (1 - o[t, r]), fact="lstm-backward")
    page.claim(d_f[t, r], dc[t, r] * c[t - 1, r] * f[t, r] * (1 - f[t, r]), fact="lstm-backward")
    page.claim(d_i[t, r], dc[t, r] * g[t, r] * i[t, r] * (1 - i[t, r]), fact="lstm-backward")
    page.claim(d_g[t, r], dc[t, r] * i[t, r] * (1 - g[t, r]**2), fact="lstm-backward")
    for W, b, d in ((W_f, b_f, d_f), (W_i, b_i, d_i), (W_g, b_g, d_g), (W_o, b_o, d_o)):
        page.claim(page.gradient(W)[r, q], Sum(d[t, r] * z[t, q], t), fact="lstm-backward")
        page.claim(page.gradient(b)[r], Sum(d[t, r], t), fact="lstm-backward")
    page.claim(dx[t, k], sum(Sum(W[s, H + k] * d[t, s], s) for W, d in gates), fact="lstm-backward")

    page.mistake(c[t, r], 1, relation="≤", en="bounds the cell like a GRU's state: it adds up, and can count",
                 zh="像 GRU 的状态那样给细胞状态设界：它会累加，能够计数")
    page.mistake(d_f[t, r], dc[t, r] * c[t, r] * f[t, r] * (1 - f[t, r]),
                 en="multiplies by the new cell state instead of the old one", zh="乘了新的细胞状态，应为旧的")
    page.mistake(d_g[t, r], dc[t, r] * i[t, r] * g[t, r] * (1 - g[t, r]),
                 en="treats the tanh candidate as a sigmoid gate", zh="把 tanh 候选值当成了 sigmoid 门")
    page.mistake(dc[t, r], dh[t, r] * o[t, r] * (1 - tanh(c[t, r])**2),
                 en="drops the gradient that the cell carries back from step t+1", zh="漏掉了从 t+1 步经细胞状态传回的梯度")
    page.mistake(held[t, r, t - 1, p], KroneckerDelta(r, p),
                 en="takes the cell for a plain sum, as without a forget gate", zh="把细胞当作单纯累加，如同没有遗忘门")
    page.mistake(d_o[t, r], dh[t, r] * c[t, r] * o[t, r] * (1 - o[t, r]),
                 en="forgets the tanh between cell and hidden state", zh="漏掉了细胞状态与隐藏状态之间的 tanh")

    page.mistake(page.gradient(W_f)[r, q], Sum(d_f[t, r] * z[t - 1, q], (t, 2, T)),
                 en="shifts the time index: δ_f^(t) belongs to the input of its own step, [h^(t−1), x^(t)]",
                 zh="时间下标错位：δ_f^(t) 对应本步的输入 [h^(t−1), x^(t)]")

    page.convention(
        en="torch stacks the rows as i, f, g, o in weight_ih and weight_hh and has two biases that add up; "
           "here W_f = [W_hf, W_if] acts on [h, x].",
        zh="torch 在 weight_ih 与 weight_hh 中按 i、f、g、o 顺序堆叠各行，并有两个相加的偏置；此处 W_f = [W_hf, W_if] 作用于 [h, x]。")
    page.convention(
        en="flax.linen.LSTMCell keeps the transposed blocks as kernels hi, hf, hg, ho (with the bias) and ii, if, ig, io; "
           "its carry is (c, h).",
        zh="flax.linen.LSTMCell 以转置的核 hi、hf、hg、ho（含偏置）与 ii、if、ig、io 保存各块；其状态为 (c, h)。")


lstm.sized(T=5, H=3, D=2)
lstm.sized(T=1, H=2, D=4)


@lstm.reference("torch", "torch.nn.LSTM")
def _(torch, v):
    H, single = v["b_f"].shape[0], v["x"].dim() == 2
    x = v["x"].unsqueeze(0) if single else v["x"]
    rows = torch.cat([v["W_i"], v["W_f"], v["W_g"], v["W_o"]])
    bias = torch.cat([v["b_i"], v["b_f"], v["b_g"], v["b_o"]])
    module = torch.nn.LSTM(x.shape[-1], H, batch_first=True).to(rows)
    recurrent, input_ = (part.contiguous() for part in (rows[:, :H], rows[:, H:]))      # as cuDNN needs them
    weights = {"weight_ih_l0": input_, "weight_hh_l0": recurrent, "bias_ih_l0": bias,
               "bias_hh_l0": torch.zeros_like(bias)}
    start = tuple(v[name].reshape(1, -1, H) for name in ("h[0]", "c[0]"))
    h, _ = torch.func.functional_call(module, weights, (x, start))
    return {"h": h.squeeze(0) if single else h}


@lstm.reference("jax", "flax.linen.LSTMCell")
def _(jax, v):
    from flax import linen

    H = v["b_f"].shape[0]
    params = {}
    for gate in "ifgo":
        W = v[f"W_{gate}"]
        params[f"h{gate}"] = {"kernel": W[:, :H].T, "bias": v[f"b_{gate}"]}
        params[f"i{gate}"] = {"kernel": W[:, H:].T}
    run = linen.RNN(linen.LSTMCell(H, param_dtype=v["x"].dtype))
    h = run.apply({"params": {"cell": params}}, v["x"], initial_carry=(v["c[0]"], v["h[0]"]))
    return {"h": h}
