"""Ball arithmetic with first derivatives: values and slopes that enclose the true numbers.

Elementwise functions are written once, by operations that balls and truncated power series share; their derivatives
come from the series, so that no table of derivatives is used here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

from flint import acb, acb_series, arb, arb_series, fmpq

from derive.index import Number

Slopes = dict[Any, Any]                 # what a value depends on, to its derivative by that
Dual = tuple[Any, "Slopes | None"]      # None: it is not asked what the value depends on, or it depends on nothing
ONE = arb(1)
ZERO: Dual = (arb(0), None)


class Undefined(ArithmeticError):
    """An expression without a (certain) value at this input: a division by zero, the log of a negative number, the
    kink of a relu. Such an input does not count. More precision may find a value unless that is `certain`."""

    def __init__(self, message: str, certain: bool = True):
        super().__init__(message)
        self.certain = certain


class Kink(Undefined):
    """The kink of a relu, a step or a max: other inputs will do."""


_ENCLOSING: ContextVar[bool] = ContextVar("enclosing", default=False)


@contextmanager
def enclosing() -> Iterator[None]:
    """Within it a ball around a kink has the values on both sides, and is not undefined: for integrals, to which single
    points do not matter."""
    token = _ENCLOSING.set(True)
    try:
        yield
    finally:
        _ENCLOSING.reset(token)


_DECIDED: ContextVar[list[Any] | None] = ContextVar("decided", default=None)


@contextmanager
def decisions() -> Iterator[list[Any]]:
    """Within it the list takes on which side of each kink a value is."""
    taken: list[Any] = []
    token = _DECIDED.set(taken)
    try:
        yield taken
    finally:
        _DECIDED.reset(token)


def _decided(what: Any) -> None:
    taken = _DECIDED.get()
    if taken is not None:
        taken.append(what)


def ball(value: Number) -> Any:
    """The ball around an exact number. A ball, and what else one can compute with, stays what it is."""
    if type(value) is Fraction:     # isinstance asks the ABC machinery: ten times slower
        return arb(fmpq(value.numerator, value.denominator))
    return arb(value) if isinstance(value, int) else value


def plus(a: Dual, b: Dual) -> Dual:
    if a is ZERO or b is ZERO:
        return b if a is ZERO else a
    return a[0] + b[0], _merged(a[1], b[1])


def times(a: Dual, b: Dual) -> Dual:
    return a[0] * b[0], _merged(_scaled(a[1], b[0]), _scaled(b[1], a[0]))


def power(base: Dual, exponent: Number) -> Dual:
    """Raises Undefined for a negative power of zero, and a fractional power of what is not positive."""
    value = _power(base[0], exponent)
    if not base[1] or exponent == 0:
        return value, None
    return value, _scaled(base[1], _power(base[0], exponent - 1) * ball(exponent))


def _merged(a: Slopes | None, b: Slopes | None) -> Slopes | None:
    if not a or not b:
        return a or b
    total = dict(a)
    for key, slope in b.items():
        total[key] = total[key] + slope if key in total else slope
    return total


def _scaled(slopes: Slopes | None, factor: Any) -> Slopes | None:
    return {key: slope * factor for key, slope in slopes.items()} if slopes else None


def _power(value: Any, exponent: Number) -> Any:
    if exponent == 1:
        return value
    if exponent < 0 and value.contains(0):
        raise Undefined("division by zero", bool(value == 0))
    if isinstance(exponent, Fraction) and exponent.denominator != 1:
        if exponent > 0 and isinstance(value, arb) and value == 0:
            return value        # ‖x‖ at x = 0, without its slope
        if not _real(value) > 0:
            raise Undefined(f"the power {exponent} of what is not positive", _real(value) < 0)
        return _whole_power(value.sqrt(), exponent.numerator) if exponent.denominator == 2 else value ** ball(exponent)
    return _whole_power(value, int(exponent))


def _whole_power(value: Any, exponent: int) -> Any:
    """By multiplication: the library's power of a ball around zero is undefined."""
    if exponent < 0:
        return 1 / _whole_power(value, -exponent)
    result = ball(1)
    for bit in bin(exponent)[2:]:
        result = result * result * value if bit == "1" else result * result
    return result


# -- functions ----------------------------------------------------------------------------------------------------
def _constant(u: Any) -> Any:
    return u[0] if isinstance(u, (arb_series, acb_series)) else u


def _real(u: Any) -> Any:
    """Right of the imaginary axis roots and logarithms are analytic, and either side of it what depends on a sign."""
    return u.real if isinstance(u, acb) else u


def _log(u: Any) -> Any:
    sign = _real(_constant(u))
    if not sign > 0:
        raise Undefined("the logarithm of what is not positive", sign < 0 or sign == 0)
    return u.log()


