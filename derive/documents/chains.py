"""A chain a = b = c as the equations a = b and a = c."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.documents.statements import Equality, Piece

_SIGN = re.compile(r"\S(?=\s*$)")


def equations_of(chain: Equality) -> Iterator[tuple[Equality, int]]:
    """The equations of a chain with where each is shown; every character keeps its place."""
    if len(chain.members) < 3:
        yield chain, chain.piece.at
        return
    first, *rest = chain.members
    whole = chain.piece
    end = first.at - whole.at + len(first.text)
    for member in rest:
        start = member.at - whole.at
        between = whole.text[end:start] if member is rest[0] else _blank_with_a_sign(whole.text[end:start])
        piece = Piece(whole.text[:end] + between + whole.text[start:start + len(member.text)], whole.at)
        part = Equality(piece, (first, member), chain.conditions, chain.update)
        yield part, whole.at if member is rest[0] else member.at


def _blank_with_a_sign(text: str) -> str:
    """The members that are left out as blanks, with the last sign."""
    return _SIGN.sub("=", re.sub(r"[^\n]", " ", text)[:-1] + "=")
