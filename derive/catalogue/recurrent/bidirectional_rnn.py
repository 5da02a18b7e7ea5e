"""A bidirectional tanh recurrent network: one recurrence from each end, side by side."""

from sympy import Sum, tanh

from derive.entry import entry
from derive.sympy_bridge import concat


@entry(
    name="bidirectional_rnn",
    title={"en": "Bidirectional recurrent network", "zh": "双向循环神经网络"},
    section="2.2",
    source="Schuster & Paliwal 1997, section II.C",
    facts={
        "birnn-forward-backward": {"kind": "definition", "en": "Forward and backward recurrence", "zh": "前向与后向递推"},
        "birnn-concat": {"kind": "definition", "en": "Output: both states side by side", "zh": "输出：两个状态拼接"},
        "birnn-full-context": {"kind": "claim", "en": "Every output depends on every input: on later ones too", "zh": "每个输出依赖每个输入，包括之后的"},
        "birnn-backward": {"kind": "gradient", "en": "Gradients: each recurrence in its own direction",
                           "zh": "梯度：两个递推各沿自己的方向"},
    },
)
def bidirectional_rnn(page):
    T, H, D = page.sizes("T H D")
    t = page.family("t", 1, T)
    i, j, k, q = page.index("i", H), page.index("j", H), page.index("k", D), page.index("q", 2 * H)
    x = page.input("x", t, k)
    W_f, U_f, b_f = page.input("W_f", i, k), page.input("U_f", i, j), page.input("b_f", i)
    W_b, U_b, b_b = page.input("W_b", i, k), page.input("U_b", i, j), page.input("b_b", i)
    f, b = page.state("f", (t, 0, T), i), page.state("b", (t, 1, T + 1), i)
    page.define(f[t, i], tanh(Sum(W_f[i, k] * x[t, k], k) + Sum(U_f[i, j] * f[t - 1, j], j) + b_f[i]),
                fact="birnn-forward-backward")
    page.define(b[t, i], tanh(Sum(W_b[i, k] * x[t, k], k) + Sum(U_b[i, j] * b[t + 1, j], j) + b_b[i]),
                fact="birnn-forward-backward")
    h = page.let("h", [t, q], concat(q, (lambda r: f[t, r], H), (lambda r: b[t, r], H)), fact="birnn-concat")
    page.output(h)

    back = "birnn-backward"
    v, df, db = page.gradient(h), page.want(f, fact=back), page.want(b, fact=back)
    dW_f, dU_f, db_f, dW_b, dU_b, db_b = (page.want(w, fact=back) for w in (W_f, U_f, b_f, W_b, U_b, b_b))
    dx = page.want(x, fact=back)
    page.share_over_batch(W_f, U_f, b_f, W_b, U_b, b_b)

    def through(d, state, t, i):
        return d[t, i] * (1 - state[t, i]**2)

    before, after = page.family("t", 1, T - 1), page.family("t", 2, T)
    page.claim(h[t, i], f[t, i], fact="birnn-concat")
    page.claim(h[t, H + i], b[t, i], fact="birnn-concat")
    page.claim(df[T, i], v[T, i], fact=back)
    page.claim(df[before, i], v[before, i] + Sum(U_f[j, i] * through(df, f, before + 1, j), j), fact=back)
    page.claim(db[1, i], v[1, H + i], fact=back)
    page.claim(db[after, i], v[after, H + i] + Sum(U_b[j, i] * through(db, b, after - 1, j), j), fact=back)
    page.claim(dU_f[i, j], Sum(through(df, f, t, i) * f[t - 1, j], t), fact=back)
    page.claim(dU_b[i, j], Sum(through(db, b, t, i) * b[t + 1, j], t), fact=back)
    page.claim(dW_b[i, k], Sum(through(db, b, t, i) * x[t, k], t), fact=back)
    page.claim(db_f[i], Sum(through(df, f, t, i), t), fact=back)
    page.claim(dx[t, k], Sum(W_f[i, k] * through(df, f, t, i), i) + Sum(W_b[i, k] * through(db, b, t, i), i), fact=back)

    page.mistake(dU_b[i, j], Sum(through(db, b, t, i) * b[t, j], t),
                 en="takes the state of the same step: U_b multiplies the state after it", zh="用了本步的状态：U_b 乘的是后一步的状态")
    page.mistake(db[after, i], v[after, H + i],
                 en="runs the backward recurrence's gradient in the direction of the forward one and drops step t−1",
                 zh="把后向递推的梯度当作前向的方向，漏掉了 t−1 步")
    page.mistake(db[1, i], v[1, i],
                 en="gives the backward states the first half of the output: theirs is the second",
                 zh="把输出的前一半给了后向状态：它们是后一半")
    page.mistake(dx[t, k], Sum(W_f[i, k] * through(df, f, t, i), i),
                 en="forgets that both directions read the input", zh="忘了两个方向都读取输入")
    page.mistake(dU_f[i, j], Sum(through(df, f, t, j) * f[t - 1, i], t), en="transposes U_f", zh="转置了 U_f")

    page.convention(
        en="Both lines of the textbook write RNN, with two sets of weights. b^(T+1) is where the backward recurrence "
           "starts; torch and flax start both at zero unless told.",
        zh="教科书两行都写作 RNN，但各有一套权重。b^(T+1) 是后向递推的起点；torch 与 flax 默认两者都从零开始。")
    page.convention(
        en="torch.nn.RNN(bidirectional=True) names the second set …_l0_reverse, with two biases each that add up; the last "
           "axis of its output is [forward, backward]. flax.linen.Bidirectional concatenates in the same order.",
        zh="torch.nn.RNN(bidirectional=True) 的第二套权重名为 …_l0_reverse，各有两个相加的偏置；输出最后一轴为 [前向, 后向]。"
           "flax.linen.Bidirectional 的拼接次序相同。")


