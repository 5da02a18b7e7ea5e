"""A whole layer of the Transformer's encoder: self-attention and a feed-forward network, each with a residual connection
and a normalisation behind it."""

from typing import Any

from sympy import Sum, exp, sqrt

from derive.entry import entry
from derive.sympy_functions import relu


@entry(
    name="encoder_layer",
    title={"en": "Encoder layer of the Transformer (post-LN)", "zh": "Transformer 编码器层（后置归一化）"},
    section="2.3",
    source="Vaswani et al. 2017, section 3.1 and figure 1",
    facts={
        "encoder-layer-diagram": {"kind": "shape", "en": "Self-attention, add and normalise, feed-forward, add and normalise",
                                  "zh": "自注意力、残差与归一化、前馈、残差与归一化"},
        "encoder-layer-normalised": {"kind": "identity", "en": "What leaves the layer has mean square v/(v + ε), but for the gain",
                                     "zh": "除增益外，层的输出均方为 v/(v + ε)"},
    },
)
def encoder_layer(page):
    H, n, D, d, F = page.sizes("H n D d F")                     # heads, positions, width, width of a head, units
    h = page.family("h", 1, H)
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", n)
    p, q, a, f = page.index("p", D), page.index("q", D), page.index("a", d), page.index("f", F)
    X, eps = page.input("X", i, p), page.input("epsilon", positive=True)
    W_Q, W_K, W_V = (page.input(f"W_{name}", h, p, a) for name in "QKV")
    W_O, W_1, W_2 = page.input("W_O", h, a, p), page.input("W_1", f, p), page.input("W_2", p, f)
    gains = [page.input(f"gamma_{place}", p) for place in (1, 2)]
    fact, norm = "encoder-layer-diagram", "encoder-layer-normalised"

    Q, K, V = (page.let(name, [h, i, a], Sum(X[i, p] * W[h, p, a], p), fact=fact)
               for name, W in zip("QKV", (W_Q, W_K, W_V)))
    S = page.let("S", [h, i, j], Sum(Q[h, i, a] * K[h, j, a], a) / sqrt(d), fact=fact)
    P = page.let("P", [h, i, j], exp(S[h, i, j]) / Sum(exp(S[h, i, k]), k), fact=fact)
    A = page.let("A", [i, p], Sum(P[h, i, j] * V[h, j, a] * W_O[h, a, p], h, j, a), fact=fact)

    def normalised(place, name, summed):
        R = page.let(f"R_{place}", [i, p], summed, fact=fact)
        mean = page.let(f"mu_{place}", [i], Sum(R[i, p], p) / D, fact=fact)
        variance = page.let(f"v_{place}", [i], Sum((R[i, p] - mean[i])**2, p) / D, fact=fact)
        return page.let(name, [i, p], gains[place - 1][p] * (R[i, p] - mean[i]) / sqrt(variance[i] + eps), fact=fact)

    Y = normalised(1, "Y", X[i, p] + A[i, p])
    G = page.let("G", [i, p], Sum(W_2[p, f] * relu(Sum(W_1[f, q] * Y[i, q], q)), f), fact=fact)
    Z = normalised(2, "Z", Y[i, p] + G[i, p])
    R, mean, variance = (page.symbols[name] for name in ("R_2", "mu_2", "v_2"))
    spread = page.let("m", [i], Sum((Z[i, p] / gains[1][p])**2, p) / D, fact=norm)

    page.claim(S[h, i, j], Sum(X[i, p] * W_Q[h, p, a] * W_K[h, q, a] * X[j, q], p, q, a) / sqrt(d), fact=fact)
    page.claim(mean[i], Sum(Y[i, p] + G[i, p], p) / D, fact=fact)
    page.claim(variance[i], Sum(R[i, p]**2, p) / D - mean[i]**2, fact=norm)
    page.claim(spread[i], variance[i] / (variance[i] + eps), fact=norm)

    page.mistake(Y[i, p], X[i, p] + A[i, p], en="adds and does not normalise", zh="只相加，没有归一化")
    page.mistake(R[i, p], X[i, p] + G[i, p], en="adds the layer's input: the second connection starts behind the first normalisation",
                 zh="加了层的输入：第二个残差从第一次归一化之后出发")
    page.mistake(Z[i, p], R[i, p], en="takes pre-LN for post-LN: there the sum leaves the layer as it is",
                 zh="把前置归一化当作后置：前者的和不经归一化离开该层")
    page.mistake(G[i, p], Sum(W_2[p, f] * Sum(W_1[f, q] * Y[i, q], q), f), en="forgets the activation between the two matrices",
                 zh="漏掉两个矩阵之间的激活函数")
    page.mistake(S[h, i, j], Sum(Q[h, i, a] * K[h, j, a], a) / sqrt(D), en="scales by the width of the model: a head has the width d",
                 zh="按模型宽度缩放：头的宽度是 d")

    page.convention(
        en="Post-LN, as in the paper: LN(x + Sublayer(x)), torch's norm_first=False. Pre-LN is x + Sublayer(LN(x)), another function.",
        zh="后置归一化，与论文相同：LN(x + Sublayer(x))，即 torch 的 norm_first=False。前置归一化为 x + Sublayer(LN(x))，是另一个函数。")
    page.convention(
        en="No biases (torch: bias=False), no dropout, no mask; gradients of the parts are derived in attention, layer_norm and feed_forward.",
        zh="无偏置（torch：bias=False）、无 dropout、无掩码；各部分的梯度见 attention、layer_norm 与 feed_forward。")
    page.share_over_batch(W_Q, W_K, W_V, W_O, W_1, W_2, *gains)


