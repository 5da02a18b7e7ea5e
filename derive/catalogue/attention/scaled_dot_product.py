"""Scaled dot-product attention of one head, with an additive mask."""

from sympy import Sum, exp, sqrt

from derive.entry import entry


@entry(
    name="attention",
    title={"en": "Scaled dot-product attention", "zh": "缩放点积注意力"},
    section="2.3",
    source="Vaswani et al. 2017, equation 1; the row sums: Dao et al. 2022, appendix B.2",
    facts={
        "attention-formula": {"kind": "definition", "en": "Attention", "zh": "注意力"},
        "attention-backward": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
        "attention-row-sums": {"kind": "identity", "en": "Row sums by the output", "zh": "由输出得到行和"},
        "attention-permutation-equivariance": {"kind": "claim", "en": "Rows in another order give the outputs in that order",
                                               "zh": "输入行换序，输出同样换序"},
        "masked-row-behaviour": {"kind": "identity", "en": "A row that is masked throughout: uniform, zero, or no number",
                                 "zh": "整行被掩码：均匀、零或非数"},
    },
)
def attention(page):
    n, m, d, e = page.sizes("n m d e")
    i, j, k = page.index("i", n), page.index("j", m), page.index("k", m)
    a, c = page.index("a", d), page.index("c", e)

    Q, K, V, M = page.input("Q", i, a), page.input("K", j, a), page.input("V", j, c), page.input("M", i, j)
    S = page.let("S", [i, j], Sum(Q[i, a] * K[j, a], a) / sqrt(d) + M[i, j], fact="attention-formula")
    P = page.let("P", [i, j], exp(S[i, j]) / Sum(exp(S[i, k]), k), fact="attention-formula")
    O = page.let("O", [i, c], Sum(P[i, j] * V[j, c], j), fact="attention-formula")
    page.output(O)
    far = page.input("c")                                                               # what stands at every place of a row
    masked = page.let("w", [j], exp(far) / Sum(exp(far), k), fact="masked-row-behaviour")

    dO = page.gradient(O)
    dP, dS = page.want(P), page.want(S, fact="attention-backward")
    dQ, dK, dV = (page.want(x, fact="attention-backward") for x in (Q, K, V))

    page.claim(dV[j, c], Sum(P[i, j] * dO[i, c], i), fact="attention-backward")
    page.claim(dP[i, j], Sum(dO[i, c] * V[j, c], c), fact="attention-backward")
    page.claim(dS[i, j], P[i, j] * (dP[i, j] - Sum(P[i, k] * dP[i, k], k)), fact="attention-backward")
    page.claim(dS[i, j], P[i, j] * (dP[i, j] - Sum(dO[i, c] * O[i, c], c)), fact="attention-row-sums")
    page.claim(dQ[i, a], Sum(dS[i, j] * K[j, a], j) / sqrt(d), fact="attention-backward")
    page.claim(dK[j, a], Sum(dS[i, j] * Q[i, a], i) / sqrt(d), fact="attention-backward")

    page.claim(masked[j], 1 / m, fact="masked-row-behaviour")

    page.mistake(masked[j], 0, en="expects a large negative number to close every place: the softmax sees differences only",
                 zh="以为很大的负数能关闭每个位置：softmax 只看差值")
    page.mistake(dQ[i, a], Sum(dS[i, j] * K[j, a], j), en="forgets 1/√d", zh="漏掉了 1/√d")
    page.mistake(dS[i, j], P[i, j] * dP[i, j], en="drops the softmax's normaliser", zh="漏掉了 softmax 的归一化项")
    page.mistake(dS[i, j], P[i, j] * (1 - P[i, j]) * dP[i, j],
                 en="treats the softmax as elementwise", zh="把 softmax 当作逐元素函数")
    page.mistake(dV[j, c], Sum(S[i, j] * dO[i, c], i), en="uses scores where probabilities belong", zh="用了得分，应为概率")

    page.convention(
        en="Rows are positions: O = P V, softmax over each row. torch divides by √d unless scale is given; M is added "
           "before the softmax, with −∞ (here a large negative number) where attention is forbidden.",
        zh="行为位置：O = P V，对每行做 softmax。torch 默认除以 √d；M 在 softmax 之前相加，禁止处为 −∞（此处为很大的负数）。")
    page.convention(
        en="flax.linen.dot_product_attention works in the dtype of its inputs; jax.nn.dot_product_attention takes its "
           "softmax in float32 even for float64 inputs, and agrees to about 1e-7 only.",
        zh="flax.linen.dot_product_attention 按输入的 dtype 计算；jax.nn.dot_product_attention 即使输入为 float64 也以 float32 "
           "计算 softmax，只吻合到约 1e-7。")


