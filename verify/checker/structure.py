"""What a forward pass returns: an array, a tuple or a list of arrays, or a dict of arrays."""

from __future__ import annotations

from typing import Any


def leaves(value: Any) -> list[Any]:
    """The arrays in order."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (tuple, list)) else [value]


def labels(value: Any) -> list[str]:
    """What to call each of the arrays."""
    if isinstance(value, dict):
        return [f"output {k!r}" for k in value]
    return [f"output {k}" for k in range(len(value))] if isinstance(value, (tuple, list)) else ["the output"]


def rebuilt(like: Any, arrays: list[Any]) -> Any:
    """Other arrays in the same structure."""
    if isinstance(like, dict):
        return dict(zip(like, arrays))
    if isinstance(like, (tuple, list)):
        return type(like)(*arrays) if hasattr(like, "_fields") else type(like)(arrays)
    return arrays[0]
