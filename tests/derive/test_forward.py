"""Total derivatives: what is derived, what is refused, and that the checker refuses damaged versions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Sum, tanh

from derive.entry import Page
from derive.expression import Expr, Term
from derive.program import Program, ProgramError
from derive.sympy_functions import sigmoid
from verify.steps import Checker


def network() -> Page:
    page = Page(Program("network"))
    n, m, p = page.sizes("n m p")
    i, j, k = page.index("i", n), page.index("j", m), page.index("k", p)
    x, W, V = page.input("x", i), page.input("W", j, i), page.input("V", k, j)
    a = page.let("a", [j], tanh(Sum(W[j, i] * x[i], i)))
    page.output(page.let("y", [k], sigmoid(Sum(V[k, j] * a[j], j))))
    return page


def recurrence(look: int = -1) -> Page:
    """c_t = f_t c_{t−1} + …, where f sees h at `look` steps from its own."""
    page = Page(Program("recurrence"))
    T, H = page.sizes("T H")
    t, i, j = page.family("t", 1, T), page.index("i", H), page.index("j", H)
    U, x = page.input("U", i, i), page.input("x", t, i)
    h = page.state("h", (t, 0, T + 1), i)
    c = page.state("c", (t, 0, T), i)
    f = page.let("f", [t, i], sigmoid(Sum(U[i, j] * h[t + look, j], j)))
    page.define(c[t, i], f[t, i] * c[t - 1, i] + x[t, i])
    page.define(h[t, i], tanh(c[t, i]))
    page.output(c)
    return page


def derived(page: Page, *pairs):
    for of, by in pairs:
        page.total_derivative(page.symbols[of], page.symbols[by])
    return Checker(page.derive()).judge()


def proved(derivation) -> bool:
    return all(s.verdict == "proved" for d in derivation.derivatives for s in d.steps)


@pytest.mark.parametrize("make, pairs", [
    (network, [("y", "x")]), (network, [("y", "W"), ("a", "x")]), (recurrence, [("c", "c")]),
    (recurrence, [("c", "c"), ("h", "c")]), (recurrence, [("h", "U")]), (recurrence, [("f", "x")]),
])
def test_every_step_is_proved_and_every_name_derived_once(make, pairs):
    found = derived(make(), *pairs)
    names = [d.name for d in found.derivatives]
    assert proved(found) and len(names) == len(set(names))
    assert {f"d{of}/d{by}" for of, by in pairs} <= {d.name for d in found.derivatives if d.shown}


def test_in_a_recurrence_it_is_stated_for_later_members():
    found = derived(recurrence(), ("c", "c")).derivatives[-1]
    t, _, k, _ = found.equation.letters
    assert k.high.letter == t
    assert [c.condition.low == c.condition.high for c in found.cases] == [False, True, True]    # 2 ≤ t, t = 1, t = 0


def test_what_looks_ahead_has_no_such_order():
    """Backwards in time nothing says that a member changes only later ones: it is stated for all of them."""
    found = derived(recurrence(look=1), ("f", "x"))
    assert proved(found)
    assert all(a.high.letter is None for d in found.derivatives for a in d.equation.letters)


def test_no_influence_is_an_error():
    page = network()
    page.total_derivative(page.symbols["a"], page.symbols["V"])
    with pytest.raises(ProgramError, match="a does not depend on V"):
        page.derive()


@pytest.mark.parametrize("damage", [
    lambda e: Expr(e.terms[1:]), lambda e: e + e, lambda e: -e,
    lambda e: Expr((*e.terms[:-1], Term(e.terms[-1].coefficient, e.terms[-1].factors[:-1], e.terms[-1].binders))),
])
@pytest.mark.parametrize("rule", ["total", "differentiate"])
def test_a_path_left_out_or_taken_twice_is_refused(rule, damage):
    page = recurrence()
    page.total_derivative(page.symbols["c"], page.symbols["c"])
    derivation = page.derive()
    for d in derivation.derivatives:
        d.steps = [replace(s, after=damage(s.after)) if s.rule == rule and s.after.terms else s for s in d.steps]
    Checker(derivation).judge()
    refused = [s for d in derivation.derivatives for s in d.steps if s.rule == rule and s.verdict != "proved"]
    assert len(refused) == sum(1 for d in derivation.derivatives for s in d.steps if s.rule == rule and s.before.terms)
