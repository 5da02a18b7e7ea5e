"""Sides of different shapes refute a claim: at sizes that differ they cannot be equal."""

from __future__ import annotations

import re

from verify.verdict import REFUTED, Counterexample, Verdict

BY_SHAPES = "shapes"
_SHAPE = r"(a matrix (\w+) × (\w+)|a (?:row|column) of (\w+))"
_COLUMNS = re.compile(r": (a column of .+) beside (a column of .+)")
_NO_PRODUCT = re.compile(f"{_SHAPE} and {_SHAPE} have no product")


def by_shapes(message: str, left: str, right: str) -> Verdict:
    """The verdict that two shapes do not go together."""
    return Verdict(REFUTED, BY_SHAPES, detail=message, counterexample=Counterexample({}, {}, "shapes", left, right))


def both_shapes(message: str) -> tuple[str, str] | tuple[()]:
    """The two shapes in `…: a column of m and a row of n`, `…: m against n`; nothing for another message."""
    _, _, told = message.partition(": ")
    for between in (" against ", " and "):
        left, _, right = told.partition(between)
        if right and (between == " against " or (left.startswith("a ") and right.startswith("a "))):
            return left, right
    return ()


def without_product(message: str) -> tuple[str, str] | tuple[()]:
    """Two shapes that have no product: those of columns of different lengths; of a matrix and a vector that have none
    either way, with the vector as a column or as a row."""
    columns = _COLUMNS.search(message)
    if columns is not None and "?" not in message:
        return columns[1], columns[2]
    found = _NO_PRODUCT.fullmatch(message)
    if found is None or bool(found[2]) == bool(found[6]):
        return ()
    fits = found[3] == found[8] if found[2] else found[4] == found[6]
    return () if fits else (found[1], found[5])
