"""Numbers with two infinitesimal parts, each of which squares to zero: x + a ε + b η + c εη over balls.

A function of x + ε + η has its mixed second derivative in c: no rule of differentiation is used but f, f′ and f″ of
functions of one argument, which come from truncated power series.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, arb_series


class Jet:
    """`value + first ε + second η + both εη`."""

    __slots__ = ("value", "first", "second", "both")

    def __init__(self, value: Any, first: Any = 0, second: Any = 0, both: Any = 0):
        self.value, self.first, self.second, self.both = arb(value), arb(first), arb(second), arb(both)

    @staticmethod
    def of(x: Any) -> Jet:
        return x if isinstance(x, Jet) else Jet(x)

    def __add__(self, other: Any) -> Jet:
        o = Jet.of(other)
        return Jet(self.value + o.value, self.first + o.first, self.second + o.second, self.both + o.both)

    def __mul__(self, other: Any) -> Jet:
        o = Jet.of(other)
        return Jet(self.value * o.value, self.value * o.first + self.first * o.value,
                   self.value * o.second + self.second * o.value,
                   self.value * o.both + self.first * o.second + self.second * o.first + self.both * o.value)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Jet:
        return self * -1

    def __sub__(self, other: Any) -> Jet:
        return self + -Jet.of(other)

    def __rsub__(self, other: Any) -> Jet:
        return Jet.of(other) - self

    def __truediv__(self, other: Any) -> Jet:
        return self * Jet.of(other).through(lambda u: 1 / u)

    def __rtruediv__(self, other: Any) -> Jet:
        return Jet.of(other) / self

    def __pow__(self, exponent: Any) -> Jet:
        return self.through(lambda u: (u.log() * exponent).exp())

    def through(self, function: Callable[[Any], Any]) -> Jet:
        """f(x) + f′(x) · (the infinitesimal parts) + f″(x) a b εη."""
        series = function(arb_series([self.value, 1], prec=3))
        f, slope, bend = (series[k] for k in range(3))
        return Jet(f, slope * self.first, slope * self.second, slope * self.both + 2 * bend * self.first * self.second)

    def exp(self) -> Jet:
        return self.through(lambda u: u.exp())

    def log(self) -> Jet:
        return self.through(lambda u: u.log())

    def sin(self) -> Jet:
        return self.through(lambda u: u.sin())

    def cos(self) -> Jet:
        return self.through(lambda u: u.cos())

    def sqrt(self) -> Jet:
        return self.through(lambda u: u.sqrt())

    def erf(self) -> Jet:
        return self.through(lambda u: u.erf())

    def contains(self, x: Any) -> bool:
        return bool(self.value.contains(x))

    def is_finite(self) -> bool:
        return all(part.is_finite() for part in (self.value, self.first, self.second, self.both))

    def __gt__(self, other: Any) -> bool:
        return bool(self.value > Jet.of(other).value)

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < Jet.of(other).value)


EPSILON, ETA = Jet(0, first=1), Jet(0, second=1)

