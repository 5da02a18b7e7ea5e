"""How the law of a random input is written."""

from __future__ import annotations

from derive.expectation.laws import RandomVariable
from derive.expression import Expr
from derive.notation import text, to_index
from derive.notation.names import unicode_name


def law(variable: RandomVariable) -> str:
    """`𝒩(0, s)`, `𝒰(−a, a)`, `Bernoulli(p)`; nothing where only mean and variance are known."""
    if variable.law == "uniform":
        return f"𝒰({_shown(variable.low)}, {_shown(variable.high)})"
    if variable.law == "bernoulli":
        return f"Bernoulli({_shown(variable.mean)})"
    return f"𝒩({_shown(variable.mean)}, {_shown(variable.variance)})" if variable.law else ""


def declaration(variable: RandomVariable) -> str:
    """`z ~ 𝒩(0, s)`, or `E[W] = 0, Var[W] = v`"""
    name = unicode_name(variable.name)
    if variable.law:
        return f"{name} ~ {law(variable)}"
    return f"E[{name}] = {_shown(variable.mean)}, Var[{name}] = {_shown(variable.variance)}"


def _shown(e: Expr | None) -> str:
    return "" if e is None else text(to_index(e, {}))
