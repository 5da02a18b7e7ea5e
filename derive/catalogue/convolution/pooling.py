"""Max and average pooling: where the gradient goes."""

from sympy import KroneckerDelta, Max, Sum

from derive.entry import entry
from derive.sympy_functions import step


@entry(
    name="pooling",
    title={"en": "Max pooling and average pooling", "zh": "最大池化与平均池化"},
    section="2.1",
    source="Goodfellow, Bengio & Courville 2016, section 9.3; LeCun et al. 1998, section II.B",
    facts={
        "pooling-definition": {"kind": "definition", "en": "Maximum and mean of each window", "zh": "每个窗口的最大值与均值"},
        "pooling-gradient": {"kind": "gradient", "en": "Max routes δ to the largest, average spreads δ/K; windows add up",
                             "zh": "最大池化把 δ 传给最大者，平均池化分给每个 δ/K；重叠窗口相加"},
    },
)
def pooling(page):
    M, K, s, C = page.sizes("M K s C")          # places, window of the mean, stride, channels
    c, p, k = page.index("c", C), page.index("p", M - 1, 0), page.index("k", K - 1, 0)
    u, v = page.index("u", s * (M - 1) + 2, 0), page.index("v", s * (M - 1) + K - 1, 0)

    x, z = page.input("x", c, u), page.input("z", c, v)
    b = page.let("b", [c, p], Max(x[c, s * p + 1], x[c, s * p + 2]), fact="pooling-definition")
    y = page.let("y", [c, p], Max(x[c, s * p], b[c, p]), fact="pooling-definition")
    a = page.let("a", [c, p], Sum(z[c, s * p + k], k) / K, fact="pooling-definition")
    first = page.let("i", [c, p], step(x[c, s * p] - b[c, p]), fact="pooling-gradient")
    second = page.let("j", [c, p], (1 - first[c, p]) * step(x[c, s * p + 1] - x[c, s * p + 2]), fact="pooling-gradient")
    third = page.let("l", [c, p], 1 - first[c, p] - second[c, p], fact="pooling-gradient")
    page.output(y)
    page.output(a)

    dy, da = page.gradient(y), page.gradient(a)
    dx, dz = page.want(x, fact="pooling-gradient"), page.want(z, fact="pooling-gradient")

    def above(place, other):
        return step(x[c, s * p + place] - x[c, s * p + other])

    def routed(u, *wins):
        return Sum(dy[c, p] * sum(KroneckerDelta(u, s * p + place) * won for place, won in enumerate(wins)), p)

    page.claim(dx[c, u], routed(u, first[c, p], second[c, p], third[c, p]), fact="pooling-gradient")
    page.claim(dz[c, v], Sum(KroneckerDelta(v, s * p + k) * da[c, p], p, k) / K, fact="pooling-gradient")

    page.mistake(dx[c, u], routed(u, 1, 1, 1), en="gives the gradient to the whole window", zh="把梯度给了整个窗口")
    page.mistake(dx[c, u], routed(u, above(0, 2), above(1, 2), above(2, 0)),
                 en="compares with one other member: the largest beats both", zh="只与一个成员比较：最大者须胜过其余两个")
    page.mistake(dz[c, v], Sum(KroneckerDelta(v, s * p + k) * da[c, p], p, k), en="forgets 1/K", zh="漏掉了 1/K")
    page.mistake(dz[c, v], Sum(KroneckerDelta(v, s * p) * da[c, p], p) / K, en="credits the first of the window only",
                 zh="只归给窗口的第一个")

    page.convention(
        en="Max pooling has windows of three here, as AlexNet has, average pooling of K. A member in several windows (K > s) "
           "collects from all of them.",
        zh="此处最大池化窗口为三（同 AlexNet），平均池化窗口为 K。属于多个窗口的元素（K > s）把各窗口的梯度相加。")
    page.convention(
        en="i, j and l say which of the three is the largest: one of them is 1.", zh="i、j、l 指明三者中谁最大：其中之一为 1。")
    page.convention(
        en="Nothing is claimed at ties. torch sends all of δ to the first of equal members; flax.linen.max_pool does so as "
           "well. Both average by K even where padding stands in the window, unless told otherwise.",
        zh="相等时不作断言。torch 把 δ 全给相等者中的第一个，flax.linen.max_pool 亦然。两者的平均默认除以 K，即使窗口含填充。")


pooling.sized(M=3, K=2, s=1, C=4)
pooling.sized(M=2, K=5, s=2, C=3)


@pooling.reference("torch", "torch.nn.functional.max_pool1d with its indices, avg_pool1d")
def _(torch, v):
    F, x, s = torch.nn.functional, v["x"], v["s"]
    y, places = F.max_pool1d(x[None], 3, s, return_indices=True)
    won = F.one_hot(places[0] - s * torch.arange(v["M"], device=x.device), 3).to(x)
    a = F.avg_pool1d(v["z"][None], v["K"], s)[0]
    return {"y": y[0], "a": a, "i": won[..., 0], "j": won[..., 1], "l": won[..., 2]}


@pooling.reference("jax", "flax.linen.max_pool, avg_pool")
def _(jax, v):
    from flax import linen

    s = (v["s"],)
    return {"y": linen.max_pool(v["x"].T[None], (3,), s)[0].T, "a": linen.avg_pool(v["z"].T[None], (v["K"],), s)[0].T}
