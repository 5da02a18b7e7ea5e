"""Max and average pooling: where the gradient goes."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry
from derive.sympy_binders import IsMaximum, Maximum


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
    M, K, s, C = page.sizes("M K s C")          # places, window, stride, channels
    c, p, k = page.index("c", C), page.index("p", M - 1, 0), page.index("k", K - 1, 0)
    u = page.index("u", s * (M - 1) + K - 1, 0)

    x, z = page.input("x", c, u), page.input("z", c, u)
    window = (k, 0, K - 1)
    y = page.let("y", [c, p], Maximum(x[c, s * p + k], window), fact="pooling-definition")
    a = page.let("a", [c, p], Sum(z[c, s * p + k], k) / K, fact="pooling-definition")
    page.output(y)
    page.output(a)

    dy, da = page.gradient(y), page.gradient(a)
    dx, dz = page.want(x, fact="pooling-gradient"), page.want(z, fact="pooling-gradient")

    def routed(won):
        return Sum(KroneckerDelta(u, s * p + k) * won * dy[c, p], p, k)

    greatest = IsMaximum(k, x[c, s * p + k], window)
    page.claim(dx[c, u], routed(greatest), fact="pooling-gradient")
    page.claim(dz[c, u], Sum(KroneckerDelta(u, s * p + k) * da[c, p], p, k) / K, fact="pooling-gradient")

    page.mistake(dx[c, u], routed(1), en="gives the gradient to the whole window", zh="把梯度给了整个窗口")
    page.mistake(dx[c, u], routed(IsMaximum(k, -x[c, s * p + k], window)), en="credits the least of the window",
                 zh="归给了窗口中最小者")
    page.mistake(dx[c, u], routed(greatest) / K, en="divides by K, as average pooling does", zh="像平均池化那样除以了 K")
    page.mistake(dz[c, u], Sum(KroneckerDelta(u, s * p + k) * da[c, p], p, k), en="forgets 1/K", zh="漏掉了 1/K")
    page.mistake(dz[c, u], Sum(KroneckerDelta(u, s * p) * da[c, p], p) / K, en="credits the first of the window only",
                 zh="只归给窗口的第一个")

    page.convention(
        en="A member in several windows (K > s) collects from all of them.",
        zh="属于多个窗口的元素（K > s）把各窗口的梯度相加。")
    page.convention(
        en="Nothing is claimed at ties. torch sends all of δ to the first of equal members; flax.linen.max_pool does so as "
           "well. Both average by K even where padding stands in the window, unless told otherwise.",
        zh="相等时不作断言。torch 把 δ 全给相等者中的第一个，flax.linen.max_pool 亦然。两者的平均默认除以 K，即使窗口含填充。")


pooling.sized(M=3, K=2, s=1, C=4)
pooling.sized(M=2, K=5, s=2, C=3)


@pooling.reference("torch", "torch.nn.functional.max_pool1d, avg_pool1d")
def _(torch, v):
    F, K, s = torch.nn.functional, v["K"], v["s"]
    return {"y": F.max_pool1d(v["x"][None], K, s)[0], "a": F.avg_pool1d(v["z"][None], K, s)[0]}


@pooling.reference("jax", "flax.linen.max_pool, avg_pool")
def _(jax, v):
    from flax import linen

    K, s = (v["K"],), (v["s"],)
    return {"y": linen.max_pool(v["x"].T[None], K, s)[0].T, "a": linen.avg_pool(v["z"].T[None], K, s)[0].T}
