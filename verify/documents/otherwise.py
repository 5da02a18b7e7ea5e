"""How else a claim may be read where the usual readings do not show it: with numbers, and with Jacobians that have
names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.documents.outline import DEFINED, NAMED, Item
from derive.documents.roles import LOSSES
from verify.documents.as_number import all_numbers, is_about_numbers
from verify.documents.attempts import Attempt
from verify.documents.outcome import Outcome
from verify.documents.slices import JACOBIANS, Slices


def otherwise(item: Item, slices: Slices, without: frozenset[int]) -> Iterator[tuple[list[Item], Outcome]]:
    """The outcomes of other readings, each with what it was read with."""
    numbers = is_about_numbers(item, slices)
    for needed in slices.of(item, without):
        if numbers:
            yield needed, all_numbers(slices, item, needed)
        known = _with_jacobians(needed)
        if known != needed:
            yield known, Attempt(slices, item, needed, JACOBIANS).outcome()


def _with_jacobians(needed: list[Item]) -> list[Item]:
    """The items, where names of Jacobians are names as others are."""
    above = {i.name for i in needed if i.role == DEFINED and i.name not in LOSSES}
    return [replace(i, role=DEFINED) if i.role == NAMED and above & i.above else i for i in needed]
