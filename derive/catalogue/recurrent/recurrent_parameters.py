"""How many parameters and multiplications a recurrent layer has: tanh network, LSTM and GRU, as the page's own shapes
say and as libraries store them."""

from sympy import Rational

from derive.entry import entry


@entry(
    name="recurrent_parameters",
    title={"en": "Parameters of recurrent layers", "zh": "循环层的参数个数"},
    section="2.2",
    source="Hochreiter & Schmidhuber 1997; Cho et al. 2014; counts: torch.nn.RNN, LSTM, GRU",
    facts={
        "rnn-param-count": {"kind": "parameter-count", "en": "Recurrent network: no T in it", "zh": "循环网络：与 T 无关"},
        "lstm-param-count": {"kind": "parameter-count", "en": "LSTM and GRU", "zh": "LSTM 与 GRU"},
        "gru-fewer-params": {"kind": "parameter-count", "en": "A GRU has three quarters of an LSTM's",
                             "zh": "GRU 的参数为 LSTM 的四分之三"},
        "coupled-fewer-params": {"kind": "parameter-count", "en": "Coupled gates: three blocks in place of four",
                                 "zh": "耦合门：三块代替四块"},
        "code-encoder": {"kind": "parameter-count", "en": "An encoder: embedding and stacked LSTM",
                         "zh": "编码器：嵌入与多层 LSTM"},
        "recurrent-two-biases": {"kind": "parameter-count", "en": "With torch's second bias", "zh": "含 torch 的第二个偏置"},
        "gru-faster": {"kind": "parameter-count", "en": "Multiplications of one step: three quarters",
                       "zh": "每步乘法次数：四分之三"},
    },
)
def recurrent_parameters(page):
    H, D = page.sizes("H D")                                    # units and input features
    V, L = page.sizes("V L")                                    # vocabulary and layers of an encoder

    block = page.let("b", [], H * D + H * H + H, fact="rnn-param-count")          # input weights, recurrent ones, bias
    rnn = page.let("w_RNN", [], block, fact="rnn-param-count")
    lstm = page.let("w_LSTM", [], block + block + block + block, fact="lstm-param-count")
    gru = page.let("w_GRU", [], block + block + block, fact="lstm-param-count")
    coupled = page.let("w_CIFG", [], lstm - block, fact="coupled-fewer-params")
    ratio = page.let("rho", [], gru / lstm, fact="gru-fewer-params")
    torch_rnn = page.let("v_RNN", [], rnn + H, fact="recurrent-two-biases")
    torch_lstm = page.let("v_LSTM", [], lstm + 4 * H, fact="recurrent-two-biases")
    torch_gru = page.let("v_GRU", [], gru + 3 * H, fact="recurrent-two-biases")
    torch_ratio = page.let("rho_2", [], torch_gru / torch_lstm, fact="gru-fewer-params")
    above = page.let("v_above", [], 4 * (H * H + H * H + 2 * H), fact="code-encoder")       # its input has H features
    encoder = page.let("v_encoder", [], V * D + torch_lstm + (L - 1) * above, fact="code-encoder")
    work = page.let("c_RNN", [], H * D + H * H, fact="gru-faster")
    lstm_work = page.let("c_LSTM", [], 4 * work, fact="gru-faster")
    gru_work = page.let("c_GRU", [], 3 * work, fact="gru-faster")
    work_ratio = page.let("rho_c", [], gru_work / lstm_work, fact="gru-faster")

    page.claim(rnn, H**2 + H * D + H, fact="rnn-param-count")
    page.claim(lstm, 4 * H * (H + D) + 4 * H, fact="lstm-param-count")
    page.claim(gru, 3 * H * (H + D) + 3 * H, fact="lstm-param-count")
    page.claim(coupled, 3 * H * (H + D) + 3 * H, fact="coupled-fewer-params")
    page.claim(coupled, Rational(3, 4) * lstm, fact="coupled-fewer-params")
    page.claim(encoder, V * D + 4 * H * (D + H + 2) + 4 * H * (2 * H + 2) * (L - 1), fact="code-encoder")
    page.claim(ratio, Rational(3, 4), fact="gru-fewer-params")
    page.claim(torch_ratio, Rational(3, 4), fact="gru-fewer-params")
    page.claim(torch_rnn, H**2 + H * D + 2 * H, fact="recurrent-two-biases")
    page.claim(torch_lstm, 4 * (H**2 + H * D + 2 * H), fact="recurrent-two-biases")
    page.claim(torch_gru, 3 * (H**2 + H * D + 2 * H), fact="recurrent-two-biases")
    page.claim(work_ratio, Rational(3, 4), fact="gru-faster")

    page.mistake(lstm, 4 * H * (H + D) + H, en="gives the four gates one bias: each has its own", zh="四个门只给了一个偏置：各有各的")
    page.mistake(lstm, 4 * H * D + 4 * H, en="forgets the recurrent weights", zh="漏掉了循环权重")
    page.mistake(gru, lstm / 2, en="counts the gates alone and forgets the candidate: 3 blocks to 4, not 2 to 4",
                 zh="只数了门而漏了候选：是 3 块比 4 块，而不是 2 比 4")
    page.mistake(torch_lstm, lstm, en="forgets torch's second bias", zh="漏掉了 torch 的第二个偏置")
    page.mistake(rnn, H**2 + H * D + D, en="gives the bias the width of the input", zh="偏置取了输入的宽度")

    page.mistake(coupled, lstm - H * (H + D), en="keeps the bias of the gate that is gone", zh="保留了已去掉的门的偏置")
    page.mistake(encoder, V * D + L * torch_lstm,
                 en="gives every layer the embedding's width: upper layers read H units",
                 zh="让每层都读取嵌入的宽度：上层读取 H 个单元")

    page.convention(
        en="One layer, one direction; an output layer adds O H + O. Every step uses the same weights, so that the number of "
           "steps T stands in no count.",
        zh="单层、单向；输出层另加 O H + O。每步使用同一组权重，故各计数中没有步数 T。")
    page.convention(
        en="torch keeps bias_ih and bias_hh, which add up; flax has one bias a gate in its LSTM, and in its GRU one more for "
           "the candidate. The GRU of the course has no biases: 3 H (H + D).",
        zh="torch 保存相加的 bias_ih 与 bias_hh；flax 的 LSTM 每个门一个偏置，其 GRU 的候选另有一个。课程中的 GRU 无偏置：3 H (H + D)。")
    page.convention(
        en="Work: multiply–adds of the matrix products of one step. Time on a clock depends on the machine and is not claimed.",
        zh="工作量：每步矩阵乘积的乘加次数。实际时间取决于机器，此处不作断言。")


