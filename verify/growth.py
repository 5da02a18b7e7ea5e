"""How large an expression can become: a number type that the evaluator computes with in place of balls.

A `Growth` stands for all values that an expression takes as standardised random numbers x run over the reals. It bounds
them by Σ A · |x|^k · exp(c |x|), |x| being the largest of them, and by two ends where they are known. With it tails of
an integral are bounded, and the range of what is sampled.
"""

from __future__ import annotations

from typing import Any

from flint import arb

from verify.balls import Undefined

MOST_TERMS = 60

Bound = list[tuple[Any, int, Any]]       # A, k and c of each term


class Growth:
    __slots__ = ("bound", "low", "high")

    def __init__(self, bound: Bound, low: Any = None, high: Any = None):
        if low is not None and high is not None:
            bound = [(arb(0).max(-low).max(high), 0, arb(0))]
        self.bound, self.low, self.high = _merged(bound), low, high

    @staticmethod
    def of(x: Any) -> Growth:
        if isinstance(x, Growth):
            return x
        x = arb(x)
        return Growth([], x.lower(), x.upper())

    @staticmethod
    def linear(middle: Any, scale: Any) -> Growth:
        """middle + scale · x"""
        return Growth([(abs(arb(middle)).upper(), 0, arb(0)), (abs(arb(scale)).upper(), 1, arb(0))])

    # -- arithmetic ----------------------------------------------------------------------------------------------------
    def __add__(self, other: Any) -> Growth:
        o = Growth.of(other)
        return Growth(self.bound + o.bound, _each(self.low, o.low, lambda a, b: (a + b).lower()),
                      _each(self.high, o.high, lambda a, b: (a + b).upper()))

    def __neg__(self) -> Growth:
        return Growth(self.bound, None if self.high is None else -self.high, None if self.low is None else -self.low)

    def __sub__(self, other: Any) -> Growth:
        return self + -Growth.of(other)

    def __rsub__(self, other: Any) -> Growth:
        return Growth.of(other) - self

    def __mul__(self, other: Any) -> Growth:
        o = Growth.of(other)
        bound = [((a * b).upper(), k + m, c + d) for a, k, c in self.bound for b, m, d in o.bound]
        return Growth(bound, *_ends(self, o))

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Growth:
        return self * Growth.of(other).inverse()

    def __rtruediv__(self, other: Any) -> Growth:
        return Growth.of(other) * self.inverse()

    def inverse(self) -> Growth:
        if self.high is not None and self.high < 0:
            return -(-self).inverse()
        if self.low is None or not self.low > 0:
            raise Undefined("a quotient that may not be bounded")
        return Growth([], arb(0) if self.high is None else (1 / self.high).lower(), (1 / self.low).upper())

    # -- functions -----------------------------------------------------------------------------------------------------
    def exp(self) -> Growth:
        low = arb(0) if self.low is None else self.low.exp().lower()
        if self.high is not None:
            return Growth([], low, self.high.exp().upper())
        if any(k > 1 or not c == 0 for _, k, c in self.bound):
            raise Undefined("an exponential that may grow too fast")
        constant, slope = (sum((a for a, k, _ in self.bound if k == wanted), arb(0)) for wanted in (0, 1))
        return Growth([(constant.exp().upper(), 0, slope.upper())], low)

    def log(self) -> Growth:
        """log v < v, and no less than the logarithm of the low end."""
        if self.low is None or not self.low > 0:
            raise Undefined("the logarithm of what may not be positive")
        low = self.low.log()
        return Growth([*self.bound, (abs(low).upper(), 0, arb(0))], low.lower(),
                      None if self.high is None else self.high.log().upper())

    def sqrt(self) -> Growth:
        """√v < 1 + v"""
        if self.low is None or not self.low >= 0:
            raise Undefined("the root of what may be negative")
        high = None if self.high is None else self.high.sqrt().upper()
        return Growth([*self.bound, (arb(1), 0, arb(0))], arb(0), high)

    def __pow__(self, exponent: Any) -> Growth:
        raise Undefined("a power that is not bounded here")

    def sin(self) -> Growth:
        return Growth([], arb(-1), arb(1))

    cos = erf = sin

    def union(self, other: Any) -> Growth:
        o = Growth.of(other)
        return Growth(self.bound + o.bound, _each(self.low, o.low, lambda a, b: a.min(b)),
                      _each(self.high, o.high, lambda a, b: a.max(b)))

    # -- questions -----------------------------------------------------------------------------------------------------
    def is_finite(self) -> bool:
        return True

    def contains(self, x: Any) -> bool:
        return not (self > x or self < x)

    def __gt__(self, other: Any) -> bool:
        low = (self - other).low
        return low is not None and bool(low > 0)

    def __lt__(self, other: Any) -> bool:
        high = (self - other).high
        return high is not None and bool(high < 0)


def _each(a: Any, b: Any, combine: Any) -> Any:
    return None if a is None or b is None else combine(a, b)


def _ends(a: Growth, b: Growth) -> tuple[Any, Any]:
    """The ends of a product."""
    if a is b and (a.low is None or a.high is None):
        return arb(0), None
    ends = [a.low, a.high, b.low, b.high]
    if None not in ends:
        corners = [x * y for x in ends[:2] for y in ends[2:]]
        low, high = corners[0], corners[0]
        for corner in corners[1:]:
            low, high = low.min(corner), high.max(corner)
        return (arb(0) if a is b else low.lower()), high.upper()
    if a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0:
        return (a.low * b.low).lower(), None
    for one, other in ((a, b), (b, a)):
        if one.low is not None and one.high is not None and one.low >= 0:       # a factor that is not negative
            return (None if other.low is None else (one.high * other.low).min(one.low * other.low).lower(),
                    None if other.high is None else (one.high * other.high).max(one.low * other.high).upper())
        if one.low is not None and one.high is not None and one.high <= 0:
            low, high = _ends(-one, other)
            return None if high is None else -high, None if low is None else -low
    return None, None


def _merged(bound: Bound) -> Bound:
    found: Bound = []
    for a, k, c in bound:
        place = next((n for n, (_, m, d) in enumerate(found) if m == k and c == d), None)
        if place is None:
            found.append((a, k, c))
        else:
            found[place] = ((found[place][0] + a).upper(), k, c)
    if len(found) > MOST_TERMS:
        raise Undefined("a bound of too many terms")
    return found


def tail(growth: Growth, start: Any) -> Any:
    """A bound on ∫ |f| φ over |x| > start, φ the standard normal density and |f| bounded by `growth`; infinite where
    the start is too near. Σ A x^k exp(c x) φ(x) falls by the factor exp(−(start − c − k / start)) a unit at least."""
    total = arb(0)
    for a, k, c in growth.bound:
        falling = start - c - k / start
        if not falling > 0:
            return arb("inf")
        total += 2 * a * start ** k * (c * start - start * start / 2).exp() / (2 * arb.pi()).sqrt() / falling
    return total.upper()
