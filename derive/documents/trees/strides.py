"""Indices that count in steps: 2i, 2i − 1."""

from __future__ import annotations

from dataclasses import dataclass

from derive.reading.nodes import plain
from derive.reading.syntax import Node


@dataclass(frozen=True)
class Stride:
    """The index `step` · letter + `offset`."""

    step: int
    letter: str
    offset: int


def stride(index: Node) -> Stride | None:
    """2i + 1 as a stride; None where an index counts in ones, or is something else."""
    inner = plain(index)
    signs, terms = inner.parts if inner.kind == "sum" else ((False,), (inner,))
    if len(terms) > 2 or signs[0]:
        return None
    first, *rest = map(plain, terms)
    offset = int(rest[0].parts[0].text) if rest and is_whole(rest[0]) else 0
    if (rest and not offset) or first.kind != "product" or len(first.parts[0]) != 2:
        return None
    number, letter = first.parts[0]
    if not is_whole(number) or letter.kind != "ident" or number.parts[0].text in ("0", "1"):
        return None
    return Stride(int(number.parts[0].text), letter.parts[0].text, -offset if rest and signs[1] else offset)


def is_whole(node: Node) -> bool:
    """Whether a node is a number of up to three digits, without a point."""
    return node.kind == "number" and node.parts[0].text.isdecimal() and len(node.parts[0].text) < 4
