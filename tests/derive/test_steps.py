"""Steps, and what is made of them: relu, |u|, max and min."""

from __future__ import annotations

import pytest
import sympy

from derive.entry import Page
from derive.expression import Expr, apply, expression, ref
from derive.normal import Normalizer
from derive.program import Program
from derive.zero import is_zero

NORMAL = Normalizer(frozenset("s"))
a, b, s, u, v = map(ref, "absuv")


def relu(e):
    return apply("relu", e)


def step(e):
    return apply("step", e)


EQUAL = {
    "relu(u) − relu(−u) = u": (relu(u) - relu(-u), u),
    "step(u) + step(−u) = 1": (step(u - v) + step(v - u), expression(1)),
    "positive factors leave relu": (relu(s * u / 3), s * relu(u) / 3),
    "positive factors do not change a step": (step(s * u + s * v), step(u + v)),
    "a factor that is positive as a sum": (step(u + s * u), step(u)),
    "one that is negative": (step(-u - s * u), step(-u)),
    "relu of relu": (relu(relu(u)), relu(u)),
    "step of step": (step(step(u)), step(u)),
    "a step is its square": (step(u) ** 3, step(u)),
    "relu(u) relu(−u) = 0": (relu(u) * relu(-u), Expr()),
    "|u|² = u²": (apply("abs", u) ** 2, u ** 2),
    "|u| = relu(u) + relu(−u)": (apply("abs", u), relu(u) + relu(-u)),
    "|su| = s|u|": (apply("abs", s * u), s * apply("abs", u)),
    "u sign(u) = |u|": (u * apply("sign", u), apply("abs", u)),
    "max is symmetric": (apply("max", a, b), apply("max", b, a)),
    "max + min = a + b": (apply("max", a, b) + apply("min", a, b), a + b),
    "max − min = |a − b|": (apply("max", a, b) - apply("min", a, b), apply("abs", a - b)),
    "max(a, b) − v = max(a − v, b − v)": (apply("max", a, b) - v, apply("max", a - v, b - v)),
    "max(u, 0) = relu(u)": (apply("max", u, expression(0)), relu(u)),
    "min(a, b) = −max(−a, −b)": (apply("min", a, b), -apply("max", -a, -b)),
    "leaky relu": (relu(u) - s * relu(-u), u * (step(u) + s * (1 - step(u)))),
    "the step of something positive": (step(1 + s ** 2), expression(1)),
}
OTHER = {
    "a factor of unknown sign": (relu(u * v), u * relu(v)),
    "steps of a product": (step(u) * step(v), step(u * v)),
    "a sum of unknown sign as a factor": (step(u - s * u), step(u)),
    "sums": (relu(u + v), relu(u) + relu(v)),
    "the other side": (step(u), step(-u)),
    "|u| = u": (apply("abs", u), u),
    "max = min": (apply("max", a, b), apply("min", a, b)),
    "a step is no half": (step(u), expression(1) / 2),
    "shifts": (step(u - 1), step(u)),
    "negative factors": (relu(-2 * u), -2 * relu(u)),
    "a step of 0": (step(Expr()), Expr()),
    "the sign of 0": (apply("sign", Expr()), expression(-1)),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name):
    one, other = EQUAL[name]
    assert is_zero(one - other, NORMAL)


@pytest.mark.parametrize("name", OTHER)
def test_not_equal(name):
    one, other = OTHER[name]
    assert not is_zero(one - other, NORMAL)


def test_sympys_max_min_abs_and_conditions_are_read():
    page = Page(Program("steps"))
    x, y, c = page.input("x"), page.input("y"), page.input("c", positive=True)
    assert page.read(sympy.Max(x, y, c)) == page.read(sympy.Max(sympy.Max(x, y), c))
    assert is_zero(page.read(sympy.Abs(x)) - page.read(sympy.Max(x, -x)), NORMAL)
    huber = sympy.Piecewise((x**2 / 2, sympy.Abs(x) <= c), (c * (sympy.Abs(x) - c / 2), True))
    inside = apply("step", ref("c") - apply("abs", ref("x")))
    assert is_zero(page.read(huber) - inside * ref("x") ** 2 / 2
                   - (1 - inside) * ref("c") * (apply("abs", ref("x")) - ref("c") / 2), NORMAL)
