"""Elementwise functions: one row each, with its derivative. The table is checked against SymPy's own derivatives."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from derive.expression import Apply, Expr, apply


class MissingRule(ValueError):
    """A function without a derivative rule. Never a zero."""


@dataclass(frozen=True)
class Rule:
    """`derivative(u)` is f'(u), or both partial derivatives of a function of two `arguments`; `law` is how a textbook
    writes it; `exponential(u)` rewrites f by exp and log. Nothing is claimed where a function has a `kink`."""

    name: str
    derivative: Callable[..., Any]
    law: str
    exponential: Callable[[Expr], Expr] | None = None
    positive: bool = False
    arguments: int = 1
    kink: bool = False


def _row(name, derivative, law, exponential=None, **more) -> tuple[str, Rule]:
    return name, Rule(name, derivative, law, exponential, **more)


CONSTANTS = frozenset(["pi"])      # positive numbers with a name: functions without an argument

RULES: dict[str, Rule] = dict([
    _row("exp", lambda u: apply("exp", u), "exp' = exp", positive=True),
    _row("log", lambda u: u ** -1, "log'(u) = 1/u"),
    _row("tanh", lambda u: 1 - apply("tanh", u) ** 2, "tanh' = 1 − tanh²",
         lambda u: 1 - 2 * (1 + apply("exp", 2 * u)) ** -1),
    _row("sigmoid", lambda u: apply("sigmoid", u) * (1 - apply("sigmoid", u)), "σ' = σ(1 − σ)",
         lambda u: (1 + apply("exp", -u)) ** -1, positive=True),
    _row("softplus", lambda u: apply("sigmoid", u), "softplus' = σ",
         lambda u: apply("log", 1 + apply("exp", u)), positive=True),
    _row("relu", lambda u: apply("step", u), "relu' = step", kink=True),
    _row("step", lambda u: Expr(), "step' = 0 off 0", kink=True),
    _row("abs", lambda u: apply("sign", u), "|u|' = sign u", kink=True),
    _row("sign", lambda u: Expr(), "sign' = 0 off 0", kink=True),
    _row("floor", lambda u: Expr(), "⌊u⌋' = 0 off the whole numbers", kink=True),
    _row("max", lambda a, b: (apply("step", a - b), 1 - apply("step", a - b)), "∂max(a, b)/∂a = step(a − b)",
         arguments=2, kink=True),
    _row("min", lambda a, b: (apply("step", b - a), 1 - apply("step", b - a)), "∂min(a, b)/∂a = step(b − a)",
         arguments=2, kink=True),
    _row("sin", lambda u: apply("cos", u), "sin' = cos"),
    _row("cos", lambda u: -apply("sin", u), "cos' = −sin"),
    _row("tan", lambda u: 1 + apply("tan", u) ** 2, "tan' = 1 + tan²"),
    _row("sinh", lambda u: apply("cosh", u), "sinh' = cosh"),
    _row("cosh", lambda u: apply("sinh", u), "cosh' = sinh", positive=True),
    _row("normal_cdf", lambda u: apply("normal_pdf", u), "Φ' = φ", positive=True),
    _row("normal_pdf", lambda u: -u * apply("normal_pdf", u), "φ'(u) = −u φ(u)",
         lambda u: apply("normal_pdf", Expr()) * apply("exp", -u * u / 2), positive=True),
])


def derivative(node: Apply, slot: int, arbitrary: Collection[str]) -> Expr:
    """The partial derivative of `node` by its argument `slot`, as an expression of its arguments.

    `arbitrary` are the functions that the program declares as arbitrary differentiable ones: their derivative is
    another name (σ', or f_2 for the second argument).

    Raises:
        MissingRule: where the function is neither in the table nor declared.
    """
    rule = RULES.get(node.function)
    if rule is not None and len(node.arguments) == rule.arguments:
        found = rule.derivative(*node.arguments)
        return found[slot] if rule.arguments > 1 else found
    if node.function.rstrip("'") in arbitrary:
        name = f"{node.function}'" if len(node.arguments) == 1 else f"{node.function}_{slot + 1}"
        return apply(name, *node.arguments)
    raise MissingRule(f"no derivative rule for the function '{node.function}'; add a row to derive/functions.py, "
                      "or declare it as an arbitrary function")

