"""A gradient that was returned, beside the right one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy

from verify.checker.answer import answer, gradient_in
from verify.checker.guesses import guess
from verify.checker.point import Point, most
from verify.checker.reference import Arrays, arrays_of, weighing
from verify.checker.report import PASSED, UNDECIDED, WRONG, Finding
from verify.checker.structure import labels
from verify.checker.tolerance import TOLD, measured, uneven, without_measuring

WIDE_ENOUGH = {"float64": ("float64", "float128"), "float32": ("float32", "float64", "float128")}


def compared(point: Point, name: str, returned: Mapping[str, Any]) -> Finding:
    """The finding for the gradient by one input."""
    if name not in returned:
        return finding(point, WRONG, name, "the backward pass returns none; if none is due, leave it out of wrt")
    value, shape = returned[name], point.values[name].shape
    kind = point.calls.dtype(value) if hasattr(value, "dtype") else point.dtype
    if kind not in WIDE_ENOUGH[point.dtype]:
        return finding(point, WRONG, name, f"it is of {kind}, where {point.dtype} is due")
    try:
        found = point.calls.numpy(value)
    except TypeError as error:
        return finding(point, WRONG, name, f"it is {error}, where an array of {point.calls.name} is due")
    if found.shape != shape:
        return finding(point, WRONG, name, f"its shape is {_shape(found)}, where {_shape(point.values[name])} is due",
                       guess=_guess(point, name, found))
    return _judged(point, name, point.expected.seen(found))


def _judged(point: Point, name: str, found: Any) -> Finding:
    scale, off = point.scales[name], found - point.expected.values[name]
    error, told = most(off), TOLD[point.dtype] * scale
    allowed = without_measuring(point.longest, scale, point.dtype) + point.expected.errors.get(name, 0.0)
    if error <= allowed <= told:
        return _right(point, name, error, allowed)
    if not numpy.isfinite(found).all():
        return finding(point, WRONG, name, "it has NaN or infinity in it")
    if point.dtype != "float64" and _as_the_library(point, name, found):
        return finding(point, PASSED, name, f"what {point.calls.reference} gives in {point.dtype}", error=0.0,
                       tolerance=0.0)
    size = max(scale, point.reach(name))
    allowed = without_measuring(point.longest, size, point.dtype) + point.expected.errors.get(name, 0.0)
    told, sides = TOLD[point.dtype] * size, (partial(_of_library, point, name), partial(_of_backward, point, name))
    if allowed < error <= max(told, TOLD[point.dtype] * point.arriving):
        allowed += measured(*sides, point.values, point.draw.seed, size, point.dtype)
    if error <= allowed <= told:
        return _right(point, name, error, allowed)
    vanishing = max(allowed, without_measuring(0, point.arriving, point.dtype))
    if vanishing < scale + error <= TOLD[point.dtype] * point.arriving:
        vanishing += uneven(*_by_factor(point, name), point.draw.seed, scale + error, point.dtype)
    if point.draw.edge and scale + error <= vanishing <= TOLD[point.dtype] * point.arriving:
        return finding(point, PASSED, name, "zero, up to rounding", error=0.0, tolerance=0.0)
    allowed = vanishing if scale + error <= vanishing else allowed
    if error <= allowed:
        measure = max(scale, allowed, 1e-300)
        return finding(point, UNDECIDED, name, "rounding is too strong here to tell", error=error / measure,
                       tolerance=allowed / measure)
    return _wrong(point, name, found, abs(off), allowed)


def _right(point: Point, name: str, error: float, allowed: float) -> Finding:
    measure = max(point.scales[name], allowed, 1e-300)
    return finding(point, PASSED, name, "right", error=error / measure, tolerance=allowed / measure)


def _wrong(point: Point, name: str, found: Any, off: Any, allowed: float) -> Finding:
    expected, measure = point.expected.values[name], max(point.scales[name], allowed, 1e-300)
    at = tuple(int(k) for k in numpy.unravel_index(int(off.argmax()), off.shape))
    place, error = f"[{', '.join(map(str, at))}]" if at else "", float(off[at]) / measure
    if expected.size < point.values[name].size:
        return _wrong_along(point, name, float(found[at]), float(expected[at]), measure, allowed)
    message = (f"wrong: {name}{place} is {found[at]:.9g}, and should be {expected[at]:.9g}; "
               f"{int((off > allowed).sum())} of {off.size} entries differ, by up to {error:.1e} of the "
               f"largest entry (rounding explains {allowed / measure:.0e})")
    return finding(point, WRONG, name, message, at=at, found=float(found[at]), expected=float(expected[at]),
                   guess=_guess(point, name, found), error=error, tolerance=allowed / measure)


def _wrong_along(point: Point, name: str, found: float, expected: float, measure: float, allowed: float) -> Finding:
    error = abs(found - expected) / measure
    return finding(point, WRONG, name, f"wrong: along a random direction it gives {found:.9g}, where the forward "
                   f"pass changes by {expected:.9g} (relative error {error:.1e}; rounding explains "
                   f"{allowed / measure:.0e}); a smaller array shows which entries",
                   found=found, expected=expected, error=error, tolerance=allowed / measure)


def finding(point: Point, verdict: str, name: str, message: str, **values: Any) -> Finding:
    return Finding(verdict, name, message, point.draw.sizes, point.draw.seed, point.dtype, **values)


def _of_library(point: Point, name: str, values: Arrays, dtype: str) -> Any:
    """The library's own gradient."""
    if dtype == "float64":
        return point.reference(values, point.weights).values[name]
    if point.calls.name == "numpy" or point.pair.by_differences:
        return None
    with point.calls.session(dtype):
        arrays = arrays_of(point.calls, values, dtype)
        try:
            return point.calls.gradients(point.pair.forward, arrays, [name], weighing(point.weights))[1][name]
        except Exception:       # a forward pass that takes float64 only: its rounding is not measured
            return None


def _of_backward(point: Point, name: str, values: Arrays, dtype: str) -> Any:
    return _seen(point, answer(point, values, dtype), name)


def _as_the_library(point: Point, name: str, found: Any) -> bool:
    """Whether it is what the library itself gives in this dtype, where rounding in the forward pass makes that another
    gradient than in float64."""
    theirs = _of_library(point, name, point.values, point.dtype)
    return theirs is not None and most(found - theirs) <= without_measuring(point.longest, most(theirs), point.dtype)


def _seen(point: Point, returned: Any, name: str) -> Any:
    """A returned gradient as it is compared; nothing where there is none."""
    found = gradient_in(point, returned, name)
    return found if found is None else point.expected.seen(found)


def _by_factor(point: Point, name: str) -> tuple[Any, Any]:
    """The two gradients in float64, by a factor on what arrives."""
    def right(factor: float) -> Any:
        return point.reference(point.values, point.arriving_by(factor)).values[name]

    def hand(factor: float) -> Any:
        return _seen(point, answer(point, point.values, "float64", factor), name)
    return right, hand


def _guess(point: Point, name: str, found: Any) -> str:
    others = {n: g for n, g in point.expected.values.items() if n != name}
    named = labels(point.output)
    without: Arrays = {}
    for k, label in enumerate(named if len(named) > 1 else ()):
        weights = [w * (j != k) for j, w in enumerate(point.weights)]
        without[label] = point.reference(point.values, weights).values[name]
    return guess(found, point.expected.values[name], point.draw.sizes, others, without)


def _shape(array: Any) -> str:
    return "×".join(map(str, array.shape)) or "a number"
