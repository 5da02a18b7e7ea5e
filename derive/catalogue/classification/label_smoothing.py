"""Cross-entropy with smoothed labels: the loss, its gradient, and what it is beside plain cross-entropy."""

from sympy import Sum, exp, log

from derive.entry import entry


@entry(
    name="label_smoothing",
    title={"en": "Label smoothing", "zh": "标签平滑"},
    section="3.2",
    source="Szegedy, Vanhoucke, Ioffe, Shlens & Wojna 2016, section 7",
    facts={
        "label-smoothing": {"kind": "definition", "en": "Smoothed labels and loss", "zh": "平滑标签与损失"},
        "label-smoothing-sums-to-one": {"kind": "identity", "en": "Smoothed labels sum to 1", "zh": "平滑标签之和为 1"},
        "label-smoothing-mixture": {"kind": "identity", "en": "A mixture of two cross-entropies", "zh": "两个交叉熵的加权和"},
        "label-smoothing-gradient": {"kind": "gradient", "en": "Gradient by the logits", "zh": "对 logits 的梯度"},
    },
)
def label_smoothing(page):
    B, C = page.sizes("B C")
    b, c, k = page.index("b", B), page.index("c", C), page.index("k", C)
    z, y, eps = page.input("z", b, c), page.input("y", b, c), page.input("epsilon", below_one=True)
    page.assume_sums_to_one(y)
    p = page.let("p", [b, c], exp(z[b, c]) / Sum(exp(z[b, k]), k), fact="label-smoothing")
    q = page.let("q", [b, c], (1 - eps) * y[b, c] + eps / C, fact="label-smoothing")
    total = page.let("s", [b], Sum(q[b, c], c), fact="label-smoothing-sums-to-one")
    hard = page.let("H", [], -Sum(y[b, c] * log(p[b, c]), b, c) / B, fact="label-smoothing-mixture")
    flat = page.let("U", [], -Sum(log(p[b, c]), b, c) / (B * C), fact="label-smoothing-mixture")
    loss = page.let("loss", [], -Sum(q[b, c] * log(p[b, c]), b, c) / B, fact="label-smoothing")
    page.loss(loss)

    dz = page.want(z, fact="label-smoothing-gradient")
    page.claim(total[b], 1, fact="label-smoothing-sums-to-one")
    page.claim(loss, (1 - eps) * hard + eps * flat, fact="label-smoothing-mixture")
    page.claim(dz[b, c], (p[b, c] - q[b, c]) / B, fact="label-smoothing-gradient")
    page.claim(dz[b, c], (p[b, c] - (1 - eps) * y[b, c] - eps / C) / B, fact="label-smoothing-gradient")

    page.mistake(dz[b, c], (p[b, c] - y[b, c]) / B, en="forgets the smoothing", zh="漏掉了平滑")
    page.mistake(dz[b, c], (p[b, c] - (1 - eps) * y[b, c]) / B, en="forgets the uniform part", zh="漏掉了均匀部分")
    page.mistake(q[b, c], (1 - eps) * y[b, c] + eps, en="adds ε to every class: the labels no longer sum to 1",
                 zh="给每一类都加 ε：标签之和不再为 1")
    page.mistake(loss, (1 - eps) * hard, en="scales the loss instead of mixing two", zh="只缩放了损失，而没有混合两项")
    page.mistake(loss, hard + eps * flat, en="adds the uniform term without taking ε from the labels", zh="加上均匀项却没有从标签中减去 ε")

    page.convention(
        en="ε is spread over all C classes, the right one too, as in torch's label_smoothing and optax.smooth_labels. The right "
           "class keeps 1 − ε + ε/C.",
        zh="ε 平分给全部 C 类（包括正确类），与 torch 的 label_smoothing 及 optax.smooth_labels 一致；正确类保留 1 − ε + ε/C。")
    page.convention(
        en="The loss is averaged over the batch, the default of torch's cross_entropy.",
        zh="损失对批量取平均，即 torch 的 cross_entropy 的默认做法。")


label_smoothing.sized(B=2, C=3)
label_smoothing.sized(B=3, C=5)


@label_smoothing.reference("torch", "torch.nn.functional.cross_entropy")
def _(torch, v):
    cross_entropy, eps = torch.nn.functional.cross_entropy, float(v["epsilon"].detach())
    return {"loss": cross_entropy(v["z"], v["y"], label_smoothing=eps), "H": cross_entropy(v["z"], v["y"]),
            "U": cross_entropy(v["z"], torch.full_like(v["z"], 1 / v["z"].shape[1]))}


@label_smoothing.reference("jax", "optax.softmax_cross_entropy, optax.smooth_labels")
def _(jax, v):
    import optax

    q = optax.smooth_labels(v["y"], v["epsilon"])
    return {"loss": optax.softmax_cross_entropy(v["z"], q).mean(), "q": q, "p": jax.nn.softmax(v["z"])}
