"""Inputs of which an order is declared are drawn so, within what else is declared of them."""

import pytest

from derive.expression import Ref, expression
from derive.program import Equation, Program, Variable
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
