"""Rotary position embedding: pairs of entries turned by an angle that grows with the position."""

from sympy import Sum, cos, sin

from derive.entry import entry


@entry(name="rope", title={"en": "RoPE", "zh": "旋转位置编码"}, section="",
       source="Su et al. 2021", facts={})
def rope(page):
    n, d = page.sizes("n d")
    p, q, k = page.index("p", n), page.index("q", n), page.index("k", d)
    a, b, c, e, theta = (page.input(name, *axes) for name, axes in (
        ("a", (p, k)), ("b", (p, k)), ("c", (p, k)), ("e", (p, k)), ("theta", (k,))))
    u = page.let("u", [p, k], a[p, k] * cos(p * theta[k]) - b[p, k] * sin(p * theta[k]))
    v = page.let("v", [p, k], a[p, k] * sin(p * theta[k]) + b[p, k] * cos(p * theta[k]))
    w = page.let("w", [p, k], c[p, k] * cos(p * theta[k]) - e[p, k] * sin(p * theta[k]))
    z = page.let("z", [p, k], c[p, k] * sin(p * theta[k]) + e[p, k] * cos(p * theta[k]))
    S = page.let("S", [p, q], Sum(u[p, k] * w[q, k] + v[p, k] * z[q, k], k))
    page.output(S)

    dS, da, db = page.gradient(S), page.want(a), page.want(b)
    page.want(theta)
    page.claim(S[p, q], Sum((a[p, k] * c[q, k] + b[p, k] * e[q, k]) * cos((p - q) * theta[k])
                            + (a[p, k] * e[q, k] - b[p, k] * c[q, k]) * sin((q - p) * theta[k]) * -1, k), fact="gradients")
    page.claim(da[p, k], Sum(dS[p, q] * (c[q, k] * cos((p - q) * theta[k]) + e[q, k] * sin((p - q) * theta[k])), q),
               fact="gradients")
    page.mistake(da[p, k], Sum(dS[p, q] * c[q, k], q), en="forgets the rotation", zh="漏掉了旋转")
    page.mistake(db[p, k], Sum(dS[p, q] * (c[q, k] * cos((p - q) * theta[k]) + e[q, k] * sin((p - q) * theta[k])), q),
                 en="takes b for a", zh="把 b 当作 a")


rope.sized(n=3, d=2)
