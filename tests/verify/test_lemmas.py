"""Claims that were proved serve in the proofs of later ones: several at once, also behind derivatives, and never for
more than they say."""

from __future__ import annotations

from sympy import Sum, sqrt

from derive.entry import Page
from derive.program import Program
from verify.proof import lemma, prove


def proofs(ratio=None, backwards=None, without=()):
    """Deviations from the mean, of x and of c x, over their length, and the gradient by the scaled numbers."""
    page = Page(Program("p"))
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    x, g, c = page.input("x", i), page.input("g", i), page.input("c", positive=True)
    a = page.let("a", [i], x[i] - Sum(x[j], j) / n)
    v = page.let("v", [], Sum(a[i]**2, i))
    s = page.let("s", [], sqrt(v))
    z = page.let("z", [i], a[i] / s)
    u = page.let("u", [i], c * x[i])
    b = page.let("b", [i], u[i] - Sum(u[j], j) / n)
    w = page.let("w", [], Sum(b[i]**2, i))
    r = page.let("r", [], sqrt(w))
    y = page.let("y", [i], b[i] / r)
    page.loss(page.let("loss", [], Sum(g[i] * y[i], i)))
    db = page.want(b)
    page.claim(w, c**2 * v, fact="w")
    page.claim(r, (ratio or c) * s, fact="r")
    page.claim(y[i], z[i], fact="y")
    page.claim(db[i], (g[i] - z[i] * Sum(g[j] * z[j], j)) / ((backwards or c) * s), fact="u")
    derivation, known, verdicts = page.derive(), [], {}
    for claim in page.claims:
        verdicts[claim.fact] = prove(claim, derivation, known).passed
        if verdicts[claim.fact] and claim.fact not in without:
            known.append(lemma(claim))
    return verdicts


def test_a_gradient_is_proved_by_several_lemmas():
    assert proofs() == {"w": True, "r": True, "y": True, "u": True}


def test_without_them_it_is_not():
    assert not proofs(without=("w", "r", "y"))["u"]


def test_right_lemmas_do_not_prove_a_wrong_gradient():
    assert proofs(backwards=2) == {"w": True, "r": True, "y": True, "u": False}


def test_what_was_not_proved_is_no_lemma():
    assert not proofs(ratio=2)["r"]


def test_a_lemma_about_later_members_says_nothing_of_the_first():
    page = Page(Program("p"))
    T = page.size("T")
    t, later = page.family("t", 1, T), page.family("t", 2, T)
    x, h = page.input("x", t), page.state("h", t)
    page.define(h[t], x[t])
    k = page.let("k", [t], h[t] + 1)
    page.claim(h[later], x[later], fact="h")
    page.claim(k[t], x[t] + 1, fact="k")
    page.claim(k[1], x[2] + 1, fact="wrong")
    derivation = page.derive()
    known = [lemma(page.claims[0])]
    assert [prove(c, derivation, known).passed for c in page.claims] == [True, True, False]


def test_a_double_root_is_shown_by_induction_from_two_starts():
    page = Page(Program("p"))
    T, r = page.size("T", least=3), page.input("r")
    t, reached = page.family("t", 2, T), page.family("t", 1, T)
    a, x = page.let("a", [], 2 * r), page.state("x", (t, 0, T))
    page.define(x[t], a * x[t - 1] - r**2 * x[t - 2])
    for last in (reached - 1, reached):
        page.claim(x[reached], reached * r**(reached - 1) * x[1] - last * r**reached * x[0], fact="x",
                   by="induction on t")
    derivation = page.derive()
    assert [prove(c, derivation).passed for c in page.claims] == [True, False]
