"""What a forward pass returns: an array, or tuples, lists and dicts of arrays, one in another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any


def leaves(value: Any) -> list[Any]:
    """The arrays in order; those of a dict by the order of its keys, as JAX has them."""
    if isinstance(value, (tuple, list)):
        return [leaf for part in value for leaf in leaves(part)]
    return [leaf for k in _keys(value) for leaf in leaves(value[k])] if isinstance(value, dict) else [value]


def labels(value: Any) -> list[str]:
    """What to call each of the arrays."""
    return [f"output {path}" if path else "the output" for path in _paths(value)]


def rebuilt(like: Any, arrays: list[Any]) -> Any:
    """Other arrays in the same structure."""
    return _rebuilt(like, iter(arrays))


def _rebuilt(like: Any, arrays: Iterator[Any]) -> Any:
    if isinstance(like, dict):
        made = {k: _rebuilt(like[k], arrays) for k in _keys(like)}
        return {k: made[k] for k in like}
    if isinstance(like, (tuple, list)):
        parts = [_rebuilt(part, arrays) for part in like]
        return type(like)(*parts) if hasattr(like, "_fields") else type(like)(parts)
    return next(arrays)


def _keys(value: dict[Any, Any]) -> list[Any]:
    try:
        return list(value) if isinstance(value, OrderedDict) else sorted(value)
    except TypeError:       # keys of several types have no order
        return list(value)


def _paths(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{k!r}{f', {rest}' if rest else ''}" for k in _keys(value) for rest in _paths(value[k])]
    if isinstance(value, (tuple, list)):
        return [f"{k}{f', {rest}' if rest else ''}" for k, part in enumerate(value) for rest in _paths(part)]
    return [""]
