"""Expectations by sampling: intervals that miss the true value with a stated probability, for what nothing exact knows.

Sampling can refute, with an error probability below 1e-9 for all that one decision samples together; it never shows
that two sides are equal. The interval is the empirical Bernstein bound (Maurer & Pontil 2009, theorem 4), which asks
for values between two known ends and for nothing else; without such ends there is no interval.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx

from verify.balls import Undefined
from verify.growth import Growth

ERROR = 1e-9
MOST_INTERVALS = 16         # of one decision: they share the error probability
SAMPLES = 4000
BITS = 64

Draw = Callable[[random.Random], Any]


@dataclass
class Sampler:
    """What one decision may still sample. `used` counts intervals."""

    seed: int = 0
    used: int = 0

    def expectation(self, draws: Sequence[Draw], range_of: Growth, function: Callable[[list[Any]], Any]) -> Any:
        """A ball that holds E[f(X)] but for an error probability of ERROR / MOST_INTERVALS; `draws` make one X, and
        `range_of` bounds f.

        Raises:
            Undefined: where f is not known to be bounded, or enough was sampled.
        """
        if range_of.low is None or range_of.high is None:
            raise Undefined("sampling: the quantity is not known to be bounded")
        if self.used == MOST_INTERVALS:
            raise Undefined("sampling: enough was sampled")
        self.used += 1
        generator = random.Random(f"sampling {self.seed} {self.used}")
        with ctx.workprec(BITS):
            values = [float(function([draw(generator) for draw in draws]).mid()) for _ in range(SAMPLES)]
        mean, half = interval(values, float((range_of.high - range_of.low).upper()), ERROR / MOST_INTERVALS)
        return arb(mean, half)


def interval(values: Sequence[float], width: float, error: float) -> tuple[float, float]:
    """The mean, and how far from it the expectation may lie: by more with the probability `error` at most. `width` is
    that of the range of the values."""
    count = len(values)
    mean = math.fsum(values) / count
    variance = math.fsum((v - mean)**2 for v in values) / (count - 1)
    log = math.log(4 / error)           # two sides, and two inequalities in each
    half = math.sqrt(2 * variance * log / count) + 7 * width * log / (3 * (count - 1))
    return mean, half * (1 + 2**-20)    # rounding of the sums


def standard(law: str) -> Draw:
    """Draws of a standard normal number, or of one between −1 and 1."""
    return (lambda g: arb(g.gauss(0, 1))) if law == "normal" else (lambda g: arb(g.uniform(-1, 1)))


def weighted(values: Sequence[tuple[Any, Any]]) -> Draw:
    """Draws of one of a few values."""
    weights = [float(p.mid()) for _, p in values]
    return lambda g: g.choices([v for v, _ in values], weights)[0]

