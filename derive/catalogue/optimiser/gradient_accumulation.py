"""Gradient accumulation over micro-batches, what batch normalisation makes of it, and loss scaling for float16."""

from sympy import Rational, Sum

from derive.entry import entry


@entry(
    name="gradient_accumulation",
    title={"en": "Gradient accumulation and loss scaling", "zh": "梯度累积与损失缩放"},
    section="延伸",
    source="Goyal et al. 2017, section 3.1; Micikevicius et al. 2018, section 3.2; IEEE 754-2008, table 3.5",
    facts={
        "gradient-accumulation": {"kind": "identity", "en": "The mean of equal micro-batches is the full batch; others need weights",
                                  "zh": "等大小微批的平均即整批；大小不等时需加权"},
        "accumulation-batch-norm": {"kind": "identity", "en": "The variance of a batch is not the mean of its parts' variances",
                                    "zh": "整批的方差不是各部分方差的平均"},
        "mixed-precision-loss-scaling": {"kind": "identity",
                                         "en": "Scaling the loss scales the gradient; float16 ends at 2⁻²⁴",
                                         "zh": "缩放损失即缩放梯度；float16 的最小正数为 2⁻²⁴"},
    },
)
def gradient_accumulation(page):
    K, m, n = page.sizes("K m n")                                           # micro-batches, examples in one, weights
    A, B = page.sizes("A B")                                                # two shards of different sizes
    k, s, i = page.index("k", K), page.index("s", m), page.index("i", n)
    a, b = page.index("a", A), page.index("b", B)

    same, scaling = "gradient-accumulation", "mixed-precision-loss-scaling"
    X, y, w = page.input("X", k, s, i), page.input("y", k, s), page.input("w", i)
    S = page.input("S", positive=True)
    r = page.let("r", [k, s], Sum(X[k, s, i] * w[i], i) - y[k, s])
    loss = page.let("L", [], Sum(r[k, s]**2, k, s) / (2 * K * m), fact=same)
    page.loss(page.let("J", [], S * loss, fact=scaling), written="J")
    part = page.let("g", [k, i], Sum(r[k, s] * X[k, s, i], s) / m, fact=same)            # of the mean loss of micro-batch k
    whole = page.let("G", [i], Sum(part[k, i], k) / K, fact=same)
    small = page.let("f", [], Rational(1, 2**14) * Rational(1, 2**10), fact=scaling)      # 2⁻¹⁴ with a fraction of 10 bits

    u, v = page.input("u", a), page.input("v", b)
    first, second = (page.let(name, [], Sum(z[l], l) / size, fact=same)
                     for name, z, l, size in (("p", u, a, A), ("q", v, b, B)))
    both = page.let("c", [], (Sum(u[a], a) + Sum(v[b], b)) / (A + B), fact=same)

    z = page.input("z", k, s)
    centre = page.let("mu", [k], Sum(z[k, s], s) / m, fact="accumulation-batch-norm")
    spread = page.let("d", [k], Sum((z[k, s] - centre[k])**2, s) / m, fact="accumulation-batch-norm")
    mean = page.let("nu", [], Sum(z[k, s], k, s) / (K * m), fact="accumulation-batch-norm")
    total = page.let("e", [], Sum((z[k, s] - mean)**2, k, s) / (K * m), fact="accumulation-batch-norm")

    dw = page.want(w, fact=scaling)

    page.claim(dw[i], S * whole[i], fact=scaling)
    page.claim(whole[i], Sum(r[k, s] * X[k, s, i], k, s) / (K * m), fact=same)
    page.claim(both, (A * first + B * second) / (A + B), fact=same)
    page.claim(small, Rational(1, 2**24), fact=scaling)
    page.claim(mean, Sum(centre[k], k) / K, fact="accumulation-batch-norm")
    page.claim(total, Sum(spread[k] + (centre[k] - mean)**2, k) / K, fact="accumulation-batch-norm")
    page.bound(total, "≥", Sum(spread[k], k) / K, fact="accumulation-batch-norm", gap=Sum((centre[k] - mean)**2, k) / K)

    page.mistake(dw[i], S * Sum(part[k, i], k), en="adds the gradients of mean losses without dividing by K",
                 zh="把各微批平均损失的梯度相加而未除以 K")
    page.mistake(both, (first + second) / 2, en="averages shards of different sizes without weights", zh="对大小不等的分片直接取平均")
    page.mistake(total, Sum(spread[k] + centre[k]**2, k) / K, en="takes batch statistics apart and forgets the mean of the whole",
                 zh="把批统计量拆开，漏掉了整批的均值")
    page.mistake(dw[i], whole[i], en="forgets to unscale: the step would be S times too long", zh="忘了还原缩放：步长会放大 S 倍")
    page.mistake(small, Rational(1, 2**14), en="takes the smallest normal number for the smallest", zh="把最小正规数当成最小正数")

    page.convention(
        en="A squared error stands for any loss that is a mean over examples. With batch normalisation the loss is none: K small "
           "batches are normalised by other statistics than one large one.",
        zh="平方误差代表任何对样本取平均的损失。有批归一化时损失不再如此：K 个小批与一个大批用不同的统计量归一化。")
    page.convention(
        en="S = 2^k shifts exponents alone, so that scaling and unscaling are exact unless something overflows (65504 in float16) "
           "or falls below 2⁻²⁴. bfloat16 has the exponents of float32 and needs no scaling.",
        zh="S = 2^k 只移动指数，故除溢出（float16 上限 65504）或低于 2⁻²⁴ 外，缩放与还原都精确。bfloat16 的指数范围同 float32，无需缩放。")


