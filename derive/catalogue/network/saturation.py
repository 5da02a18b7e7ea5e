"""Why deep sigmoids and tanhs lose their gradient: one layer's Jacobian is at most a quarter of its weights, and less far out."""

from sympy import Rational, Sum, exp, tanh

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="saturation",
    title={"en": "Saturation and vanishing gradients", "zh": "饱和与梯度消失"},
    section="1.3",
    source="Hochreiter 1991; Bengio, Simard & Frasconi 1994; Glorot & Bengio 2010, section 3",
    facts={
        "saturated-layer": {"kind": "definition", "en": "A layer, and how it moves along a direction",
                            "zh": "一层网络及其沿某方向的变化"},
        "sigmoid-vanishing-bound": {"kind": "identity", "en": "‖diag(σ′) W v‖ ≤ ‖W v‖ / 4, so ‖diag(σ′) W‖ ≤ ‖W‖ / 4",
                                    "zh": "‖diag(σ′) W v‖ ≤ ‖W v‖ / 4，故 ‖diag(σ′) W‖ ≤ ‖W‖ / 4"},
        "tanh-vanishing-bound": {"kind": "identity", "en": "‖diag(tanh′) W v‖ ≤ ‖W v‖", "zh": "‖diag(tanh′) W v‖ ≤ ‖W v‖"},
        "vanishing-cause-saturation": {"kind": "identity", "en": "σ′(z) < e^(−|z|) and tanh′(z) < 4 e^(−2|z|)",
                                       "zh": "σ′(z) < e^(−|z|)，tanh′(z) < 4 e^(−2|z|)"},
        "xavier-tanh-sigmoid": {"kind": "identity", "en": "Xavier suits tanh, of slope 1 at 0; a sigmoid has a quarter of that",
                                "zh": "Xavier 适合在 0 处斜率为 1 的 tanh；sigmoid 的斜率只有其四分之一"},
    },
)
def saturation(page):
    m, n = page.sizes("m n")
    i, j = page.index("i", m), page.index("j", n)

    W, x, v = page.input("W", i, j), page.input("x", j), page.input("v", j)
    z = page.let("z", [i], Sum(W[i, j] * x[j], j), fact="saturated-layer")
    u = page.let("u", [i], Sum(W[i, j] * v[j], j), fact="saturated-layer")
    slope = page.let("s", [i], sigmoid(z[i]) * (1 - sigmoid(z[i])), fact="saturated-layer")
    steep = page.let("t", [i], 1 - tanh(z[i])**2, fact="saturated-layer")
    along = page.let("a", [i], slope[i] * u[i], fact="saturated-layer")
    along_tanh = page.let("b", [i], steep[i] * u[i], fact="saturated-layer")
    length = page.let("A", [], Sum(along[i]**2, i), fact="sigmoid-vanishing-bound")
    length_tanh = page.let("B", [], Sum(along_tanh[i]**2, i), fact="tanh-vanishing-bound")

    half, quarter = Rational(1, 2), Rational(1, 4)
    page.bound(slope[i], "≤", quarter, fact="sigmoid-vanishing-bound", gap=(sigmoid(z[i]) - half)**2)
    page.bound(slope[i], ">", 0, fact="sigmoid-vanishing-bound", gap=sigmoid(z[i]) * (1 - sigmoid(z[i])))
    page.bound(length, "≤", Sum(u[i]**2, i) / 16, fact="sigmoid-vanishing-bound",
               gap=Sum((sigmoid(z[i]) - half)**2 * (quarter + sigmoid(z[i]) * (1 - sigmoid(z[i]))) * u[i]**2, i))
    page.bound(length_tanh, "≤", Sum(u[i]**2, i), fact="tanh-vanishing-bound",
               gap=Sum(tanh(z[i])**2 * (1 + (1 - tanh(z[i])) * (1 + tanh(z[i]))) * u[i]**2, i))
    page.bound(slope[i], "<", exp(-z[i]), fact="vanishing-cause-saturation",
               gap=exp(-z[i]) * (1 - sigmoid(z[i])) * (1 + sigmoid(z[i])))
    page.bound(slope[i], "<", exp(z[i]), fact="vanishing-cause-saturation",
               gap=exp(z[i]) * sigmoid(z[i]) * (2 - sigmoid(z[i])))
    page.bound(steep[i], "<", 4 * exp(-2 * z[i]), fact="vanishing-cause-saturation",
               gap=4 * exp(-2 * z[i]) * (1 - sigmoid(2 * z[i])) * (1 + sigmoid(2 * z[i])))
    page.bound(steep[i], "<", 4 * exp(2 * z[i]), fact="vanishing-cause-saturation",
               gap=4 * exp(2 * z[i]) * sigmoid(2 * z[i]) * (2 - sigmoid(2 * z[i])))

    page.claim(slope[i], (1 - tanh(z[i] / 2)**2) / 4, fact="xavier-tanh-sigmoid")

    page.mistake(slope[i], steep[i], fact="xavier-tanh-sigmoid",
                 en="takes a sigmoid for a tanh: it is ½ + ½ tanh(z/2), and leaves a sixteenth of a small variance",
                 zh="把 sigmoid 当作 tanh：它是 ½ + ½ tanh(z/2)，小方差只剩十六分之一")
    page.mistake(slope[i], half, relation="≥", en="takes the value at z = 0 for the usual one", zh="把 z = 0 处的值当作常态")
    page.mistake(slope[i], quarter, relation="<", en="forgets that ¼ is reached, at z = 0", zh="忘记在 z = 0 处取到 ¼")
    page.mistake(length, Sum(u[i]**2, i) / 64, relation="≤", en="cubes the quarter: each layer costs one factor ¼",
                 zh="把四分之一取了三次方：每层只损失一个因子 ¼")
    page.mistake(length_tanh, Sum(u[i]**2, i) / 16, relation="≤", en="gives tanh the bound of the sigmoid: tanh′(0) is 1",
                 zh="把 sigmoid 的界用于 tanh：tanh′(0) = 1")
    page.mistake(steep[i], exp(-2 * z[i]), relation="<", en="loses the 4: tanh(z) is 2σ(2z) − 1", zh="漏掉了 4：tanh(z) = 2σ(2z) − 1")

    page.convention(
        en="‖·‖ is the Euclidean norm, and the bounds hold for every direction v: so does the one for the spectral norm. Here A and B are "
           "squares of lengths.",
        zh="‖·‖ 为欧氏范数，不等式对每个方向 v 成立，故对谱范数亦成立。此处 A、B 为长度的平方。")
    page.convention(
        en="Saturation is one cause; small weights are another: a chain of L linear units with weight ½ passes 2^(−L) on.",
        zh="饱和是原因之一；权重过小也是：L 个权重为 ½ 的线性单元只传回 2^(−L)。")
    page.convention(
        en="The bounds are of exact numbers. In float64 σ(40) is 1 and σ′(40) is 0.",
        zh="这些界针对精确数。在 float64 中 σ(40) = 1，σ′(40) = 0。")