encoder_layer.sized(H=2, n=4, D=6, d=3, F=5)


@encoder_layer.reference("torch", "torch.nn.TransformerEncoderLayer")
def _(torch, v):
    H, D, d = v["W_Q"].shape
    layer = torch.nn.TransformerEncoderLayer(D, H, len(v["W_1"]), dropout=0., layer_norm_eps=float(v["epsilon"]), bias=False).to(v["X"])
    rows = torch.cat([v[f"W_{name}"].transpose(1, 2).reshape(H * d, D) for name in "QKV"])
    weights = {"self_attn.in_proj_weight": rows, "self_attn.out_proj.weight": v["W_O"].reshape(H * d, D).T,
               "linear1.weight": v["W_1"], "linear2.weight": v["W_2"], "norm1.weight": v["gamma_1"], "norm2.weight": v["gamma_2"]}
    found: dict[str, Any] = {}
    layer.norm1.register_forward_hook(lambda module, given, made: found.update(R_1=given[0], Y=made))
    layer.norm2.register_forward_hook(lambda module, given, made: found.update(R_2=given[0]))
    layer.self_attn.register_forward_hook(lambda module, given, made: found.update(A=made[0]))
    layer.linear2.register_forward_hook(lambda module, given, made: found.update(G=made))
    return {"Z": torch.func.functional_call(layer, weights, (v["X"],)), **found}


@encoder_layer.reference("jax", "flax.linen.MultiHeadDotProductAttention, LayerNorm, Dense")
def _(jax, v):
    from flax import linen

    H, D, d = v["W_Q"].shape
    kind = v["X"].dtype

    def norm(x, gain):
        layer = linen.LayerNorm(v["epsilon"], use_bias=False, use_fast_variance=False, param_dtype=kind)
        return layer.apply({"params": {"scale": gain}}, x)

    def dense(x, W):
        return linen.Dense(len(W), use_bias=False, param_dtype=kind).apply({"params": {"kernel": W.T}}, x)

    attend = linen.MultiHeadDotProductAttention(H, qkv_features=H * d, out_features=D, use_bias=False, param_dtype=kind)
    kernels = {name: {"kernel": v[f"W_{name[0].upper()}"].transpose(1, 0, 2)} for name in ("query", "key", "value")}
    A = attend.apply({"params": {**kernels, "out": {"kernel": v["W_O"]}}}, v["X"])
    Y = norm(v["X"] + A, v["gamma_1"])
    G = dense(jax.nn.relu(dense(Y, v["W_1"])), v["W_2"])
    return {"A": A, "Y": Y, "G": G, "Z": norm(Y + G, v["gamma_2"])}