gradient_accumulation.sized(K=3, m=4, n=2, A=5, B=6)
gradient_accumulation.sized(K=2, m=3, n=4, A=1, B=5)


@gradient_accumulation.reference("torch", "torch.Tensor.backward on micro-batches, torch.nn.functional.mse_loss, torch.finfo")
def _(torch, v):
    F, X, y = torch.nn.functional, v["X"], v["y"]
    weights = v["w"].detach().clone().requires_grad_()
    parts, before = [], torch.zeros_like(weights)
    for rows, target in zip(X.detach(), y.detach()):
        (F.mse_loss(F.linear(rows, weights), target) / 2).backward()        # .grad adds up
        parts.append(weights.grad - before)
        before = weights.grad.clone()
    loss = F.mse_loss(F.linear(X, v["w"]), y) / 2
    half, z = torch.finfo(torch.float16), v["z"]
    return {"L": loss, "J": v["S"] * loss, "g": torch.stack(parts), "G": weights.grad / len(X),
            "f": X.new_tensor(half.tiny * half.eps), "p": v["u"].mean(), "q": v["v"].mean(),
            "c": torch.cat([v["u"], v["v"]]).mean(), "mu": z.mean(1), "d": z.var(1, correction=0), "nu": z.mean(),
            "e": z.var(correction=0)}


@gradient_accumulation.reference("jax", "optax.apply_every, optax.l2_loss, jax.numpy.finfo")
def _(jax, v):
    import optax

    def loss(w, X, y):
        return optax.l2_loss(X @ w, y).mean()

    X, y, w, z = v["X"], v["y"], v["w"], v["z"]
    adding = optax.apply_every(len(X))
    state = adding.init(w)
    for rows, target in zip(X, y):
        added, state = adding.update(jax.grad(loss)(w, rows, target), state)
    smallest = float(jax.numpy.finfo(jax.numpy.float16).smallest_subnormal)
    return {"J": v["S"] * loss(w, X, y), "G": added / len(X), "f": jax.numpy.asarray(smallest), "mu": z.mean(1), "d": z.var(1),
            "e": z.var(), "c": jax.numpy.concatenate([v["u"], v["v"]]).mean()}
