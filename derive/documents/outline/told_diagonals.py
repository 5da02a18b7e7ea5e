"""Diagonal matrices that are given by their entries: a diagonal matrix D with D_{ii} = Σ_j A_{ij} is diag(d), where
d_i is that sum."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derive.documents.lines.statements import Equality, Piece, Statement

_ENTRY = re.compile(r"\s*(?P<base>(?:\\[A-Za-z]+\s*\{)*\\?[^\W\d_][\u0300-\u036f]*\}*)\s*_\s*(?P<brace>\{?)\s*"
                    r"(?P<index>[a-z])\s*,?\s*(?P=index)\s*(?(brace)\}?)\s*&?\s*")
_TOLD = re.compile(r"对角(?:矩)?阵|度(?:数)?矩阵|\b(?:diagonal(?:\s+\w+)?|degree)\s+matri|\b(?:is|be)\s+diagonal\b",
                   re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def with_diagonals(stream: Sequence[Statement], text: str) -> Iterator[Statement]:
    """The statements, with what stands on a diagonal as the entries of a vector."""
    whole = set(_whole(stream))
    for statement in stream:
        found = _ENTRY.fullmatch(statement.members[0].text) if isinstance(statement, Equality) \
            and len(statement.members) == 2 and not statement.claimed else None
        if found is None or not isinstance(statement, Equality) or found["base"] in whole \
                or not _TOLD.search(_paragraph(text, statement.piece.at)):
            yield statement
            continue
        whole.add(found["base"])
        base, plain = found["base"], "\\" not in statement.piece.text
        name = f"{base.lower()}\u030a" if plain else rf"\mathring{{{base.lower()}}}"
        yield _equation(statement, base, f"diag({name})" if plain else rf"\operatorname{{diag}}({name})")
        made = _equation(statement, f"{name}_{found['index']}", statement.members[1].text)
        yield replace(made, conditions=statement.conditions)


def _whole(stream: Iterable[Statement]) -> Iterator[str]:
    """The left sides of equations, as they are written."""
    for statement in stream:
        if isinstance(statement, Equality):
            yield statement.members[0].text.replace("&", "").strip()


def _equation(of: Equality, left: str, right: str) -> Equality:
    at = of.piece.at
    return replace(of, piece=Piece(f"{left} = {right}", at), members=(Piece(left, at), Piece(right, at)), conditions=())


def _paragraph(text: str, at: int) -> str:
    start = max((m.end() for m in _PARAGRAPH.finditer(text, 0, at)), default=0)
    end = _PARAGRAPH.search(text, at)
    return text[start:end.start() if end is not None else len(text)]
