"""Expectations that only the law says: integrals over its density, done by SymPy for symbols that are positive or real,
and exact. What SymPy leaves as an integral is not known here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy

from derive.expectation.laws import RandomVariable
from derive.expression import ZERO_EXPR, Apply, Expr, Factor, Ref, apply, expression
from derive.index import Poly
from derive.program import Equation
from derive.rewrite import unfold
from derive.sympy_bridge import Scope, Unreadable, from_sympy

_VALUE = sympy.Symbol("value", real=True)
_MEAN, _LOW, _HIGH = sympy.symbols("mean low high", real=True)
_VARIANCE, _END, _PEAK = sympy.symbols("variance end peak", positive=True)


def integral(variable: RandomVariable, indices: tuple[Poly, ...], factors: tuple[Factor, ...]) -> Expr | None:
    """E of a product of powers of one member and of its unit step; None where that is no such product, or where the
    law has no density that is known."""
    member = Ref(variable.name, indices)
    power, steps = 0, False
    for node, exponent in factors:
        c = exponent.constant
        if not isinstance(c, int) or c < 1:
            return None
        if node == member:
            power += c
        elif isinstance(node, Apply) and node.function == "step" and node.arguments == (expression(member),):
            steps = True
        else:
            return None
    found = _integrated(variable.law, power, steps, variable.symmetric)
    return None if found is None else _written(found, variable, indices)


@lru_cache(maxsize=64)
def _integrated(law: str, power: int, steps: bool, symmetric: bool) -> Expr | None:
    """∫ value^power · density, over the positive half where `steps`, in the parameters of the law."""
    if (steps and not symmetric) or law not in ("normal", "uniform"):
        return None
    density, low, high = _density(law, symmetric)
    found = sympy.integrate(_VALUE**power * density, (_VALUE, 0 if steps else low, high))
    found = sympy.expand(sympy.cancel(sympy.simplify(found))).subs(sympy.pi, 1 / (2 * _PEAK**2))
    try:
        return from_sympy(sympy.powdenest(found), Scope({}, {}))
    except Unreadable:
        return None


def _density(law: str, symmetric: bool) -> tuple[Any, Any, Any]:
    if law == "normal":
        mean = 0 if symmetric else _MEAN
        return (sympy.exp(-(_VALUE - mean)**2 / (2 * _VARIANCE)) / sympy.sqrt(2 * sympy.pi * _VARIANCE),
                -sympy.oo, sympy.oo)
    low, high = (-_END, _END) if symmetric else (_LOW, _HIGH)
    return 1 / (high - low), low, high


def _written(e: Expr, variable: RandomVariable, indices: tuple[Poly, ...]) -> Expr:
    """The parameters' values in their places; φ(0) = 1/√(2π) stands for the peak."""
    parameters = {"mean": variable.mean, "variance": variable.variance, "low": variable.low, "high": variable.high,
                  "end": variable.high, "peak": apply("normal_pdf", ZERO_EXPR)}
    equations = {name: Equation(name, (), variable.at(value, indices))
                 for name, value in parameters.items() if value is not None}
    return unfold(e, equations)
