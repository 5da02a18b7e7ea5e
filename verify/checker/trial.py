"""A backward pass at one draw: called, looked at, compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from verify.checker.answer import answer, gradient_in
from verify.checker.comparison import compared, finding
from verify.checker.confirmation import contradiction
from verify.checker.declarations import MASKING
from verify.checker.point import UNSTEADY, Point, Refused, most, near
from verify.checker.reference import Arrays
from verify.checker.report import UNDECIDED, WRONG, Call, Finding
from verify.checker.structure import leaves
from verify.checker.tolerance import distance

KINK = "the example lies at a kink or a tie"
LEAST = 1e-10           # a slope, beside what arrives, that may be nothing but rounding
LOWEST = -1e3           # of a mask, while the derivative is confirmed


def findings(point: Point) -> list[Finding]:
    """What is wrong with the call as a whole, or a finding for each gradient. Where something is wrong, everything is
    called again: numbers that differ from call to call are told as that.

    Raises:
        Refused: where the example lies at a kink.
    """
    returned, pair = answer(point, point.values, point.dtype), point.pair
    if isinstance(returned, str):
        return [finding(point, WRONG, "", returned)]
    for name in returned:
        if name not in pair.inputs:
            return [finding(point, WRONG, "", f"the backward pass returns a gradient by {name!r}, which is no input")]
    found = [compared(point, n, returned) for n in pair.wrt if n in returned or n not in pair.optional]
    if not any(f.verdict == WRONG for f in found):
        return found
    unsteady = _unsteady(point, returned)
    if unsteady is None and point.draw.example and _at_a_kink(point):
        raise Refused(KINK)
    return [unsteady] if unsteady else found


def called(point: Point) -> Call:
    """The numbers of this call, for whoever wants to recognise it."""
    returned = answer(point, point.values, point.dtype)
    found = {n: gradient_in(point, returned, n) for n in (returned if isinstance(returned, dict) else ())}
    return Call(point.values, [point.plain(o) for o in leaves(point.output)], point.weights,
                {n: g for n, g in found.items() if g is not None})


def contradicted(point: Point) -> str:
    """How the library's derivative of the forward pass, which gradients were compared with, differs from differences of
    the forward pass; empty where it does not, or where differences do not tell.

    Raises:
        Refused: where the forward pass is not deterministic, or the example lies at a kink.
    """
    calls, pair = point.calls, point.pair
    names = [n for n in pair.wrt if n not in pair.optional] or pair.wrt
    least = LEAST * sum(float(abs(w).sum()) for w in point.weights)
    with calls.session("float64"):
        try:
            values, gradients, here = _unmasked(point, names)
            own = calls.own_rules(pair.forward, values, leaves(point.output))
            terms, here = (point.terms, None) if own else (point.again, here)
            slopes = contradiction(terms, values, gradients, names, least, point.generator, here)
        except Exception:       # a forward pass that is not defined next to these values
            return ""
    if slopes is None:
        return ""
    if point.unsteady():
        raise Refused(UNSTEADY)
    if abs(slopes[1] - slopes[0]) <= slopes[2]:
        return ""
    if _at_a_kink(point):
        if point.draw.example:
            raise Refused(KINK)
        return ""
    return (f"{point.expected.by}'s derivative of forward is not forward's derivative: "
            f"{slopes[0]:.6g} along a random direction of {', '.join(names)}, where differences give {slopes[1]:.6g}. "
            "Is a part of it detached, or differentiated by a rule of its own? If that is meant (a straight-through "
            "estimator), give surrogate=True; leave inputs that are held fixed out of wrt")


def _unmasked(point: Point, names: list[str]) -> tuple[Arrays, Arrays, Any]:
    """Values, the library's gradients and the terms there: those of the point, but for masks that are added, in which
    numbers are less low: they would swallow what they are added to."""
    masks = {n: v.clip(min=LOWEST) for n, v in point.values.items() if n not in names
             and isinstance(v, numpy.ndarray) and v.dtype.kind == "f" and v.min() <= MASKING}
    if not masks:
        return point.values, point.expected.values, point.here
    values = {**point.values, **masks}
    return values, point.reference(values, point.weights).values, point.again(values)


def _at_a_kink(point: Point) -> bool:
    """Whether the right gradients jump next to these values."""
    generator = numpy.random.default_rng([point.draw.seed, 24])
    moving = [n for n in point.pair.wrt if n not in point.pair.optional]
    around = {n: numpy.asarray(v + 1e-7 * (most(v) or 1.0) * generator.standard_normal(v.shape))
            if n in moving else v for n, v in point.values.items()}
    moved = point.reference(around, point.weights).values
    return any(distance(moved[n], g) > 1e-3 * max(point.scales[n], most(moved[n]))
               for n, g in point.expected.values.items())


def _unsteady(point: Point, returned: Mapping[str, Any]) -> Finding | None:
    """What differs between two calls with the same inputs."""
    if point.unsteady():
        return finding(point, UNDECIDED, "", UNSTEADY)
    again = answer(point, point.values, point.dtype)
    for name in point.pair.wrt:
        values = [gradient_in(point, r, name) for r in (returned, again) if isinstance(r, Mapping)]
        if not all(near(v, values[0]) for v in values):
            return finding(point, WRONG, name, "two calls with the same inputs give different values")
    return None
