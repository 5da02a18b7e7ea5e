"""When two results of floating-point arithmetic count as equal: one measure, one tolerance for each dtype."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

FLOAT64_TOLERANCE = 1e-10
SAFETY = 64


def tolerance(dtype: str, sizes: Mapping[str, Any]) -> float:
    """1e-10 for float64. For float32, 64 roundings for each term of the longest sum, of which the sum of all sizes is
    an upper estimate."""
    if dtype == "float64":
        return FLOAT64_TOLERANCE
    terms = sum(sum(v.values()) if isinstance(v, Mapping) else sum(v) if isinstance(v, (list, tuple)) else v
                for v in sizes.values())
    return SAFETY * float(numpy.finfo(dtype).eps) * max(terms, 1)


def relative_error(found: Any, expected: Any) -> float | None:
    """max |found − expected| / max |expected|, the largest over the arrays of a ragged family.

    None, which never passes: for NaN or infinity on either side, for empty arrays, for different shapes or keys. An
    expected array that is zero throughout must be met exactly, else the error is huge.
    """
    if isinstance(expected, dict) or isinstance(found, dict):
        both = isinstance(expected, dict) and isinstance(found, dict)
        if not both or not expected or found.keys() != expected.keys():
            return None
        errors = [relative_error(found[k], expected[k]) for k in expected]
        known = [e for e in errors if e is not None]
        return max(known) if len(known) == len(errors) else None
    found, expected = numpy.asarray(found, dtype=float), numpy.asarray(expected, dtype=float)
    if found.shape != expected.shape or not expected.size:
        return None
    if not (numpy.isfinite(found).all() and numpy.isfinite(expected).all()):
        return None
    with numpy.errstate(over="ignore"):
        error = float(numpy.abs(found - expected).max() / max(float(numpy.abs(expected).max()), 1e-300))
    return error if numpy.isfinite(error) else None
