"""Layer-sequential unit variance: a layer's weights over the spread of its output on one batch."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(
    name="lsuv",
    title={"en": "Layer-sequential unit-variance initialisation", "zh": "逐层单位方差初始化（LSUV）"},
    section="3.3",
    source="Mishkin & Matas 2016, algorithm 1",
    facts={
        "lsuv": {"kind": "identity", "en": "One division gives the output the variance 1 on that batch",
                 "zh": "除一次即可使该批上输出方差为 1"},
        "lsuv-fresh-data": {"kind": "identity", "en": "On other data the variance is the ratio of both",
                            "zh": "换一批数据，方差为两者之比"},
    },
)
def lsuv(page):
    m, q, n = page.size("m", least=2), page.size("q", least=2), page.size("n")      # examples, fresh ones, inputs
    s, r, j = page.index("s", m), page.index("r", q), page.index("j", n)

    x, u, w = page.input("x", s, j), page.input("u", r, j), page.input("w", j)
    here, fresh = "lsuv", "lsuv-fresh-data"

    def spread(names, data, weights, letter, count, fact):
        """The output of one unit, its mean and its variance."""
        y = page.let(names[0], [letter], Sum(weights[j] * data[letter, j], j), fact=fact)
        mean = page.let(names[1], [], Sum(y[letter], letter) / count, fact=fact)
        return y, mean, page.let(names[2], [], Sum((y[letter] - mean)**2, letter) / count, fact=fact)

    y, _, v = spread(("y", "mu", "v"), x, w, s, m, here)
    sigma = page.let("sigma", [], sqrt(v), fact=here)
    scaled = page.let("w_1", [j], w[j] / sigma, fact=here)
    z, _, unit = spread(("z", "nu", "v_1"), x, scaled, s, m, here)
    a, _, other = spread(("a", "xi", "v_f"), u, w, r, q, fresh)
    b, _, found = spread(("b", "chi", "v_n"), u, scaled, r, q, fresh)
    page.output(z)
    page.want(x, fact=here)

    page.claim(z[s], y[s] / sigma, fact=here)
    page.claim(unit, 1, fact=here)
    page.claim(b[r], a[r] / sigma, fact=fresh)
    page.claim(found, other / v, fact=fresh)

    page.mistake(unit, 1 / v, en="divides by the variance instead of its root", zh="除以了方差，应除以标准差")
    page.mistake(found, 1, en="expects the variance 1 on fresh data too", zh="以为换了数据方差仍为 1")
    page.mistake(unit, v, en="leaves the weights as they were", zh="没有改变权重")
    page.mistake(z[s], y[s] / v, en="divides by the variance", zh="除以了方差")
    page.mistake(found, v / other, en="exchanges the two batches", zh="两批数据弄反了")

    page.convention(
        en="One unit without a bias is shown, with the spread around the mean; the paper takes the variance of all outputs of a "
           "layer together. Behind an activation the division has to be repeated, since nothing is linear there.",
        zh="此处为一个无偏置的单元，取绕均值的方差；论文取整层输出合在一起的方差。若在激活之后衡量，因非线性需反复除。")
    page.convention(
        en="The weights start as an orthogonal matrix (torch.nn.init.orthogonal_). Nothing is done where v = 0.",
        zh="权重从正交矩阵开始（torch.nn.init.orthogonal_）。v = 0 时不适用。")
    page.share_over_batch(w)


lsuv.sized(m=5, q=4, n=3)
lsuv.sized(m=4, q=5, n=2)


@lsuv.reference("torch", "torch.std, torch.nn.functional.linear")
def _(torch, v):
    F, x, u, w = torch.nn.functional, v["x"], v["u"], v["w"]
    sigma = torch.std(F.linear(x, w), correction=0)
    found = {"sigma": sigma, "w_1": w / sigma}
    for names, data, weights in ((("y", "mu", "v"), x, w), (("z", "nu", "v_1"), x, w / sigma),
                                 (("a", "xi", "v_f"), u, w), (("b", "chi", "v_n"), u, w / sigma)):
        y = F.linear(data, weights)
        found |= zip(names, (y, *reversed(torch.var_mean(y, correction=0))))
    return found


@lsuv.reference("jax", "jax.numpy.std, jax.nn.standardize")
def _(jax, v):
    y = v["x"] @ v["w"]
    w = v["w"] / jax.numpy.std(y)
    return {"z": jax.nn.standardize(y, epsilon=0) + (v["x"] @ w).mean(), "w_1": w, "v_n": jax.numpy.var(v["u"] @ w)}
