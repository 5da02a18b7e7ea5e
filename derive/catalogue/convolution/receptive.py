"""How much of its input a stack of convolutions sees: any kernels, strides and dilations."""

from sympy import Product

from derive.entry import entry


@entry(
    name="receptive_field",
    title={"en": "Receptive field of a stack of convolutions", "zh": "卷积堆叠的感受野"},
    section="2.1",
    source="Araujo, Norris & Sim 2019, equations 1 and 2; Simonyan & Zisserman 2015, section 2.3; Yu & Koltun 2016, section 2",
    facts={
        "receptive-field-recurrence": {"kind": "identity", "en": "r ← r + d(k − 1)j, j ← j s: the last place read, from the first on",
                                       "zh": "r ← r + d(k − 1)j，j ← j s：从首个到最后一个被读取的位置"},
        "dilated-receptive-field": {"kind": "identity", "en": "Dilation widens the window and adds no weight; doubled each time, 2^L",
                                    "zh": "膨胀扩大窗口而不增加权重；逐层加倍时按 2^L 增长"},
        "vgg-two-3x3-equal-5x5": {"kind": "parameter-count", "en": "Two 3×3 see 5×5 with 18C² < 25C² weights, three see 7×7 with 27C² < 49C²",
                                  "zh": "两个 3×3 的窗口为 5×5，18C² < 25C²；三个为 7×7，27C² < 49C²"},
        "vgg-design": {"kind": "identity", "en": "Stacks of small kernels: the same window, fewer weights", "zh": "小核堆叠：窗口相同，权重更少"},
    },
)
def receptive_field(page):
    L, K, D, C = page.sizes("L K D C")
    k, s, d = page.widths("k"), page.widths("s"), page.widths("d")
    l, m, now = page.family("l", 1, L), page.family("m", 0, L - 1), page.family("l", 0, L)
    recurrence, dilated, small = "receptive-field-recurrence", "dilated-receptive-field", "vgg-two-3x3-equal-5x5"
    j, r, e = page.state("j", (l, 0, L)), page.state("r", (l, 0, L)), page.state("e", (m, 0, L))
    page.define(j[l], j[l - 1] * s[l], fact=recurrence)
    page.define(r[l], r[l - 1] + d[l] * (k[l] - 1) * j[l - 1], fact=recurrence)
    page.define(e[m], s[m + 1] * e[m + 1] + d[m + 1] * (k[m + 1] - 1), fact=recurrence)
    a, q = page.state("a", (l, 0, L)), page.state("q", (l, 0, L))
    page.define(a[l], 2 * a[l - 1], fact=dilated)
    page.define(q[l], q[l - 1] + a[l - 1] * (K - 1), fact=dilated)
    span = page.let("S", [], D * (K - 1) + 1, fact=dilated)

    page.claim(j[now], j[0] * Product(s[l], (l, 1, now)), fact=recurrence, by="induction on l")
    page.claim(r[now], r[0] + j[0] * e[0] - j[now] * e[now], fact=recurrence, by="induction on l")
    page.claim(a[now], a[0] * 2**now, fact=dilated, by="induction on l")
    page.claim(q[now], q[0] + (K - 1) * (a[now] - a[0]), fact=dilated, by="induction on l")
    page.bound(span, "≥", K, fact=dilated, gap=(D - 1) * (K - 1))

    two = page.let("w_two", [], 2 * 3**2 * C**2, fact=small)
    three = page.let("w_three", [], 3 * 3**2 * C**2, fact=small)
    five, seven = page.let("w_five", [], 5**2 * C**2, fact=small), page.let("w_seven", [], 7**2 * C**2, fact=small)
    seen = page.let("r_two", [], 1 + 2 * (3 - 1), fact=small)
    seen_three = page.let("r_three", [], 1 + 3 * (3 - 1), fact=small)
    page.claim(seen, 5, fact=small)
    page.claim(seen_three, 7, fact=small)
    page.bound(two, "<", five, fact=small)
    page.bound(three, "<", seven, fact=small)
    page.bound(two, "<", five, fact="vgg-design", gap=7 * C**2)
    page.bound(three, "<", seven, fact="vgg-design", gap=22 * C**2)

    page.mistake(r[now], r[0] + j[0] * e[0] - e[now], en="forgets that deeper places lie j places of the input apart",
                 zh="忘了深层相邻位置在输入中相距 j")
    page.mistake(q[now], q[0] + (K - 1) * a[0] * now, en="lets the window grow by the same with every layer: it doubles",
                 zh="以为窗口每层增长相同：是加倍")
    page.mistake(span, D * K, en="counts D places behind the last tap as well", zh="把最后一个抽头之后的 D 位也算入")
    page.mistake(span, K, en="forgets that dilation widens the window", zh="忘了膨胀会扩大窗口")
    page.mistake(seen, 9, en="multiplies the windows: they add up but for one place each", zh="把窗口相乘：应相加并各减一")
    page.mistake(two, 7**2 * C**2, relation="≥", en="compares with the wrong window", zh="与错误的窗口比较")

    page.convention(
        en="r places of the input are seen by one place of layer l, which lie j apart: j^(0) = r^(0) = 1. Going down, e^(0) is "
           "the last place that is read through the last taps. Stride multiplies all that comes after it.",
        zh="第 l 层的一个位置看到输入的 r 个位置，相邻位置在输入中相距 j：j^(0) = r^(0) = 1。自上而下，e^(0) 是经各层末抽头读到的最后一个位置。步幅乘到其后各层。")
    page.convention(
        en="q is the window of a stack with the dilations 1, 2, 4, …, each with K weights: 31 places for K = 3 and four layers. "
           "Weights are counted for C channels in and out, without biases. A span may have holes where dilations exceed windows.",
        zh="q 为膨胀率 1, 2, 4, … 的堆叠的窗口，每层 K 个权重：K = 3、四层时为 31。权重按 C 入 C 出计，不含偏置。膨胀率超过窗口时其间会有空洞。")


