"""Dilated causal convolution: y(t) sees x(t), x(t − d), x(t − 2d), …"""

from sympy import Piecewise, Sum

from derive.entry import entry


@entry(name="temporal", title={"en": "Temporal convolution", "zh": "时间卷积"}, section="",
       source="Bai, Kolter & Koltun 2018", facts={})
def temporal(page):
    T, K, d, O, C = page.sizes("T K d O C")
    t = page.index("t", T - 1, 0)
    k, o, c = page.index("k", K - 1, 0), page.index("o", O), page.index("c", C)
    x, w, b = page.input("x", c, t), page.input("w", o, c, k), page.input("b", o)
    y = page.let("y", [o, t], b[o] + Sum(w[o, c, k] * Piecewise((x[c, t - d * k], t - d * k >= 0), (0, True)), c, k))
    page.output(y)

    dy, dx, dw, db = page.gradient(y), page.want(x), page.want(w), page.want(b)
    page.claim(dw[o, c, k], Sum(dy[o, t] * Piecewise((x[c, t - d * k], t - d * k >= 0), (0, True)), t), fact="gradients")
    page.claim(dx[c, t], Sum(w[o, c, k] * Piecewise((dy[o, t + d * k], t + d * k <= T - 1), (0, True)), o, k), fact="gradients")
    page.claim(db[o], Sum(dy[o, t], t), fact="gradients")
    page.mistake(dx[c, t], Sum(w[o, c, k] * Piecewise((dy[o, t - d * k], t - d * k >= 0), (0, True)), o, k), en="looks back where it must look ahead", zh="应向前看却向后看")
    page.mistake(dw[o, c, k], Sum(dy[o, t] * x[c, t], t), en="forgets the delay", zh="漏掉了延迟")


temporal.sized(T=5, K=3, d=2, O=1, C=2)


@temporal.reference("torch", "torch.nn.functional.conv1d")
def _(torch, v):
    reach = v["d"] * (v["w"].shape[2] - 1)
    x = torch.nn.functional.pad(v["x"], (reach, 0))
    return {"y": torch.nn.functional.conv1d(x[None], v["w"].flip(2), v["b"], dilation=v["d"])[0]}
