"""Directives that are orders: assume, use, new scope, skip, expect refuted."""

from __future__ import annotations

import re

from derive.documents.lines.lines import members_of, parts
from derive.documents.lines.properties import by_equation, kind_of
from derive.documents.lines.statements import Assume, Order, Piece, Property, Refused, Relation, Statement
from derive.documents.lines.told_moments import with_told_moments
from derive.documents.pages.places import DIRECTIVE, Place

_ORDER = re.compile(r"\s*(assume|use|new\s+scope|skip|expect\s+refuted)\b\s*")
_SKIP = re.compile(r"\s*skip\s+next\b")
_PROPERTY = re.compile(r"(?P<name>[^\s是]+(?:\{[^{}]*\})?)\s*(?:\b(?:is|be)\b|是|为)?\s*(?P<word>.+)")
_BEHIND = re.compile(r"[,;，；]\s*(assume)\b")
_QUOTES = " \t\r\n\"'“”"


def skipped(place: Place) -> str | None:
    """Why the next formula is not checked, where a directive says so."""
    order = _SKIP.match(place.text) if place.kind == DIRECTIVE else None
    return place.text[order.end():].strip(_QUOTES) if order else None


def is_order(piece: Piece) -> bool:
    return bool(_ORDER.match(piece.text))


def behind_statements(line: Piece) -> list[Piece]:
    """`A ∈ ℝ^{n×n}, assume A symmetric` as its two parts."""
    found = None if is_order(line) else _BEHIND.search(line.text)
    if found is None:
        return [line]
    return [line.cut(0, found.start()), line.cut(found.start(1), len(line.text))]


def ordered(piece: Piece) -> list[Statement]:
    """What an order says: of `assume`, the assumptions."""
    order = _ORDER.match(piece.text)
    assert order is not None
    rest = piece.cut(order.end(), len(piece.text))
    if order[1] != "assume":
        return [Order(piece, " ".join(order[1].split()), rest.text.strip(_QUOTES))]
    return list(with_told_moments(map(_assumption, parts(rest))))


def _assumption(part: Piece) -> Statement:
    members, signs = members_of(part)
    told = by_equation([m.text for m in members]) if signs == ["="] else None
    if told is not None:
        return Property(part, Piece(told[0], part.at), told[1])
    if signs == ["="]:
        return Assume(part, tuple(members))
    if signs and set(signs) <= set("≤<≥>≠"):
        return Relation(part, tuple(members), tuple(signs))
    found = _PROPERTY.fullmatch(part.text)
    kind = kind_of(found["word"]) if found else None
    if found and kind is not None:
        return Property(part, part.cut(*found.span("name")), kind)
    return Refused(part, "an assumption is an equation, an inequality, or a property: assume Σ_k y_k = 1, "
                         "assume y one-hot, assume A symmetric")
