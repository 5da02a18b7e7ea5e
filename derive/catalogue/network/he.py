"""He initialisation: what ReLU leaves of the variance, from the Gaussian integral, and the factor 2 that makes up for
it, forwards and backwards."""

from sympy import Rational, Sum, pi, sqrt

from derive.entry import entry
from derive.sympy_functions import normal_pdf, relu, step


@entry(
    name="he",
    title={"en": "He initialisation", "zh": "He 初始化"},
    section="3.3",
    source="He, Zhang, Ren & Sun 2015, section 2.2, equations 7 to 14",
    facts={
        "he-layer": {"kind": "definition", "en": "Linear layer behind ReLU", "zh": "ReLU 之后的线性层"},
        "he-relu": {"kind": "identity", "en": "ReLU halves the second moment", "zh": "ReLU 使二阶矩减半"},
        "he-normal": {"kind": "definition", "en": "The variance 2/n", "zh": "方差 2/n"},
        "he-derivation": {"kind": "identity", "en": "Variance forwards; 2/n keeps it", "zh": "前向方差；2/n 使其不变"},
        "he-backward": {"kind": "identity", "en": "Variance backwards; 2/m keeps it", "zh": "反向方差；2/m 使其不变"},
        "he-uniform": {"kind": "identity", "en": "The bound of the uniform law", "zh": "均匀分布的边界"},
        "he-leaky": {"kind": "identity", "en": "Leaky ReLU", "zh": "带泄漏的 ReLU"},
        "bn-gradient-explosion-at-init": {
            "kind": "identity", "en": "Behind batch normalisation the gradient grows by √(π/(π − 1)) in each layer",
            "zh": "批归一化之后，梯度每层放大 √(π/(π − 1)) 倍"},
    },
)
def he(page):
    n, m = page.sizes("n m")                                    # fan-in and fan-out
    i, j = page.index("i", m), page.index("j", n)

    v, s, g = (page.input(name, positive=True) for name in ("v", "s", "g"))
    W = page.random("W", i, j, mean=0, variance=v)
    z = page.random("z", j, law="normal", mean=0, variance=s)
    x = page.let("x", [j], relu(z[j]), fact="he-layer")
    y = page.let("y", [i], Sum(W[i, j] * x[j], j), fact="he-layer")
    page.output(y, arriving="delta")
    page.random("delta", i, mean=0, variance=g)
    dz = page.want(z)

    on = page.let("p", [j], step(z[j]), fact="he-relu")
    v_He = page.let("v_He", [], 2 / n, fact="he-normal")
    v_back = page.let("v_back", [], 2 / m, fact="he-backward")
    b = page.let("b", [], sqrt(6 / n), fact="he-uniform")
    U = page.random("U", i, j, law="uniform", low=-b, high=b)
    a = page.input("a")
    q = page.let("q", [j], relu(z[j]) - a * relu(-z[j]), fact="he-leaky")

    half, open_half = page.expected(x, power=2, fact="he-relu"), page.expected(on, fact="he-relu")
    mean, spread = page.expected(x, fact="he-relu"), page.variance(x, fact="he-relu")
    forward, backward = page.variance(y, fact="he-derivation"), page.variance(dz, fact="he-backward")
    uniform, leaky = page.variance(U, fact="he-uniform"), page.expected(q, power=2, fact="he-leaky")

    page.claim(x[j], on[j] * z[j], fact="he-relu")
    page.claim(q[j], x[j] - a * (x[j] - z[j]), fact="he-leaky")
    page.claim(half[j], s / 2, fact="he-relu")
    page.claim(open_half[j], Rational(1, 2), fact="he-relu")
    page.claim(mean[j], sqrt(s) * normal_pdf(0), fact="he-relu")
    page.claim(spread[j], s * (Rational(1, 2) - normal_pdf(0)**2), fact="he-relu")
    page.claim(forward[i], n * v * half[1], fact="he-derivation")
    page.claim(forward[i], n * v * s / 2, fact="he-derivation")
    page.claim(forward[i], v / v_He * s, fact="he-normal")
    page.claim(backward[j], m * v * g / 2, fact="he-backward")
    page.claim(backward[j], v / v_back * g, fact="he-backward")
    page.claim(open_half[j], pi / (pi - 1) * spread[j] / s, fact="bn-gradient-explosion-at-init")
    page.claim(uniform[i, j], v_He, fact="he-uniform")
    page.claim(leaky[j], (1 + a**2) * s / 2, fact="he-leaky")

    page.mistake(half[j], s, en="forgets that ReLU cuts off one half of a symmetric law",
                 zh="忘了 ReLU 截去对称分布的一半")
    page.mistake(spread[j], s / 2, en="takes the second moment for the variance: the mean of x is not zero",
                 zh="把二阶矩当成方差：x 的均值不为零")
    page.mistake(forward[i], n * v * spread[1], en="multiplies by Var[x] where E[x²] belongs",
                 zh="用了 Var[x]，应为 E[x²]")
    page.mistake(forward[i], n * v * s, en="takes Xavier's variance, made for a linear layer", zh="用了为线性层推导的 Xavier 方差")
    page.mistake(backward[j], m * v * g, en="forgets that half of the units pass no gradient", zh="忘了一半单元不传梯度")
    page.mistake(open_half[j], spread[j] / s,
                 en="expects batch normalisation to keep the gradient as it keeps the variance: π/(π − 1) is left over",
                 zh="以为批归一化像保持方差那样保持梯度：多出 π/(π − 1)")
    page.mistake(leaky[j], (1 - a**2) * s / 2, en="subtracts the negative half: its square adds up",
                 zh="减去了负半轴的部分：平方后应相加")

    page.convention(
        en="φ(0) = 1/√(2π) is the peak of the standard normal density; x has the mean √(s/(2π)).",
        zh="φ(0) = 1/√(2π) 是标准正态密度的峰值；x 的均值为 √(s/(2π))。")
    page.convention(
        en="torch's kaiming_normal_ and kaiming_uniform_ have the gain² 2/(1 + a²) of a leaky ReLU with slope a, 0 by "
           "default; torch.nn.Linear calls them with a = √5. mode='fan_out' gives 2/m.",
        zh="torch 的 kaiming_normal_ 与 kaiming_uniform_ 取带泄漏 ReLU 的增益² 2/(1 + a²)，斜率 a 默认为 0；torch.nn.Linear 以 "
           "a = √5 调用它们；mode='fan_out' 给出 2/m。")
    page.convention(
        en="Batch normalisation takes the mean over the examples away: behind ReLU it divides by √(n v Var[x]), while backwards the square "
           "of the gradient is multiplied by n v E[p], p where ReLU is open. So it grows by E[p] s/Var[x] = π/(π − 1), without skip connections.",
        zh="批归一化减去样本均值：在 ReLU 之后除以 √(n v Var[x])，而反向时梯度的平方乘以 n v E[p]，p 表示 ReLU 开启。"
           "故每层增长 E[p] s/Var[x] = π/(π − 1) 倍（无残差连接时）。")
    page.convention(
        en="Of W only mean and variance are known; z is Gaussian; δ is taken as independent of z and W, as the paper does.",
        zh="关于 W 只知道均值与方差；z 服从高斯分布；与论文一样，设 δ 与 z、W 独立。")


