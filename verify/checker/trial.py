"""A backward pass at one draw: called, looked at, compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from verify.checker.answer import answer, gradient_in
from verify.checker.comparison import compared, finding
from verify.checker.confirmation import contradiction
from verify.checker.point import Point, Refused, most
from verify.checker.report import UNDECIDED, WRONG, Call, Finding
from verify.checker.structure import leaves
from verify.checker.tolerance import distance

LEAST = 1e-10           # a slope, beside what arrives, that may be nothing but rounding


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
        raise Refused("the example lies at a kink or a tie")
    return [unsteady] if unsteady else found


def called(point: Point) -> Call:
    """The numbers of this call, for whoever wants to recognise it."""
    returned = answer(point, point.values, point.dtype)
    found = {n: gradient_in(point, returned, n) for n in (returned if isinstance(returned, dict) else ())}
    return Call(point.values, [point.plain(o) for o in leaves(point.output)], point.weights,
                {n: g for n, g in found.items() if g is not None})


def contradicted(point: Point) -> str:
    """How the library's derivative of the forward pass, which gradients were compared with, differs from differences of
    the forward pass; empty where it does not."""
    calls, pair = point.calls, point.pair
    names = [n for n in pair.wrt if n not in pair.optional] or pair.wrt
    with calls.session("float64"):
        try:
            own = calls.own_rules(pair.forward, point.values, leaves(point.output))
            terms = point.terms if own else point.again
            slopes = contradiction(terms, point.values, point.expected.values, names, point.draw.seed,
                                   LEAST * sum(float(abs(w).sum()) for w in point.weights),
                                   None if own else point.here)
        except Exception:       # a forward pass that is not defined next to these values
            return ""
    if slopes is None:
        return ""
    return (f"{point.expected.by}'s derivative of forward is not forward's derivative: "
            f"{slopes[0]:.6g} along a random direction of {', '.join(names)}, where differences give {slopes[1]:.6g}. "
            "Is a part of it detached, or differentiated by a rule of its own? If that is meant (a straight-through "
            "estimator), give surrogate=True; leave inputs that are held fixed out of wrt")


def _at_a_kink(point: Point) -> bool:
    """Whether the right gradients jump next to these values."""
    generator = numpy.random.default_rng([point.draw.seed, 24])
    near = {n: numpy.asarray(v + 1e-7 * (most(v) or 1.0) * generator.standard_normal(v.shape))
            if isinstance(v, numpy.ndarray) and v.dtype.kind == "f" else v for n, v in point.values.items()}
    moved = point.reference(near, point.weights).values
    return any(distance(moved[n], g) > 1e-3 * max(point.scales[n], most(moved[n]))
               for n, g in point.expected.values.items())


def _unsteady(point: Point, returned: Mapping[str, Any]) -> Finding | None:
    """What differs between two calls with the same inputs."""
    outputs = [[point.plain(o) for o in leaves(point.outputs())] for _ in range(2)]
    if not all(map(_near, *outputs)):
        return finding(point, UNDECIDED, "", "the forward pass is not deterministic: two calls differ")
    again = answer(point, point.values, point.dtype)
    for name in point.pair.wrt:
        values = [gradient_in(point, r, name) for r in (returned, again) if isinstance(r, Mapping)]
        if not all(_near(v, values[0]) for v in values):
            return finding(point, WRONG, name, "two calls with the same inputs give different values")
    return None


def _near(a: Any, b: Any) -> bool:
    """Whether two calls gave the same, up to the order of a parallel sum."""
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and bool(numpy.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True))
