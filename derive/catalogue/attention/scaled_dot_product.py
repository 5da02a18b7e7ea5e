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

    dO = page.gradient(O)
    dP, dS = page.want(P), page.want(S, fact="attention-backward")
    dQ, dK, dV = (page.want(x, fact="attention-backward") for x in (Q, K, V))

    page.claim(dV[j, c], Sum(P[i, j] * dO[i, c], i), fact="attention-backward")
    page.claim(dP[i, j], Sum(dO[i, c] * V[j, c], c), fact="attention-backward")
    page.claim(dS[i, j], P[i, j] * (dP[i, j] - Sum(P[i, k] * dP[i, k], k)), fact="attention-backward")
    page.claim(dS[i, j], P[i, j] * (dP[i, j] - Sum(dO[i, c] * O[i, c], c)), fact="attention-row-sums")
    page.claim(dQ[i, a], Sum(dS[i, j] * K[j, a], j) / sqrt(d), fact="attention-backward")
    page.claim(dK[j, a], Sum(dS[i, j] * Q[i, a], i) / sqrt(d), fact="attention-backward")

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
    return {"O": torch.nn.functional.scaled_dot_product_attention(Q, K, V, attn_mask=M)[0]}


@attention.reference("jax", "flax.linen.dot_product_attention")
def _(jax, v):
    from flax import linen

    Q, K, V = (v[name][:, None, :] for name in ("Q", "K", "V"))
    return {"O": linen.dot_product_attention(Q, K, V, bias=v["M"][None])[:, 0]}
