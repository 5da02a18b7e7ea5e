"""A backward pass at one draw: called, looked at, compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from verify.checker.answer import answer, gradient_in
from verify.checker.comparison import compared, finding
from verify.checker.confirmation import contradiction
from verify.checker.point import Point, Refused, most
from verify.checker.reference import Arrays, arrays_of
from verify.checker.report import UNDECIDED, WRONG, Call, Finding
from verify.checker.structure import leaves
from verify.checker.tolerance import distance


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


def detached(point: Point) -> Finding | None:
    """Where the library's gradients are not those of the forward pass: looked for where a part of it has a backward
    pass of its own, and in gradients of zero."""
    calls, pair = point.calls, point.pair

    def terms(values: Arrays) -> Any:
        """The numbers that the loss is the sum of."""
        outputs = leaves(pair.forward(**arrays_of(calls, values, "float64")))
        return numpy.concatenate([numpy.ravel(w * point.plain(o)) for w, o in zip(point.weights, outputs)])

    with calls.session("float64"):
        own = calls.own_rules(pair.forward, point.values, leaves(point.output))
        names = [n for n in pair.wrt if own or not point.scales[n]]
        slopes = contradiction(terms, point.values, point.expected.values, names, point.draw.seed) if names else None
    if slopes is None:
        return None
    along = f"along a direction of {', '.join(names)}"
    return finding(point, UNDECIDED, "", f"{point.expected.by} is not the derivative of the forward pass: "
                   f"{slopes[0]:.6g} {along}, where differences give {slopes[1]:.6g}. Is a part of it detached, or "
                   "differentiated by a rule of its own? Leave inputs that are held fixed on purpose out of wrt")


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
