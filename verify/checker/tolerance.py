"""How far a right gradient may be off: what rounding explains, measured on the very computation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from verify.checker.draws import nudged

UNITS = {"float64": 2.0**-53, "float32": 2.0**-24}
TOLD = {"float64": 1e-5, "float32": 1e-3}      # a tolerance beyond this share of a gradient tells nothing
ROUNDINGS = 64          # of elementary operations, beside those of the longest possible sum
NUDGE = 2.0**-20        # a relative change of all inputs, which shows how strongly errors act
SAMPLES = 2
LAST_PLACE = 2.0**-52
FACTORS = 200           # on what arrives, where a gradient cancels: most of them leave a zero alone
MARGIN = 64
OWN = 2.0**-12          # how inaccurate in float32 a backward pass may be of its own making

Arrays = dict[str, Any]
Gradient = Callable[[Arrays, str], Any]
Scaled = Callable[[float], Any]


def without_measuring(terms: int, size: float, dtype: str) -> float:
    """What a few dozen operations and sums of `terms` terms leave of rounding, in gradients of this size."""
    return UNITS[dtype] * (ROUNDINGS + 4 * terms ** 0.5) * size


def measured(right: Gradient, hand: Gradient, values: Arrays, seed: int, size: float, dtype: str) -> float:
    """What rounding does to this gradient near these values: how far both sides move when the inputs do, and how far
    each is in float32 from itself in float64; scaled to the dtype. What the library's own gradient does in float32 is
    no fault of the backward pass; what only the backward pass does counts up to a limit there.

    `right` and `hand` give the gradient at values in a dtype, or None where they have none.
    """
    here = [of(values, "float64") for of in (right, hand)]
    general = own = 0.0
    for k in range(SAMPLES):
        near = rounded_to(nudged(values, seed + k, NUDGE), "float32")
        exact = [of(near, "float64") for of in (right, hand)]
        moved = max(distance(a, b) for a, b in zip(exact, here)) / NUDGE
        library, ours = (distance(of(near, "float32"), e) / UNITS["float32"] for of, e in zip((right, hand), exact))
        general, own = max(general, moved, library), max(own, ours)
    if dtype == "float64":
        return MARGIN * UNITS[dtype] * max(general, own)
    return MARGIN * UNITS[dtype] * general + min(MARGIN * UNITS[dtype] * own, OWN * size)


def uneven(right: Scaled, hand: Scaled, seed: int, error: float, dtype: str) -> float:
    """What rounding does to a gradient that is zero at all inputs near: what is left of its terms, which no slope
    tells. How far both sides move, in float64, when the last place of what arrives does, looked for until it explains
    `error`; scaled to the dtype. `right` and `hand` give the gradient where a factor is on what arrives."""
    scaled, moved = MARGIN * UNITS[dtype] / UNITS["float64"], 0.0
    generator = numpy.random.default_rng([seed, 25])
    for factor in generator.uniform(0.5, 1, FACTORS):
        moved = max(moved, *(distance(of(factor), of(factor * (1 + LAST_PLACE))) for of in (right, hand)))
        if scaled * moved >= error:
            break
    return scaled * moved


def rounded_to(values: Arrays, dtype: str) -> Arrays:
    """The same in float64, with floating numbers that `dtype` has."""
    if dtype == "float64":
        return dict(values)
    return {n: v.astype(dtype).astype("float64")
            if isinstance(v, numpy.ndarray) and v.dtype.kind == "f" else v for n, v in values.items()}


def distance(a: Any, b: Any) -> float:
    """How far two arrays are apart; nothing where one of them is missing or is no number."""
    if a is None or b is None or a.shape != b.shape:
        return 0.0
    far = float(abs(a - b).max()) if a.size else 0.0
    return far if numpy.isfinite(far) else 0.0
