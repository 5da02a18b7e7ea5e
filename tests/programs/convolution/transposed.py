"""Transposed convolution with stride s."""

from sympy import KroneckerDelta, Sum

from derive.entry import entry


@entry(name="transposed", title={"en": "Transposed convolution", "zh": "转置卷积"}, section="",
       source="Dumoulin & Visin 2016", facts={})
def transposed(page):
    N, K, s = page.sizes("N K s")
    u, k = page.index("u", N - 1, 0), page.index("k", K - 1, 0)
    p = page.index("p", s * (N - 1) + K - 1, 0)
    x, w = page.input("x", u), page.input("w", k)
    y = page.let("y", [p], Sum(KroneckerDelta(p, s * u + k) * w[k] * x[u], u, k))
    page.output(y)

    dy, dx, dw = page.gradient(y), page.want(x), page.want(w)
    page.claim(dx[u], Sum(w[k] * dy[s * u + k], k), fact="gradients")
    page.claim(dw[k], Sum(x[u] * dy[s * u + k], u), fact="gradients")
    page.mistake(dx[u], Sum(w[k] * dy[u + k], k), en="forgets the stride", zh="漏掉了步幅")
    page.mistake(dx[u], Sum(w[K - 1 - k] * dy[s * u + k], k), en="flips the kernel", zh="翻转了卷积核")


transposed.sized(N=3, K=4, s=2)


@transposed.reference("torch", "torch.nn.functional.conv_transpose1d")
def _(torch, v):
    return {"y": torch.nn.functional.conv_transpose1d(v["x"][None, None], v["w"][None, None], stride=v["s"])[0, 0]}