bidirectional_rnn.sized(T=4, H=3, D=2)
bidirectional_rnn.sized(T=1, H=2, D=4)


@bidirectional_rnn.reference("torch", "torch.nn.RNN(bidirectional=True)")
def _(torch, v):
    H, single = v["b_f"].shape[0], v["x"].dim() == 2
    x = v["x"].unsqueeze(0) if single else v["x"]
    module = torch.nn.RNN(x.shape[-1], H, batch_first=True, bidirectional=True).to(x)
    weights: dict = {}
    for side, end in (("f", ""), ("b", "_reverse")):
        weights |= {f"weight_ih_l0{end}": v[f"W_{side}"], f"weight_hh_l0{end}": v[f"U_{side}"],
                    f"bias_ih_l0{end}": v[f"b_{side}"], f"bias_hh_l0{end}": torch.zeros_like(v[f"b_{side}"])}
    last = next(name for name in v if name.startswith("b["))
    start = torch.stack([v[name].reshape(-1, H) for name in ("f[0]", last)])
    h, _ = torch.func.functional_call(module, weights, (x, start))
    return {"h": h.squeeze(0) if single else h}


@bidirectional_rnn.reference("jax", "flax.linen.Bidirectional")
def _(jax, v):
    from flax import linen

    H, dtype = v["b_f"].shape[0], v["x"].dtype
    runs = [linen.RNN(linen.SimpleCell(H, param_dtype=dtype)) for _ in "fb"]
    cells = {side: {"i": {"kernel": v[f"W_{side}"].T, "bias": v[f"b_{side}"]}, "h": {"kernel": v[f"U_{side}"].T}}
             for side in "fb"}
    params = {"forward_rnn": {"cell": cells["f"]}, "backward_rnn": {"cell": cells["b"]}}
    last = next(name for name in v if name.startswith("b["))
    both = linen.Bidirectional(*runs)
    return {"h": both.apply({"params": params}, v["x"], initial_carry=(v["f[0]"], v[last]))}


@bidirectional_rnn.experiment("torch", "torch.nn.RNN(bidirectional=True), torch.func.jacrev", fact="birnn-full-context")
def _(torch, see):
    torch.manual_seed(see.seed)
    x = torch.randn(5, 3, dtype=torch.float64)
    ways = [torch.nn.RNN(3, 4, bidirectional=both, dtype=x.dtype) for both in (True, False)]
    both, forward = (torch.func.jacrev(lambda x, way=way: way(x)[0])(x).abs().amax((1, 3)) for way in ways)
    see(both.min(), ">", 1e-6, en="least effect of any input on any output, both directions", zh="双向：任一输入对任一输出的最小影响")
    see(forward.triu(1).max(), "=", 0, en="largest effect of a later input, one direction", zh="单向：之后输入的最大影响")
    see.wrongly(both.triu(1).max(), "=", 0, en="outputs can be generated one after the other, both directions", zh="双向网络也能逐个生成输出")
