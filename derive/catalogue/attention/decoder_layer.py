"""A whole layer of the Transformer's decoder: masked self-attention, attention to the encoder's output, and a feed-forward
network, each with a residual connection and a normalisation behind it."""

from typing import Any

from sympy import Sum, exp, sqrt

from derive.entry import entry
from derive.sympy_functions import relu


@entry(
    name="decoder_layer",
    title={"en": "Decoder layer of the Transformer (post-LN)", "zh": "Transformer 解码器层（后置归一化）"},
    section="2.3",
    source="Vaswani et al. 2017, section 3.1 and figure 1",
    facts={
        "decoder-layer-diagram": {"kind": "shape", "en": "Masked self-attention, attention to the encoder, feed-forward; add and normalise behind each",
                                  "zh": "掩码自注意力、编码器-解码器注意力、前馈，每一步之后残差与归一化"},
        "decoder-cross-attention": {"kind": "identity", "en": "Queries from the decoder, keys and values from the encoder",
                                    "zh": "查询来自解码器，键与值来自编码器"},
    },
)
def decoder_layer(page):
    H, n, m, D, d, F = page.sizes("H n m D d F")                # heads, positions here and in the encoder, widths, units
    h = page.family("h", 1, H)
    i, k, l, f = page.index("i", n), page.index("k", m), page.index("l", m), page.index("f", F)
    j = page.index("j", n)
    p, q, a = page.index("p", D), page.index("q", D), page.index("a", d)
    X, M, eps = page.input("X", i, p), page.input("M", k, p), page.input("epsilon", positive=True)
    (W_Q, W_K, W_V), (U_Q, U_K, U_V) = ([page.input(f"{letter}_{name}", h, p, a) for name in "QKV"] for letter in "WU")
    W_O, U_O = page.input("W_O", h, a, p), page.input("U_O", h, a, p)
    W_1, W_2 = page.input("W_1", f, p), page.input("W_2", p, f)
    gains = [page.input(f"gamma_{place}", p) for place in (1, 2, 3)]
    fact, cross = "decoder-layer-diagram", "decoder-cross-attention"

    def normalised(place, name, summed):
        R = page.let(f"R_{place}", [i, p], summed, fact=fact)
        mean = page.let(f"mu_{place}", [i], Sum(R[i, p], p) / D, fact=fact)
        variance = page.let(f"v_{place}", [i], Sum((R[i, p] - mean[i])**2, p) / D, fact=fact)
        return page.let(name, [i, p], gains[place - 1][p] * (R[i, p] - mean[i]) / sqrt(variance[i] + eps), fact=fact)

    Q, K = (page.let(name, [h, i, a], Sum(X[i, p] * W[h, p, a], p), fact=fact) for name, W in zip("QK", (W_Q, W_K)))
    S = page.let("S", [h, i, j], Sum(Q[h, i, a] * K[h, j, a], a) / sqrt(d), fact=fact)
    seen = page.let("w", [h, i], Sum(exp(S[h, i, j]), (j, 1, i)), fact=fact)
    O = page.let("O", [h, i, q], Sum(exp(S[h, i, j]) * X[j, q], (j, 1, i)) / seen[h, i], fact=fact)
    A = page.let("A", [i, p], Sum(O[h, i, q] * W_V[h, q, a] * W_O[h, a, p], h, q, a), fact=fact)
    Y = normalised(1, "Y", X[i, p] + A[i, p])

    B = page.let("B", [h, i, a], Sum(Y[i, p] * U_Q[h, p, a], p), fact=cross)
    L = page.let("L", [h, k, a], Sum(M[k, p] * U_K[h, p, a], p), fact=cross)
    T = page.let("T", [h, i, k], Sum(B[h, i, a] * L[h, k, a], a) / sqrt(d), fact=cross)
    E = page.let("E", [h, i, k], exp(T[h, i, k]) / Sum(exp(T[h, i, l]), l), fact=cross)
    C = page.let("C", [i, p], Sum(E[h, i, k] * M[k, q] * U_V[h, q, a] * U_O[h, a, p], h, k, q, a), fact=cross)
    N = normalised(2, "N", Y[i, p] + C[i, p])
    G = page.let("G", [i, p], Sum(W_2[p, f] * relu(Sum(W_1[f, q] * N[i, q], q)), f), fact=fact)
    Z = normalised(3, "Z", N[i, p] + G[i, p])
    R = page.symbols["R_2"]

    page.claim(S[h, i, j], Sum(X[i, p] * W_Q[h, p, a] * W_K[h, q, a] * X[j, q], p, q, a) / sqrt(d), fact=fact)
    page.claim(A[1, p], Sum(X[1, q] * W_V[h, q, a] * W_O[h, a, p], h, q, a), fact=fact)
    page.claim(T[h, i, k], Sum(Y[i, p] * U_Q[h, p, a] * U_K[h, q, a] * M[k, q], p, q, a) / sqrt(d), fact=cross)

    page.mistake(R[i, p], X[i, p] + C[i, p], en="adds the layer's input: the second connection starts behind the first normalisation",
                 zh="加了层的输入：第二个残差从第一次归一化之后出发")
    page.mistake(Z[i, p], N[i, p] + G[i, p], en="takes pre-LN for post-LN: there the sum leaves the layer as it is",
                 zh="把前置归一化当作后置：前者的和不经归一化离开该层")
    page.mistake(T[h, i, k], Sum(M[k, p] * U_Q[h, p, a] * U_K[h, q, a] * Y[i, q], p, q, a) / sqrt(d),
                 en="takes queries from the encoder and keys from the decoder", zh="查询取自编码器，键取自解码器")
    page.mistake(T[h, i, k], Sum(X[i, p] * U_Q[h, p, a] * U_K[h, q, a] * M[k, q], p, q, a) / sqrt(d),
                 en="asks with the layer's input: the queries come from behind the first normalisation",
                 zh="用层的输入作查询：查询来自第一次归一化之后")
    page.mistake(G[i, p], Sum(W_2[p, f] * relu(Sum(W_1[f, q] * Y[i, q], q)), f), en="leaves out the attention to the encoder",
                 zh="漏掉了编码器-解码器注意力")

    page.convention(
        en="M is what the encoder gave. Post-LN, as in the paper: LN(x + Sublayer(x)), torch's norm_first=False; pre-LN is another function.",
        zh="M 为编码器的输出。后置归一化，与论文相同：LN(x + Sublayer(x))，即 torch 的 norm_first=False；前置归一化是另一个函数。")
    page.convention(
        en="Sums stop at i in place of a mask of −∞ above the diagonal. No biases (torch: bias=False), no dropout.",
        zh="以求和到 i 为止代替对角线以上的 −∞ 掩码。无偏置（torch：bias=False）、无 dropout。")
    page.share_over_batch(W_Q, W_K, W_V, W_O, U_Q, U_K, U_V, U_O, W_1, W_2, *gains)


