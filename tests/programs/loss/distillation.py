"""Distillation: KL divergence between tempered softmaxes."""

from sympy import Sum, exp, log

from derive.entry import entry


@entry(name="distillation", title={"en": "Knowledge distillation", "zh": "知识蒸馏"}, section="",
       source="Hinton, Vinyals & Dean 2015", facts={})
def distillation(page):
    C = page.size("C")
    c, k = page.index("c", C), page.index("k", C)
    s, u, tau = page.input("s", c), page.input("u", c), page.input("tau", positive=True)
    p = page.let("p", [c], exp(u[c] / tau) / Sum(exp(u[k] / tau), k))
    q = page.let("q", [c], exp(s[c] / tau) / Sum(exp(s[k] / tau), k))
    page.loss(page.let("loss", [], tau**2 * Sum(p[c] * (log(p[c]) - log(q[c])), c)))

    ds, du = page.want(s), page.want(u)
    gap = log(p[k]) - log(q[k])
    page.claim(ds[c], tau * (q[c] - p[c]), fact="gradients")
    page.claim(du[c], tau * p[c] * (log(p[c]) - log(q[c]) - Sum(p[k] * gap, k)), fact="gradients")
    page.mistake(ds[c], q[c] - p[c], en="forgets that τ² meets 1/τ once", zh="忘了 τ² 只与一个 1/τ 相消")
    page.mistake(du[c], tau * (p[c] - q[c]), en="takes the teacher for the student", zh="把教师当作学生")


distillation.sized(C=3)
