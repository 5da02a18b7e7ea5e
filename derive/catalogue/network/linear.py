"""A linear layer on a batch, Y = X Wᵀ + b: one matrix product forwards, two backwards, and a sum for the broadcast bias."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="linear",
    title={"en": "Linear layer on a batch", "zh": "批量线性层"},
    section="1.3",
    source="Goodfellow, Bengio & Courville 2016, section 6.5.6; Golub & Van Loan 2013, section 1.1",
    facts={
        "batch-matmul": {"kind": "definition", "en": "The batch as rows of one product", "zh": "批量写成一次矩阵乘法的行"},
        "linear-batch-backward": {"kind": "gradient", "en": "dX = dY W, dW = dYᵀ X, db = dYᵀ 𝟏",
                                  "zh": "dX = dY W，dW = dYᵀ X，db = dYᵀ 𝟏"},
        "broadcast-backward": {"kind": "gradient", "en": "The adjoint of a broadcast is a sum", "zh": "广播的伴随是求和"},
    },
)
def linear(page):
    B, m, n = page.sizes("B m n")
    s, i, j = page.index("s", B), page.index("i", m), page.index("j", n)

    X, W, b = page.input("X", s, j), page.input("W", i, j), page.input("b", i)
    A = page.let("A", [s, i], Sum(X[s, j] * W[i, j], j), fact="batch-matmul")
    Y = page.let("Y", [s, i], A[s, i] + b[i], fact="batch-matmul")
    page.output(Y)

    dY = page.gradient(Y)
    dX, dW = page.want(X, fact="linear-batch-backward"), page.want(W, fact="linear-batch-backward")
    db = page.want(b, fact="broadcast-backward")

    page.claim(dX[s, j], Sum(dY[s, i] * W[i, j], i), fact="linear-batch-backward")
    page.claim(dW[i, j], Sum(dY[s, i] * X[s, j], s), fact="linear-batch-backward")
    page.claim(db[i], Sum(dY[s, i], s), fact="linear-batch-backward")
    page.claim(db[i], Sum(dY[s, i], s), fact="broadcast-backward")

    page.mistake(dX[s, j], Sum(dY[s, i] * X[s, j], i), en="multiplies by the other factor's own input", zh="乘错了因子：应乘 W")
    page.mistake(dW[i, j], Sum(dY[s, i] * X[s, j], s) / B, en="averages over the batch: only a mean in the loss does that",
                 zh="对批量取了平均：只有损失里取平均时才如此")
    page.mistake(dW[i, j], dY[1, i] * X[1, j], en="keeps one example's outer product: they add up", zh="只留下一个样本的外积：应相加")
    page.mistake(db[i], dY[1, i], en="forgets to sum over the axis that was broadcast", zh="忘了对被广播的轴求和")

    page.convention(
        en="torch.nn.Linear keeps W with outputs along the rows; flax.linen.Dense keeps kernel = Wᵀ.",
        zh="torch.nn.Linear 按输出排列 W 的行；flax.linen.Dense 保存 kernel = Wᵀ。")
    page.convention(
        en="Examples are rows. With examples as columns Y = W X + b 𝟏ᵀ, dW = dY Xᵀ, dX = Wᵀ dY.",
        zh="样本为行。若样本为列，则 Y = W X + b 𝟏ᵀ，dW = dY Xᵀ，dX = Wᵀ dY。")
    page.share_over_batch(W, b)


linear.sized(B=5, m=2, n=3)
linear.sized(B=2, m=4, n=3)


@linear.reference("torch", "torch.nn.functional.linear")
def _(torch, v):
    return {"A": torch.nn.functional.linear(v["X"], v["W"]), "Y": torch.nn.functional.linear(v["X"], v["W"], v["b"])}


@linear.reference("jax", "flax.linen.Dense")
def _(jax, v):
    from flax import linen

    dense = linen.Dense(v["W"].shape[0], param_dtype=v["X"].dtype)
    bare = linen.Dense(v["W"].shape[0], use_bias=False, param_dtype=v["X"].dtype)
    return {"A": bare.apply({"params": {"kernel": v["W"].T}}, v["X"]),
            "Y": dense.apply({"params": {"kernel": v["W"].T, "bias": v["b"]}}, v["X"])}
