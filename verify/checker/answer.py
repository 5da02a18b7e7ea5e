"""What a backward pass returns at a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.checker.point import Point, changed_in, same, words
from verify.checker.reference import Arrays, arrays_of
from verify.checker.structure import rebuilt


def answer(point: Point, values: Arrays, dtype: str, factor: float = 1.0) -> dict[str, Any] | str:
    """The gradients that it returns where this factor is on what arrives, or what is wrong with it."""
    calls, weights = point.calls, point.arriving_by(factor)
    with calls.session(dtype):
        arrays = arrays_of(calls, values, dtype)
        arriving = [calls.array(w, dtype) for w in weights]
        try:
            returned = calls.backward(point.pair.backward, arrays, rebuilt(point.output, arriving))
        except Exception as error:      # whatever the user's function raises: it is told, with its own words
            return f"the backward pass raises {words(error)}"
        changed = changed_in(calls, arrays, values)
        if not changed and any(not same(calls.numpy(a), w) for a, w in zip(arriving, weights)):
            changed = "cotangents"
    if not isinstance(returned, Mapping):
        return f"the backward pass returns {type(returned).__name__}, where a dict from names to gradients is due"
    if changed:
        return f"the backward pass changes {changed} in place; let it work on a copy"
    return dict(returned)


def gradient_in(point: Point, returned: Any, name: str) -> Any:
    """One of the gradients as an array of NumPy; nothing where there is none."""
    try:
        return point.calls.numpy(returned.get(name)) if isinstance(returned, Mapping) else None
    except TypeError:
        return None
