"""A frozen layer plus a product of two thin matrices."""

from sympy import Sum

from derive.entry import entry


@entry(name="lora", title={"en": "LoRA", "zh": "LoRA 低秩适配"}, section="",
       source="Hu et al. 2022", facts={})
def lora(page):
    m, n, r, b = page.sizes("m n r b")
    s, i, j, k = page.index("s", b), page.index("i", m), page.index("j", n), page.index("k", r)
    x, W, A, B = page.input("x", s, j), page.input("W", i, j), page.input("A", k, j), page.input("B", i, k)
    alpha = page.input("alpha")
    y = page.let("y", [s, i], Sum(W[i, j] * x[s, j], j) + alpha / r * Sum(B[i, k] * Sum(A[k, j] * x[s, j], j), k))
    page.output(y)

    dy, dA, dB, dx = page.gradient(y), page.want(A), page.want(B), page.want(x)
    page.want(alpha)
    page.claim(dB[i, k], alpha / r * Sum(dy[s, i] * A[k, j] * x[s, j], s, j), fact="gradients")
    page.claim(dA[k, j], alpha / r * Sum(B[i, k] * dy[s, i] * x[s, j], s, i), fact="gradients")
    page.mistake(dA[k, j], Sum(B[i, k] * dy[s, i] * x[s, j], s, i), en="forgets the scale α/r", zh="漏掉了比例 α/r")
    page.mistake(dx[s, j], Sum(W[i, j] * dy[s, i], i), en="forgets the adapter", zh="漏掉了适配器")


lora.sized(m=2, n=3, r=1, b=4)