receptive_field.sized(L=3, k=[1, 3, 2, 4], s=[1, 1, 2, 1], d=[1, 1, 2, 3], K=3, D=2, C=5)
receptive_field.sized(L=2, k=[1, 2, 5], s=[1, 3, 2], d=[1, 2, 1], K=2, D=4, C=3)


def _found(support, v):
    """The page's numbers by what a stack of layers (k, s, d) reads: `support` gives the first and the last place that its
    first output reads, and the first one of its second output."""
    L = v["L"]
    layers = [tuple(v[name][l] for name in "ksd") for l in range(1, L + 1)]
    seen = [support(layers[:l]) for l in range(1, L + 1)]
    doubled = [support([(v["K"], 1, 2**l) for l in range(m + 1)]) for m in range(L)]
    tops = [support(layers[m:]) for m in range(L)]
    return {"r": [v["r[0]"] + v["j[0]"] * (last - first) for first, last, _ in seen],
            "j": [v["j[0]"] * (after - first) for first, _, after in seen],
            "e": [(after - first) * v["e[L]"] + last for first, last, after in tops],
            "q": [v["q[0]"] + v["a[0]"] * (last - first) for first, last, _ in doubled],
            "S": support([(v["K"], 1, v["D"])])[1] + 1, "r_two": support([(3, 1, 1)] * 2)[1] + 1,
            "r_three": support([(3, 1, 1)] * 3)[1] + 1}


def _reads(jacobian):
    first, second = ([u for u, entry in enumerate(row) if entry] for row in jacobian[:2])
    return first[0], first[-1], second[0]


STACKS = {"two": (3, 3), "three": (3, 3, 3), "five": (5,), "seven": (7,)}


@receptive_field.reference("torch", "torch.autograd.functional.jacobian of torch.nn.Conv1d; torch.nn.Conv2d")
def _(torch, v):
    def support(layers):
        def stack(x):
            for k, s, d in layers:
                x = torch.nn.functional.conv1d(x, torch.ones(1, 1, k), stride=s, dilation=d)
            return x[0, 0, :2]

        return _reads(torch.autograd.functional.jacobian(stack, torch.zeros(1, 1, 80))[:, 0, 0].tolist())

    def weights(kernels):
        layers = [torch.nn.Conv2d(v["C"], v["C"], k, bias=False, device="meta") for k in kernels]
        return sum(layer.weight.numel() for layer in layers)

    found = _found(support, v) | {f"w_{name}": weights(kernels) for name, kernels in STACKS.items()}
    return {name: torch.as_tensor(torch.stack([torch.as_tensor(x, dtype=torch.float64) for x in value]) if isinstance(value, list)
                                  else value, dtype=torch.float64) for name, value in found.items()}


@receptive_field.reference("jax", "jax.jacobian of jax.lax.conv_general_dilated; flax.linen.Conv")
def _(jax, v):
    from flax import linen

    np = jax.numpy

    def support(layers):
        def stack(x):
            for k, s, d in layers:
                x = jax.lax.conv_general_dilated(x, np.ones((1, 1, k)), (s,), "VALID", rhs_dilation=(d,))
            return x[0, 0, :2]

        return _reads(jax.jacobian(stack)(np.zeros((1, 1, 80)))[:, 0, 0].tolist())

    def weights(kernels):
        image = np.zeros((1, 9, 9, v["C"]))
        layers = [linen.Conv(v["C"], (k, k), use_bias=False) for k in kernels]
        return sum(jax.eval_shape(layer.init, jax.random.PRNGKey(0), image)["params"]["kernel"].size for layer in layers)

    found = _found(support, v) | {f"w_{name}": weights(kernels) for name, kernels in STACKS.items()}
    return {name: np.stack(value) if isinstance(value, list) else np.asarray(float(value)) for name, value in found.items()}
