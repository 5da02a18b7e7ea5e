"""Chains of layers with one slope: what is left of a gradient after l − k of them, and what a skip connection keeps."""

from sympy import Rational, exp

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="vanishing_exploding",
    title={"en": "Vanishing and exploding gradients along a chain", "zh": "链式网络中的梯度消失与爆炸"},
    section="1.3",
    source="Hochreiter 1991; Bengio, Simard & Frasconi 1994, section 3; He, Zhang, Ren & Sun 2016 (identity mappings)",
    facts={
        "exploding-definition": {"kind": "jacobian", "en": "Linear layers: powers of the weight", "zh": "线性层：权重的幂"},
        "vanishing-definition": {"kind": "jacobian", "en": "Sigmoids where they are steepest: powers of w/4",
                                 "zh": "sigmoid 处于最陡处：w/4 的幂"},
        "nonconvex-vanish-explode-listed": {"kind": "jacobian", "en": "For w = 1 twenty sigmoids leave 2^(−40); 40 layers w = 2 make 2^40",
                                            "zh": "w = 1 时 20 个 sigmoid 剩 2^(−40)；w = 2 时 40 层得 2^40"},
        "slope-of-a-saturated-sigmoid": {"kind": "identity", "en": "A saturated sigmoid: σ′(u) = e^(−u) σ(u)²",
                                       "zh": "饱和的 sigmoid：σ′(u) = e^(−u) σ(u)²"},
        "chain-of-residual-blocks": {"kind": "jacobian", "en": "Blocks with a skip connection: powers of 1 + w",
                                     "zh": "带残差连接的块：1 + w 的幂"},
        "vanishing-remedies": {"kind": "claim", "en": "ReLU, skip connections and batch normalisation, at initialisation",
                               "zh": "初始化时的 ReLU、残差连接与批归一化"},
        "exploding-cause-init": {"kind": "claim", "en": "Weights that are too large: one cause", "zh": "权重过大是原因之一"},
        "exploding-remedies": {"kind": "claim", "en": "Clipping, initialisation, and normalisation with skip connections",
                               "zh": "梯度裁剪、初始化、带残差连接的归一化"},
    },
)
def vanishing_exploding(page):
    L = page.size("L")
    l, every = page.family("l", 1, L), page.family("l", 0, L)
    w, c = page.input("w"), page.input("u")

    y = page.state("y", (l, 0, L))
    page.define(y[l], w * y[l - 1], fact="exploding-definition")
    s = page.state("s", (l, 0, L))
    page.define(s[l], sigmoid(0) * (1 - sigmoid(0)) * w * s[l - 1], fact="vanishing-definition")
    r = page.state("r", (l, 0, L))
    page.define(r[l], r[l - 1] + w * r[l - 1], fact="chain-of-residual-blocks")
    p = page.let("p", [], sigmoid(c) * (1 - sigmoid(c)), fact="slope-of-a-saturated-sigmoid")

    J_y = page.total_derivative(y, y, fact="exploding-definition")
    J_s = page.total_derivative(s, s, fact="vanishing-definition")
    J_r = page.total_derivative(r, r, fact="chain-of-residual-blocks")

    k = page.family("k", 0, every)
    page.claim(J_y[every, k], w**(every - k), by="induction on l", fact="exploding-definition")
    page.claim(y[every], w**every * y[0], by="induction on l", fact="exploding-definition")
    page.claim(s[every], (w / 4)**every * s[0], by="induction on l", fact="vanishing-definition")
    page.claim(J_s[every, k], (w / 4)**(every - k), by="induction on l", fact="vanishing-definition")
    page.claim(J_s[every, k], w**(every - k) * 4**(k - every), by="induction on l", fact="nonconvex-vanish-explode-listed")
    page.claim(J_r[every, k], (1 + w)**(every - k), by="induction on l", fact="chain-of-residual-blocks")
    page.claim(p, exp(-c) * sigmoid(c)**2, fact="slope-of-a-saturated-sigmoid")
    page.bound(p, "≤", Rational(1, 4), gap=(sigmoid(c) - Rational(1, 2))**2, fact="vanishing-definition")
    page.claim(p, sigmoid(-c) * (1 - sigmoid(-c)), fact="slope-of-a-saturated-sigmoid")

    page.mistake(J_y[every, k], w * (every - k), en="adds the slopes of the layers up: they multiply", zh="把各层斜率相加：应相乘")
    page.mistake(J_s[every, k], w**(every - k), en="forgets the sigmoid: even where it is steepest it takes three quarters away",
                 zh="忘了 sigmoid：即使在最陡处也会去掉四分之三")
    page.mistake(J_r[every, k], w**(every - k), en="leaves the skip connection out", zh="漏掉了残差连接")
    page.mistake(J_r[every, k], 1, en="takes the skip connection for all: w = −1/2 still leaves 2^(k−l)",
                 zh="以为只有残差连接：w = −1/2 时仍只剩 2^(k−l)")
    page.mistake(p, exp(-c), en="takes the tail for the whole curve: at u = 0 that is 1 and not ¼",
                 zh="把尾部当成整条曲线：在 u = 0 处它是 1 而非 ¼")

    page.convention(
        en="One unit a layer and one weight for all. A gradient vanishes along layers whose slope stays below 1 and explodes where it "
           "stays above: not in every deep network. With matrices the slopes are singular values.",
        zh="每层一个单元，各层权重相同。斜率恒小于 1 时梯度消失，恒大于 1 时爆炸：并非每个深层网络都如此。矩阵情形对应奇异值。")
    page.convention(
        en="s is the tangent of a chain of sigmoids with bias −w/2 that starts at ½: all of them stand at 0, where their slope is "
           "largest. Anywhere else less is left.",
        zh="s 是一串 sigmoid 的切向量，偏置为 −w/2，从 ½ 出发：每个都位于斜率最大的 0 处。在别处剩得更少。")


