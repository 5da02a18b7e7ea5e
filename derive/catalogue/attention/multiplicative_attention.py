"""Multiplicative attention of one query: scores sᵀ W h_j, weights by softmax, and the context vector."""

from sympy import Sum, exp

from derive.entry import entry


@entry(
    name="multiplicative_attention",
    title={"en": "Multiplicative attention", "zh": "乘性注意力"},
    section="2.2",
    source="Luong, Pham & Manning 2015, equations 7 and 8 (general)",
    facts={
        "attention-score-step": {"kind": "definition", "en": "A score for every state", "zh": "每个状态一个得分"},
        "attention-multiplicative": {"kind": "definition", "en": "Multiplicative score", "zh": "乘性得分"},
        "multiplicative-attention-context": {"kind": "definition", "en": "Weights and context", "zh": "权重与上下文"},
        "multiplicative-attention-projected": {"kind": "identity", "en": "A dot product with the projected query",
                                               "zh": "与投影后的查询作点积"},
        "multiplicative-attention-backward": {"kind": "gradient", "en": "Gradients", "zh": "梯度"},
    },
)
def multiplicative_attention(page):
    n, S, H = page.sizes("n S H")
    j, m = page.index("j", n), page.index("m", n)
    p, q = page.index("p", S), page.index("q", H)
    s, W, h = page.input("s", p), page.input("W", p, q), page.input("h", j, q)
    e = page.let("e", [j], Sum(s[p] * W[p, q] * h[j, q], p, q), fact="attention-multiplicative")
    alpha = page.let("alpha", [j], exp(e[j]) / Sum(exp(e[m]), m), fact="multiplicative-attention-context")
    c = page.let("c", [q], Sum(alpha[j] * h[j, q], j), fact="multiplicative-attention-context")
    page.output(c)
    g = page.let("g", [q], Sum(s[p] * W[p, q], p), fact="multiplicative-attention-projected")

    back = "multiplicative-attention-backward"
    dc = page.gradient(c)
    de, dW, ds, dh = (page.want(x, fact=back) for x in (e, W, s, h))
    by_query = page.jacobian(e, s, fact="attention-score-step")
    page.share_over_batch(W)

    page.claim(e[j], Sum(g[q] * h[j, q], q), fact="multiplicative-attention-projected")
    page.claim(by_query[j, p], Sum(W[p, q] * h[j, q], q), fact="attention-score-step")
    page.claim(de[j], alpha[j] * Sum(dc[q] * (h[j, q] - c[q]), q), fact=back)
    page.claim(dW[p, q], s[p] * Sum(de[j] * h[j, q], j), fact=back)
    page.claim(ds[p], Sum(W[p, q] * Sum(de[j] * h[j, q], j), q), fact=back)
    page.claim(dh[j, q], alpha[j] * dc[q] + de[j] * Sum(W[p, q] * s[p], p), fact=back)

    page.mistake(de[j], alpha[j] * Sum(dc[q] * h[j, q], q),
                 en="drops the softmax's normaliser: the context is subtracted", zh="漏掉了 softmax 的归一化项：应减去上下文")
    page.mistake(dh[j, q], alpha[j] * dc[q],
                 en="holds the weights fixed: h_j also moves its own score", zh="把权重当作常数：h_j 也影响自己的得分")
    page.mistake(dh[j, q], de[j] * Sum(W[p, q] * s[p], p),
                 en="forgets that the states are also what is averaged", zh="忘了状态本身也被加权平均")
    page.mistake(dW[p, q], s[p] * Sum(alpha[j] * h[j, q], j),
                 en="weighs by α where the gradient of the scores belongs", zh="用 α 加权，应为得分的梯度")

    page.convention(
        en="Keys and values are the same states h_j here; s and h may have different widths, which W connects. Luong's "
           "dot score is W = I; scaled dot products divide by √d besides.",
        zh="此处键与值是同一组状态 h_j；s 与 h 的宽度可以不同，由 W 连接。Luong 的 dot 得分即 W = I；缩放点积另除以 √d。")
    page.convention(
        en="torch's bilinear form has the weight's output axis first: W is its only member. Attention of the libraries "
           "divides by √H, so that the query given to them is √H Wᵀ s.",
        zh="torch 的双线性型把输出轴放在最前：W 是其唯一一片。库中的注意力会除以 √H，因此交给它们的查询为 √H Wᵀ s。")


multiplicative_attention.sized(n=4, S=2, H=3)
multiplicative_attention.sized(n=1, S=3, H=2)


@multiplicative_attention.reference("torch", "torch.nn.functional.bilinear, scaled_dot_product_attention")
def _(torch, v):
    h, s = v["h"], v["s"]
    spread = s.unsqueeze(-2).expand(*h.shape[:-1], s.shape[-1]).contiguous()
    e = torch.nn.functional.bilinear(spread, h, v["W"][None]).squeeze(-1)
    query = (s @ v["W"]).unsqueeze(-2)
    c = torch.nn.functional.scaled_dot_product_attention(query, h, h, scale=1.0).squeeze(-2)
    return {"e": e, "alpha": torch.softmax(e, -1), "c": c}


@multiplicative_attention.reference("jax", "flax.linen.dot_product_attention")
def _(jax, v):
    from flax import linen

    h, H = v["h"], v["W"].shape[1]
    query = linen.Dense(H, use_bias=False, param_dtype=h.dtype).apply({"params": {"kernel": v["W"]}}, v["s"])
    scaled = (query * jax.numpy.sqrt(h.dtype.type(H)))[None, None]
    alpha = linen.dot_product_attention_weights(scaled, h[:, None])[0, 0]
    return {"e": h @ query, "alpha": alpha, "c": linen.dot_product_attention(scaled, h[:, None], h[:, None])[0, 0]}
