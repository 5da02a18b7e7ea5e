"""LSTM with coupled gates over T steps: what is forgotten makes room for what is written, i = 1 − f."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="coupled_gate_lstm",
    title={"en": "LSTM with coupled input and forget gates, T steps", "zh": "输入门与遗忘门耦合的 LSTM，T 步"},
    section="2.2",
    source="Greff, Srivastava, Koutník, Steunebrink & Schmidhuber 2017, section V (CIFG)",
    facts={
        "coupled-lstm": {"kind": "definition", "en": "Coupled gates: f + i = 1", "zh": "耦合的门：f + i = 1"},
        "coupled-lstm-as-lstm": {"kind": "identity", "en": "An LSTM whose input gate negates the forget gate's weights",
                                 "zh": "输入门取遗忘门权重之负的 LSTM"},
        "coupled-lstm-backward": {"kind": "gradient", "en": "Backpropagation through time", "zh": "随时间反向传播"},
    },
)
def coupled_gate_lstm(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    r, s, k = page.index("r", H), page.index("s", H), page.index("k", D)
    x = page.input("x", t, k)
    h, c = page.state("h", (t, 0, T), r), page.state("c", (t, 0, T), r)

    def gate(name, squash, fact=None):
        U, W, b = page.input(f"U_{name}", r, s), page.input(f"W_{name}", r, k), page.input(f"b_{name}", r)
        a = page.let(f"a_{name}", [t, r], Sum(U[r, s] * h[t - 1, s], s) + Sum(W[r, k] * x[t, k], k) + b[r])
        return (U, W, b), a, page.let(name, [t, r], squash(a[t, r]), fact=fact)

    (U_f, W_f, b_f), a_f, f = gate("f", sigmoid, "coupled-lstm")
    (U_g, W_g, b_g), a_g, g = gate("g", tanh)
    (U_o, W_o, b_o), a_o, o = gate("o", sigmoid)
    i = page.let("i", [t, r], 1 - f[t, r], fact="coupled-lstm")
    page.define(c[t, r], f[t, r] * c[t - 1, r] + i[t, r] * g[t, r], fact="coupled-lstm")
    page.define(h[t, r], o[t, r] * tanh(c[t, r]))
    page.output(h, arriving="v")
    # an input gate of its own, with every weight of the forget gate negated
    a_i = page.let("a_i", [t, r], Sum(-U_f[r, s] * h[t - 1, s], s) + Sum(-W_f[r, k] * x[t, k], k) - b_f[r])
    u = page.let("u", [t, r], sigmoid(a_i[t, r]), fact="coupled-lstm-as-lstm")

    back = "coupled-lstm-backward"
    dh, dc = page.want(h), page.want(c, fact=back)
    d_o, d_f, d_g = (page.want(a, f"delta_{name}", fact=back) for name, a in (("o", a_o), ("f", a_f), ("g", a_g)))
    weights = (U_f, U_g, U_o, W_f, W_g, W_o, b_f, b_g, b_o)
    for weight in (*weights, x):
        page.want(weight, fact=back)
    page.share_over_batch(*weights)

    page.claim(u[t, r], i[t, r], fact="coupled-lstm-as-lstm")
    page.claim(c[t, r], g[t, r] + f[t, r] * (c[t - 1, r] - g[t, r]), fact="coupled-lstm")
    inner = page.family("t", 1, T - 1)

    def own(t):
        return dh[t, r] * o[t, r] * (1 - tanh(c[t, r])**2)

    page.claim(dc[T, r], own(T), fact=back)
    page.claim(dc[inner, r], own(inner) + dc[inner + 1, r] * f[inner + 1, r], fact=back)
    page.claim(dc[0, r], dc[1, r] * f[1, r], fact=back)
    page.claim(d_f[t, r], dc[t, r] * (c[t - 1, r] - g[t, r]) * f[t, r] * (1 - f[t, r]), fact=back)
    page.claim(d_g[t, r], dc[t, r] * (1 - f[t, r]) * (1 - g[t, r]**2), fact=back)
    page.claim(d_o[t, r], dh[t, r] * tanh(c[t, r]) * o[t, r] * (1 - o[t, r]), fact=back)
    page.claim(page.gradient(W_f)[r, k], Sum(d_f[t, r] * x[t, k], t), fact=back)
    page.claim(page.gradient(U_f)[r, s], Sum(d_f[t, r] * h[t - 1, s], t), fact=back)
    page.claim(page.gradient(x)[t, k], sum(Sum(W[s, k] * d[t, s], s)
                                           for W, d in ((W_f, d_f), (W_g, d_g), (W_o, d_o))), fact=back)

    page.mistake(d_f[t, r], dc[t, r] * c[t - 1, r] * f[t, r] * (1 - f[t, r]),
                 en="forgets that i = 1 − f depends on f: the candidate enters with a minus",
                 zh="忘了 i = 1 − f 也依赖 f：候选值以负号进入")
    page.mistake(d_f[t, r], dc[t, r] * (c[t - 1, r] + g[t, r]) * f[t, r] * (1 - f[t, r]),
                 en="adds the candidate: ∂i/∂f = −1", zh="把候选值加上了：∂i/∂f = −1")
    page.mistake(d_g[t, r], dc[t, r] * f[t, r] * (1 - g[t, r]**2), en="takes f for 1 − f", zh="把 f 当作 1 − f")
    page.mistake(u[t, r], 1 - i[t, r],
                 en="copies the forget gate's weights without negating them", zh="照搬遗忘门的权重而没有取负")
    page.mistake(dc[inner, r], own(inner) + dc[inner + 1, r],
                 en="lets the cell pass its gradient unchanged: it is multiplied by f^(t+1)",
                 zh="让细胞状态原样传回梯度：应乘以 f^(t+1)")

    page.convention(
        en="torch and flax have no coupled gates; their LSTM is this one where its input gate has −U_f, −W_f and −b_f, for "
           "σ(−a) = 1 − σ(a). Its own gradients by those weights are then sums of two gates.",
        zh="torch 与 flax 没有耦合门；令其 LSTM 的输入门取 −U_f、−W_f、−b_f 即为此单元，因为 σ(−a) = 1 − σ(a)。"
           "此时对这些权重的梯度是两个门之和。")
    page.convention(
        en="Three blocks of weights in place of four, as in a GRU.", zh="权重为三块而非四块，与 GRU 相同。")


coupled_gate_lstm.sized(T=3, H=2, D=4)
coupled_gate_lstm.sized(T=1, H=3, D=2)


@coupled_gate_lstm.reference("torch", "torch.nn.LSTM")
def _(torch, v):
    H, single = v["b_f"].shape[0], v["x"].dim() == 2
    x = v["x"].unsqueeze(0) if single else v["x"]
    W, U, b = (torch.cat([-v[f"{name}_f"], *(v[f"{name}_{gate}"] for gate in "fgo")]) for name in "WUb")
    module = torch.nn.LSTM(x.shape[-1], H, batch_first=True).to(x)
    weights = {"weight_ih_l0": W, "weight_hh_l0": U, "bias_ih_l0": b, "bias_hh_l0": torch.zeros_like(b)}
    start = tuple(v[name].reshape(1, -1, H) for name in ("h[0]", "c[0]"))
    h, _ = torch.func.functional_call(module, weights, (x, start))
    return {"h": h.squeeze(0) if single else h}


@coupled_gate_lstm.reference("jax", "flax.linen.LSTMCell")
def _(jax, v):
    from flax import linen

    params = {f"i{gate}": {"kernel": v[f"W_{gate}"].T} for gate in "fgo"} | {"ii": {"kernel": -v["W_f"].T}}
    params |= {f"h{gate}": {"kernel": v[f"U_{gate}"].T, "bias": v[f"b_{gate}"]} for gate in "fgo"}
    params["hi"] = {"kernel": -v["U_f"].T, "bias": -v["b_f"]}
    run = linen.RNN(linen.LSTMCell(v["b_f"].shape[0], param_dtype=v["x"].dtype))
    return {"h": run.apply({"params": {"cell": params}}, v["x"], initial_carry=(v["c[0]"], v["h[0]"]))}
