"""Adagrad: the sum of squares in closed form, and the last step."""

from sympy import Rational, Sum, sqrt

from derive.entry import entry


@entry(name="adagrad", title={"en": "Adagrad", "zh": "Adagrad"}, section="",
       source="Duchi, Hazan & Singer 2011", facts={})
def adagrad(page):
    T, n = page.sizes("T n")
    t, s, i = page.family("t", 1, T), page.family("s", 1, T), page.index("i", n)
    g, a, eps = page.input("g", t, i), page.input("alpha"), page.input("epsilon", positive=True)
    G = page.state("G", (t, 0, T), i)
    page.define(G[t, i], G[t - 1, i] + g[t, i]**2)
    u = page.let("u", [t, i], a * g[t, i] / (sqrt(G[t, i]**2 + eps)))
    y = page.let("y", [i], Sum(u[t, i], t))
    page.output(y)

    dy, dG, dg, da = page.gradient(y), page.want(G), page.want(g), page.want(a)
    page.claim(G[t, i], G[0, i] + Sum(g[s, i]**2, (s, 1, t)), fact="gradients", by="induction on t")
    page.claim(dg[t, i], 2 * g[t, i] * dG[t, i] + a * dy[i] / sqrt(G[t, i]**2 + eps), fact="gradients")
    page.claim(dG[t, i], -a * dy[i] * Sum(g[s, i] * G[s, i] * (G[s, i]**2 + eps)**(-Rational(3, 2)), (s, t, T)),
               fact="gradients", by="induction on t")
    page.mistake(dg[t, i], a * dy[i] / sqrt(G[t, i]**2 + eps), en="treats the scale as a constant", zh="把缩放当作常数")
    page.mistake(da, Sum(dy[i] * g[t, i], t, i), en="forgets the scale", zh="漏掉了缩放")


adagrad.sized(T=3, n=2)
