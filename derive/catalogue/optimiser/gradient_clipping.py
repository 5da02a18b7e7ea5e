"""Gradient clipping by the norm: the direction stays, the length does not exceed the threshold; projection onto a ball."""

from sympy import Piecewise, Sum, sqrt

from derive.entry import entry


@entry(
    name="gradient_clipping",
    title={"en": "Gradient clipping by the norm", "zh": "按范数裁剪梯度"},
    section="3.3",
    source="Pascanu, Mikolov & Bengio 2013, section 3.2, algorithm 1",
    facts={
        "grad-clip": {"kind": "update-rule", "en": "Clipping", "zh": "裁剪"},
        "vanish-solution-clipping": {"kind": "identity", "en": "The factor is at most 1: nothing is ever enlarged",
                                     "zh": "系数至多为 1：从不放大梯度"},
        "grad-clip-projection": {"kind": "identity", "en": "Clipped gradients have the length of the threshold, and stay",
                                 "zh": "裁剪后的长度等于阈值，再裁剪不变"},
    },
)
def gradient_clipping(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    g, c = page.input("g", i), page.input("c", positive=True)
    total = page.let("S", [], Sum(g[j]**2, j), fact="grad-clip")
    norm = page.let("r", [], sqrt(total), fact="grad-clip")
    long = total > c**2                                         # as r > c: a norm is not negative
    f = page.let("f", [], Piecewise((c / norm, long), (1, True)), fact="grad-clip")
    h = page.let("h", [i], f * g[i], fact="grad-clip")
    square = page.let("q", [], Sum(h[j]**2, j), fact="grad-clip-projection")
    inner = page.let("a", [], Sum((g[j] - h[j]) * h[j], j), fact="grad-clip-projection")
    lost = page.let("d", [], 1 - f, fact="vanish-solution-clipping")

    page.claim(square, Piecewise((c**2, long), (total, True)), fact="grad-clip-projection")
    page.claim(inner, Piecewise((c * (norm - c), long), (0, True)), fact="grad-clip-projection")
    page.claim(inner, c * norm * lost, fact="grad-clip-projection")
    page.claim(lost, Piecewise(((norm - c) / norm, long), (0, True)), fact="vanish-solution-clipping")

    page.mistake(h[i], c * g[i] / norm,
                 en="rescales every gradient: clipping is no remedy for gradients that vanish, it never enlarges one",
                 zh="对所有梯度都缩放：裁剪从不放大梯度，治不了梯度消失", fact="vanish-solution-clipping")
    page.mistake(h[i], Piecewise((c * g[i], long), (g[i], True)), en="forgets to divide by the norm", zh="漏掉了除以范数")
    page.mistake(f, Piecewise((c / norm**2, long), (1, True)),
                 en="divides by the squared norm", zh="除以了范数的平方")
    page.mistake(h[i], Piecewise((c, g[i] > c), (g[i], True)),
                 en="clips each entry, which turns the direction", zh="逐元素裁剪：会改变方向")
    page.mistake(square, c**2, en="takes the bound for the length: short gradients stay as they are", zh="把上界当成长度：短梯度保持不变")

    page.convention(
        en="r is the norm over all parameters together. optax.clip_by_global_norm is this function; torch's clip_grad_norm_ "
           "divides by r + 1e-6.",
        zh="r 是全部参数合在一起的范数。optax.clip_by_global_norm 即此函数；torch 的 clip_grad_norm_ 除以 r + 1e-6。")
    page.convention(
        en="Written with r² > c², so that both sides are polynomials; d = 1 − f is 0 or (r − c)/r > 0, so f is never above 1.",
        zh="条件写作 r² > c²，使两边皆为多项式；d = 1 − f 为 0 或 (r − c)/r > 0，故 f 不超过 1。")
    page.convention(
        en="h is the nearest point to g in the ball of radius c: a = (g − h)·h = c ‖g − h‖ is the largest value of (g − h)·v there.",
        zh="h 是半径 c 的球中离 g 最近的点：a = (g − h)·h = c ‖g − h‖，正是 (g − h)·v 在球内的最大值。")


gradient_clipping.sized(n=3)
gradient_clipping.sized(n=5)


@gradient_clipping.reference("torch", "torch.nn.utils.get_total_norm")
def _(torch, v):
    return {"r": torch.nn.utils.get_total_norm([v["g"]])}


@gradient_clipping.reference("jax", "optax.clip_by_global_norm, projection_l2_ball")
def _(jax, v):
    import optax

    clip = optax.clip_by_global_norm(v["c"])
    h, _ = clip.update(v["g"], clip.init(v["g"]))
    return {"h": h, "q": optax.tree.norm(optax.projections.projection_l2_ball(v["g"], v["c"]), squared=True)}
