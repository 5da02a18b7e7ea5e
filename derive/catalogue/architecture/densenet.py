"""DenseNet: what concatenation does to widths, links and parameters, and the four networks of the paper."""

from functools import cache
from typing import Any

from sympy import Rational

from derive.catalogue._layers import conv_weights, linear_weights, norm_weights
from derive.entry import entry

NETWORKS = {121: (32, (6, 12, 24, 16)), 161: (48, (6, 12, 36, 24)), 169: (32, (6, 12, 32, 32)), 201: (32, (6, 12, 48, 32))}


@entry(
    name="densenet",
    title={"en": "DenseNet: widths, links, parameters", "zh": "DenseNet：宽度、连接与参数个数"},
    section="2.1",
    source="Huang, Liu, van der Maaten & Weinberger 2017, section 3 and table 1",
    facts={
        "densenet-connectivity": {"kind": "definition", "en": "Layer l reads all before it: n + (l − 1)k channels",
                                  "zh": "第 l 层读取之前全部：n + (l − 1)k 个通道"},
        "densenet-growth-rate": {"kind": "definition", "en": "Every layer adds k channels", "zh": "每层增加 k 个通道"},
        "densenet-block-diagram": {"kind": "shape", "en": "L layers of a block give n + Lk channels",
                                   "zh": "一个块的 L 层给出 n + Lk 个通道"},
        "densenet-connections-count": {"kind": "parameter-count", "en": "L(L + 1)/2 links", "zh": "L(L + 1)/2 条连接"},
        "densenet-reduces-params": {"kind": "parameter-count", "en": "At equal width of the layers, dense links add weights",
                                    "zh": "各层宽度相同时，稠密连接增加权重"},
        "densenet-params-formula": {"kind": "parameter-count", "en": "Parameters of a block, and of the four networks",
                                    "zh": "一个块与四个网络的参数个数"},
        "densenet-parameter-efficiency": {"kind": "parameter-count", "en": "DenseNet-121 has less than a third of ResNet-50's",
                                          "zh": "DenseNet-121 不到 ResNet-50 的三分之一"},
    },
)
def densenet(page):
    n, k, L = page.sizes("n k L")                               # channels of the input, growth rate, layers of a block
    l = page.family("l", 1, L)
    formula, reads = "densenet-params-formula", "densenet-connectivity"
    c = page.let("c", [l], n + (l - 1) * k, fact=reads)
    a, s, w, b = (page.state(name, (l, 0, L)) for name in "aswb")
    page.define(a[l], a[l - 1] + k, fact="densenet-growth-rate")
    page.define(s[l], s[l - 1] + l, fact="densenet-connections-count")
    page.define(w[l], w[l - 1] + conv_weights(3, c[l], k, bias=False), fact=formula)
    page.define(b[l], b[l - 1] + norm_weights(c[l]) + conv_weights(1, c[l], 4 * k, bias=False) + norm_weights(4 * k)
                + conv_weights(3, 4 * k, k, bias=False), fact=formula)
    plain = page.let("v", [l], w[0] + 9 * n * k + (l - 1) * 9 * k**2, fact="densenet-reduces-params")

    sums = l * n + k * l * (l - 1) / 2
    induction = "induction on l"
    page.claim(a[l], a[0] + l * k, fact="densenet-block-diagram", by=induction)
    page.claim(s[l], s[0] + l * (l + 1) / 2, fact="densenet-connections-count", by=induction)
    page.claim(w[l], w[0] + 9 * k * sums, fact=formula, by=induction)
    page.claim(b[l], b[0] + (2 + 4 * k) * sums + l * (8 * k + 36 * k**2), fact=formula, by=induction)
    page.claim(w[l], plain[l] + 9 * k * n * (l - 1) + 9 * k**2 * (l - 1) * (l - 2) / 2, fact="densenet-reduces-params")

    rates = {32: page.let("k_32", [], 32, fact=formula), 48: page.let("k_48", [], 48, fact=formula)}
    total = {}
    for name, (rate, blocks) in NETWORKS.items():
        weights, width = network(rates[rate], blocks)
        total[name] = page.let(f"w_{name}", [], weights, fact=formula)
        if name == 121:
            page.claim(page.let("d_121", [], width, fact="densenet-growth-rate"), 1024, fact="densenet-growth-rate")
    for name, weights in zip(NETWORKS, (7978856, 28681000, 14149480, 20013928)):
        page.claim(total[name], weights, fact=formula)
    page.bound(total[121], "≤", Rational(25557032, 3), fact="densenet-parameter-efficiency")

    page.mistake(w[l], plain[l], relation="≤", en="thinks that dense links save weights: at equal width of the layers they add some",
                 zh="以为稠密连接节省权重：各层宽度相同时它增加权重")
    page.mistake(a[L], a[0] + k * k, en="repeats the layer k times: there are L layers, each of which adds k channels",
                 zh="重复 k 次：应为 L 层，每层增加 k 个通道")
    page.mistake(c[l], n + l * k, en="lets a layer read what it gives itself", zh="让一层读取自己的输出")
    page.mistake(s[l], s[0] + l * (l - 1) / 2, en="forgets the links from the input of the block", zh="漏掉了来自块输入的连接")
    page.mistake(w[l], w[0] + 9 * k * l * n, en="lets every layer read the input of the block alone", zh="让每层只读取块的输入")

    page.convention(
        en="c: channels that layer l reads; a, s, w, b: channels, links and weights after l layers (w with one 3 × 3 each, b with "
           "normalisation, 1 × 1 to 4k, normalisation, 3 × 3), counted on from a^(0), s^(0), … ; v: a chain of layers of k channels.",
        zh="c 为第 l 层读取的通道数；a、s、w、b 为 l 层之后的通道、连接与权重数（w 每层一个 3 × 3；b 为归一化、1 × 1 至 4k、归一化、3 × 3），"
           "从 a^(0)、s^(0) 等起算；v 为各层 k 个通道的普通链。")
    page.convention(
        en="The networks: 7 × 7 to 2k, blocks, a transition behind each but the last (normalisation, 1 × 1 to one half), a "
           "normalisation, 1000 classes. What accuracy they reach is measured elsewhere and not claimed.",
        zh="网络：7 × 7 至 2k、各块、除末块外每块后有过渡层（归一化、1 × 1 减半）、归一化、1000 类。其精度属于实验，此处不作断言。")


