"""Moments that a directive tells of a name without a law: assume E[w_i] = 0, Var(w_i) = σ². Nothing else is known of it
(reading 14 of the contract)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from derive.documents.lines.statements import Assume, Law, Piece, Statement

_OPEN, _CLOSE = r"\s*(?:\\left\s*)?[(\[]\s*", r"\s*(?:\\right\s*)?[)\]]\s*"
_MEAN = re.compile(rf"\s*(?:\\(?:mathbb|operatorname|mathrm)\s*\{{?\s*E\s*\}}?|𝔼|E){_OPEN}(.+?){_CLOSE}")
_VARIANCE = re.compile(rf"\s*(?:\\(?:operatorname|mathrm|text)\s*\{{?\s*Var\s*\}}?|\\?Var){_OPEN}(.+?){_CLOSE}")


def with_told_moments(found: Iterable[Statement]) -> Iterator[Statement]:
    """The assumptions of a directive; those about the moments of a name as what is known of its law."""
    statements = list(found)
    means, variances = dict(_of(_MEAN, statements)), dict(_of(_VARIANCE, statements))
    for statement in statements:
        mean = next((name for name, (told, _, _) in means.items() if told is statement), None)
        if mean is None:
            if not any(told is statement and name in means for name, (told, _, _) in variances.items()):
                yield statement
            continue
        _, name, value = means[mean]
        given = [value, *(of[2] for of in [variances.get(mean)] if of is not None)]
        law = f"Moments({', '.join(v.text.strip() for v in given)})"
        yield Law(statement.piece, (name,), Piece(law, value.at))


def _of(pattern: re.Pattern[str], statements: Iterable[Statement]) -> Iterator[tuple[str, tuple[Assume, Piece, Piece]]]:
    """The name, without spaces, of which such an assumption tells the moment; the statement, the name and the value."""
    for statement in statements:
        if isinstance(statement, Assume) and len(statement.members) == 2:
            left, right = statement.members
            inside = pattern.fullmatch(left.text)
            if inside and re.fullmatch(r"\\?\w+(?:_(?:\w|\{[^{}]*\}))?", inside[1]):
                yield "".join(inside[1].split()), (statement, left.cut(*inside.span(1)), right)
