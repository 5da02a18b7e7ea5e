"""Induction over recurrences that mention each other: what is claimed is known of earlier members only."""

from __future__ import annotations

from sympy import Piecewise, Sum

from derive.entry import Entry, Page
from verify.study import study
from verify.verdict import PROVED, REFUTED


def judged(write):
    return [v for _, v in study(Entry("induction", {"en": "", "zh": ""}, "", "", {}, write)).claims]


def before(state, t, *index):
    return Piecewise((state[(t - 1, *index)], t >= 2), (0, True))


def test_one_recurrence_by_another():
    def write(page: Page):
        T, m, n = page.sizes("T m n")
        t, s, i, j = page.family("t", 1, T), page.index("s", m), page.index("i", n), page.index("j", n)
        X, y = page.input("X", s, i), page.input("y", s)
        w, a = page.state("w", t, i), page.state("a", t, s)
        miss = Sum(X[s, j] * before(w, t, j), j) - y[s]
        page.define(w[t, i], before(w, t, i) - Sum(X[s, i] * miss, s))
        page.define(a[t, s], before(a, t, s) - miss)
        page.output(w)
        page.claim(w[t, i], Sum(X[s, i] * a[t, s], s), fact="f", by="induction on t")
        page.claim(w[t, i], 2 * Sum(X[s, i] * a[t, s], s), fact="f", by="induction on t")
        page.claim(w[t, i], Sum(X[s, i] * (a[t, s] + y[s]), s), fact="f", by="induction on t")
    assert [v.verdict for v in judged(write)] == [PROVED, REFUTED, REFUTED]


def test_nothing_is_known_of_the_member_itself():
    """a is made of w at the same step: to put the claim in there would prove anything about both."""
    def write(page: Page):
        T = page.size("T")
        t = page.family("t", 1, T)
        w = page.state("w", (t, 0, T))
        page.define(w[t], 3 * w[t - 1])
        a = page.let("a", [t], 2 * w[t])
        page.output(a)
        page.claim(w[t], a[t], fact="f", by="induction on t")
        page.claim(w[t], a[t] / 2, fact="f", by="induction on t")
    wrong, right = judged(write)
    assert wrong.verdict == REFUTED and right.passed


def test_what_runs_backwards_knows_the_later_members():
    def write(page: Page):
        T = page.size("T")
        t = page.family("t", 1, T)
        x = page.input("x", t)
        g, a = page.state("g", (t, 1, T + 1)), page.state("a", (t, 1, T + 1))
        page.define(g[t], 2 * g[t + 1] + x[t])
        page.define(a[t], 2 * g[t + 1] + 2 * x[t] - x[t])
        page.output(g)
        page.claim(g[t], a[t], fact="f", by="induction on t")
        page.claim(g[t], a[t] + x[t], fact="f", by="induction on t")
    right, wrong = judged(write)
    assert right.verdict == PROVED and wrong.verdict == REFUTED
