"""Inputs of which an order is declared, or that a product lies below a number, are drawn so, within what else is
declared of them."""

from dataclasses import replace
from fractions import Fraction
from math import prod

import pytest

from derive.expression import Ref, expression
from derive.program import Below, Equation, Program, Variable
from verify.draws import normal_draw, small_draw, stretched
from verify.sizes import Sizes

NAMES = ("p", "q", "T")


def program(below_one: bool = False) -> Program:
    variables = {n: Variable(n, (), below_one, below_one) for n in (*NAMES, "y")}
    body = sum((expression(Ref(n, ())) for n in NAMES), expression(0))
    return Program("orders", variables, [Equation("y", (), body)], ordered=[("q", "T"), ("p", "q")])


@pytest.mark.parametrize("below_one", [False, True])
@pytest.mark.parametrize("seed", range(-3, 6))
def test_exact_numbers_are_in_order(seed, below_one):
    drawn = small_draw(program(below_one), Sizes({}), seed)
    values = [drawn[n, ()] for n in NAMES]
    assert values == sorted(set(values))
    assert not below_one or all(0 < v < 1 for v in values)
    again = stretched(program(below_one), drawn, -8)
    assert again["p", ()] < again["q", ()] < again["T", ()]


@pytest.mark.parametrize("seed", range(5))
def test_arrays_are_in_order(seed):
    drawn = normal_draw(program(), {}, seed)
    assert drawn["p"] < drawn["q"] < drawn["T"]


def test_without_an_order_nothing_changes():
    free = program()
    free.ordered = []
    drawn = [small_draw(free, Sizes({}), seed) for seed in range(1, 20)]
    assert any(not d["p", ()] < d["q", ()] for d in drawn)


@pytest.mark.parametrize("names, limit", [(("p", "q"), Fraction(1)), (("p", "T", "T"), Fraction(2)),
                                          (("T",), Fraction(1, 7))])
@pytest.mark.parametrize("seed", range(-3, 6))
def test_products_lie_below_their_numbers(seed, names, limit):
    bounded = replace(program(), below=[Below(names, limit)])
    for drawn in (small_draw(bounded, Sizes({}), seed), stretched(bounded, small_draw(bounded, Sizes({}), seed), -8)):
        assert prod(drawn[n, ()] for n in names) < limit
    arrays = normal_draw(bounded, {}, abs(seed))
    assert prod(arrays[n] for n in names) < limit
