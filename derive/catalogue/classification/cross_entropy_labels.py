"""Cross-entropy with class labels over a batch: the label is an index, and the gradient is p − [i = y]."""

from sympy import KroneckerDelta, Sum, exp, log

from derive.entry import entry


@entry(
    name="cross_entropy_labels",
    title={"en": "Softmax with cross-entropy, class labels, a batch", "zh": "Softmax 与交叉熵，类别标签，批量"},
    section="1.3",
    source="Goodfellow, Bengio & Courville 2016, section 6.2.2.3; Bishop 2006, section 4.3.4",
    facts={
        "nll-of-labels": {"kind": "definition", "en": "Mean negative log-likelihood", "zh": "平均负对数似然"},
        "nll-gradient": {"kind": "gradient", "en": "Gradient by the logits", "zh": "对 logits 的梯度"},
        "nll-of-logits": {"kind": "identity", "en": "Loss from logits", "zh": "由 logits 计算的损失"},
        "classifier-gradient": {"kind": "gradient", "en": "Gradient by the weights", "zh": "对权重的梯度"},
    },
)
def cross_entropy_labels(page):
    K, B, D = page.sizes("K B D")
    b = page.family("b", 1, B)
    i, j, d = page.index("i", K), page.index("j", K), page.index("d", D)

    x, W, c = page.input("x", b, d), page.input("W", i, d), page.input("c", i)
    y = page.label("y", b, high=K)
    z = page.let("z", [b, i], Sum(W[i, d] * x[b, d], d) + c[i])
    p = page.let("p", [b, i], exp(z[b, i]) / Sum(exp(z[b, j]), j))
    loss = page.let("loss", [], -Sum(log(p[b, y[b]]), b) / B, fact="nll-of-labels")
    page.loss(loss)

    dz = page.want(z, "delta", fact="nll-gradient")
    dW, dc, dx = page.want(W, fact="classifier-gradient"), page.want(c, fact="classifier-gradient"), page.want(x)
    page.claim(dz[b, i], (p[b, i] - KroneckerDelta(i, y[b])) / B, fact="nll-gradient")
    page.claim(loss, Sum(log(Sum(exp(z[b, j]), j)) - z[b, y[b]], b) / B, fact="nll-of-logits")
    page.claim(dW[i, d], Sum(dz[b, i] * x[b, d], b), fact="classifier-gradient")
    page.claim(dc[i], Sum(dz[b, i], b), fact="classifier-gradient")

    page.mistake(dz[b, i], p[b, i] - KroneckerDelta(i, y[b]),
                 en="forgets that the loss is a mean: 1/B is missing", zh="忘了损失是平均值：少了 1/B")
    page.mistake(dz[b, i], (KroneckerDelta(i, y[b]) - p[b, i]) / B, en="turns the sign round", zh="符号反了")
    page.mistake(dz[b, i], KroneckerDelta(i, y[b]) * (p[b, i] - 1) / B,
                 en="changes the logit of the right class only: the normaliser holds all of them",
                 zh="只改了正确类别的 logit：归一化分母含有全部 logit")
    page.mistake(dz[b, i], (p[b, i] - 1) / B,
                 en="subtracts 1 from every probability, not only from the right class's", zh="对每个概率都减了 1，而不只是正确类别")
    page.mistake(dx[b, d], Sum(W[i, d] * (p[b, i] - KroneckerDelta(i, y[b])), i),
                 en="loses 1/B on the way to the inputs", zh="传回输入时丢了 1/B")

    page.convention(
        en="Classes count from 1 here; torch, JAX and optax count from 0: their label is y − 1.",
        zh="此处类别从 1 数起；torch、JAX 与 optax 从 0 数起：其标签为 y − 1。")
    page.convention(
        en="torch.nn.functional.cross_entropy averages over the batch; optax returns one loss for each example.",
        zh="torch.nn.functional.cross_entropy 对批量取平均；optax 对每个样本各返回一个损失。")


cross_entropy_labels.sized(K=3, B=4, D=2)
cross_entropy_labels.sized(K=5, B=2, D=3)


@cross_entropy_labels.reference("torch", "torch.nn.functional.cross_entropy")
def _(torch, v):
    z = torch.nn.functional.linear(v["x"], v["W"], v["c"])
    return {"loss": torch.nn.functional.cross_entropy(z, torch.as_tensor(v["y"], device=z.device) - 1), "z": z}


@cross_entropy_labels.reference("jax", "optax.softmax_cross_entropy_with_integer_labels")
def _(jax, v):
    import optax

    z = v["x"] @ v["W"].T + v["c"]
    return {"loss": optax.softmax_cross_entropy_with_integer_labels(z, v["y"] - 1).mean(), "z": z}
