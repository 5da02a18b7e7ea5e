"""One comparison at a run's inputs: within what rounding explains, beyond it, or where nothing is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy

from verify.comparison import JUDGE, TOLD, UNIT_ROUNDOFFS, ZERO, Comparison, compare
from verify.regimes import PLAIN
from verify.rounding import exactly
from verify.targets import mapped

if TYPE_CHECKING:
    from verify.runs import Run

OVERFLOW = "the definition has no finite value"
UNSTABLE = "what it is compared with is off by as much when an input is rounded"
ERRATIC = "what is left between the two sides is no function of the inputs, but rounding"
MARGIN = 16             # an error in float64 against the one in float32, beyond the ratio of their roundoffs
NUDGES = 3
WIDE = 2.0**-10         # a nudge by which a formula changes little, and rounding errors at random
SLIGHT = 2.0**-8        # differences that may be such errors

Made = Callable[["Run"], Any]


def judged(run: Run, made: Made, expected: Made) -> Comparison:
    """`made` is what is tested, on the run and on the one that bounds its rounding errors; `expected`, what it is
    compared with, on the judge.

    Where they differ by more than the bounds, or these tell nothing (they grow with every step of a recurrence), the
    rounding errors of both sides are measured: in float32, and scaled. In a regime, a difference that is left is looked
    into: it may tell nothing.
    """
    found, wanted, dtype = _plain(run, made), _plain(run.judge, expected), run.backend.dtype
    with numpy.errstate(all="ignore"):      # what overflows is no number, and fails
        bound = made(run.bounds)
    result = compare(found, wanted, bound, dtype)
    if not result.passed and result.error is not None and result.error < TOLD[dtype]:
        measured = compare(found, wanted, mapped(exactly, bound), dtype, _measured(run, made, expected))
        result = measured if measured.passed or not result.untold else result
    if run.regime is PLAIN or result.passed or result.untold:
        return result
    if _overflows(run):
        return replace(result, untold=OVERFLOW)
    if dtype != JUDGE and all(abs(a).max(initial=0) < UNIT_ROUNDOFFS[JUDGE] for a in _arrays(wanted)):
        return replace(result, untold=ZERO)     # of numbers that are one and the same in so few digits
    if not all(numpy.isfinite(a).all() for a in _arrays(found)):
        return result
    again = compare(found, wanted, bound, dtype, MARGIN * _moved(run, wanted, expected))
    if again.passed or again.untold:
        return replace(result, untold=UNSTABLE)
    slight = result.error is not None and result.error < SLIGHT
    return replace(result, untold=ERRATIC) if slight and _erratic(run, made, expected) else result


def _measured(run: Run, made: Made, expected: Made) -> float:
    """The rounding errors of both sides together: what they are in float32, with margin, at their own dtypes."""
    rough, total = run.rough, 0.0
    for side, dtype in ((made, run.backend.dtype), (expected, JUDGE)):
        errors = [numpy.abs(a - b).max() for a, b in pairs(_plain(rough, side), _plain(rough.judge, side))]
        total += MARGIN * UNIT_ROUNDOFFS[dtype] / UNIT_ROUNDOFFS["float32"] * max(errors, default=0.0)
    return total


def _overflows(run: Run) -> bool:
    return not all(numpy.isfinite(r.backend.numpy(a)).all() for r in (run, run.bounds)
                   for v in r.forward().values() for a in _arrays(v))


def _moved(run: Run, wanted: Any, expected: Made) -> float:
    """How far what is compared with moves when its inputs do by a rounding error."""
    moved = 0.0
    for seed in range(NUDGES):
        nudged = _plain(run.judge.nudged(seed), expected)
        steps = [numpy.nan_to_num(abs(a - b), nan=numpy.inf).max() for a, b in pairs(nudged, wanted) if b.size]
        moved = max([moved, *steps])
    return moved


def _erratic(run: Run, made: Made, expected: Made) -> bool:
    """Whether the largest difference changes its sign, or to less than half, at inputs nearby. That of a wrong formula
    from the right one does not."""
    def differences(r: Run) -> list[Any]:
        return [a - b for a, b in pairs(_plain(r, made), _plain(r.judge, expected))]

    first = differences(run)
    which = max(range(len(first)), key=lambda k: abs(first[k]).max(initial=0))
    at = numpy.unravel_index(abs(first[which]).argmax(), first[which].shape)
    here = first[which][at]
    return any(differences(run.nudged(seed, WIDE))[which][at] / here < 0.5 for seed in range(2 * NUDGES))


def _plain(run: Run, made: Made) -> Any:
    return mapped(run.backend.numpy, made(run))


def pairs(a: Any, b: Any) -> list[tuple[Any, Any]]:
    """Two arrays, or those of two ragged families, side by side."""
    return [(a[k], b[k]) for k in b] if isinstance(b, dict) else [(a, b)]


def _arrays(a: Any) -> list[Any]:
    """One array, or those of a ragged family."""
    return list(a.values()) if isinstance(a, dict) else [a]
