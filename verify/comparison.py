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
    """max |found − expected| / max |expected|; a ragged family, such as the rows of a triangle, counts as one array.

    None, which never passes: for NaN or infinity on either side, for empty arrays, for different shapes or keys. An
    expected array that is zero throughout must be met exactly, else the error is huge.
    """
    pairs = _pairs(found, expected)
    if not pairs or any(f.shape != e.shape or not e.size for f, e in pairs):
        return None
    if not all(numpy.isfinite(side).all() for pair in pairs for side in pair):
        return None
    with numpy.errstate(over="ignore"):
        scale = max(float(numpy.abs(e).max()) for _, e in pairs)
        error = max(float(numpy.abs(f - e).max()) for f, e in pairs) / max(scale, 1e-300)
    return error if numpy.isfinite(error) else None


def _pairs(found: Any, expected: Any) -> list[tuple[Any, Any]]:
    """The arrays to compare; none where one side is a family and the other is not, or their keys differ."""
    if not isinstance(expected, dict) and not isinstance(found, dict):
        return [(numpy.asarray(found, dtype=float), numpy.asarray(expected, dtype=float))]
    if not isinstance(expected, dict) or not isinstance(found, dict) or found.keys() != expected.keys():
        return []
    pairs = [_pairs(found[k], expected[k]) for k in expected]
    return [pair for inner in pairs for pair in inner] if all(pairs) else []
