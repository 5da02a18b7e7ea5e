"""Inequalities: true ones are proved by the sign of the gap, false ones are refuted, nothing else passes."""

from __future__ import annotations

import pytest
import sympy
from sympy import Sum, exp, log, tanh

from derive.entry import Entry, Page
from derive.program import ProgramError
from derive.sympy_functions import relu, sigmoid
from verify.mutants import mutants
from verify.study import study
from verify.verdict import PROVED, REFUTED, UNDECIDED, VERIFIED


def judged(write):
    return [v for _, v in study(Entry("bounds", {"en": "", "zh": ""}, "", "", {}, write)).claims]


def one(relation, body, bound, gap=None, positive=False):
    """`y relation bound`, where y is `body` of a number x."""
    def write(page: Page):
        x = page.input("x", positive=positive)
        y = page.let("y", [], body(x))
        page.output(y)
        page.bound(y, relation, bound(x), fact="f", gap=None if gap is None else gap(x))
    return judged(write)[0]


@pytest.mark.parametrize("relation, body, bound", [
    ("<", sigmoid, lambda x: 1), (">", sigmoid, lambda x: 0), ("<", tanh, lambda x: 1), (">", tanh, lambda x: -1),
    ("≥", lambda x: exp(x), lambda x: 1 + x), ("≥", lambda x: x**2 + exp(x), lambda x: 1 + x),
    ("≤", lambda x: sympy.sin(x) + sympy.cos(x), lambda x: 2), ("≥", lambda x: x**2, lambda x: 0),
    ("≥", lambda x: abs(x), lambda x: -x), ("<", lambda x: -exp(x), lambda x: 0)])
def test_what_follows_from_the_signs_of_its_parts_is_proved(relation, body, bound):
    assert one(relation, body, bound).verdict == PROVED


@pytest.mark.parametrize("function", [relu, abs, lambda x: x**2, lambda x: relu(x) + relu(2 * x)])
def test_what_may_be_zero_is_not_above_zero(function):
    assert one("≥", function, lambda x: 0).verdict == PROVED
    assert one(">", function, lambda x: 0).verdict != PROVED


def test_a_sum_of_ones_is_not_one():
    """K may be 1 or a thousand: Σ_{a=1}^{K} 1 lies below no number."""
    def write(page: Page):
        K = page.size("K")
        page.output(page.let("y", [], Sum(1, page.index("a", K)) * page.input("x") / page.size("n")))
        z = page.let("z", [], Sum(1, page.index("a", K)))
        page.bound(z, "<", 8, fact="f")
        page.bound(z, "≥", 1, fact="f")
    below, above = judged(write)
    assert below.verdict != PROVED and above.verdict != REFUTED


def test_a_square_above_a_number_is_at_least_that_number():
    assert one("≥", lambda x: (x - 1)**2 + 1, lambda x: 1).verdict == PROVED


def test_a_logarithm_lies_below_its_tangent():
    assert one("≤", log, lambda x: x - 1, positive=True).verdict == PROVED
    assert one("≤", log, lambda x: x / 2, positive=True).verdict == VERIFIED        # true, and not by that tangent
    assert one("≤", log, lambda x: x - sympy.Rational(3, 2), positive=True).verdict == REFUTED


def test_a_gap_that_is_stated_is_proved_to_be_the_gap():
    def slope(x):
        return sigmoid(x) * (1 - sigmoid(x))

    def quarter(x):
        return sympy.Rational(1, 4)
    right = one("≤", slope, quarter, gap=lambda x: (sigmoid(x) - sympy.Rational(1, 2))**2)
    assert right.verdict == PROVED
    other = one("≤", slope, quarter, gap=lambda x: (sigmoid(x) - sympy.Rational(1, 3))**2)
    assert other.verdict == VERIFIED and other.by == "exact arithmetic"


@pytest.mark.parametrize("relation, body, bound", [
    ("≤", sigmoid, lambda x: sympy.Rational(3, 4)), ("≥", tanh, lambda x: 0), (">", lambda x: x**2, lambda x: 1),
    ("≤", lambda x: exp(x), lambda x: 1 + x), ("<", lambda x: x - x**2, lambda x: sympy.Rational(1, 8)),
    ("≥", lambda x: x**3, lambda x: 0)])
