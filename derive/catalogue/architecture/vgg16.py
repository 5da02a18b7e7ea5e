"""VGG-16, layer by layer: sides, weights and multiply–adds."""

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

BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
STRUCTURE = "vgg16-structure"


def block(width: int, count: int) -> list[Conv | Pool | Linear]:
    return [*(Conv(width, 3, padding=1, fact=STRUCTURE) for _ in range(count)), Pool(2, 2, fact=STRUCTURE)]


LAYERS = (*(layer for width, count in BLOCKS for layer in block(width, count)),
          *(Linear(width, fact=STRUCTURE) for width in (4096, 4096, 1000)))


@entry(
    name="vgg16",
    title={"en": "VGG-16: sides, parameters, work", "zh": "VGG-16：边长、参数与计算量"},
    section="2.1",
    source="Simonyan & Zisserman 2015, table 1 (configuration D) and table 2",
    facts={
        "vgg16-structure": {"kind": "shape", "en": "Sixteen layers with weights; 224 → 112 → 56 → 28 → 14 → 7",
                            "zh": "十六个带权重的层；224 → 112 → 56 → 28 → 14 → 7"},
        "vgg16-params": {"kind": "parameter-count", "en": "Parameters: nine tenths stand in the linear layers",
                         "zh": "参数：九成在全连接层"},
        "conv-flops": {"kind": "parameter-count", "en": "Multiply–adds: k² C_in/g for each member of the output",
                       "zh": "乘加次数：输出的每个元素 k² C_in/g 次"},
    },
)
def vgg16(page):
    g, a, b, K, M, Q = page.sizes("g a b K M Q")       # groups, channels of one group, kernel, height and width of an output
    work = "conv-flops"
    c_in, c_out = page.let("C_in", [], g * a, fact=work), page.let("C_out", [], g * b, fact=work)
    one = page.let("f", [], g * b * M * Q * (K**2 * a), fact=work)

    net = state(page, LAYERS, channels=3, side=224, fact=STRUCTURE)
    c, k, n, m, w = net.c, net.k, net.n, net.m, net.w
    convs, dense = page.let("w_conv", [], sum(w[:13]), fact="vgg16-params"), page.let("w_linear", [], sum(w[13:]), fact="vgg16-params")
    total = page.let("w", [], convs + dense, fact="vgg16-params")
    f_convs, f_dense = page.let("f_conv", [], sum(net.work[:13]), fact=work), page.let("f_linear", [], sum(net.work[13:]), fact=work)
    f = page.let("f_VGG", [], f_convs + f_dense, fact=work)

    page.claim(one, K**2 * (c_in / g) * c_out * M * Q, fact=work)
    for pool, side in ((2, 112), (4, 56), (7, 28), (10, 14), (13, 7)):
        page.claim(m[pool], side, fact=STRUCTURE)
    page.claim(w[13], linear_weights(25088, 4096), fact=STRUCTURE)
    page.claim(convs, 14714688, fact="vgg16-params")
    page.claim(total, 138357544, fact="vgg16-params")
    page.bound(dense, "≥", 8 * convs, fact="vgg16-params")
    for count, value in ((f_convs, 15346630656), (f_dense, 123633664), (f, 15470264320)):
        page.claim(count, value, fact=work)

    page.mistake(n[1], n[0] - 2, en="leaves out the padding: unpadded, the last map is 1 × 1", zh="漏掉填充：不填充时最后的特征图为 1 × 1")
    page.mistake(w[0], conv_weights(1, c[0] * k[1], c[1]), en="takes the side of the kernel for its area", zh="把核的边长当成了面积")
    page.mistake(total, convs + dense - c[13], en="forgets a bias", zh="漏掉了偏置")
    page.mistake(w[13], linear_weights(c[13], net.d[0]), en="averages over the map first: VGG flattens it",
                 zh="先对特征图取平均：VGG 是将其展平")
    page.mistake(one, K**2 * c_in * c_out * M * Q, en="lets every output channel read all groups", zh="让每个输出通道读取所有组")
    page.mistake(f, 2 * (f_convs + f_dense), en="counts multiplications and additions apart: that is twice as many operations",
                 zh="把乘法与加法分开计数：那是两倍的运算次数")

    page.convention(
        en="Every convolution is padded by 1 and keeps the side; every pool halves it. c: channels, k: kernels, n and m: sides "
           "behind convolutions and pools, w: weights with biases, d: widths of linear layers.",
        zh="每个卷积填充 1，边长不变；每次池化减半。c 为通道数，k 为核边长，n 与 m 为卷积与池化之后的边长，w 为含偏置的权重数，d 为全连接层宽度。")
    page.convention(
        en="A multiply–add counts once, additions of biases do not count; torch.utils.flop_counter counts two for one.",
        zh="一次乘加计为一次，不计偏置的加法；torch.utils.flop_counter 将一次乘加计为两次。")


vgg16.sized(g=2, a=3, b=4, K=5, M=7, Q=6)


@cache
def _measured(make, library):
    made = list(make(library, LAYERS, 3, 224))
    found = measured(LAYERS, 3, 224, made)
    weights = [count for *_, count in made]
    convs, dense = sum(weights[:-3]), sum(weights[-3:])
    return found | {"w_conv": convs, "w_linear": dense, "w": convs + dense}


@vgg16.reference("torch", "torch.nn.Conv2d, MaxPool2d, Linear; torch.utils.flop_counter")
def _(torch, v):
    from torch.utils.flop_counter import FlopCounterMode

    def counted(run):
        with FlopCounterMode(display=False) as counter:
            done = run()
        return done, {op.__name__.split(".")[0]: count / 2 for op, count in counter.get_flop_counts()["Global"].items()}

    _, work = counted(lambda: list(by_torch(torch, LAYERS, 3, 224)))
    g, a, b, K, M, Q = (v[name] for name in "gabKMQ")
    conv = torch.nn.Conv2d(g * a, g * b, K, groups=g, device="meta")
    _, single = counted(lambda: conv(torch.empty(1, g * a, M + K - 1, Q + K - 1, device="meta")))
    found = _measured(by_torch, torch) | {"C_in": conv.in_channels, "C_out": conv.out_channels, "f": single["convolution"],
                                  "f_conv": work["convolution"], "f_linear": work["addmm"],
                                  "f_VGG": work["convolution"] + work["addmm"]}
    return {name: torch.tensor(float(x), dtype=torch.float64) for name, x in found.items()}


@vgg16.reference("jax", "flax.linen.Conv, max_pool, Dense")
def _(jax, v):
    return {name: jax.numpy.asarray(float(x)) for name, x in _measured(by_flax, jax).items()}
