"""Inverted dropout: mean and variance of its output, what it does to least squares, DropConnect, and its gradient."""

from sympy import Sum

from derive.entry import entry


@entry(
    name="dropout",
    title={"en": "Dropout", "zh": "Dropout（随机失活）"},
    section="3.2",
    source="Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, sections 4, 9 and 10; Wan et al. 2013",
    facts={
        "dropout-train": {"kind": "definition", "en": "Inverted dropout, training", "zh": "反向缩放的 Dropout（训练时）"},
        "dropout-test": {"kind": "definition", "en": "Test: all units, nothing scaled", "zh": "测试时：使用所有单元，不缩放"},
        "dropout-zeroing": {"kind": "identity", "en": "A unit is dropped with probability 1 − p",
                            "zh": "每个单元以概率 1 − p 被置零"},
        "dropout-expectation": {"kind": "identity", "en": "The mean stays, behind a linear layer too",
                                "zh": "均值不变，经线性层后也不变"},
        "dropout-variance": {"kind": "identity", "en": "Variance", "zh": "方差"},
        "dropout-l2-equivalence": {"kind": "identity", "en": "On average, least squares with a weighted L2 penalty",
                                   "zh": "平均而言，即带加权 L2 惩罚的最小二乘"},
        "dropconnect": {"kind": "definition", "en": "DropConnect", "zh": "DropConnect"},
        "dropout-gradient": {"kind": "gradient", "en": "Gradient", "zh": "梯度"},
    },
)
def dropout(page):
    n, m, N = page.sizes("n m N")
    j, i, s = page.index("j", n), page.index("i", m), page.index("s", N)

    p = page.input("p", below_one=True)                                      # the probability to keep a unit
    y, w, b = page.input("y", j), page.input("w", j), page.input("b")
    r = page.random("r", j, law="bernoulli", mean=p)
    out = page.let("y_tilde", [j], r[j] * y[j] / p, fact="dropout-train")
    test = page.let("y_test", [j], y[j], fact="dropout-test")
    off = page.let("o", [j], 1 - r[j], fact="dropout-zeroing")
    a = page.let("a", [], Sum(w[j] * out[j], j) + b, fact="dropout-expectation")
    page.output(out)

    X, t = page.input("X", s, j), page.input("t", s)
    R = page.random("R", s, j, law="bernoulli", mean=p)
    e = page.let("e", [s], Sum(R[s, j] / p * X[s, j] * w[j], j) - t[s], fact="dropout-l2-equivalence")
    loss = page.let("l", [], Sum(e[s]**2, s), fact="dropout-l2-equivalence")

    W = page.input("W", i, j)
    M = page.random("M", i, j, law="bernoulli", mean=p)
    c = page.let("c", [i], Sum(M[i, j] * W[i, j] / p * y[j], j), fact="dropconnect")

    dy, dout = page.want(y, fact="dropout-gradient"), page.gradient(out)
    dropped = page.expected(off, fact="dropout-zeroing")
    mean, spread = page.expected(out, fact="dropout-expectation"), page.variance(out, fact="dropout-variance")
    behind, behind_spread = page.expected(a, fact="dropout-expectation"), page.variance(a, fact="dropout-variance")
    average = page.expected(loss, fact="dropout-l2-equivalence")
    connected, connected_spread = page.expected(c, fact="dropconnect"), page.variance(c, fact="dropconnect")

    page.claim(dropped[j], 1 - p, fact="dropout-zeroing")
    page.claim(mean[j], y[j], fact="dropout-expectation")
    page.claim(mean[j], test[j], fact="dropout-test")
    page.claim(behind, Sum(w[j] * y[j], j) + b, fact="dropout-expectation")
    page.claim(spread[j], y[j]**2 * (1 - p) / p, fact="dropout-variance")
    page.claim(behind_spread, (1 - p) / p * Sum(w[j]**2 * y[j]**2, j), fact="dropout-variance")
    page.claim(average, Sum((Sum(X[s, j] * w[j], j) - t[s])**2, s)
               + (1 - p) / p * Sum(w[j]**2 * Sum(X[s, j]**2, s), j), fact="dropout-l2-equivalence")
    page.claim(connected[i], Sum(W[i, j] * y[j], j), fact="dropconnect")
    page.claim(connected_spread[i], (1 - p) / p * Sum(W[i, j]**2 * y[j]**2, j), fact="dropconnect")
    page.claim(dy[j], r[j] / p * dout[j], fact="dropout-gradient")

    page.mistake(mean[j], p * y[j],
                 en="scales as the original paper does, at test time, and in training as well", zh="把原论文在测试时的缩放也用到了训练")
    page.mistake(mean[j], (1 - p) * y[j] / p,
                 en="takes p for the probability to drop, as torch's argument is", zh="把 p 当成丢弃概率（torch 的参数才是）")
    page.mistake(spread[j], y[j]**2 * p * (1 - p),
                 en="forgets that the scale 1/p enters squared", zh="忘了缩放 1/p 以平方进入方差")
    page.mistake(spread[j], y[j]**2 * p / (1 - p), en="takes the odds for their inverse", zh="把 p 与 1 − p 弄反了")
    page.mistake(average, Sum((Sum(X[s, j] * w[j], j) - t[s])**2, s) + (1 - p) / p * Sum(w[j]**2, j),
                 en="weighs all coordinates alike: the penalty has the factor Σ X²", zh="对各坐标一视同仁：惩罚项应含 Σ X²")
    page.mistake(average, Sum((Sum(X[s, j] * w[j], j) - t[s])**2, s),
                 en="takes the loss of the mean for the mean of the loss", zh="把均值的损失当成了损失的均值")
    page.mistake(dy[j], dout[j], en="lets gradients flow through units that were dropped", zh="让梯度通过了被丢弃的单元")

    page.convention(
        en="p is the probability to keep a unit. torch.nn.functional.dropout(p) and flax.linen.Dropout(rate) take the probability "
           "to drop it: their argument is 1 − p.",
        zh="p 是保留概率。torch.nn.functional.dropout(p) 与 flax.linen.Dropout(rate) 取丢弃概率：其参数为 1 − p。")
    page.convention(
        en="Scaled by 1/p in training, nothing is done at test time. The paper of 2014 multiplies by p at test time instead.",
        zh="训练时乘 1/p，测试时不变。2014 年的论文则在测试时乘 p。")
    page.convention(
        en="The mean survives linear layers only: behind a ReLU the mean of the outputs is another one.",
        zh="均值只在线性层后保持不变：经过 ReLU 后输出的均值不同。")


