"""Causal attention: position i sees the positions up to i and no later one."""

from sympy import KroneckerDelta, Piecewise, Sum, exp, sqrt

from derive.entry import entry


@entry(
    name="causal_attention",
    title={"en": "Causal (masked) self-attention", "zh": "因果（掩码）自注意力"},
    section="2.3",
    source="Vaswani et al. 2017, section 3.2.3; Radford et al. 2018, equation 2",
    facts={
        "causal-attention": {"kind": "definition", "en": "Attention over the past", "zh": "对过去的注意力"},
        "causal-first-position": {"kind": "identity", "en": "The first position sees only itself",
                                  "zh": "第一个位置只看到自己"},
        "mask-no-future": {"kind": "jacobian", "en": "No output depends on a later position",
                           "zh": "输出不依赖之后的位置"},
        "mask-train-inference-consistency": {"kind": "identity", "en": "All positions at once under a mask: the same as step by step",
                                             "zh": "掩码下一次算出所有位置，与逐步计算相同"},
        "mask-autoregressive": {"kind": "jacobian", "en": "An output sees the keys up to its own place",
                                "zh": "输出只看到不晚于自己的键"},
        "gpt-unidirectional": {"kind": "gradient", "en": "Nothing flows back from earlier outputs to later keys",
                               "zh": "较早的输出不向较晚的键传回梯度"},
        "causal-attention-backward": {"kind": "gradient", "en": "Gradients: sums over the later positions",
                                      "zh": "梯度：对之后的位置求和"},
    },
)
def causal_attention(page):
    n, d, e = page.sizes("n d e")
    i, m = page.index("i", n), page.index("m", n)
    j, k = page.index("j", i), page.index("k", i)
    a, c, b = page.index("a", d), page.index("c", e), page.index("b", e)
    Q, K, V = page.input("Q", i, a), page.input("K", i, a), page.input("V", i, c)
    S = page.let("S", [i, j], Sum(Q[i, a] * K[j, a], a) / sqrt(d), fact="causal-attention")
    Z = page.let("Z", [i], Sum(exp(S[i, j]), (j, 1, i)), fact="causal-attention")
    P = page.let("P", [i, j], exp(S[i, j]) / Z[i], fact="causal-attention")
    O = page.let("O", [i, c], Sum(P[i, j] * V[j, c], (j, 1, i)), fact="causal-attention")
    page.output(O)
    open_ = page.let("E", [i, m], Piecewise((exp(Sum(Q[i, a] * K[m, a], a) / sqrt(d)), m <= i), (0, True)),
                     fact="mask-train-inference-consistency")
    parallel = page.let("A", [i, c], Sum(open_[i, m] * V[m, c], m) / Sum(open_[i, m], m),
                        fact="mask-train-inference-consistency")

    back = "causal-attention-backward"
    dO, dP = page.gradient(O), page.want(P)
    dS, dV, dQ, dK = (page.want(x, fact=back) for x in (S, V, Q, K))
    J = page.total_derivative(O, V, fact="mask-no-future")
    by_key = page.total_derivative(parallel, K, fact="mask-autoregressive")

    page.claim(J[i, c, m, b], Piecewise((KroneckerDelta(b, c) * P[i, m], m <= i), (0, True)), fact="mask-no-future")
    page.claim(parallel[i, c], O[i, c], fact="mask-train-inference-consistency")
    page.claim(by_key[i, c, m, a], open_[i, m] / Sum(open_[i, k], (k, 1, n)) * Q[i, a] * (V[m, c] - parallel[i, c]) / sqrt(d),
               fact="mask-autoregressive")
    page.claim(dV[1, c], Sum(P[i, 1] * dO[i, c], i), fact="gpt-unidirectional")
    page.claim(dV[n, c], P[n, n] * dO[n, c], fact="gpt-unidirectional")
    page.claim(dK[n, a], P[n, n] * Q[n, a] * Sum(dO[n, c] * (V[n, c] - O[n, c]), c) / sqrt(d), fact="gpt-unidirectional")
    page.claim(O[1, c], V[1, c], fact="causal-first-position")
    page.claim(dV[m, c], Sum(P[i, m] * dO[i, c], (i, m, n)), fact=back)
    page.claim(dS[i, j], P[i, j] * (dP[i, j] - Sum(P[i, k] * dP[i, k], (k, 1, i))), fact=back)
    page.claim(dQ[i, a], Sum(dS[i, j] * K[j, a], (j, 1, i)) / sqrt(d), fact=back)
    page.claim(dK[m, a], Sum(dS[i, m] * Q[i, a], (i, m, n)) / sqrt(d), fact=back)

    page.mistake(dV[m, c], Sum(P[m, j] * dO[j, c], (j, 1, m)),
                 en="forgets to transpose: a value is read by its own and the later positions",
                 zh="漏掉了转置：一个值被本位置与之后的位置读取")
    page.mistake(dQ[i, a], Sum(dS[i, j] * K[j, a], (j, 1, i)), en="forgets 1/√d", zh="漏掉了 1/√d")
    page.mistake(dS[i, j], P[i, j] * (dP[i, j] - Sum(P[i, k] * dP[i, k], (k, 1, i)) / i),
                 en="takes the mean over the past: P already is the weight", zh="对过去取了平均：P 本身已是权重")
    page.mistake(parallel[i, c], Sum(open_[i, m] * V[m, c], m) / Sum(exp(Sum(Q[i, a] * K[m, a], a) / sqrt(d)), m),
                 en="masks behind the softmax: the weights that are left no longer add up to one",
                 zh="在 softmax 之后才掩码：剩下的权重之和不再为一")
    page.mistake(dK[m, a], Sum(dS[i, m] * Q[i, a], (i, m, n)) / sqrt(n),
                 en="scales by the number of positions: the scale is the width of a head",
                 zh="按位置数缩放：应为头的宽度")
    page.mistake(J[i, c, m, b], Piecewise((KroneckerDelta(b, c) * P[m, i], m >= i), (0, True)),
                 en="turns the mask round: looks at the future only", zh="掩码方向反了：只看未来")

    page.convention(
        en="Sums stop at i in place of a mask of −∞ above the diagonal; both give the same weights, and the weights of "
           "later positions are exactly zero.",
        zh="此处求和到 i 为止，代替对角线以上的 −∞ 掩码；两者给出同样的权重，之后位置的权重恰为零。")
    page.convention(
        en="torch: is_causal=True; flax.linen.make_causal_mask gives the mask, true where attention is allowed.",
        zh="torch：is_causal=True；flax.linen.make_causal_mask 给出掩码，允许处为真。")


