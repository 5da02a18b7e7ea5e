"""E of a function of one Gaussian or uniform number, as a rigorous ball: by quadrature, and a bound on the tails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import acb, arb, ctx

from verify.balls import Undefined, enclosing
from verify.growth import Growth, tail

LOST_BITS = 64              # of the precision, to rounding; what is left is beyond 50 digits
ROUGH = 2**12                # times what was asked for: kinks come near to it only
MOST_CALLS = 30_000
MOST_START = 120


@dataclass
class Allowance:
    """How many evaluations the integrals of one decision may still take together."""

    left: int


def expectation(law: str, function: Callable[[Any], Any], allowed: Allowance) -> Any:
    """The ball of E[f(x)], x standard normal, or uniform on −1 … 1. `function` is evaluated at balls, complex ones too,
    and at a `Growth`.

    Raises:
        Undefined: where the function has no value, may grow too fast, or takes too many evaluations.
    """
    goal = arb(2) ** (LOST_BITS - ctx.prec)
    if law == "uniform":
        return _integral(lambda x: function(x) / 2, arb(1), goal, allowed)
    with enclosing():
        growth = Growth.of(function(Growth.linear(0, 1)))
    start = (-2 * goal.log()).sqrt().upper()
    while not tail(growth, start) < goal:
        start = start + 2
        if not start < MOST_START:
            raise Undefined("a tail that is too heavy")
    density = (2 * arb.pi()).rsqrt()
    inner = _integral(lambda x: function(x) * (x * x / -2).exp() * density, start, goal, allowed)
    return inner + arb(0, tail(growth, start))


def _integral(function: Callable[[Any], Any], end: Any, goal: Any, allowed: Allowance) -> Any:
    """∫ over −end … end."""
    if allowed.left <= 0:
        raise Undefined("enough integrals were taken")

    def integrand(x: Any, analytic: bool) -> Any:
        allowed.left -= 1
        try:
            if analytic or not x.imag == 0:
                return function(x)
            with enclosing():
                return acb(function(x.real))
        except Undefined:
            return acb("nan")

    found = acb.integral(integrand, -end, end, rel_tol=goal, abs_tol=goal, eval_limit=min(MOST_CALLS, allowed.left))
    if not found.is_finite() or not found.real.rad() < ROUGH * goal * arb(1).max(abs(found.real)):
        raise Undefined("an integral that takes too many evaluations")
    return found.real