def test_a_bound_that_does_not_hold_is_refuted(relation, body, bound):
    found = one(relation, body, bound)
    assert found.verdict == REFUTED
    assert float(sympy.Rational(found.counterexample.left)) != float(sympy.Rational(found.counterexample.right))


def test_equal_sides_hold_with_or_equal_only():
    def write(page: Page):
        x = page.input("x")
        y = page.let("y", [], (x + 1)**2)
        page.output(y)
        for relation in ("≤", "≥", "<", ">"):
            page.bound(y, relation, x**2 + 2 * x + 1, fact="f")
    found = judged(write)
    assert [v.passed for v in found] == [True, True, False, False]
    assert all(v.verdict in (REFUTED, UNDECIDED) for v in found[2:])


def test_cauchy_schwarz_by_the_identity_of_lagrange():
    def write(page: Page):
        n = page.size("n")
        i, j = page.index("i", n), page.index("j", n)
        x, y = page.input("x", i), page.input("y", i)
        inner = page.let("a", [], Sum(x[i] * y[i], i))
        page.output(inner)
        square = page.let("s", [], inner**2)
        squares = Sum((x[i] * y[j] - x[j] * y[i])**2, i, j) / 2
        page.bound(square, "≤", Sum(x[i]**2, i) * Sum(y[i]**2, i), fact="f", gap=squares)
        page.bound(square, "≤", Sum(x[i]**2, i) * Sum(y[i]**2, i) / 2, fact="f")
    proved, wrong = judged(write)
    assert (proved.verdict, wrong.verdict) == (PROVED, REFUTED)


def test_an_empty_sum_is_not_positive():
    def write(page: Page):
        n = page.size("n")
        i = page.index("i", n - 1)
        x = page.input("x", i)
        y = page.let("y", [], Sum(exp(x[i]), i))
        page.output(y)
        page.bound(y, "≥", 0, fact="f")
        page.bound(y, ">", 0, fact="f")
    at_least, above = judged(write)
    assert at_least.verdict == PROVED
    assert not above.passed


def test_a_relation_that_orders_nothing_is_refused():
    page_error = pytest.raises(ProgramError, match="orders nothing")
    with page_error:
        one("≈", sigmoid, lambda x: 1)


def test_a_relation_turned_round_is_killed_and_so_is_a_damaged_gap():
    def write(page: Page):
        x = page.input("x")
        y = page.let("y", [], sigmoid(x) * (1 - sigmoid(x)))
        page.output(y)
        page.bound(y, "≤", sympy.Rational(1, 4), fact="f", gap=(sigmoid(x) - sympy.Rational(1, 2))**2)
    found = mutants(Entry("bounds", {"en": "", "zh": ""}, "", "", {}, write))
    assert [s for s in found.survivors if s.kind == "claim"] == []
    assert found.counts["claim", "killed"] >= 5


def places(relation, body, bound):
    """`y[i] relation bound` for places i of m, each a number m of sizes, with n that may be zero."""
    def write(page: Page):
        m, n = page.size("m"), page.size("n", least=0)
        i = page.index("i", m)
        y = page.let("y", [i], body(i, m, n))
        page.bound(y[i], relation, bound(i, m, n), fact="f")
    return judged(write)[0]


@pytest.mark.parametrize("relation, body, bound", [
    ("≤", lambda i, m, n: i, lambda i, m, n: m), ("<", lambda i, m, n: i, lambda i, m, n: m + n + 1),
    ("≥", lambda i, m, n: n * (m - i), lambda i, m, n: 0), (">", lambda i, m, n: m**2 + m, lambda i, m, n: i)])
def test_bounds_of_places_follow_from_their_ranges(relation, body, bound):
    assert places(relation, body, bound).verdict == PROVED


@pytest.mark.parametrize("relation, body, bound", [
    ("<", lambda i, m, n: i, lambda i, m, n: m), (">", lambda i, m, n: n, lambda i, m, n: 0),
    ("≥", lambda i, m, n: m - 2 * i, lambda i, m, n: -1), ("≤", lambda i, m, n: m * n, lambda i, m, n: m + n)])
def test_bounds_of_places_that_some_place_breaks_are_refuted(relation, body, bound):
    assert places(relation, body, bound).verdict == REFUTED
