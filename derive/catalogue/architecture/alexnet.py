"""AlexNet, layer by layer: sides, weights, and which of three networks of that name has how many."""

from functools import cache

from derive.catalogue._layers import (
    Conv,
    Linear,
    Pool,
    by_flax,
    by_torch,
    conv_weights,
    linear_weights,
    measured,
    state,
)
from derive.entry import entry

LAYERS = (Conv(96, 11, stride=4, fact="alexnet-input-conv1"), Pool(3, 2, fact="alexnet-pool"),
          Conv(256, 5, padding=2, groups=2, fact="alexnet-conv2"), Pool(3, 2, fact="alexnet-pool"),
          Conv(384, 3, padding=1, fact="alexnet-conv3"), Conv(384, 3, padding=1, groups=2, fact="alexnet-conv4"),
          Conv(256, 3, padding=1, groups=2, fact="alexnet-conv5"), Pool(3, 2, fact="alexnet-pool"),
          Linear(4096, fact="alexnet-fc"), Linear(4096, fact="alexnet-fc"), Linear(1000, fact="alexnet-fc"))


@entry(
    name="alexnet",
    title={"en": "AlexNet: sides and parameters", "zh": "AlexNet：各层边长与参数个数"},
    section="2.1",
    source="Krizhevsky, Sutskever & Hinton 2012, section 3.5 and figure 2; Krizhevsky 2014 (one tower)",
    facts={
        "alexnet-input-conv1": {"kind": "shape", "en": "The first layer: 55 places a side, from 227 or from 224 padded by 2",
                                "zh": "第一层：边长 55，输入 227，或 224 且填充 2"},
        "alexnet-pool": {"kind": "shape", "en": "Overlapping pools: 55 → 27 → 13 → 6", "zh": "重叠池化：55 → 27 → 13 → 6"},
        "alexnet-conv2": {"kind": "parameter-count", "en": "Second layer, two groups", "zh": "第二层，两组"},
        "alexnet-conv3": {"kind": "parameter-count", "en": "Third layer, the one inner layer without groups",
                          "zh": "第三层，内部唯一不分组的一层"},
        "alexnet-conv4": {"kind": "parameter-count", "en": "Fourth layer, two groups", "zh": "第四层，两组"},
        "alexnet-conv5": {"kind": "parameter-count", "en": "Fifth layer, two groups", "zh": "第五层，两组"},
        "alexnet-fc": {"kind": "parameter-count", "en": "Linear layers, the first of 9216 inputs",
                       "zh": "全连接层，第一层有 9216 个输入"},
        "alexnet-total-params": {"kind": "parameter-count", "en": "All: two groups, one tower, and the narrower one tower",
                                 "zh": "总数：两组、单塔、以及更窄的单塔"},
    },
)
def alexnet(page):
    net = state(page, LAYERS, channels=3, side=227, fact="alexnet-input-conv1")
    c, d, k, n, m, w, total = net.c, net.d, net.k, net.n, net.m, net.w, "alexnet-total-params"
    N = page.let("N", [], 224, fact="alexnet-input-conv1")
    padded = page.let("n_padded", [], (N + 2 * 2 - k[1] - 1) / 4 + 1, fact="alexnet-input-conv1")
    grouped = page.let("w", [], net.total, fact=total)
    tower = page.let("w_tower", [], w[0] + conv_weights(k[2], c[1], c[2]) + w[2] + conv_weights(k[4], c[3], c[4])
                     + conv_weights(k[5], c[4], c[5]) + w[5] + w[6] + w[7], fact=total)
    narrow = [c[0], page.let("a_1", [], 64, fact=total), page.let("a_2", [], 192, fact=total), c[3], c[5], c[5]]
    kernels = zip(k[1:], narrow, narrow[1:])
    single = page.let("w_narrow", [], sum(conv_weights(*layer) for layer in kernels) + w[5] + w[6] + w[7], fact=total)

    J = page.size("J")
    several = page.let("w_classes", [], grouped - w[7] + linear_weights(d[1], J), fact=total)

    page.claim(n[1], 55, fact="alexnet-input-conv1")
    page.claim(padded, 55, fact="alexnet-input-conv1")
    for place, side in ((1, 27), (2, 13), (5, 6)):
        page.claim(m[place], side, fact="alexnet-pool")
    for layer, count in enumerate((307456, 885120, 663936, 442624), 2):
        page.claim(w[layer - 1], count, fact=f"alexnet-conv{layer}")
    for layer, count in enumerate((37752832, 16781312, 4097000), 5):
        page.claim(w[layer], count, fact="alexnet-fc")
    page.claim(grouped, 60965224, fact=total)
    page.claim(tower, 62378344, fact=total)
    page.claim(single, 61100840, fact=total)
    page.claim(several, 56868224 + 4097 * J, fact=total)

    page.mistake(n[1], (N - k[1]) / 4 + 1, en="reads 224 × 224 without padding: 54.25 is no side", zh="输入 224 × 224 且无填充：得 54.25，不是边长", fact="alexnet-input-conv1")
    for layer in (2, 4, 5):
        page.mistake(w[layer - 1], conv_weights(k[layer], c[layer - 1], c[layer]),
                     en=f"lets kernels of layer {layer} see both halves: the network of 2012 has two groups there",
                     zh=f"让第 {layer} 层的核看到两半通道：2012 年的网络在此分两组", fact=f"alexnet-conv{layer}")
    page.mistake(m[1], (n[1] - 3) / 3 + 1, en="takes pools that do not overlap: windows of 3 move by 2",
                 zh="当作不重叠的池化：窗口为 3，步幅为 2")
    page.mistake(w[5], linear_weights(c[5] * n[5]**2, d[0]), en="forgets the last pool", zh="漏掉了最后一次池化")
    page.mistake(grouped, tower, en="takes one tower for the network of 2012", zh="把单塔版本当作 2012 年的网络")

    page.convention(
        en="c: channels, k: kernels, n and m: sides behind convolutions and pools, w: weights with biases, d: widths of linear "
           "layers, J: classes. What the listing leaves out: padding 2, 1, 1, 1 of layers 2 to 5, ReLU, response normalisation, dropout.",
        zh="c 为通道数，k 为核边长，n 与 m 为卷积与池化之后的边长，w 为含偏置的权重数，d 为全连接层宽度，J 为类别数。列表中省略了：第 2 至 5 层的填充 2, 1, 1, 1，"
           "ReLU，响应归一化，dropout。")
    page.convention(
        en="torchvision's alexnet is the narrower tower (64, 192, 384, 256, 256) for 224 × 224 with padding 2; torch rounds "
           "sides down silently.",
        zh="torchvision 的 alexnet 是更窄的单塔（64, 192, 384, 256, 256），输入 224 × 224、填充 2；torch 对边长静默向下取整。")


