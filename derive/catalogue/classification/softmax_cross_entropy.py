"""Softmax with cross-entropy: the gradient by the logits is p − y, and the Hessian diag(p) − p pᵀ."""

from sympy import KroneckerDelta, Sum, exp, log

from derive.entry import entry


@entry(
    name="softmax_cross_entropy",
    title={"en": "Softmax with cross-entropy", "zh": "Softmax 与交叉熵"},
    section="1.3",
    source="Bridle 1990; Goodfellow, Bengio & Courville 2016, section 6.2.2.3",
    facts={
        "softmax-definition": {"kind": "definition", "en": "Softmax", "zh": "Softmax"},
        "cross-entropy-definition": {"kind": "definition", "en": "Cross-entropy", "zh": "交叉熵"},
        "softmax-jacobian": {"kind": "gradient", "en": "Jacobian of the softmax", "zh": "Softmax 的雅可比矩阵"},
        "softmax-ce-gradient": {"kind": "gradient", "en": "Gradient by the logits", "zh": "对 logits 的梯度"},
        "softmax-ce-hessian": {"kind": "hessian", "en": "Hessian by the logits", "zh": "对 logits 的海森矩阵"},
        "softmax-shift-invariance": {"kind": "identity", "en": "Shift invariance", "zh": "平移不变性"},
    },
)
def softmax_cross_entropy(page):
    n = page.size("n")
    i, j, k = page.index("i", n), page.index("j", n), page.index("k", n)

    z, y = page.input("z", i), page.input("y", i)
    page.assume_sums_to_one(y)
    p = page.let("p", [i], exp(z[i]) / Sum(exp(z[j]), j), fact="softmax-definition")
    loss = page.let("loss", [], -Sum(y[i] * log(p[i]), i), fact="cross-entropy-definition")
    page.loss(loss)

    dz = page.want(z, fact="softmax-ce-gradient")
    dp = page.gradient(p)
    jacobian = page.jacobian(p, z, fact="softmax-jacobian")
    hessian = page.hessian(z, fact="softmax-ce-hessian")

    page.claim(dz[i], p[i] - y[i], fact="softmax-ce-gradient")
    page.claim(dp[i], -y[i] / p[i], fact="cross-entropy-definition")
    page.claim(jacobian[i, j], p[i] * (KroneckerDelta(i, j) - p[j]), fact="softmax-jacobian")
    page.claim(hessian[i, j], p[i] * KroneckerDelta(i, j) - p[i] * p[j], fact="softmax-ce-hessian")
    page.claim(hessian[i, j], jacobian[i, j], fact="softmax-ce-hessian")
    c = page.input("c")
    page.claim(p[i], exp(z[i] + c) / Sum(exp(z[k] + c), k), fact="softmax-shift-invariance")

    page.mistake(dz[i], y[i] - p[i], en="turns the sign round", zh="符号反了")
    page.mistake(dz[i], dp[i] * p[i] * (1 - p[i]),
                 en="treats the softmax as elementwise: its normaliser depends on every logit",
                 zh="把 softmax 当作逐元素函数：归一化分母依赖所有 logit")
    page.mistake(dz[i], p[i] - y[i] * p[i],
                 en="multiplies the target by p: only −y/p · p = −y survives", zh="目标多乘了 p：−y/p · p 只剩 −y")
    page.mistake(jacobian[i, j], p[i] * (1 - p[j]),
                 en="forgets Kronecker's delta off the diagonal", zh="非对角元上漏掉了克罗内克 δ")

    page.mistake(hessian[i, j], p[i] * (1 - p[i]) * KroneckerDelta(i, j),
                 en="keeps the diagonal only, as for independent sigmoids: −p pᵀ couples the classes",
                 zh="只保留对角线，像相互独立的 sigmoid 那样：−p pᵀ 使各类别耦合")
    page.mistake(hessian[i, j], (p[i] - y[i]) * (p[j] - y[j]),
                 en="multiplies gradients: the outer product is the Hessian only on average over y drawn from p",
                 zh="把梯度相乘：仅当 y 按 p 抽取并取平均时，外积才等于海森矩阵")

    page.convention(
        en="torch's cross_entropy takes logits, not probabilities, and averages over a batch unless reduction='sum'; "
           "here one example is meant.",
        zh="torch 的 cross_entropy 接受 logits 而非概率，且默认对批量取平均（reduction='sum' 除外）；此处指单个样本。")
    page.convention(
        en="The Hessian diag(p) − p pᵀ does not depend on y; it is positive semidefinite, and 𝟏 is in its kernel.",
        zh="海森矩阵 diag(p) − p pᵀ 与 y 无关；它半正定，𝟏 在其核中。")
    page.convention(
        en="p − y needs Σ y = 1 (one-hot or soft targets); without it the gradient is p Σ y − y.",
        zh="p − y 要求 Σ y = 1（one-hot 或软标签）；否则梯度为 p Σ y − y。")


softmax_cross_entropy.sized(n=5)
softmax_cross_entropy.sized(n=7)


@softmax_cross_entropy.reference("torch", "torch.nn.functional.cross_entropy")
def _(torch, v):
    return {"loss": torch.nn.functional.cross_entropy(v["z"], v["y"]), "p": torch.softmax(v["z"], -1)}


@softmax_cross_entropy.reference("jax", "optax.softmax_cross_entropy")
def _(jax, v):
    import optax

    return {"loss": optax.softmax_cross_entropy(v["z"], v["y"]), "p": jax.nn.softmax(v["z"])}
