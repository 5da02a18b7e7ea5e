"""Numbers that are written out: 0.5, ½, \\frac{1}{2}, 10^{-3}, √2, π/2."""

from __future__ import annotations

import re

from derive.documents.lines.entries import is_written_out
from derive.documents.lines.items import Item
from derive.documents.lines.statements import Equality
from derive.documents.trees.trees import walk
from derive.reading.syntax import Node

_A_NUMBER = re.compile(r"\s*[-−]?\d+(?:\.\d+)?(?:\s*/\s*\d+)?\s*")
_OF_NUMBERS = frozenset(["number", "fraction", "braces", "group", "sum", "product", "root", "scripted", "raised",
                         "power"])


def gives_a_number(item: Item) -> bool:
    """Whether an equation ends with a number."""
    return isinstance(item.statement, Equality) and (
        bool(_A_NUMBER.fullmatch(item.statement.members[-1].text)) or bool(item.sides) and is_number(item.sides[-1]))


def is_number(side: Node) -> bool:
    """Whether a side is a number that is written out."""
    kinds = {n.kind for n in walk(side) if not (n.kind in ("name", "ident") and n.parts[0].text == "π")}
    return kinds <= _OF_NUMBERS and not is_written_out(side)
