"""A derivative of a name that a page defines twice: ∂y/∂x speaks of the definition that is made of x, also where
another one, y = a w z + c, stands nearer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.documents.lines.items import CONDITION, DEFINED, Item
from derive.documents.outline.outline import Outline
from derive.graph import closure


def with_earlier_definition(item: Item, outline: Outline) -> Iterator[list[Item]]:
    """What a claim with a derivative is read with, where the nearest definition of what is differentiated is not made
    of what it is differentiated by, and one above is; the nearest of these first."""
    below = item.derived - item.above
    every = [i for i in outline.items if i.scope == item.scope and i.role == DEFINED and i.number < item.number]
    for name in item.above:
        variants = sorted({i.variant for i in every if i.name == name}, reverse=True)
        made_of = {v: _made_of(name, v, every) for v in variants}
        if len(variants) < 2 or not below or below & made_of[variants[0]]:
            continue
        for variant in variants[1:]:
            if below <= made_of[variant]:
                items = [replace(i, role=CONDITION) if i.name == name and i.role == DEFINED and i.variant != variant
                         else i for i in outline.items]
                yield replace(outline, items=items).slice(item)


def _made_of(name: str, variant: int, every: list[Item]) -> set[str]:
    """The names from which a name is computed by one of its definitions."""
    uses: dict[str, set[str]] = {}
    for item in every:
        if item.name != name or item.variant == variant:
            uses.setdefault(item.name, set()).update(item.uses)
    return set(closure([name], lambda n: uses.get(n, ())))
