"""A chain a = b = c as the equations a = b and a = c; names that are all one number, m_0 = v_0 = 0, one by one, and
those of one formula, p = q = x/2, from the last one on: q = x/2, and p = q."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.documents.lines.statements import Equality, Piece

_NUMBER = re.compile(r"\s*[-−]?(?:\d+(?:\.\d+)?|\\(?:mathbf|boldsymbol|bm)\s*\{?\s*0\s*\}?|𝟎)\s*")
_NAME = re.compile(r"\s*(?:\\[A-Za-z]+\s*\{?\s*)?[^\W\d]\w*\s*\}?(?:_\{?[\w+\-−]+\}?|\^\{?[(\[]?\w+[)\]]?\}?)?\s*")
_DERIVATIVE = re.compile(r"∂|∇|\\(?:partial|nabla)(?![A-Za-z])|\\mathrm\s*\{\s*d")
_LETTERS = re.compile(r"\s*(?!d[A-Za-z]\s*$)[A-Za-z]{2,3}\s*")     # a product, as in P = mn = 640
_SIGN = re.compile(r"\S(?=\s*$)")


def equations_of(chain: Equality) -> Iterator[tuple[Equality, int]]:
    """The equations of a chain with where each is shown; every character keeps its place."""
    if len(chain.members) < 3:
        yield chain, chain.piece.at
        return
    *before, last = [m.text for m in chain.members]
    if _NUMBER.fullmatch(last) and all(_NAME.fullmatch(n) and not _LETTERS.fullmatch(n) for n in before):
        yield from _one_number(chain)
        return
    names = next((k for k, m in enumerate(chain.members) if not _NAME.fullmatch(m.text)), 0)
    named = names > 1 and not chain.update and not _DERIVATIVE.search(chain.members[names].text)
    if named:
        yield from _one_formula(chain, names)
    first, *rest = chain.members
    whole = chain.piece
    end = first.at - whole.at + len(first.text)
    for member in rest[names:] if named else rest:
        start = member.at - whole.at
        between = whole.text[end:start] if member is rest[0] else _blank_with_a_sign(whole.text[end:start])
        piece = Piece(whole.text[:end] + between + whole.text[start:start + len(member.text)], whole.at)
        part = Equality(piece, (first, member), chain.conditions, update=chain.update)
        yield part, whole.at if member is rest[0] else member.at


def _one_number(chain: Equality) -> Iterator[tuple[Equality, int]]:
    *names, last = chain.members
    whole = chain.piece
    for name in names:
        start, end = name.at - whole.at, name.at - whole.at + len(name.text)
        number = last.at - whole.at
        text = whole.text[start:end] + _blank_with_a_sign(whole.text[end:number]) + whole.text[number:]
        piece = Piece(text[:number - start + len(last.text)], name.at)
        yield Equality(piece, (name, last), chain.conditions, update=chain.update), name.at


def _one_formula(chain: Equality, names: int) -> Iterator[tuple[Equality, int]]:
    """What the last of so many names stands for is told before another one is said to be the same."""
    for left, right in reversed(list(zip(chain.members[:names], chain.members[1:]))):
        start, end = left.at - chain.piece.at, right.at - chain.piece.at + len(right.text)
        yield Equality(Piece(chain.piece.text[start:end], left.at), (left, right), chain.conditions), left.at


def _blank_with_a_sign(text: str) -> str:
    """The members that are left out as blanks, with the last sign."""
    return _SIGN.sub("=", re.sub(r"[^\n]", " ", text)[:-1] + "=")
