"""Whether a relation between two enclosed numbers certainly holds, or certainly does not."""

from __future__ import annotations

from typing import Any

from derive.claims import EQUAL


def fails(relation: str, left: Any, right: Any) -> bool:
    """Whether no number of the one ball stands in the relation to any number of the other."""
    if relation == EQUAL:
        return not left.overlaps(right)
    return bool({"≤": left > right, "≥": left < right, "<": left >= right, ">": left <= right}[relation])


def holds(relation: str, left: Any, right: Any) -> bool:
    """Whether every number of the one ball stands in the relation to every number of the other. Two balls never tell
    that numbers are equal."""
    if relation == EQUAL or not (left.is_finite() and right.is_finite()):
        return False
    return bool({"≤": left <= right, "≥": left >= right, "<": left < right, ">": left > right}[relation])