saturation.sized(m=4, n=3)
saturation.sized(m=2, n=5)


@saturation.reference("torch", "torch.func.jvp of torch.sigmoid and torch.tanh")
def _(torch, v):
    def layer(squash):
        return torch.func.jvp(lambda x: squash(torch.mv(v["W"], x)), (v["x"],), (v["v"],))[1]

    a, b = layer(torch.sigmoid), layer(torch.tanh)
    return {"z": torch.mv(v["W"], v["x"]), "u": torch.mv(v["W"], v["v"]), "a": a, "b": b, "A": torch.linalg.vector_norm(a)**2, "B": torch.linalg.vector_norm(b)**2}


@saturation.reference("jax", "jax.jvp of jax.nn.sigmoid and jax.nn.tanh")
def _(jax, v):
    def layer(squash):
        return jax.jvp(lambda x: squash(v["W"] @ x), (v["x"],), (v["v"],))[1]

    a, b = layer(jax.nn.sigmoid), layer(jax.nn.tanh)
    return {"z": v["W"] @ v["x"], "u": v["W"] @ v["v"], "a": a, "b": b, "A": a @ a, "B": b @ b}


@saturation.experiment("torch", "torch.nn.init.xavier_normal_, calculate_gain", fact="xavier-tanh-sigmoid")
def _(torch, see):
    torch.manual_seed(see.seed)

    def left(squash, gain, width=256, depth=5):
        """How far apart a layer's values for different examples are, over those of the input."""
        h = x = torch.randn(width, width)
        for _ in range(depth):
            weight = torch.empty(width, width)
            torch.nn.init.xavier_normal_(weight, gain)
            h = squash(h @ weight)
        return float(h.std(0).mean() / x.std(0).mean())

    see(torch.sigmoid(torch.randn(10**6)).var(), "=", .0434, within=.001, en="variance of σ(z), z of variance 1", zh="z 方差为 1 时 σ(z) 的方差")
    see(left(torch.tanh, torch.nn.init.calculate_gain("tanh")), ">", .3, en="spread left behind 5 layers of tanh with torch's gain",
        zh="5 层 tanh（torch 的增益）后剩下的离散度")
    see.wrongly(left(torch.sigmoid, torch.nn.init.calculate_gain("sigmoid")), ">", .01, en="the same of sigmoids", zh="换成 sigmoid 亦然")
