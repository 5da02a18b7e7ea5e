"""SwiGLU feed-forward layer."""

from sympy import Sum

from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(name="swiglu", title={"en": "SwiGLU", "zh": "SwiGLU"}, section="",
       source="Shazeer 2020", facts={})
def swiglu(page):
    d, m, o = page.sizes("d m o")
    i, j, k = page.index("i", d), page.index("j", m), page.index("k", o)
    x, W, V, P = page.input("x", i), page.input("W", j, i), page.input("V", j, i), page.input("P", k, j)
    a = page.let("a", [j], Sum(W[j, i] * x[i], i))
    b = page.let("b", [j], Sum(V[j, i] * x[i], i))
    g = page.let("g", [j], a[j] * sigmoid(a[j]) * b[j])
    y = page.let("y", [k], Sum(P[k, j] * g[j], j))
    page.output(y)

    dg, da, db, dx, dW = page.want(g), page.want(a), page.want(b), page.want(x), page.want(W)
    page.claim(da[j], dg[j] * b[j] * sigmoid(a[j]) * (1 + a[j] * (1 - sigmoid(a[j]))), fact="gradients")
    page.claim(db[j], dg[j] * a[j] * sigmoid(a[j]), fact="gradients")
    page.claim(dx[i], Sum(W[j, i] * da[j], j) + Sum(V[j, i] * db[j], j), fact="gradients")
    page.claim(dW[j, i], da[j] * x[i], fact="gradients")
    page.mistake(da[j], dg[j] * b[j] * sigmoid(a[j]), en="forgets the derivative of σ", zh="漏掉了 σ 的导数")
    page.mistake(dx[i], Sum(W[j, i] * da[j], j), en="forgets the linear branch", zh="漏掉了线性分支")


swiglu.sized(d=2, m=3, o=1)