def _by_sign(u: Any, above: Any, name: str, below: Any = None) -> Any:
    """`above` where u > 0, `below` (else zero) where u < 0."""
    sign = _real(_constant(u))
    below = u * 0 if below is None else below
    if sign > 0:
        _decided(True)
        return above
    if sign < 0:
        _decided(False)
        return below
    if _ENCLOSING.get() and u is sign:
        return _union(above, below)
    raise Kink(f"{name} at its kink", sign == 0)


def _union(a: Any, b: Any) -> Any:
    return b.union(a) if isinstance(a, arb) else a.union(b)


def _normal_cdf(u: Any) -> Any:
    return (1 + (u * arb(fmpq(1, 2)).sqrt()).erf()) / 2


def _floor(u: Any) -> Any:
    """The whole number below; none for certain where the ball has one inside, and no slope at one."""
    value = _real(_constant(u))
    if not isinstance(value, arb):
        raise Undefined("the floor of what is no ball", certain=False)
    below = value.floor()
    if not below.is_exact() or (u is not value and below == value):
        raise Kink("floor at its kink")
    _decided(str(below))
    return below if u is value else u * 0 + below


CONSTANTS: dict[str, Callable[[], arb]] = {"pi": arb.pi}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": lambda u: u.exp(),
    "log": _log,
    "sin": lambda u: u.sin(),
    "cos": lambda u: u.cos(),
    "tanh": lambda u: 1 - 2 / (1 + (2 * u).exp()),
    "sigmoid": lambda u: 1 / (1 + (-u).exp()),
    "softplus": lambda u: (1 + u.exp()).log(),
    "sinh": lambda u: (u.exp() - (-u).exp()) / 2,
    "cosh": lambda u: (u.exp() + (-u).exp()) / 2,
    "relu": lambda u: _by_sign(u, u, "relu"),
    "step": lambda u: _by_sign(u, u * 0 + 1, "step"),
    "abs": lambda u: _by_sign(u, u, "abs", -u),
    "sign": lambda u: _by_sign(u, u * 0 + 1, "sign", u * 0 - 1),
    "floor": lambda u: _floor(u),
    "tan": lambda u: u.sin() / u.cos(),
    "normal_pdf": lambda u: (u * u / -2).exp() / (2 * arb.pi()).sqrt(),
    "normal_cdf": _normal_cdf,
}

CHOICES: dict[str, Callable[[Dual, Dual], Dual]] = {
    "max": lambda a, b: _chosen(a, b, 1),
    "min": lambda a, b: _chosen(a, b, -1),
}


def _chosen(a: Dual, b: Dual, sign: int) -> Dual:
    """The first of two values where their difference has this sign, the second where it has the other."""
    gap = _real(a[0] - b[0]) * sign
    if gap > 0:
        _decided(True)
        return a
    if gap < 0:
        _decided(False)
        return b
    if not a[1] and not b[1] and not isinstance(a[0] - b[0], acb):
        return (a if gap == 0 else (_union(a[0], b[0]), None))
    raise Kink("the greater or the less of two equal values", bool(gap == 0))


def is_above(a: Any, b: Any) -> bool:
    """Whether the first of two values is the greater one.

    Raises:
        Kink: where they may be equal.
    """
    gap = _real(a - b)
    if gap > 0 or gap < 0:
        _decided(bool(gap > 0))
        return bool(gap > 0)
    raise Kink("which of two equal values is the greater", bool(gap == 0))


# smooth, without symmetry, and equal to none of the functions above: for arbitrary functions
TEST_FUNCTIONS: list[tuple[str, Callable[[Any], Any]]] = [
    ("u -> sin(u) + u^2/3", lambda u: u.sin() + u * u / 3),
    ("u -> exp(u/2) - u^2/5", lambda u: (u / 2).exp() - u * u / 5),
    ("u -> cos(2u) + u^3/7 + u", lambda u: (2 * u).cos() + u * u * u / 7 + u),
]

# what an author may have in mind who says no more than f: linear, even, odd, bounded
USUAL_FUNCTIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {text: (text, function) for text, function in (
    ("u -> u", lambda u: u), ("u -> u^2", lambda u: u * u), ("u -> tanh(u)", lambda u: 1 - 2 / ((2 * u).exp() + 1)),
    ("u -> 1/(1 + exp(-u))", lambda u: 1 / (1 + (-u).exp())))}


def apply(function: Callable[[Any], Any], order: int, argument: Dual) -> Dual:
    """The derivative of `function` of the given order, at `argument`."""
    value, slopes = argument
    if order == 0 and not slopes:
        return _finite(function(value)), None
    if not isinstance(value, (arb, acb)):
        raise Undefined("the derivative of what is no ball")
    of = acb_series if isinstance(value, acb) else arb_series
    series = function(of([value, ONE], prec=order + 2))
    factorial = 1
    for k in range(2, order + 1):
        factorial *= k
    result = _finite(series[order] * factorial)
    return result, _scaled(slopes, _finite(series[order + 1] * (factorial * (order + 1)))) if slopes else None


def _finite(value: Any) -> Any:
    if not value.is_finite():
        raise Undefined("an overflow, or a ball that covers a pole", certain=False)
    return value