def network(k, blocks):
    """The weights of one network and its width at the end, for a growth rate, number or symbol."""
    width = 2 * k
    weights = conv_weights(7, 3, width, bias=False) + norm_weights(width)
    for place, layers in enumerate(blocks):
        for _ in range(layers):
            weights += norm_weights(width) + 4 * k * width + norm_weights(4 * k) + conv_weights(3, 4 * k, k, bias=False)
            width += k
        if place < len(blocks) - 1:
            weights += norm_weights(width) + conv_weights(1, width, width / 2, bias=False)
            width /= 2
    return weights + norm_weights(width) + linear_weights(width, 1000), width


densenet.sized(n=3, k=4, L=5)


@cache
def _torch(torch, name):
    """A network of torch's layers without numbers, run on an image: its weights, and its width at the end."""
    nn, (k, blocks) = torch.nn, NETWORKS[name]
    found: list[Any] = []

    def apply(x, *layers):
        found.extend(layers)
        for layer in layers:
            if not isinstance(layer, nn.BatchNorm2d):           # keeps the shape
                x = layer(x)
        return x

    x = torch.empty(1, 3, 64, 64, device="meta")
    x = apply(x, nn.Conv2d(3, 2 * k, 7, 2, 3, bias=False, device="meta"), nn.BatchNorm2d(2 * k), nn.MaxPool2d(3, 2, 1))
    for place, layers in enumerate(blocks):
        for _ in range(layers):
            x = torch.cat([x, apply(x, *_layer(nn, x.shape[1], k))], 1)
        width = x.shape[1]
        found.append(nn.BatchNorm2d(width))
        if place < len(blocks) - 1:
            x = apply(x, nn.Conv2d(width, width // 2, 1, bias=False, device="meta"), nn.AvgPool2d(2))
    apply(x.mean((2, 3)), nn.Linear(x.shape[1], 1000, device="meta"))
    return _count(*found), x.shape[1]


def _layer(nn, width, k):
    return (nn.BatchNorm2d(width), nn.Conv2d(width, 4 * k, 1, bias=False, device="meta"), nn.BatchNorm2d(4 * k),
            nn.Conv2d(4 * k, k, 3, padding=1, bias=False, device="meta"))


def _count(*modules):
    return sum(p.numel() for module in modules for p in module.parameters())


@densenet.reference("torch", "torch.nn.Conv2d, BatchNorm2d, Linear; torch.cat")
def _(torch, v):
    nn, k, names = torch.nn, v["k"], "caswbv"
    x, rows, gone = torch.empty(1, v["n"], 4, 4, device="meta"), [], 0
    for layer in range(v["L"]):
        width, gone = x.shape[1], gone + 1
        plain = nn.Conv2d(width, k, 3, padding=1, bias=False, device="meta")
        narrow = nn.Conv2d(k if layer else width, k, 3, bias=False, device="meta")
        x = torch.cat([x, plain(x)], 1)
        rows.append((width, x.shape[1] - width, gone, _count(plain), _count(*_layer(nn, width, k)), _count(narrow)))
    found = dict(zip(names, torch.tensor(rows, dtype=torch.float64).T))
    for name in names[1:]:
        found[name] = v[f"{'w' if name == 'v' else name}[0]"] + found[name].cumsum(0)
    numbers = {"k_32": 32, "k_48": 48, "d_121": _torch(torch, 121)[1]}
    numbers |= {f"w_{name}": _torch(torch, name)[0] for name in NETWORKS}
    return found | {name: torch.tensor(float(x), dtype=torch.float64) for name, x in numbers.items()}


@densenet.reference("jax", "flax.linen.Conv, BatchNorm; jax.numpy.concatenate")
def _(jax, v):
    from flax import linen

    np, key, k = jax.numpy, jax.random.PRNGKey(0), v["k"]

    def run(x, *layers):
        total = 0
        for layer in layers:
            x, state = jax.eval_shape(layer.init_with_output, key, x)
            total += sum(leaf.size for leaf in jax.tree_util.tree_leaves(state["params"]))
        return x, total

    def conv(width, kernel):
        return linen.Conv(width, (kernel, kernel), use_bias=False)

    norm = linen.BatchNorm(use_running_average=True)
    x, rows = jax.ShapeDtypeStruct((1, 2, 2, v["n"]), np.float32), []
    for _ in range(v["L"]):
        y, weights = run(x, conv(k, 3))
        _, bottleneck = run(x, norm, conv(4 * k, 1), norm, conv(k, 3))
        wider = jax.eval_shape(lambda x, y: np.concatenate([x, y], -1), x, y)
        rows.append((x.shape[-1], wider.shape[-1] - x.shape[-1], weights, bottleneck))
        x = wider
    found = dict(zip("cawb", np.asarray(rows, float).T))
    return found | {name: v[f"{name}[0]"] + np.cumsum(found[name]) for name in "awb"}
