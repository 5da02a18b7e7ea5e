"""InfoNCE over a batch of pairs, with a temperature."""

from sympy import Sum, exp, log

from derive.entry import entry


@entry(name="info_nce", title={"en": "InfoNCE", "zh": "InfoNCE 损失"}, section="",
       source="van den Oord, Li & Vinyals 2018", facts={})
def info_nce(page):
    B, d = page.sizes("B d")
    i, j, k = page.index("i", B), page.index("j", B), page.index("k", d)
    x, y, tau = page.input("x", i, k), page.input("y", j, k), page.input("tau", positive=True)
    s = page.let("s", [i, j], Sum(x[i, k] * y[j, k], k) / tau)
    p = page.let("p", [i, j], exp(s[i, j]) / Sum(exp(s[i, j]), j))
    L = page.let("loss", [], -Sum(log(p[i, i]), i) / B)
    page.loss(L)

    ds, dx, dy, dtau = page.want(s), page.want(x), page.want(y), page.want(tau)
    page.claim(dx[i, k], (Sum(p[i, j] * y[j, k], j) - y[i, k]) / (B * tau), fact="gradients")
    page.claim(dy[j, k], (Sum(p[i, j] * x[i, k], i) - x[j, k]) / (B * tau), fact="gradients")
    page.claim(dtau, -Sum(ds[i, j] * s[i, j], i, j) / tau, fact="gradients")
    page.mistake(dx[i, k], -y[i, k] / (B * tau), en="forgets the negatives", zh="漏掉了负样本")
    page.mistake(dx[i, k], (Sum(p[i, j] * y[j, k], j) - y[i, k]) / B, en="forgets the temperature", zh="漏掉了温度")


info_nce.sized(B=3, d=2)


@info_nce.reference("torch", "torch.nn.functional.cross_entropy")
def _(torch, v):
    s = v["x"] @ v["y"].T / v["tau"]
    return {"s": s, "loss": torch.nn.functional.cross_entropy(s, torch.arange(len(s)))}


@info_nce.reference("jax", "optax.softmax_cross_entropy_with_integer_labels")
def _(jax, v):
    import optax

    s = v["x"] @ v["y"].T / v["tau"]
    return {"s": s, "loss": optax.softmax_cross_entropy_with_integer_labels(s, jax.numpy.arange(len(s))).mean()}