causal_attention.sized(n=4, d=3, e=2)
causal_attention.sized(n=1, d=2, e=3)


@causal_attention.reference("torch", "torch.nn.functional.scaled_dot_product_attention(is_causal=True)")
def _(torch, v):
    Q, K, V = (v[name][None] for name in "QKV")
    attend = torch.nn.functional.scaled_dot_product_attention
    steps = [attend(Q[:, i:i + 1], K[:, :i + 1], V[:, :i + 1])[0] for i in range(Q.shape[1])]
    scores = torch.exp(torch.einsum("ia,ja->ij", Q[0], K[0]) / Q.shape[-1]**.5)
    return {"O": torch.cat(steps), "E": scores.tril(), "A": attend(Q, K, V, is_causal=True)[0]}


@causal_attention.reference("jax", "flax.linen.dot_product_attention, make_causal_mask")
def _(jax, v):
    from flax import linen

    Q, K, V = (v[name][:, None, :] for name in "QKV")
    mask = linen.make_causal_mask(jax.numpy.ones(len(Q)))
    steps = [linen.dot_product_attention(Q[i:i + 1], K[:i + 1], V[:i + 1])[0, 0] for i in range(len(Q))]
    return {"O": jax.numpy.stack(steps), "A": linen.dot_product_attention(Q, K, V, mask=mask)[:, 0]}