vanishing_exploding.sized(L=5)
vanishing_exploding.sized(L=3)


@vanishing_exploding.reference("torch", "torch.nn.functional.linear, torch.sigmoid, torch.func.grad")
def _(torch, v):
    linear, one = torch.nn.functional.linear, v["w"].reshape(1, 1)
    y, r = v["y[0]"].reshape(1), v["r[0]"].reshape(1)
    ys: list = []
    rs: list = []
    for _ in range(v["L"]):
        y, r = linear(y, one), r + linear(r, one)
        ys, rs = [*ys, y], [*rs, r]

    def chain(s):
        values = []
        for _ in range(v["L"]):
            s = torch.sigmoid(linear(s, one, -v["w"].reshape(1) / 2))
            values.append(s)
        return torch.cat(values)

    start = torch.full_like(v["w"], .5).reshape(1)
    _, tangents = torch.func.jvp(chain, (start,), (v["s[0]"].reshape(1),))
    return {"y": torch.cat(ys), "s": tangents, "r": torch.cat(rs), "p": torch.func.grad(torch.sigmoid)(v["u"])}


@vanishing_exploding.reference("jax", "flax.linen.Dense, jax.nn.sigmoid, jax.grad")
def _(jax, v):
    from flax import linen

    np, w = jax.numpy, v["w"].reshape(1, 1)

    def dense(x, *bias):
        layer = linen.Dense(1, use_bias=bool(bias), param_dtype=w.dtype)
        return layer.apply({"params": {"kernel": w} | ({"bias": bias[0]} if bias else {})}, x)

    def chain(s):
        values = []
        for _ in range(v["L"]):
            s = jax.nn.sigmoid(dense(s, -v["w"].reshape(1) / 2))
            values.append(s)
        return np.concatenate(values)

    y, r = v["y[0]"].reshape(1), v["r[0]"].reshape(1)
    ys: list = []
    rs: list = []
    for _ in range(v["L"]):
        y, r = dense(y), r + dense(r)
        ys, rs = [*ys, y], [*rs, r]
    _, tangents = jax.jvp(chain, (np.full(1, .5, w.dtype),), (v["s[0]"].reshape(1),))
    return {"y": np.concatenate(ys), "s": tangents, "r": np.concatenate(rs),
            "p": jax.grad(jax.nn.sigmoid)(v["u"])}


