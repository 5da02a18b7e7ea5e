"""How many tokens and parameters a vision transformer has."""

from sympy import Rational, Sum

from derive.entry import entry


@entry(
    name="vision_transformer_parameters",
    title={"en": "Tokens and parameters of a vision transformer", "zh": "视觉 Transformer 的词元数与参数个数"},
    section="延伸",
    source="Dosovitskiy et al. 2021, section 3.1, equation 1, and table 1",
    facts={
        "vit-tokens": {"kind": "parameter-count", "en": "Patches and one class token", "zh": "图块与一个类别词元"},
        "vit-parameters": {"kind": "parameter-count", "en": "Embedding, layers and head", "zh": "嵌入、各层与分类头"},
        "vit-tokens-params": {"kind": "parameter-count", "en": "ViT-B/16: 197 tokens and 86 567 656 parameters",
                              "zh": "ViT-B/16：197 个词元与 86 567 656 个参数"},
    },
)
def vision_transformer_parameters(page):
    R, P, C = page.sizes("R P C")                                           # patches along a side, side of a patch, colours
    h, e, f, L, K = page.sizes("h e f L K")                                 # heads, their width, inner width, layers, classes
    i, j = page.index("i", R), page.index("j", R)

    parts = "vit-parameters"
    d = page.let("d", [], h * e, fact=parts)
    patches = page.let("N", [], Sum(1, i, j), fact="vit-tokens")
    tokens = page.let("T", [], patches + 1, fact="vit-tokens")
    embedding = page.let("w_patch", [], C * P * P * d + d, fact=parts)      # a convolution with stride P
    places = page.let("w_place", [], tokens * d + d, fact=parts)            # positions, and the class token
    attention = page.let("w_attention", [], 4 * (d * d + d), fact=parts)
    network = page.let("w_network", [], d * f + f + f * d + d, fact=parts)
    norm = page.let("w_norm", [], 2 * d, fact=parts)
    layer = page.let("w_layer", [], attention + network + 2 * norm, fact=parts)
    head = page.let("w_head", [], norm + d * K + K, fact=parts)             # the last normalisation, and the classifier
    model = page.let("w", [], embedding + places + L * layer + head, fact=parts)

    known = "vit-tokens-params"
    w, side = page.let("d_B", [], 768, fact=known), page.let("R_B", [], Rational(224, 16), fact=known)
    n = page.let("N_B", [], side**2, fact=known)
    base = page.let("w_B", [], 3 * 16**2 * w + w + (n + 1) * w + w + 12 * (12 * w**2 + 13 * w) + 2 * w + 1000 * w + 1000,
                    fact=known)

    page.claim(patches, R**2, fact="vit-tokens")
    page.claim(layer, 4 * d**2 + 2 * d * f + 9 * d + f, fact=parts)
    page.claim(model, L * (4 * d**2 + 2 * d * f + 9 * d + f) + d * (C * P**2 + R**2 + K + 5) + K, fact=parts)
    page.claim(side, 14, fact=known)
    page.claim(n, 196, fact=known)
    page.claim(base, 86567656, fact=known)

    page.mistake(tokens, R**2, en="forgets the class token", zh="漏掉了类别词元")
    page.mistake(tokens, R + 1, en="counts patches along one side", zh="只数了一条边上的图块")
    page.mistake(embedding, C * P * d + d, en="takes the side of a patch for its area", zh="把图块边长当成面积")
    page.mistake(layer, 4 * d**2 + 2 * d * f, en="leaves out biases and gains", zh="略去了偏置与增益")
    page.mistake(model, L * layer + head, en="forgets the embedding of patches and positions", zh="漏掉了图块与位置的嵌入")

    page.convention(
        en="Patches do not overlap and fill the image: its side is R P. Positions are learned, one for each token.",
        zh="图块不重叠并铺满图像：图像边长为 R P。位置嵌入可学习，每个词元一个。")
    page.convention(
        en="ViT-B/16 at 224 × 224 with 1000 classes, as torchvision's vit_b_16: width 768, 12 heads, 12 layers, inner width 3072; "
           "86.6 million with the head, 85.8 million without.",
        zh="ViT-B/16，输入 224 × 224、1000 类，同 torchvision 的 vit_b_16：宽度 768，12 头，12 层，内层宽 3072；含分类头 8657 万，不含 8580 万。")


vision_transformer_parameters.sized(R=3, P=2, C=4, h=2, e=5, f=7, L=6, K=8)
vision_transformer_parameters.sized(R=2, P=3, C=1, h=3, e=4, f=5, L=2, K=9)


@vision_transformer_parameters.reference("torch", "torch.nn.Conv2d, TransformerEncoderLayer, LayerNorm, Linear")
def _(torch, v):
    nn = torch.nn

    def count(*modules):
        return sum(p.numel() for module in modules for p in module.parameters())

    def parts(R, P, C, d, h, f, L, K):
        with torch.device("meta"):
            patch = nn.Conv2d(C, d, P, stride=P)
            tokens = patch(torch.zeros(1, C, R * P, R * P)).flatten(2).shape[2]
            layer = nn.TransformerEncoderLayer(d, h, f)
            found = {"N": tokens, "T": tokens + 1, "w_patch": count(patch), "w_layer": count(layer),
                     "w_attention": count(layer.self_attn), "w_norm": count(layer.norm1),
                     "w_network": count(layer.linear1, layer.linear2),
                     "w_place": count(nn.Embedding(tokens + 1, d), nn.Embedding(1, d)),
                     "w_head": count(nn.LayerNorm(d), nn.Linear(d, K))}
        return found | {"w": found["w_patch"] + found["w_place"] + L * found["w_layer"] + found["w_head"]}

    found = parts(v["R"], v["P"], v["C"], v["h"] * v["e"], v["h"], v["f"], v["L"], v["K"])
    base = parts(14, 16, 3, 768, 12, 3072, 12, 1000)
    found |= {"N_B": base["N"], "w_B": base["w"], "d": v["h"] * v["e"]}
    return {name: torch.tensor(float(value), dtype=torch.float64) for name, value in found.items()}


@vision_transformer_parameters.reference("jax", "flax.linen.Conv, MultiHeadDotProductAttention, Dense, LayerNorm, Embed")
def _(jax, v):
    from flax import linen

    np, key = jax.numpy, jax.random.PRNGKey(0)

    def count(module, *inputs):
        return sum(leaf.size for leaf in jax.tree_util.tree_leaves(jax.eval_shape(module.init, key, *inputs)))

    R, P, C, d, f = v["R"], v["P"], v["C"], v["h"] * v["e"], v["f"]
    norm = count(linen.LayerNorm(), np.zeros(d))
    layer = (count(linen.MultiHeadDotProductAttention(v["h"]), np.zeros((1, d))) + 2 * norm
             + count(linen.Dense(f), np.zeros(d)) + count(linen.Dense(d), np.zeros(f)))
    patch = linen.Conv(d, (P, P), strides=(P, P), padding="VALID")
    places = count(linen.Embed(R * R + 1, d), np.zeros(1, int)) + d
    head = norm + count(linen.Dense(v["K"]), np.zeros(d))
    found = {"w_patch": count(patch, np.zeros((1, R * P, R * P, C))), "w_layer": layer, "w_place": places, "w_head": head}
    return {name: np.asarray(float(value)) for name, value in found.items()}
