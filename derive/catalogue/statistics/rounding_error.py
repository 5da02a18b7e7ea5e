"""Rounding to a grid of step Δ: the error has variance Δ²/12 where it is uniform."""

from sympy import Rational, Sum, sin

from derive.entry import entry


@entry(
    name="rounding_error",
    title={"en": "Quantisation error", "zh": "量化误差"},
    section="延伸",
    source="Widrow & Kollár 2008, section 4.3; Bennett 1948",
    facts={
        "quantisation-definition": {"kind": "definition", "en": "A number is a point of the grid and an error",
                                    "zh": "一个数等于格点加误差"},
        "quantisation-error": {"kind": "identity", "en": "Mean 0 and variance Δ²/12", "zh": "均值 0，方差 Δ²/12"},
        "quantisation-bits": {"kind": "identity", "en": "Each further bit divides the variance by 4",
                              "zh": "每增加一位，方差除以 4"},
    },
)
def rounding_error(page):
    k, n = page.size("k", least=0), page.size("n")                          # the grid point; numbers rounded
    i = page.index("i", n)

    step, w, s = page.input("Delta", positive=True), page.input("w", i), page.input("s", i)
    e = page.random("e", i, law="uniform", low=-step / 2, high=step / 2)
    point = page.let("q", [], k * step, fact="quantisation-definition")
    x = page.let("x", [i], point + e[i], fact="quantisation-definition")
    near = page.let("z", [i], point + Rational(2, 5) * step * sin(s[i]), fact="quantisation-definition")
    rounded = page.let("r", [i], near[i] - Rational(2, 5) * step * sin(s[i]), fact="quantisation-definition")
    half = page.random("h", i, law="uniform", low=-step / 4, high=step / 4)
    y = page.let("y", [], Sum(w[i] * x[i], i))
    page.output(y)
    dw = page.want(w, fact="quantisation-definition")

    mean, spread = page.expected(e, fact="quantisation-error"), page.variance(e, fact="quantisation-error")
    square = page.expected(e, power=2, fact="quantisation-error")
    finer = page.variance(half, fact="quantisation-bits")
    drawn = page.variance(y, fact="quantisation-error")

    page.claim(rounded[i], point, fact="quantisation-definition")
    page.claim(mean[i], 0, fact="quantisation-error")
    page.claim(spread[i], step**2 / 12, fact="quantisation-error")
    page.claim(square[i], step**2 / 12, fact="quantisation-error")
    page.claim(finer[i], spread[i] / 4, fact="quantisation-bits")
    page.claim(drawn, step**2 / 12 * Sum(w[i]**2, i), fact="quantisation-error")
    page.claim(dw[i], page.gradient(y) * (point + e[i]), fact="quantisation-definition")

    page.mistake(spread[i], step**2 / 4, en="takes the largest error for the usual one", zh="把最大误差当成通常的误差")
    page.mistake(spread[i], step**2 / 3, en="lets the error run from −Δ to Δ: it is at most half a step",
                 zh="误差取遍 −Δ 到 Δ：最多为半步")
    page.mistake(spread[i], step / 12, en="forgets that a variance scales with the square", zh="忘了方差按平方缩放")
    page.mistake(mean[i], step / 2, en="rounds down instead of to the nearest", zh="向下取整，而非取最近")
    page.mistake(finer[i], spread[i] / 2, en="halves the variance with the step", zh="步长减半时方差也减半")

    page.convention(
        en="That the error is uniform is an assumption: good where the step is small against the spread of the numbers, and wrong "
           "for numbers that lie on the grid already.",
        zh="误差均匀是一个假设：当步长远小于数值的分布范围时成立良好；若数值本就在格点上则不成立。")
    page.convention(
        en="torch's fake_quantize rounds halves to even; a uniform error lies there with probability 0.",
        zh="torch 的 fake_quantize 在正中时取偶；均匀误差落在此处的概率为 0。")


rounding_error.sized(k=3, n=4)
rounding_error.sized(k=7, n=2)


@rounding_error.reference("torch", "torch.fake_quantize_per_tensor_affine")
def _(torch, v):
    x, step = v["k"] * v["Delta"] + v["e"], v["Delta"]
    z = v["k"] * step + 0.4 * step * torch.sin(v["s"])
    grid = torch.fake_quantize_per_tensor_affine(z.detach().float(), float(step.detach()), 0, -128, 127)
    return {"z": z, "r": torch.round(grid / step.detach()).to(x) * step, "x": x, "y": torch.dot(v["w"], x)}


@rounding_error.reference("jax", "jax.numpy.round")
def _(jax, v):
    x, step = v["k"] * v["Delta"] + v["e"], v["Delta"]
    z = v["k"] * step + 0.4 * step * jax.numpy.sin(v["s"])
    return {"r": step * jax.numpy.round(z / step), "y": jax.numpy.vdot(v["w"], x)}
