"""Cross-entropy with smoothed labels."""

from sympy import Sum, exp, log

from derive.entry import entry


@entry(name="label_smoothing", title={"en": "Label smoothing", "zh": "标签平滑"}, section="",
       source="Szegedy et al. 2016", facts={})
def label_smoothing(page):
    B, C = page.sizes("B C")
    b, c, k = page.index("b", B), page.index("c", C), page.index("k", C)
    z, q, eps = page.input("z", b, c), page.input("q", b, c), page.input("epsilon", below_one=True)
    page.assume_sums_to_one(q)
    p = page.let("p", [b, c], exp(z[b, c]) / Sum(exp(z[b, k]), k))
    page.loss(page.let("loss", [], -Sum(((1 - eps) * q[b, c] + eps / C) * log(p[b, c]), b, c) / B))

    dz = page.want(z)
    page.claim(dz[b, c], (p[b, c] - (1 - eps) * q[b, c] - eps / C) / B, fact="gradients")
    page.mistake(dz[b, c], (p[b, c] - q[b, c]) / B, en="forgets the smoothing", zh="漏掉了平滑")
    page.mistake(dz[b, c], (p[b, c] - (1 - eps) * q[b, c]) / B, en="forgets the uniform part", zh="漏掉了均匀部分")


label_smoothing.sized(B=2, C=3)


@label_smoothing.reference("torch", "torch.nn.functional.cross_entropy")
def _(torch, v):
    return {"loss": torch.nn.functional.cross_entropy(v["z"], v["q"], label_smoothing=float(v["epsilon"]))}


@label_smoothing.reference("jax", "optax.softmax_cross_entropy, optax.smooth_labels")
def _(jax, v):
    import optax

    return {"loss": optax.softmax_cross_entropy(v["z"], optax.smooth_labels(v["q"], v["epsilon"])).mean()}
