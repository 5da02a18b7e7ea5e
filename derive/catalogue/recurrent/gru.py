"""Gated recurrent unit over T steps, with the reset gate behind the recurrent product, as libraries have it."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="gru",
    title={"en": "Gated recurrent unit (GRU), T steps", "zh": "门控循环单元（GRU），T 步"},
    section="2.2",
    source="Cho et al. 2014; the reset gate behind the product: torch.nn.GRU, cuDNN",
    facts={
        "gru-after-gates": {"kind": "definition", "en": "Update gate and reset gate", "zh": "更新门与重置门"},
        "gru-after-candidate": {"kind": "definition", "en": "Candidate", "zh": "候选状态"},
        "gru-after-hidden": {"kind": "update-rule", "en": "Hidden state", "zh": "隐藏状态"},
        "gru-torch-mapping": {"kind": "identity", "en": "The course's z is u = 1 − z: its weights negated",
                              "zh": "课程的 z 即 u = 1 − z：其权重取负"},
        "gru-bounded-lstm-unbounded": {"kind": "identity", "en": "A state between −1 and 1 stays there; an LSTM's cell need not",
                                       "zh": "在 −1 与 1 之间的状态不会离开；LSTM 的细胞状态则未必"},
        "lstm-more-expressive": {"kind": "claim", "en": "An LSTM's cell can count, a GRU's state cannot", "zh": "LSTM 的细胞状态能计数，GRU 的状态不能"},
        "gru-after-backward": {"kind": "gradient", "en": "Backpropagation through time", "zh": "随时间反向传播"},
    },
)
def gru(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    i, j, k = page.index("i", H), page.index("j", H), page.index("k", D)

    x = page.input("x", t, k)
    h = page.state("h", (t, 0, T), i)

    def weights(gate):
        return page.input(f"W_{gate}", i, k), page.input(f"U_{gate}", i, i), page.input(f"b_{gate}", i)

    W_r, U_r, b_r = weights("r")
    a_r = page.let("a_r", [t, i], Sum(W_r[i, k] * x[t, k], k) + Sum(U_r[i, j] * h[t - 1, j], j) + b_r[i])
    r = page.let("r", [t, i], sigmoid(a_r[t, i]), fact="gru-after-gates")
    W_z, U_z, b_z = weights("z")
    a_z = page.let("a_z", [t, i], Sum(W_z[i, k] * x[t, k], k) + Sum(U_z[i, j] * h[t - 1, j], j) + b_z[i])
    z = page.let("z", [t, i], sigmoid(a_z[t, i]), fact="gru-after-gates")
    W_n, U_n, b_n = weights("n")
    c_n = page.input("c_n", i)
    s = page.let("s", [t, i], Sum(U_n[i, j] * h[t - 1, j], j) + c_n[i])
    a_n = page.let("a_n", [t, i], Sum(W_n[i, k] * x[t, k], k) + r[t, i] * s[t, i] + b_n[i])
    n = page.let("n", [t, i], tanh(a_n[t, i]), fact="gru-after-candidate")
    page.define(h[t, i], (1 - z[t, i]) * n[t, i] + z[t, i] * h[t - 1, i], fact="gru-after-hidden")
    page.output(h, arriving="v")

    # the same cell with every weight of the update gate negated
    a_u = page.let("a_u", [t, i], Sum(-W_z[i, k] * x[t, k], k) + Sum(-U_z[i, j] * h[t - 1, j], j) - b_z[i])
    u = page.let("u", [t, i], sigmoid(a_u[t, i]), fact="gru-torch-mapping")

    dh = page.want(h, fact="gru-after-backward")
    d_n = page.want(a_n, "delta_n", fact="gru-after-backward")
    d_s = page.want(s, "delta_s", fact="gru-after-backward")
    d_z = page.want(a_z, "delta_z", fact="gru-after-backward")
    d_r = page.want(a_r, "delta_r", fact="gru-after-backward")
    for w in (W_r, U_r, b_r, W_z, U_z, b_z, W_n, U_n, b_n, c_n, x):
        page.want(w, fact="gru-after-backward")
    page.share_over_batch(W_r, U_r, b_r, W_z, U_z, b_z, W_n, U_n, b_n, c_n)

    page.claim(u[t, i], 1 - z[t, i], fact="gru-torch-mapping")
    page.claim(h[t, i], (1 - u[t, i]) * h[t - 1, i] + u[t, i] * n[t, i], fact="gru-torch-mapping")
    page.bound(h[t, i], "≤", 1 - z[t, i] * (1 - h[t - 1, i]), fact="gru-bounded-lstm-unbounded",
               gap=(1 - sigmoid(a_z[t, i])) * (1 - tanh(a_n[t, i])))
    page.bound(h[t, i], "≥", -1 + z[t, i] * (1 + h[t - 1, i]), fact="gru-bounded-lstm-unbounded",
               gap=(1 - sigmoid(a_z[t, i])) * (1 + tanh(a_n[t, i])))
    page.claim(d_n[t, i], dh[t, i] * (1 - z[t, i]) * (1 - n[t, i]**2), fact="gru-after-backward")
    page.claim(d_s[t, i], d_n[t, i] * r[t, i], fact="gru-after-backward")
    page.claim(d_z[t, i], dh[t, i] * (h[t - 1, i] - n[t, i]) * z[t, i] * (1 - z[t, i]), fact="gru-after-backward")
    page.claim(d_r[t, i], d_n[t, i] * s[t, i] * r[t, i] * (1 - r[t, i]), fact="gru-after-backward")
    page.claim(page.gradient(U_n)[i, j], Sum(d_s[t, i] * h[t - 1, j], t), fact="gru-after-backward")
    page.claim(page.gradient(U_z)[i, j], Sum(d_z[t, i] * h[t - 1, j], t), fact="gru-after-backward")
    page.claim(page.gradient(W_r)[i, k], Sum(d_r[t, i] * x[t, k], t), fact="gru-after-backward")
    gates = ((U_r, d_r), (U_z, d_z), (U_n, d_s))
    page.claim(dh[0, i], dh[1, i] * z[1, i] + sum(Sum(U[j, i] * d[1, j], j) for U, d in gates), fact="gru-after-backward")

    page.mistake(d_z[t, i], dh[t, i] * (n[t, i] - h[t - 1, i]) * z[t, i] * (1 - z[t, i]),
                 en="takes z for the gate of the candidate: here z keeps the old state", zh="把 z 当成候选状态的门：此处 z 保留旧状态")
    page.mistake(page.gradient(U_n)[i, j], Sum(d_n[t, i] * h[t - 1, j], t),
                 en="forgets the reset gate between U_n h and the candidate", zh="漏掉了 U_n h 与候选状态之间的重置门")
    page.mistake(dh[0, i], sum(Sum(U[j, i] * d[1, j], j) for U, d in gates),
                 en="drops the direct path z ⊙ h", zh="漏掉了 z ⊙ h 的直接通路")
    page.mistake(d_n[t, i], dh[t, i] * z[t, i] * (1 - n[t, i]**2),
                 en="swaps z and 1 − z", zh="混淆了 z 与 1 − z")

    page.convention(
        en="torch.nn.GRU stacks rows as r, z, n; z keeps the old state, as here; the reset gate multiplies U_n h + c_n.",
        zh="torch.nn.GRU 按 r、z、n 堆叠各行；z 保留旧状态，与此处相同；重置门乘在 U_n h + c_n 上。")
    page.convention(
        en="Cho et al. and many courses reset before the product, U_n (r ⊙ h), and let z weigh the candidate: their z is u "
           "here, the update gate of torch and flax with its weights and biases negated, for σ(−a) = 1 − σ(a).",
        zh="Cho 等人及许多课程在乘积之前重置，即 U_n (r ⊙ h)，并让 z 作为候选状态的权重：他们的 z 即此处的 u，"
           "也就是把 torch 与 flax 的更新门的权重和偏置取负，因为 σ(−a) = 1 − σ(a)。")
    page.convention(
        en="flax.linen.GRUCell keeps transposed kernels ir, iz, in (with biases) and hr, hz, hn; only hn has a bias, c_n.",
        zh="flax.linen.GRUCell 以转置的核 ir、iz、in（含偏置）与 hr、hz、hn 保存；其中仅 hn 有偏置 c_n。")


gru.sized(T=4, H=3, D=2)
gru.sized(T=1, H=2, D=4)


@gru.reference("torch", "torch.nn.GRU")
def _(torch, v):
    H, single = v["b_r"].shape[0], v["x"].dim() == 2
    x = v["x"].unsqueeze(0) if single else v["x"]
    module = torch.nn.GRU(x.shape[-1], H, batch_first=True).to(x)
    zero = torch.zeros_like(v["b_r"])
    weights = {"weight_ih_l0": torch.cat([v["W_r"], v["W_z"], v["W_n"]]),
               "weight_hh_l0": torch.cat([v["U_r"], v["U_z"], v["U_n"]]),
               "bias_ih_l0": torch.cat([v["b_r"], v["b_z"], v["b_n"]]),
               "bias_hh_l0": torch.cat([zero, zero, v["c_n"]])}
    h, _ = torch.func.functional_call(module, weights, (x, v["h[0]"].reshape(1, -1, H)))
    return {"h": h.squeeze(0) if single else h}


@gru.reference("jax", "flax.linen.GRUCell")
def _(jax, v):
    from flax import linen

    params = {f"i{g}": {"kernel": v[f"W_{g}"].T, "bias": v[f"b_{g}"]} for g in "rzn"}
    params |= {f"h{g}": {"kernel": v[f"U_{g}"].T} for g in "rz"}
    params["hn"] = {"kernel": v["U_n"].T, "bias": v["c_n"]}
    run = linen.RNN(linen.GRUCell(v["b_r"].shape[0], param_dtype=v["x"].dtype))
    return {"h": run.apply({"params": {"cell": params}}, v["x"], initial_carry=v["h[0]"])}


@gru.experiment("torch", "torch.nn.LSTM, torch.nn.GRU", fact="lstm-more-expressive")
def _(torch, see):
    torch.manual_seed(see.seed)
    x, counter, gated = torch.ones(200, 1), torch.nn.LSTM(1, 1), torch.nn.GRU(1, 8)
    with torch.no_grad():
        for weight in counter.parameters():
            weight.zero_()
        counter.bias_ih_l0.fill_(20.0)                                       # all gates open, the candidate at 1
        for weight in gated.parameters():
            weight.mul_(20)
        _, (_, cell) = counter(x)
        states, _ = gated(x)
    see(cell, "=", 200, within=.01, en="an LSTM's cell after 200 steps with open gates", zh="门全开的 LSTM 在 200 步后的细胞状态")
    see(states.abs(), "≤", 1, en="every state of a GRU with large weights over 200 steps", zh="权重很大的 GRU 在 200 步中的所有状态")
    see.wrongly(states.abs().max(), ">", 1, en="a GRU's state counts as well", zh="GRU 的状态也能计数")
