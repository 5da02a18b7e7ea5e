"""Binary cross-entropy of sigmoid outputs: by the logit the gradient is σ(z) − y, by the probability (p − y)/(p(1 − p))."""

from sympy import KroneckerDelta, Sum, log

from derive.entry import entry
from derive.sympy_functions import sigmoid, softplus


@entry(
    name="binary_cross_entropy",
    title={"en": "Binary cross-entropy with a sigmoid", "zh": "Sigmoid 与二元交叉熵"},
    section="1.3",
    source="Bishop 2006, section 4.3.2, equations 4.90 and 4.91",
    facts={
        "bce-definition": {"kind": "definition", "en": "Binary cross-entropy", "zh": "二元交叉熵"},
        "bce-with-logits": {"kind": "identity", "en": "By the logits, without cancellation", "zh": "用 logit 表示，避免相消"},
        "sigmoid-bce-gradient": {"kind": "gradient", "en": "Gradient by the logits", "zh": "对 logit 的梯度"},
        "bce-probability-gradient": {"kind": "gradient", "en": "Gradient by the probability", "zh": "对概率的梯度"},
        "bce-hessian": {"kind": "hessian", "en": "Hessian by the logits", "zh": "对 logit 的海森矩阵"},
    },
)
def binary_cross_entropy(page):
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)

    z, y = page.input("z", i), page.input("y", i)
    p = page.let("p", [i], sigmoid(z[i]), fact="bce-definition")
    loss = page.let("loss", [], -Sum(y[i] * log(p[i]) + (1 - y[i]) * log(1 - p[i]), i), fact="bce-definition")
    page.loss(loss)

    dz, dp = page.want(z, fact="sigmoid-bce-gradient"), page.want(p, fact="bce-probability-gradient")
    dy, hessian = page.want(y, fact="bce-with-logits"), page.hessian(z, fact="bce-hessian")

    page.claim(loss, Sum(softplus(z[i]) - y[i] * z[i], i), fact="bce-with-logits")
    page.claim(dz[i], p[i] - y[i], fact="sigmoid-bce-gradient")
    page.claim(dp[i], (p[i] - y[i]) / (p[i] * (1 - p[i])), fact="bce-probability-gradient")
    page.claim(dy[i], -z[i], fact="bce-with-logits")
    page.claim(hessian[i, j], KroneckerDelta(i, j) * p[i] * (1 - p[i]), fact="bce-hessian")

    page.mistake(dz[i], y[i] - p[i], en="turns the sign round", zh="符号反了")
    page.mistake(dz[i], (p[i] - y[i]) * p[i] * (1 - p[i]),
                 en="keeps σ', as for squared error: it cancels against 1/(p(1 − p))", zh="保留了 σ'，像平方误差那样：它与 1/(p(1 − p)) 相消")
    page.mistake(dp[i], p[i] - y[i], en="takes the gradient by the logit for that by the probability",
                 zh="把对 logit 的梯度当成对概率的梯度")
    page.mistake(dp[i], -y[i] / p[i], en="forgets the class 0, as in the cross-entropy of a softmax",
                 zh="漏掉了类别 0，像 softmax 的交叉熵那样")
    page.mistake(hessian[i, j], KroneckerDelta(i, j) * (p[i] - y[i])**2,
                 en="squares the gradient: equal only on average over y drawn from p", zh="把梯度平方：仅当 y 按 p 抽取并取平均时相等")

    page.convention(
        en="torch's binary_cross_entropy takes probabilities and clamps the logarithms at −100; "
           "binary_cross_entropy_with_logits takes z. Both average by default; here the sum is meant.",
        zh="torch 的 binary_cross_entropy 接受概率，并将对数截断在 −100；binary_cross_entropy_with_logits 接受 z。两者默认取平均；"
           "此处为求和。")
    page.convention(
        en="The targets y may be soft: nothing needs them to be 0 or 1.", zh="目标 y 可以是软标签：不要求为 0 或 1。")


binary_cross_entropy.sized(n=5)
binary_cross_entropy.sized(n=3)


@binary_cross_entropy.reference("torch", "torch.nn.functional.binary_cross_entropy_with_logits")
def _(torch, v):
    loss = torch.nn.functional.binary_cross_entropy_with_logits(v["z"], v["y"], reduction="sum")
    return {"p": torch.sigmoid(v["z"]), "loss": loss}


@binary_cross_entropy.reference("jax", "optax.sigmoid_binary_cross_entropy")
def _(jax, v):
    import optax

    return {"p": jax.nn.sigmoid(v["z"]), "loss": optax.sigmoid_binary_cross_entropy(v["z"], v["y"]).sum()}