he.sized(n=3, m=4)
he.sized(n=5, m=2)


@he.reference("torch", "torch.nn.init.kaiming_normal_, kaiming_uniform_")
def _(torch, v):
    asked: dict[str, float] = {}
    weight = torch.empty_like(v["W"])
    weight.normal_ = lambda mean, std, **_: asked.update(v_He=std)          # kept, instead of drawn
    weight.uniform_ = lambda low, high, **_: asked.update(b=high)
    torch.nn.init.kaiming_normal_(weight, nonlinearity="relu")
    torch.nn.init.kaiming_uniform_(weight, nonlinearity="relu")
    values = {name: torch.tensor(value, dtype=v["z"].dtype, device=v["z"].device) for name, value in asked.items()}
    values["v_He"] = values["v_He"]**2
    return {"y": torch.nn.functional.linear(torch.relu(v["z"]), v["W"]), **values}


@he.reference("jax", "jax.nn.initializers.he_uniform, flax.linen.Dense")
def _(jax, v):
    from flax import linen

    (m, n), dtype = v["W"].shape, v["z"].dtype
    key = jax.random.PRNGKey(0)
    drawn = jax.nn.initializers.he_uniform()(key, (n, m), dtype)
    standard = jax.random.uniform(key, (n, m), dtype, -1)           # the same numbers before they are scaled
    b = jax.numpy.median(drawn / standard)
    dense = linen.Dense(m, use_bias=False, param_dtype=dtype)
    return {"y": dense.apply({"params": {"kernel": v["W"].T}}, jax.nn.relu(v["z"])), "b": b, "v_He": b**2 / 3}


@he.experiment("torch", "torch.nn.BatchNorm1d, torch.autograd", fact="bn-gradient-explosion-at-init")
def _(torch, see):
    def growth(normalised, depth=18, width=96):
        torch.manual_seed(see.seed)
        layers, h = [], torch.randn(width, width, requires_grad=True)
        for _ in range(depth):
            layer = torch.nn.Linear(width, width, bias=False)
            torch.nn.init.kaiming_normal_(layer.weight)
            layers.append(h)
            h = torch.relu(torch.nn.BatchNorm1d(width)(layer(h)) if normalised else layer(h))
        near, *_, far = torch.autograd.grad((h * torch.randn(width, width)).sum(), layers[4:])
        return float(near.norm() / far.norm()) ** (1 / (depth - 5))

    behind, without = growth(True), growth(False)
    see(behind, "=", (torch.pi / (torch.pi - 1))**.5, within=.05, en="growth of the gradient by layer, He, ReLU and batch normalisation",
        zh="He 初始化、ReLU 加批归一化：梯度逐层放大倍数")
    see(without, "=", 1, within=.05, en="the same without batch normalisation", zh="去掉批归一化后")
    see.wrongly(behind, "<", without, en="batch normalisation keeps gradients from growing", zh="批归一化使梯度不增长")