dropout.sized(n=3, m=4, N=5)
dropout.sized(n=4, m=2, N=3)


@dropout.reference("torch", "torch.nn.functional.dropout, torch.nn.functional.mse_loss")
def _(torch, v):
    ones = torch.ones(100000, dtype=v["y"].dtype, device=v["y"].device)
    scale = torch.nn.functional.dropout(ones, 1 - float(v["p"])).max()      # its own mask is drawn; ours is r
    y = v["y"] * v["r"] * scale
    e = torch.nn.functional.linear(v["X"] * v["R"] * scale, v["w"]) - v["t"]
    return {"y_tilde": y, "y_test": torch.nn.functional.dropout(v["y"], 1 - float(v["p"]), training=False),
            "o": 1 - v["r"], "a": torch.nn.functional.linear(y, v["w"], v["b"]), "e": e,
            "l": torch.nn.functional.mse_loss(e, torch.zeros_like(e), reduction="sum"),
            "c": torch.nn.functional.linear(v["y"], v["W"] * v["M"] * scale)}


@dropout.reference("jax", "flax.linen.Dropout")
def _(jax, v):
    from flax import linen

    ones = jax.numpy.ones(100000, v["y"].dtype)
    layer = linen.Dropout(rate=1 - v["p"])
    scale = layer.apply({}, ones, deterministic=False, rngs={"dropout": jax.random.PRNGKey(0)}).max()
    return {"y_tilde": v["y"] * v["r"] * scale, "y_test": layer.apply({}, v["y"], deterministic=True)}