attention.sized(n=3, m=4, d=5, e=2)
attention.sized(n=1, m=3, d=2, e=4)


@attention.reference("torch", "torch.nn.functional.scaled_dot_product_attention")
def _(torch, v):
    Q, K, V, M = (v[name][None] for name in ("Q", "K", "V", "M"))
    return {"O": torch.nn.functional.scaled_dot_product_attention(Q, K, V, attn_mask=M)[0],
            "w": torch.softmax(v["c"].expand(K.shape[1]), 0)}


@attention.reference("jax", "flax.linen.dot_product_attention")
def _(jax, v):
    from flax import linen

    Q, K, V = (v[name][:, None, :] for name in ("Q", "K", "V"))
    return {"O": linen.dot_product_attention(Q, K, V, bias=v["M"][None])[:, 0]}


@attention.experiment("torch", "torch.nn.functional.scaled_dot_product_attention, torch.nn.MultiheadAttention", fact="masked-row-behaviour")
def _(torch, see):
    torch.manual_seed(see.seed)
    x, open_ = torch.randn(1, 3, 4), torch.tensor([[True, True, True], [False, False, False], [True, False, True]])
    scores = x[0] @ x[0].T
    see(torch.softmax(scores.masked_fill(~open_, -1e9), -1)[1], "=", 1 / 3, within=1e-6, en="weights of a row full of −1e9", zh="整行 −1e9 的权重")
    closed = torch.softmax(scores.masked_fill(~open_, -torch.inf), -1)[1]
    see(str(closed.isnan().all().item()), "=", "True", en="a row full of −∞ has no value", zh="整行 −∞ 没有值")
    found = torch.nn.functional.scaled_dot_product_attention(x, x, x, attn_mask=open_)
    see(found[0, 1], "=", 0, en="its output in scaled_dot_product_attention with a Boolean mask", zh="scaled_dot_product_attention 用布尔掩码的输出")
    module = torch.nn.MultiheadAttention(4, 2, batch_first=True)
    torch.nn.init.normal_(module.out_proj.bias)
    with_weights, without = (module(x, x, x, attn_mask=~open_, need_weights=asked)[0][0, 1] for asked in (True, False))
    see((without - module.out_proj.bias).abs().max(), "<", 1e-6, en="its output in MultiheadAttention(need_weights=False), less the bias",
        zh="MultiheadAttention(need_weights=False) 的输出减去偏置")
    see.wrongly(str(with_weights.isnan().any().item()), "=", "False", en="need_weights=True gives a number as well", zh="need_weights=True 也给出数值")


@attention.experiment("jax", "jax.nn.dot_product_attention", fact="masked-row-behaviour")
def _(jax, see):
    x = jax.random.normal(jax.random.PRNGKey(see.seed), (1, 3, 2, 4))
    mask = jax.numpy.array([[True] * 3, [False] * 3, [True, False, True]])[None, None]
    found = jax.nn.dot_product_attention(x, x, x, mask=mask)[0, 1]
    see(found - x.mean(1)[0], "=", 0, within=1e-5, en="its output in jax.nn.dot_product_attention, less the mean of all values",
        zh="jax.nn.dot_product_attention 的输出减去所有值的均值")
    see.wrongly(found, "=", 0, within=1e-5, en="it is zero, as in torch", zh="与 torch 一样为零")


@attention.experiment("torch", "torch.nn.functional.scaled_dot_product_attention", fact="attention-permutation-equivariance")
def _(torch, see):
    torch.manual_seed(see.seed)
    attend, order = torch.nn.functional.scaled_dot_product_attention, torch.randperm(6).roll(1)
    W, x = torch.randn(3, 4, 4, dtype=torch.float64), torch.randn(6, 4, dtype=torch.float64)
    place = torch.randn(6, 4, dtype=torch.float64)              # what a positional encoding adds

    def layer(x):
        return attend(*(x @ m for m in W))

    moved = (layer(x[order]) - layer(x)[order]).abs().max()
    see(moved, "<", 1e-12, en="Attn(P X) beside P Attn(X) for a random order of six rows, off by", zh="六行随机换序：Attn(P X) 与 P Attn(X) 之差")
    see((layer(x[order]) - layer(x)).abs().max(), ">", 1e-3, en="beside Attn(X): equivariant, not invariant, off by", zh="与 Attn(X) 之差：等变而非不变")
    order = torch.arange(6).roll(1)
    see.wrongly((layer(x[order] + place) - layer(x + place)[order]).abs().max(), "<", 1e-3, en="with positions added as well, off by", zh="加上位置编码后亦然，误差")
