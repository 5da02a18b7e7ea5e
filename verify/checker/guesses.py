"""Which common mistake would explain a wrong gradient. A guess, and called one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy

CLOSE = 1e-6


def guess(found: Any, expected: Any, sizes: Mapping[str, int], others: Mapping[str, Any],
          partial: Mapping[str, Any]) -> str:
    """The first change of `found` that gives `expected`; empty for none.

    `others` are the right gradients by other inputs, `partial` the right ones without one of the outputs.
    """
    if not numpy.isfinite(found).all() or not abs(expected).max() > 0:
        return ""
    tried = _changes(found, expected, sizes, others, partial)
    return next((text for value, text in tried if _same(value, expected)), "")


def _same(a: Any, b: Any) -> bool:
    return a.shape == b.shape and bool(abs(a - b).max() <= CLOSE * abs(b).max())


def _changes(found: Any, expected: Any, sizes: Mapping[str, int], others: Mapping[str, Any],
             partial: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    if found.shape != expected.shape:
        for axis in range(found.ndim):
            yield found.sum(axis), f"it is not summed over axis {axis}"
            yield found.sum(axis, keepdims=True), f"it is not summed over axis {axis}"
        yield found.T, "it is transposed"
        return
    if not found.any():
        yield expected, "it is zero everywhere"
    yield -found, "the sign is turned round"
    for factor, text in ((2.0, "2"), (0.5, "½")):
        yield found / factor, f"a factor {text} too much"
    lengths = {**{f"axis {k}": n for k, n in enumerate(found.shape)}, **sizes}
    for name, n in lengths.items():
        if n > 1:
            yield found * n, f"divided by {name} ({n}): a mean where a sum is due"
            yield found / n, f"multiplied by {name} ({n}): a sum where a mean is due"
            yield found * (n - 1) / n, f"{name} − 1 in place of {name}, or the other way round"
            yield found * n / (n - 1), f"{name} − 1 in place of {name}, or the other way round"
    if found.ndim == 2 and found.shape[0] == found.shape[1]:
        yield found.T, "it is transposed"
    for name, value in others.items():
        if value.shape == found.shape and _same(found, value):
            yield expected, f"it is the gradient by {name}"
    for label, value in partial.items():
        if _same(found, value):
            yield expected, f"what arrives at {label} is left out"
