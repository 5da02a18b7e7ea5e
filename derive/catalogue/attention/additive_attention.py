"""Additive attention of one query: scores vᵀ tanh(W_s s + W_h h_j), weights by softmax, and the context vector."""

from sympy import Sum, exp, tanh

from derive.entry import entry


@entry(
    name="additive_attention",
    title={"en": "Additive attention", "zh": "加性注意力"},
    section="2.2",
    source="Bahdanau, Cho & Bengio 2015, section 3.1 and appendix A.1.2",
    facts={
        "attention-additive": {"kind": "definition", "en": "Additive score", "zh": "加性得分"},
        "attention-softmax-step": {"kind": "definition", "en": "Weights by softmax", "zh": "softmax 得到权重"},
        "attention-weighted-sum": {"kind": "definition", "en": "Context: the weighted sum", "zh": "上下文：加权和"},
        "attention-weight-gradient": {"kind": "jacobian", "en": "How the context changes with the scores",
                                      "zh": "上下文对得分的导数"},
        "additive-attention-score-gradient": {"kind": "gradient", "en": "Gradient by the scores", "zh": "对得分的梯度"},
        "additive-attention-backward": {"kind": "gradient", "en": "Gradients of the score network",
                                        "zh": "得分网络的梯度"},
    },
)
def additive_attention(page):
    n, A, S, H = page.sizes("n A S H")
    j, m = page.index("j", n), page.index("m", n)
    a, p, q = page.index("a", A), page.index("p", S), page.index("q", H)
    s, h = page.input("s", p), page.input("h", j, q)
    W_s, W_h, w = page.input("W_s", a, p), page.input("W_h", a, q), page.input("w", a)
    u = page.let("u", [j, a], tanh(Sum(W_s[a, p] * s[p], p) + Sum(W_h[a, q] * h[j, q], q)), fact="attention-additive")
    e = page.let("e", [j], Sum(w[a] * u[j, a], a), fact="attention-additive")
    alpha = page.let("alpha", [j], exp(e[j]) / Sum(exp(e[m]), m), fact="attention-softmax-step")
    c = page.let("c", [q], Sum(alpha[j] * h[j, q], j), fact="attention-weighted-sum")
    page.output(c)

    back = "additive-attention-backward"
    dc = page.gradient(c)
    dalpha, de = page.want(alpha), page.want(e, fact="additive-attention-score-gradient")
    dw, dW_s, dW_h, ds, dh = (page.want(x, fact=back) for x in (w, W_s, W_h, s, h))
    by_score = page.total_derivative(c, e, fact="attention-weight-gradient")
    score_w = page.jacobian(e, w, fact=back)
    page.share_over_batch(W_s, W_h, w)

    page.claim(by_score[q, j], alpha[j] * (h[j, q] - c[q]), fact="attention-weight-gradient")
    page.claim(dalpha[j], Sum(dc[q] * h[j, q], q), fact="additive-attention-score-gradient")
    page.claim(de[j], alpha[j] * (dalpha[j] - Sum(alpha[m] * dalpha[m], m)), fact="additive-attention-score-gradient")
    page.claim(de[j], alpha[j] * Sum(dc[q] * (h[j, q] - c[q]), q), fact="additive-attention-score-gradient")
    page.claim(score_w[j, a], u[j, a], fact=back)
    page.claim(dw[a], Sum(de[j] * u[j, a], j), fact=back)
    page.claim(dW_s[a, p], Sum(de[j] * w[a] * (1 - u[j, a]**2), j) * s[p], fact=back)
    page.claim(dW_h[a, q], Sum(de[j] * w[a] * (1 - u[j, a]**2) * h[j, q], j), fact=back)
    page.claim(ds[p], Sum(de[j] * w[a] * (1 - u[j, a]**2) * W_s[a, p], j, a), fact=back)
    page.claim(dh[j, q], alpha[j] * dc[q] + de[j] * Sum(w[a] * (1 - u[j, a]**2) * W_h[a, q], a), fact=back)

    page.mistake(dh[j, q], alpha[j] * dc[q],
                 en="holds the weights fixed: h_j also moves its own score", zh="把权重当作常数：h_j 也影响自己的得分")
    page.mistake(by_score[q, j], alpha[j] * h[j, q],
                 en="forgets that raising one score lowers the other weights", zh="忘了提高一个得分会降低其余权重")
    page.mistake(de[j], alpha[j] * (1 - alpha[j]) * dalpha[j],
                 en="treats the softmax as elementwise", zh="把 softmax 当作逐元素函数")
    page.mistake(dw[a], Sum(alpha[j] * u[j, a], j),
                 en="weighs by α where the gradient of the scores belongs", zh="用 α 加权，应为得分的梯度")
    page.mistake(dW_s[a, p], Sum(de[j] * w[a] * (1 - u[j, a]), j) * s[p],
                 en="loses the square: tanh' = 1 − tanh²", zh="漏掉了平方：tanh' = 1 − tanh²")

    page.convention(
        en="The course calls w by v: a(s, h) = vᵀ tanh(W_s s + W_h h). One matrix on [s, h] is the same score, "
           "W = [W_s, W_h], as in nn.Linear(2 H, H) on the two vectors side by side.",
        zh="课程中 w 记作 v：a(s, h) = vᵀ tanh(W_s s + W_h h)。用一个矩阵作用于 [s, h] 得到同一得分，W = [W_s, W_h]，"
           "即对两个并排向量使用 nn.Linear(2 H, H)。")
    page.convention(
        en="The scores have no scale, since tanh bounds them by Σ_a |w_a|. Neither torch nor flax has this score: what is "
           "compared gives it to their attention as an additive mask, beside queries of zero.",
        zh="得分无需缩放，因为 tanh 使其不超过 Σ_a |w_a|。torch 与 flax 没有这种得分：比较时把它作为加性掩码交给其注意力，查询取零。")


additive_attention.sized(n=4, A=3, S=2, H=5)
additive_attention.sized(n=1, A=2, S=4, H=3)


@additive_attention.reference("torch", "torch.nn.Linear, torch.nn.functional.scaled_dot_product_attention")
def _(torch, v):
    h, W = v["h"], torch.cat([v["W_s"], v["W_h"]], 1)
    both = torch.cat([v["s"].unsqueeze(-2).expand(*h.shape[:-1], -1), h], -1)
    layer = torch.nn.Linear(W.shape[1], W.shape[0], bias=False).to(W)
    e = torch.tanh(torch.func.functional_call(layer, {"weight": W}, (both,))) @ v["w"]
    mask, query = e.unsqueeze(-2), torch.zeros_like(h[..., :1, :])
    c = torch.nn.functional.scaled_dot_product_attention(query, h, h, attn_mask=mask).squeeze(-2)
    return {"e": e, "alpha": torch.softmax(e, -1), "c": c}


@additive_attention.reference("jax", "flax.linen.Dense, flax.linen.dot_product_attention")
def _(jax, v):
    from flax import linen

    A, h = len(v["w"]), v["h"]
    dense = linen.Dense(A, use_bias=False, param_dtype=h.dtype)
    query, keys = (dense.apply({"params": {"kernel": v[W].T}}, v[x]) for W, x in (("W_s", "s"), ("W_h", "h")))
    e = jax.numpy.tanh(query + keys) @ v["w"]
    c = linen.dot_product_attention(jax.numpy.zeros_like(h[:1, None]), h[:, None], h[:, None], bias=e[None, None])
    return {"e": e, "alpha": jax.nn.softmax(e), "c": c[0, 0]}
