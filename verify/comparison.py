"""When two results of floating-point arithmetic count as equal: a tolerance for each entry, that follows from how it
was computed (see `verify.rounding`), and one measure of the error that is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy

from verify.rounding import Rounded

UNIT_ROUNDOFFS = {"float64": 2.0**-53, "float32": 2.0**-24, "bfloat16": 2.0**-8}
TOLD = {"float64": 2.0**-17, "float32": 2.0**-8, "bfloat16": 0.5}      # larger tolerances tell nothing
TINY = {"float64": 2.0**-1022, "float32": 2.0**-126, "bfloat16": 2.0**-126}
JUDGE = "float64"           # what is compared with is computed in it, whatever the dtype that is tested


@dataclass(frozen=True)
class Comparison:
    """`error` is max |found − expected| / max |expected|; where the expected values are zero up to rounding, the error
    is relative to what was summed. None, which never passes: for NaN, infinity, empty arrays and different shapes.
    `tolerance` is the largest error that any entry was allowed, in the same measure. `untold` says why neither passing
    nor failing tells anything; it is empty where an entry is off by more than it was allowed."""

    error: float | None
    tolerance: float | None
    passed: bool
    untold: str = ""


NOTHING = Comparison(None, None, False)
NO_NUMBER = "no finite value to compare with"
SHAPES = "arrays of other shapes, or empty ones"
ROUNDING = "rounding may be as large as what is compared"
ZERO = "zero up to rounding"


def compare(found: Any, expected: Any, bound: Any, dtype: str = JUDGE, own: float = 0.0) -> Comparison:
    """Compare arrays of NumPy, or families of them, entry by entry.

    `bound` holds `Rounded` arrays: the formula of `found` once more, with errors. An entry may be off by what rounding
    in `dtype` explains, by as much in float64 for what it is compared with, and by `own`, an error that the latter is
    known to have. Where that is so much that nothing would be told, nothing passes.
    """
    triples = _aligned(found, expected, bound)
    if not triples or any(f.shape != e.shape or b.shape != e.shape or not e.size for f, e, b in triples):
        return replace(NOTHING, untold=SHAPES)
    if not all(numpy.isfinite(a).all() for _, a, _ in triples):
        return replace(NOTHING, untold=NO_NUMBER)
    if not all(numpy.isfinite(f).all() for f, _, _ in triples):
        return NOTHING
    if not all(numpy.isfinite(b.error).all() for _, _, b in triples):
        return replace(NOTHING, untold=ROUNDING)
    units = UNIT_ROUNDOFFS[dtype] + UNIT_ROUNDOFFS[JUDGE]
    with numpy.errstate(over="ignore"):
        allowed = [units * b.error + own for _, _, b in triples]
        errors = [abs(f - e) for f, e, _ in triples]
        scale, worst = _most(abs(e) for _, e, _ in triples), _most(allowed)
        nothing_left = scale <= worst
        if nothing_left:
            scale = _most(b.error for _, _, b in triples)
        error, tolerance = _most(errors) / max(scale, TINY[dtype]), worst / max(scale, TINY[dtype])
    if not numpy.isfinite(error):
        return NOTHING
    within = all((e <= a + TINY[dtype]).all() for e, a in zip(errors, allowed))
    untold = "" if not within else ROUNDING if tolerance > TOLD[dtype] else ZERO if nothing_left else ""
    return Comparison(error, tolerance, within and tolerance <= TOLD[dtype], untold)


def _most(arrays: Any) -> float:
    return max(float(a.max()) for a in arrays)


def _aligned(found: Any, expected: Any, bound: Any) -> list[tuple[Any, Any, Rounded]]:
    """The arrays to compare; none where one side is a family and another is not, or their keys differ."""
    sides = (found, expected, bound)
    if not any(isinstance(s, dict) for s in sides):
        if not isinstance(bound, Rounded):
            return []
        return [(numpy.asarray(found, dtype=float), numpy.asarray(expected, dtype=float), bound)]
    if not all(isinstance(s, dict) for s in sides) or found.keys() != expected.keys() or found.keys() != bound.keys():
        return []
    triples = [_aligned(found[k], expected[k], bound[k]) for k in expected]
    return [t for inner in triples for t in inner] if all(triples) else []
