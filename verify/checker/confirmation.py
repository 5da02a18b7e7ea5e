"""Whether a library differentiates the forward pass at all. Where a part is detached, or has a backward pass of its own
(perhaps the very one that is checked), its gradients are compared with a difference quotient along one direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy

STEP = 1e-3
AGREES = 1e-3
NOISE = 1e-13

Arrays = dict[str, Any]


def contradiction(terms: Callable[[Arrays], Any], values: Arrays, gradients: Mapping[str, Any],
                  names: list[str], seed: int) -> tuple[float, float] | None:
    """The slope along a random direction of the inputs `names` by the gradients, and by differences, where these two
    cannot both be right; nothing where they agree or the differences do not settle.

    `terms(values)` are the numbers that the loss is the sum of.
    """
    generator = numpy.random.default_rng([seed, 23])
    way = {n: generator.standard_normal(values[n].shape) * (float(abs(values[n]).max()) or 1.0) for n in names}
    parts = [float((gradients[n] * way[n]).sum()) for n in names]
    with numpy.errstate(all="ignore"):
        wide, narrow = (_central(terms, values, way, h) for h in (STEP, STEP / 2))
        found, doubt = (4 * narrow - wide) / 3, abs(narrow - wide)
        noise = NOISE * float(abs(terms(values)).sum()) / STEP
    expected = sum(parts)
    allowed = AGREES * max(abs(found), sum(map(abs, parts))) + 4 * doubt + noise
    return (expected, found) if abs(found - expected) > allowed else None


def _central(terms: Callable[[Arrays], Any], values: Arrays, way: Arrays, step: float) -> float:
    ends = [terms({**values, **{n: values[n] + sign * step * w for n, w in way.items()}}) for sign in (1, -1)]
    return float((ends[0] - ends[1]).sum()) / (2 * step)
