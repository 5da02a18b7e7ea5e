"""ResNet-18 to ResNet-152: blocks, depth and parameters."""

from functools import cache

from derive.catalogue._layers import conv_weights, linear_weights, norm_weights
from derive.entry import entry

NETWORKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
BASIC = (18, 34)


def block(kernels, widths):
    """Convolutions without biases, each with a normalisation."""
    return sum(conv_weights(k, a, b, bias=False) + norm_weights(b) for k, a, b in zip(kernels, widths, widths[1:]))


@entry(
    name="resnet",
    title={"en": "ResNet: depth and parameters", "zh": "ResNet：深度与参数个数"},
    section="2.1",
    source="He, Zhang, Ren & Sun 2016 (deep residual learning), table 1 and section 4.1",
    facts={
        "resnet-basicblock-diagram": {"kind": "shape", "en": "Basic block: 3 × 3, 3 × 3; a 1 × 1 projection where the shape changes",
                                      "zh": "基本块：3 × 3、3 × 3；形状改变处有 1 × 1 投影"},
        "resnet-bottleneck-diagram": {"kind": "shape", "en": "Bottleneck: 1 × 1, 3 × 3, 1 × 1, four times as wide at its end",
                                      "zh": "瓶颈块：1 × 1、3 × 3、1 × 1，末端宽四倍"},
        "resnet-variants": {"kind": "parameter-count", "en": "Which network is made of which blocks", "zh": "各网络由哪种块组成"},
        "resnet-depth-counts": {"kind": "parameter-count", "en": "Depth: layers with weights, projections apart",
                                "zh": "深度：带权重的层，投影不计"},
        "resnet-params": {"kind": "parameter-count", "en": "Parameters of the five networks", "zh": "五个网络的参数个数"},
        "code-basicblock": {"kind": "parameter-count", "en": "A block with biases: 2 or 3 more for each channel",
                            "zh": "带偏置的块：每个通道多 2 或 3 个"},
    },
)
def resnet(page):
    a, b = page.sizes("a b")                                    # channels that a block reads and gives
    basic, wide, count = "resnet-basicblock-diagram", "resnet-bottleneck-diagram", "resnet-params"
    w_basic = page.let("w_basic", [], block((3, 3), (b, b, b)), fact=basic)
    w_projected = page.let("w_projected", [], block((3, 3), (a, b, b)) + block((1,), (a, b)), fact=basic)
    w_bottleneck = page.let("w_bottleneck", [], block((1, 3, 1), (4 * b, b, b, 4 * b)), fact=wide)
    w_entering = page.let("w_entering", [], block((1, 3, 1), (a, b, b, 4 * b)) + block((1,), (a, 4 * b)), fact=wide)
    biased = page.let("v_basic", [], w_basic + 2 * b, fact="code-basicblock")
    projected = page.let("v_projected", [], w_projected + 3 * b, fact="code-basicblock")

    c = [page.let(f"c_{i}", [], 32 * 2**i, fact="resnet-variants") for i in (1, 2, 3, 4)]
    stem = page.let("w_stem", [], block((7,), (3, c[0])), fact=count)
    stages = range(1, 5)
    f = [page.let(f"f_{i}", [], block((3, 3), (x, x, x)), fact=basic) for i, x in zip(stages, c)]
    e = [f[0]] + [page.let(f"e_{i}", [], block((3, 3), (x, y, y)) + block((1,), (x, y)), fact=basic)
                  for i, x, y in zip((2, 3, 4), c, c[1:])]
    h = [page.let(f"h_{i}", [], block((1, 3, 1), (4 * x, x, x, 4 * x)), fact=wide) for i, x in zip(stages, c)]
    g = [page.let(f"g_{i}", [], block((1, 3, 1), (x, y, y, 4 * y)) + block((1,), (x, 4 * y)), fact=wide)
         for i, x, y in zip(stages, [c[0], 4 * c[0], 4 * c[1], 4 * c[2]], c)]
    p, q = page.let("p", [], 2, fact="resnet-depth-counts"), page.let("q", [], 3, fact="resnet-depth-counts")
    depth, total = {}, {}
    for name, blocks in NETWORKS.items():
        layers, first, more, width = (p, e, f, c[3]) if name in BASIC else (q, g, h, 4 * c[3])
        depth[name] = page.let(f"D_{name}", [], layers * sum(blocks) + 2, fact="resnet-depth-counts")
        total[name] = page.let(f"w_{name}", [], stem + sum(x + (n - 1) * y for x, y, n in zip(first, more, blocks))
                               + linear_weights(width, 1000), fact=count)

    page.claim(w_basic, 18 * b**2 + 4 * b, fact=basic)
    page.claim(w_projected, 10 * a * b + 9 * b**2 + 6 * b, fact=basic)
    page.claim(w_bottleneck, 17 * b**2 + 12 * b, fact=wide)
    page.claim(w_entering, 5 * a * b + 13 * b**2 + 20 * b, fact=wide)
    page.claim(biased, 18 * b**2 + 6 * b, fact="code-basicblock")
    page.claim(projected, 10 * a * b + 9 * b**2 + 9 * b, fact="code-basicblock")
    page.claim(f[0], 73984, fact="code-basicblock")
    page.claim(e[1], 230144, fact="code-basicblock")
    for name in NETWORKS:
        page.claim(depth[name], name, fact="resnet-depth-counts")
        page.claim(depth[name], (p if name in BASIC else q) * sum(NETWORKS[name]) + 2, fact="resnet-variants")
    for name, weights in zip(NETWORKS, (11689512, 21797672, 25557032, 44549160, 60192808)):
        page.claim(total[name], weights, fact=count)

    page.mistake(w_projected, block((3, 3), (a, b, b)), en="forgets the projection where the shape changes", zh="漏掉了形状改变处的投影")
    page.mistake(w_bottleneck, block((1, 3, 1), (b, b, b, b)), en="forgets that the last layer is four times as wide",
                 zh="忘了最后一层宽四倍")
    page.mistake(w_basic, 18 * b**2 + 6 * b, en="counts biases: a normalisation follows and takes them away",
                 zh="计入了偏置：其后的归一化会将其消去")
    page.mistake(depth[50], p * sum(NETWORKS[50]) + 2, en="takes basic blocks in ResNet-50: that is ResNet-34",
                 zh="以为 ResNet-50 用基本块：那是 ResNet-34")
    page.mistake(total[50], stem + sum(x + (n - 1) * y for x, y, n in zip(g, h, NETWORKS[50])) + linear_weights(c[3], 1000),
                 en="gives the last layer 512 inputs: bottlenecks end with 2048", zh="最后一层取 512 个输入：瓶颈块末端为 2048")

    page.convention(
        en="Convolutions have no biases, a normalisation has gain and bias; f and e: further and entering basic blocks of a "
           "stage, h and g: the same of bottlenecks. p and q: layers of a block. Depth counts the first convolution and the last "
           "layer and no projections.",
        zh="卷积无偏置，归一化有增益与偏置；f 与 e 为各阶段的后续与起始基本块，h 与 g 为瓶颈块的后续与起始块。p 与 q 为每块的层数。深度计入首个卷积与"
           "末层，不计投影。")
    page.convention(
        en="The stride stands in the first convolution of a basic block; of a bottleneck in its 3 × 3 (torchvision) or its "
           "first 1 × 1 (the paper). The counts are the same. ReLU follows the sum.",
        zh="基本块的步幅在第一个卷积；瓶颈块的步幅在 3 × 3（torchvision）或第一个 1 × 1（论文）。参数个数相同。相加之后有 ReLU。")


