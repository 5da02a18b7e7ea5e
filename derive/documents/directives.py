"""Directives that are orders: assume, use, new scope, skip, expect refuted."""

from __future__ import annotations

import re

from derive.documents.lines import members_of, parts
from derive.documents.places import DIRECTIVE, Place
from derive.documents.statements import Assume, Order, Piece, Refused, Relation, Statement

_ORDER = re.compile(r"\s*(assume|use|new\s+scope|skip|expect\s+refuted)\b\s*")
_SKIP = re.compile(r"\s*skip\s+next\b")
_QUOTES = " \t\r\n\"'“”"


def skipped(place: Place) -> str | None:
    """Why the next formula is not checked, where a directive says so."""
    order = _SKIP.match(place.text) if place.kind == DIRECTIVE else None
    return place.text[order.end():].strip(_QUOTES) if order else None


def is_order(piece: Piece) -> bool:
    return bool(_ORDER.match(piece.text))


def ordered(piece: Piece) -> list[Statement]:
    """What an order says: of `assume`, the assumptions."""
    order = _ORDER.match(piece.text)
    assert order is not None
    rest = piece.cut(order.end(), len(piece.text))
    if order[1] != "assume":
        return [Order(piece, " ".join(order[1].split()), rest.text.strip(_QUOTES))]
    return [_assumption(part) for part in parts(rest)]


def _assumption(part: Piece) -> Statement:
    members, signs = members_of(part)
    if signs == ["="]:
        return Assume(part, tuple(members))
    if signs and set(signs) <= set("≤<≥>≠"):
        return Relation(part, tuple(members), tuple(signs))
    return Refused(part, "an assumption is an equation or an inequality: assume Σ_k y_k = 1")
