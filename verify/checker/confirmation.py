"""Whether a library's derivative of the forward pass is the derivative of the forward pass: where a part is detached,
or has a backward pass of its own, it is not. A difference quotient along one direction tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from verify.checker.differences import ROUNDING, Arrays, Terms, extrapolated, reach
from verify.checker.draws import centred

QUICK = 2.0**-26        # the step of one difference, which confirms the most
NEAR = 1e-5             # and how near that is to the derivative
AGREES = 1e-6           # how near differences must be that are extrapolated, beside their own doubt
DOUBTS = 16
LEVEL = 1e-3            # how small a share of the slope may be that is made as large as the others


def contradiction(terms: Terms, values: Arrays, gradients: Mapping[str, Any], names: list[str], least: float,
                  generator: numpy.random.Generator, here: Any = None) -> tuple[float, float, float] | None:
    """The slope along a random direction of the inputs `names` by the gradients and by differences, and how far these
    two may be apart where both are right; nothing where they agree, or differ by `least`, which rounding of what is
    computed on the way may leave. `here` are the terms at `values`: given them, one more call is enough where nothing
    is wrong."""
    way = {n: reach(values[n]) * centred(values[n].shape, generator) for n in names}
    parts = {n: float((gradients[n] * w).sum()) for n, w in way.items()}
    level = max(min(map(abs, parts.values())), LEVEL * max(map(abs, parts.values())))
    shares = {n: level / max(abs(p), level) if level else 1.0 for n, p in parts.items()}
    expected, scale = sum(shares[n] * p for n, p in parts.items()), sum(shares[n] * abs(p) for n, p in parts.items())

    def line(t: float) -> Any:
        return terms({**values, **{n: values[n] + t * shares[n] * w for n, w in way.items()}})

    if here is not None:
        with numpy.errstate(all="ignore"):
            near = float((line(QUICK) - here).sum()) / QUICK
        if abs(near - expected) <= NEAR * scale + ROUNDING * float(abs(here).sum()) / QUICK + least:
            return None
    found, doubt = extrapolated(line, wary=True)
    agrees = max(AGREES * max(abs(found), scale), least)
    return None if abs(found - expected) + doubt <= agrees else (expected, found, agrees + DOUBTS * doubt)
