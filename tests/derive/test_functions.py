"""The table of function rules, held against SymPy's own derivatives."""

from fractions import Fraction

import pytest
import sympy

from derive.entry import Page
from derive.expression import Apply, apply, ref
from derive.functions import RULES, MissingRule, derivative
from derive.program import Program
from derive.sympy_bridge import to_sympy
from derive.sympy_functions import SYMPY_FUNCTIONS

U = sympy.Symbol("u", real=True)
KINKED = {n for n in RULES if RULES[n].kink}      # SymPy gives no value off the kink, or another function: by value
SIDES = {"relu": lambda u: max(u, 0), "step": lambda u: int(u > 0), "abs": abs, "sign": lambda u: (u > 0) - (u < 0)}
PLACES = [sympy.Rational(3, 7), sympy.Rational(-5, 4), sympy.Rational(9, 8)]


def by_known(e):
    """Our own SymPy functions written by exp, so that SymPy differentiates nothing that we told it how to."""
    if e.args and hasattr(e, "_eval_rewrite_as_exp"):
        return e._eval_rewrite_as_exp(*map(by_known, e.args))
    if e.args and hasattr(e, "_eval_rewrite_as_erf"):
        return e._eval_rewrite_as_erf(*map(by_known, e.args))
    return e.func(*map(by_known, e.args)) if e.args else e


@pytest.mark.parametrize("name", sorted(set(RULES) - KINKED))
def test_the_derivative_is_sympys(name):
    ours = by_known(to_sympy(RULES[name].derivative(ref("u"))))
    theirs = sympy.diff(by_known(SYMPY_FUNCTIONS[name](U)), U)
    for place in PLACES:
        assert abs(sympy.N((ours - theirs).subs(U, place), 60)) < sympy.Float("1e-50")


@pytest.mark.parametrize("name", sorted(n for n in RULES if RULES[n].exponential))
def test_the_exponential_form_has_the_same_value(name):
    ours = by_known(to_sympy(RULES[name].exponential(ref("u"))))
    for place in PLACES:
        assert abs(sympy.N((ours - by_known(SYMPY_FUNCTIONS[name](U))).subs(U, place), 60)) < sympy.Float("1e-50")


@pytest.mark.parametrize("name", sorted(SIDES))
def test_off_its_kink_a_function_is_a_line(name):
    """The derivative is the slope between two places on the same side."""
    ours = RULES[name].derivative(ref("u"))
    for one, other in ((Fraction(3, 7), Fraction(9, 8)), (Fraction(-5, 4), Fraction(-1, 3))):
        slope = (SIDES[name](other) - SIDES[name](one)) / (other - one)
        assert value(ours, one) == slope


def value(e, place):
    """A kinked function of u, or zero, at a place."""
    return SIDES[e.terms[0].factors[0][0].function](place) if e.terms else 0


def test_the_greater_and_the_less_follow_one_argument_also_where_both_are_the_same():
    """The shares add up to one: max(u, u) has the derivative of u."""
    a, b = ref("a"), ref("b")
    assert RULES["max"].derivative(a, b) == (apply("step", a - b), 1 - apply("step", a - b))
    assert RULES["min"].derivative(a, b) == (apply("step", b - a), 1 - apply("step", b - a))


@pytest.mark.parametrize("name", sorted(n for n in RULES if RULES[n].positive))
def test_what_is_said_to_be_positive_is(name):
    for place in PLACES:
        assert sympy.N(by_known(SYMPY_FUNCTIONS[name](U)).subs(U, place)) > 0


def test_a_missing_rule_is_an_error_that_names_the_function():
    with pytest.raises(MissingRule, match="frobnicate"):
        derivative(Apply("frobnicate", [ref("u")]), 0, frozenset())


def test_an_arbitrary_function_gets_a_prime():
    page = Page(Program("test"))
    page.function("phi")
    assert derivative(Apply("phi", [ref("u")]), 0, page.program.functions.keys()) == apply("phi'", ref("u"))