decoder_layer.sized(H=2, n=4, m=7, D=6, d=3, F=5)


@decoder_layer.reference("torch", "torch.nn.TransformerDecoderLayer")
def _(torch, v):
    H, D, d = v["W_Q"].shape
    layer = torch.nn.TransformerDecoderLayer(D, H, len(v["W_1"]), dropout=0., layer_norm_eps=float(v["epsilon"]), bias=False).to(v["X"])
    weights = {"linear1.weight": v["W_1"], "linear2.weight": v["W_2"]} | {f"norm{k}.weight": v[f"gamma_{k}"] for k in (1, 2, 3)}
    for letter, name in (("W", "self_attn"), ("U", "multihead_attn")):
        rows = [v[f"{letter}_{kind}"].transpose(1, 2).reshape(H * d, D) for kind in "QKV"]
        weights |= {f"{name}.in_proj_weight": torch.cat(rows), f"{name}.out_proj.weight": v[f"{letter}_O"].reshape(H * d, D).T}
    found: dict[str, Any] = {}
    for norm, given, made in ((layer.norm1, "R_1", "Y"), (layer.norm2, "R_2", "N"), (layer.norm3, "R_3", "Z")):
        norm.register_forward_hook(lambda _, x, y, given=given, made=made: found.update({given: x[0], made: y}))
    layer.self_attn.register_forward_hook(lambda _, x, y: found.update(A=y[0]))
    layer.multihead_attn.register_forward_hook(lambda _, x, y: found.update(C=y[0]))
    layer.linear2.register_forward_hook(lambda _, x, y: found.update(G=y))
    mask = torch.nn.Transformer.generate_square_subsequent_mask(len(v["X"]), v["X"].device, v["X"].dtype)
    torch.func.functional_call(layer, weights, (v["X"], v["M"]), {"tgt_mask": mask})
    return found


@decoder_layer.reference("jax", "flax.linen.MultiHeadDotProductAttention, LayerNorm, Dense")
def _(jax, v):
    from flax import linen

    H, D, d = v["W_Q"].shape
    X, M, kind = v["X"], v["M"], v["X"].dtype

    def norm(x, gain):
        layer = linen.LayerNorm(v["epsilon"], use_bias=False, use_fast_variance=False, param_dtype=kind)
        return layer.apply({"params": {"scale": gain}}, x)

    def dense(x, W):
        return linen.Dense(len(W), use_bias=False, param_dtype=kind).apply({"params": {"kernel": W.T}}, x)

    def attend(letter, x, memory, **options):
        layer = linen.MultiHeadDotProductAttention(H, qkv_features=H * d, out_features=D, use_bias=False, param_dtype=kind)
        params = {name: {"kernel": v[f"{letter}_{name[0].upper()}"].transpose(1, 0, 2)} for name in ("query", "key", "value")}
        return layer.apply({"params": {**params, "out": {"kernel": v[f"{letter}_O"]}}}, x, memory, **options)

    A = attend("W", X, X, mask=linen.make_causal_mask(X[:, 0]))
    Y = norm(X + A, v["gamma_1"])
    C = attend("U", Y, M)
    N = norm(Y + C, v["gamma_2"])
    G = dense(jax.nn.relu(dense(N, v["W_1"])), v["W_2"])
    return {"A": A, "Y": Y, "C": C, "N": N, "G": G, "Z": norm(N + G, v["gamma_3"])}
