"""How many parameters a transformer has: attention, feed-forward network, layer, and whole models; and what attention
costs."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="transformer_parameters",
    title={"en": "Parameters of a transformer, and the cost of attention", "zh": "Transformer 的参数个数与注意力的计算量"},
    section="2.3",
    source="Vaswani et al. 2017, section 3 and table 1; Devlin et al. 2019; Radford et al. 2018",
    facts={
        "multihead-params": {"kind": "parameter-count", "en": "Multi-head attention: 4d² + 4d for any number of heads",
                             "zh": "多头注意力：4d² + 4d，与头数无关"},
        "transformer-layer-parts": {"kind": "parameter-count", "en": "Feed-forward network and layer normalisation",
                                    "zh": "前馈网络与层归一化"},
        "transformer-encoder-layer-params": {"kind": "parameter-count", "en": "Encoder layer", "zh": "编码器层"},
        "gpt-param-formula": {"kind": "parameter-count", "en": "Language model with tied embeddings",
                              "zh": "共享嵌入的语言模型"},
        "bert-base-params": {"kind": "parameter-count", "en": "BERT base", "zh": "BERT base"},
        "gpt1-params": {"kind": "parameter-count", "en": "GPT-1", "zh": "GPT-1"},
        "gpt2-params": {"kind": "parameter-count", "en": "GPT-2 XL", "zh": "GPT-2 XL"},
        "gpt3-params": {"kind": "parameter-count", "en": "GPT-3", "zh": "GPT-3"},
        "attention-complexity": {"kind": "parameter-count", "en": "Multiply–adds and weights of attention",
                                 "zh": "注意力的乘加次数与权重个数"},
    },
)
def transformer_parameters(page):
    h, e, f, n = page.sizes("h e f n")                          # heads, width of a head, inner width, positions
    L, V, N = page.sizes("L V N")                               # layers, vocabulary, longest sequence
    d = page.let("d", [], h * e, fact="multihead-params")
    i, j, a, g = page.index("i", n), page.index("j", n), page.index("a", e), page.index("g", h)

    def feed(d, f):
        return d * f + f + f * d + d

    def layer(d, f):
        return 4 * d**2 + 4 * d + feed(d, f) + 4 * d

    head = page.let("w_head", [], 3 * d * e + 3 * e + e * d, fact="multihead-params")       # W_Q, W_K, W_V, biases, W_O
    attention = page.let("w_attention", [], h * head + d, fact="multihead-params")
    network = page.let("w_network", [], feed(d, f), fact="transformer-layer-parts")
    norm = page.let("w_norm", [], d + d, fact="transformer-layer-parts")
    encoder = page.let("w_layer", [], attention + norm + network + norm, fact="transformer-encoder-layer-params")
    block = page.let("w_block", [], attention + norm + feed(d, 4 * d) + norm, fact="gpt-param-formula")
    model = page.let("w_model", [], L * block + V * d + N * d, fact="gpt-param-formula")
    products = page.let("c", [], Sum(1, g, i, j, a) + Sum(1, g, i, a, j), fact="attention-complexity")     # Q Kᵀ, P V
    weights = page.let("c_P", [], Sum(1, g, i, j), fact="attention-complexity")

    def known(name, width, fact):
        return page.let(f"d_{name}", [], width, fact=fact)

    d_b = known("base", 512, "transformer-encoder-layer-params")
    base = page.let("w_base", [], layer(d_b, 4 * d_b), fact="transformer-encoder-layer-params")
    d_B = known("BERT", 768, "bert-base-params")
    bert = page.let("w_BERT", [], (30522 + 512 + 2) * d_B + 2 * d_B + 12 * layer(d_B, 4 * d_B) + d_B**2 + d_B,
                    fact="bert-base-params")
    models = []
    for name, width, layers, tokens, places, last in (("1", 768, 12, 40478, 512, 0), ("2", 1600, 48, 50257, 1024, 2),
                                                      ("3", 12288, 96, 50257, 2048, 2)):
        w = known(name, width, f"gpt{name}-params")
        models.append(page.let(f"w_{name}", [], layers * layer(w, 4 * w) + (tokens + places + last) * w,
                               fact=f"gpt{name}-params"))

    page.claim(attention, 4 * d**2 + 4 * d, fact="multihead-params")
    page.claim(network, 2 * d * f + f + d, fact="transformer-layer-parts")
    page.claim(encoder, 4 * d**2 + 4 * d + 2 * d * f + f + d + 4 * d, fact="transformer-encoder-layer-params")
    page.claim(base, 3152384, fact="transformer-encoder-layer-params")
    page.claim(block, 12 * d**2 + 13 * d, fact="gpt-param-formula")
    page.claim(model, L * (12 * d**2 + 13 * d) + (V + N) * d, fact="gpt-param-formula")
    page.claim(bert, 109482240, fact="bert-base-params")
    for w, count, fact in zip(models, (116534784, 1557611200, 174604259328), "123"):
        page.claim(w, count, fact=f"gpt{fact}-params")
    page.claim(products, 2 * n**2 * d, fact="attention-complexity")
    page.claim(weights, h * n**2, fact="attention-complexity")

    page.mistake(attention, h * (4 * d**2 + 4 * d),
                 en="gives every head the full width: a head has the width d/h", zh="给每个头完整宽度：每个头的宽度为 d/h")
    page.mistake(attention, 4 * d**2 + 3 * d, en="forgets the bias of the output", zh="漏掉了输出的偏置")
    page.mistake(encoder, attention + network + norm, en="counts one layer normalisation: a layer has two",
                 zh="只数了一个层归一化：每层有两个")
    page.mistake(block, 12 * d**2, en="leaves out biases and gains, which is the usual estimate and not the count",
                 zh="略去了偏置与增益：这是常用的估计，不是准确个数")
    page.mistake(products, n * d**2, en="exchanges n and d: the cost grows with the square of the length",
                 zh="混淆了 n 与 d：计算量随长度的平方增长")

    page.convention(
        en="Width d = h e. torch.nn.TransformerEncoderLayer has biases everywhere, as here. The output layer of the models "
           "shares the token table (tied embeddings); GPT-2 and GPT-3 end with one more layer normalisation, 2d.",
        zh="宽度 d = h e。torch.nn.TransformerEncoderLayer 处处有偏置，与此处相同。模型的输出层与词表共享（绑定嵌入）；"
           "GPT-2 与 GPT-3 最后另有一个层归一化，2d。")
    page.convention(
        en="BERT base: 30522 tokens, 512 positions, 2 segments, a normalisation behind the embeddings, 12 layers of width "
           "768, and a pooler. GPT-2 XL, often called 1.5 billion, has 1.56 billion.",
        zh="BERT base：30522 个词元、512 个位置、2 个片段、嵌入后的归一化、12 层宽度 768，以及池化层。常称 15 亿的 GPT-2 XL 为 15.6 亿。")


transformer_parameters.sized(h=2, e=3, f=5, n=4, L=7, V=11, N=8)
transformer_parameters.sized(h=3, e=2, f=7, n=5, L=1, V=4, N=10)

MODELS = (("1", 768, 12, 12, 40478, 512, False), ("2", 1600, 25, 48, 50257, 1024, True),
          ("3", 12288, 96, 96, 50257, 2048, True))


@transformer_parameters.reference("torch", "torch.nn.TransformerEncoderLayer, torch.utils.flop_counter")
def _(torch, v):
    from torch.utils.flop_counter import FlopCounterMode

    nn, h, n, e = torch.nn, v["h"], v["n"], v["e"]
    d = h * e

    def count(*modules):
        return sum(p.numel() for module in modules for p in module.parameters())

    def layers(d, h, f, L=1):
        return [nn.TransformerEncoderLayer(d, h, f) for _ in range(L)]

    with torch.device("meta"):
        (layer,) = layers(d, h, v["f"])
        found = {"w_attention": count(layer.self_attn), "w_network": count(layer.linear1, layer.linear2),
                 "w_norm": count(layer.norm1), "w_layer": count(layer), "w_block": count(*layers(d, h, 4 * d)),
                 "w_model": count(*layers(d, h, 4 * d, v["L"]), nn.Embedding(v["V"], d), nn.Embedding(v["N"], d)),
                 "w_base": count(*layers(512, 8, 2048)),
                 "w_BERT": count(*(nn.Embedding(k, 768) for k in (30522, 512, 2)), nn.LayerNorm(768),
                                 *layers(768, 12, 3072, 12), nn.Linear(768, 768))}
        for name, width, heads, depth, tokens, places, last in MODELS:
            found[f"w_{name}"] = count(*layers(width, heads, 4 * width, depth), nn.Embedding(tokens, width),
                                       nn.Embedding(places, width), *([nn.LayerNorm(width)] if last else []))
    with FlopCounterMode(display=False) as counter:
        query, key = torch.zeros(h, n, e), torch.zeros(h, e, n)
        weights = torch.bmm(query, key)
        torch.bmm(weights, query)
    found |= {"c": counter.get_total_flops() / 2, "c_P": weights.numel()}
    return {name: torch.tensor(float(value), dtype=torch.float64) for name, value in found.items()}


@transformer_parameters.reference("jax", "flax.linen.MultiHeadDotProductAttention, Dense, LayerNorm, Embed")
def _(jax, v):
    from flax import linen

    np, key = jax.numpy, jax.random.PRNGKey(0)

    def count(module, *inputs):
        return sum(leaf.size for leaf in jax.tree_util.tree_leaves(jax.eval_shape(module.init, key, *inputs)))

    def attention(d, h):
        return count(linen.MultiHeadDotProductAttention(h), np.zeros((1, d)))

    def network(d, f):
        return count(linen.Dense(f), np.zeros(d)) + count(linen.Dense(d), np.zeros(f))

    def norm(d):
        return count(linen.LayerNorm(), np.zeros(d))

    def table(rows, d):
        return count(linen.Embed(rows, d), np.zeros(1, int))

    def layer(d, h, f):
        return attention(d, h) + network(d, f) + 2 * norm(d)

    h, d = v["h"], v["h"] * v["e"]
    found = {"w_attention": attention(d, h), "w_network": network(d, v["f"]), "w_norm": norm(d),
             "w_layer": layer(d, h, v["f"]), "w_block": layer(d, h, 4 * d), "w_base": layer(512, 8, 2048),
             "w_model": v["L"] * layer(d, h, 4 * d) + table(v["V"], d) + table(v["N"], d),
             "w_BERT": sum(table(rows, 768) for rows in (30522, 512, 2)) + norm(768) + 12 * layer(768, 12, 3072)
             + count(linen.Dense(768), np.zeros(768))}
    for name, width, heads, depth, tokens, places, last in MODELS:
        found[f"w_{name}"] = (depth * layer(width, heads, 4 * width) + table(tokens, width) + table(places, width)
                              + (norm(width) if last else 0))
    return {name: np.asarray(float(value)) for name, value in found.items()}