def _gradients(torch, seed, squash, gain=1.0, normalised=False, skip=False, depth=30, width=32):
    """The gradients of a random linear function of the last layer by the input and by every layer's weights."""
    torch.manual_seed(seed)
    x = h = torch.randn(2 * width, width, requires_grad=True)
    weights = [torch.nn.Parameter(torch.randn(width, width) * gain / width**.5) for _ in range(depth)]
    for weight in weights:
        z = torch.nn.functional.linear(h, weight)
        y = squash(torch.nn.BatchNorm1d(width)(z) if normalised else z)
        h = h + y if skip else y
    return torch.autograd.grad((h * torch.randn_like(h)).sum(), [x, *weights])


@vanishing_exploding.experiment("torch", "torch.nn.BatchNorm1d, torch.autograd", fact="vanishing-remedies")
def _(torch, see):
    def length(squash, **options):
        return float(_gradients(torch, see.seed, squash, **options)[0].norm())

    relu, dead = torch.relu, torch.full((9,), -1.0, requires_grad=True)
    see(length(torch.sigmoid), "<", 1e-14, en="gradient by the input through 30 layers of sigmoids", zh="30 层 sigmoid 对输入的梯度范数")
    for en, zh, found in (("with ReLU and He's variance", "换用 ReLU 与 He 方差", length(relu, gain=2**.5)),
                          ("with sigmoids and skip connections", "sigmoid 加残差连接", length(torch.sigmoid, skip=True)),
                          ("with sigmoids and batch normalisation", "sigmoid 加批归一化", length(torch.sigmoid, normalised=True))):
        see(found, ">", 1, en=en, zh=zh)
    see.wrongly(length(relu, gain=.5), ">", 1, en="ReLU alone does it, whatever the weights", zh="无论权重如何，ReLU 都够用")
    see.wrongly(torch.autograd.grad(relu(dead).sum(), dead)[0], ">", 0, en="ReLU passes gradients through units that are off",
                zh="ReLU 让关闭的单元也传梯度")


@vanishing_exploding.experiment("torch", "torch.nn.functional.linear, torch.autograd", fact="exploding-cause-init")
def _(torch, see):
    def length(gain, squash=lambda z: z, **options):
        return float(_gradients(torch, see.seed, squash, gain, **options)[0].norm())

    see(length(3.0), ">", 1e12, en="gradient by the input through 30 linear layers of weights of variance 9/n", zh="30 层线性层、方差 9/n：对输入的梯度范数")
    see(length(1.0), "<", 1e3, en="of variance 1/n", zh="方差 1/n")
    see.wrongly(length(2**.5, torch.relu, normalised=True, depth=60), "<", 1e3,
                en="without large weights nothing explodes: 60 layers, ReLU, He and batch normalisation",
                zh="权重不大就不会爆炸：60 层 ReLU、He 初始化加批归一化")


@vanishing_exploding.experiment("torch", "torch.nn.utils.clip_grad_norm_, torch.nn.BatchNorm1d", fact="exploding-remedies")
def _(torch, see):
    def gradients(gain, squash=torch.relu, **options):
        return _gradients(torch, see.seed, squash, gain, **options)

    def clipped(found):
        held = torch.nn.Parameter(torch.zeros_like(found))
        held.grad = found.clone()
        torch.nn.utils.clip_grad_norm_([held], 1.0)
        return float(held.grad.norm())

    exploding, he = gradients(3.0), 2**.5
    see(clipped(exploding[1]), "≤", 1.0001, en="an exploding gradient behind clipping to 1", zh="爆炸的梯度裁剪到 1 之后")
    see(float(exploding[0].norm()), ">", 1e8, en="and what flows on, which clipping leaves alone", zh="而继续传播的梯度不受裁剪影响")
    see(float(gradients(he)[0].norm()), "<", 1e3, en="gradient by the input, ReLU and He's variance", zh="ReLU 与 He 方差：对输入的梯度")
    deep, deeper = (float(gradients(he, normalised=True, skip=True, depth=depth)[0].norm()) for depth in (20, 60))
    see(deeper / deep, "<", 100, en="growth from 20 to 60 layers, batch normalisation and skip connections", zh="批归一化加残差连接：20 到 60 层的增长")
    deep, deeper = (float(gradients(he, normalised=True, depth=depth)[0].norm()) for depth in (20, 60))
    see.wrongly(deeper / deep, "<", 100, en="the same with batch normalisation alone", zh="仅用批归一化亦然")