alexnet.sized(J=10)
alexnet.sized(J=7)

TOWER = (Conv(96, 11, 4), *LAYERS[1:2], Conv(256, 5, 1, 2), *LAYERS[3:5], Conv(384, 3, 1, 1), Conv(256, 3, 1, 1), *LAYERS[7:])
NARROW = (Conv(64, 11, 4, 2), Pool(3, 2), Conv(192, 5, 1, 2), Pool(3, 2), Conv(384, 3, 1, 1), Conv(256, 3, 1, 1),
          Conv(256, 3, 1, 1), *LAYERS[7:])


@cache
def _measured(made, library):
    found = measured(LAYERS, 3, 227, made(library, LAYERS, 3, 227))
    tower, narrow = list(made(library, TOWER, 3, 227)), list(made(library, NARROW, 3, 224))
    (_, padded, _), *_ = narrow[0]
    return found | {"w": sum(count for *_, count in made(library, LAYERS, 3, 227)), "N": 224, "n_padded": padded,
                    "w_tower": sum(count for *_, count in tower), "w_narrow": sum(count for *_, count in narrow),
                    "a_1": narrow[0][0][0], "a_2": narrow[2][0][0]}


def _with_classes(found, classifier):
    return found | {"w_classes": found["w"] - found["w_8"] + classifier}


@alexnet.reference("torch", "torch.nn.Conv2d, MaxPool2d, Linear")
def _(torch, v):
    (*_, classifier), = by_torch(torch, [Linear(v["J"])], 4096, 1)
    found = _with_classes(_measured(by_torch, torch), classifier)
    return {name: torch.tensor(float(x), dtype=torch.float64) for name, x in found.items()}


@alexnet.reference("jax", "flax.linen.Conv, max_pool, Dense")
def _(jax, v):
    (*_, classifier), = by_flax(jax, [Linear(v["J"])], 4096, 1)
    found = _with_classes(_measured(by_flax, jax), classifier)
    return {name: jax.numpy.asarray(float(x)) for name, x in found.items()}
