"""RMSProp: the step by the gradients seen so far."""

from sympy import Sum, sqrt

from derive.entry import entry


@entry(name="rms_prop", title={"en": "RMSProp", "zh": "RMSProp"}, section="",
       source="Tieleman & Hinton 2012", facts={})
def rms_prop(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)
    g, a, rho = page.input("g", t, i), page.input("alpha"), page.input("rho", below_one=True)
    eps = page.input("epsilon", positive=True)
    v, w = page.state("v", (t, 0, T), i), page.state("w", (t, 0, T), i)
    page.define(v[t, i], rho * v[t - 1, i] + (1 - rho) * g[t, i]**2)
    page.define(w[t, i], w[t - 1, i] - a * g[t, i] / sqrt(v[t, i]**2 + eps))
    y = page.let("y", [i], w[T, i])
    page.output(y)

    dy, dw, dv, dg = page.gradient(y), page.want(w), page.want(v), page.want(g)
    page.claim(v[t, i], rho**t * v[0, i] + (1 - rho) * Sum(rho**(t - s) * g[s, i]**2, (s, 1, t)), fact="gradients",
               by="induction on t")
    page.claim(dw[t, i], dy[i], fact="gradients", by="induction on t")
    page.claim(dg[t, i], 2 * (1 - rho) * dv[t, i] * g[t, i] - a * dw[t, i] / sqrt(v[t, i]**2 + eps), fact="gradients")
    page.mistake(dg[t, i], -a * dw[t, i] / sqrt(v[t, i]**2 + eps), en="treats the scale as a constant", zh="把缩放当作常数")
    page.mistake(v[t, i], rho**t * v[0, i] + Sum(rho**(t - s) * g[s, i]**2, (s, 1, t)), en="forgets 1 − ρ", zh="漏掉了 1 − ρ")


rms_prop.sized(T=3, n=2)