recurrent_parameters.sized(H=3, D=4, V=7, L=2)
recurrent_parameters.sized(H=6, D=2, V=5, L=3)


@recurrent_parameters.reference("torch", "torch.nn.RNN, LSTM, GRU; torch.utils.flop_counter")
def _(torch, v):
    from torch.utils.flop_counter import FlopCounterMode

    H, D, found = v["H"], v["D"], {}
    for kind in ("RNN", "LSTM", "GRU"):
        module = getattr(torch.nn, kind)(D, H)
        plain = getattr(torch.nn, kind)(D, H, bias=False)
        found[f"v_{kind}"] = sum(p.numel() for p in module.parameters())
        found[f"w_{kind}"] = found[f"v_{kind}"] - module.bias_hh_l0.numel()
        with FlopCounterMode(display=False) as counter:
            for W, width in ((plain.weight_ih_l0, D), (plain.weight_hh_l0, H)):
                torch.mm(W, torch.zeros(width, 1))
        found[f"c_{kind}"] = counter.get_total_flops() / 2
    encoder = torch.nn.Sequential(torch.nn.Embedding(v["V"], D), torch.nn.LSTM(D, H, v["L"], batch_first=True))
    found["v_encoder"] = sum(p.numel() for p in encoder.parameters())
    found["w_CIFG"] = sum(p.unflatten(0, (4, H))[1:].numel() for p in torch.nn.LSTM(D, H).parameters()) - 3 * H
    return {name: torch.tensor(float(count), dtype=torch.float64) for name, count in found.items()}


@recurrent_parameters.reference("jax", "flax.linen.SimpleCell, LSTMCell, GRUCell")
def _(jax, v):
    from flax import linen

    H, D, key, found = v["H"], v["D"], jax.random.PRNGKey(0), {}
    for kind, cell in (("RNN", linen.SimpleCell), ("LSTM", linen.LSTMCell), ("GRU", linen.GRUCell)):
        x = jax.numpy.zeros((2, D))
        params = jax.eval_shape(linen.RNN(cell(H, param_dtype=x.dtype)).init, key, x)
        leaves = jax.tree_util.tree_leaves(params)
        found[f"w_{kind}"] = sum(leaf.size for leaf in leaves) - (H if kind == "GRU" else 0)     # a bias behind the product
        found[f"c_{kind}"] = sum(leaf.size for leaf in leaves if leaf.ndim == 2)
    return {name: jax.numpy.asarray(float(count)) for name, count in found.items()}