resnet.sized(a=3, b=4)


def _count(*modules):
    return sum(p.numel() for module in modules for p in module.parameters())


def _built(nn, kernels, widths, bias=False):
    shapes = zip(kernels, widths, widths[1:])
    return nn.Sequential(*(layer for k, a, b in shapes for layer in (nn.Conv2d(a, b, k, bias=bias), nn.BatchNorm2d(b))))


@cache
def _torch_networks(torch):
    """Weights of the networks and of their blocks, built of torch's layers without numbers."""
    nn = torch.nn
    found: dict = {}
    for name, blocks in NETWORKS.items():
        stem = _built(nn, (7,), (3, 64))
        channels, parts, layers = 64, [stem], 1
        for stage, number in enumerate(blocks, 1):
            width = 32 * 2**stage
            for place in range(number):
                kernels, widths = ((3, 3), (width,) * 2) if name in BASIC else ((1, 3, 1), (width, width, 4 * width))
                main = _built(nn, kernels, (channels, *widths))
                skip = _built(nn, (1,), (channels, widths[-1])) if channels != widths[-1] else nn.Identity()
                letter = "fehg"[2 * (name not in BASIC) + (place == 0 and channels != widths[-1])]
                found |= {f"{letter}_{stage}": _count(main, skip), f"c_{stage}": main[0].out_channels,
                          "p" if name in BASIC else "q": len(main) // 2}
                channels, parts, layers = widths[-1], [*parts, main, skip], layers + len(main) // 2
        last = nn.Linear(channels, 1000)
        found |= {"w_stem": _count(stem), f"D_{name}": layers + 1, f"w_{name}": _count(*parts, last)}
    return found


@resnet.reference("torch", "torch.nn.Conv2d, BatchNorm2d, Linear")
def _(torch, v):
    a, b, nn = v["a"], v["b"], torch.nn
    with torch.device("meta"):
        found = _torch_networks(torch) | {
            "w_basic": _count(_built(nn, (3, 3), (b, b, b))), "v_basic": _count(_built(nn, (3, 3), (b, b, b), True)),
            "w_projected": _count(_built(nn, (3, 3), (a, b, b)), _built(nn, (1,), (a, b))),
            "v_projected": _count(_built(nn, (3, 3), (a, b, b), True), _built(nn, (1,), (a, b), True)),
            "w_bottleneck": _count(_built(nn, (1, 3, 1), (4 * b, b, b, 4 * b))),
            "w_entering": _count(_built(nn, (1, 3, 1), (a, b, b, 4 * b)), _built(nn, (1,), (a, 4 * b)))}
    return {name: torch.tensor(float(x), dtype=torch.float64) for name, x in found.items()}


@cache
def _haiku(jax):
    """Weights of haiku's own networks, and of their blocks."""
    import haiku

    key, image = jax.random.PRNGKey(0), jax.ShapeDtypeStruct((1, 224, 224, 3), jax.numpy.float32)
    found: dict = {}
    for name in NETWORKS:
        network = getattr(haiku.nets, f"ResNet{name}")
        run = haiku.transform_with_state(lambda x, network=network: network(1000)(x, True))
        weights = {path: sum(leaf.size for leaf in leaves.values())
                   for path, leaves in jax.eval_shape(run.init, key, image)[0].items()}
        found |= {f"w_{name}": sum(weights.values()), "w_stem": sum(n for path, n in weights.items() if "/initial_" in path)}
        first, more = ("e", "f") if name in BASIC else ("g", "h")
        for stage in range(4):
            for place, letter in ((0, first), (1, more)):
                here = sum(n for path, n in weights.items() if f"block_group_{stage}/~/block_{place}/" in path)
                found["f_1" if (letter, stage) == ("e", 0) else f"{letter}_{stage + 1}"] = here
        layers = [path for path in weights if "conv" in path and "shortcut" not in path]
        found[f"D_{name}"] = len(layers) + 1
    return found


@resnet.reference("jax", "haiku.nets.ResNet18, 34, 50, 101, 152")
def _(jax, v):
    return {name: jax.numpy.asarray(float(x)) for name, x in _haiku(jax).items()}
