"""What a part of a line says, by its signs of relation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.documents.lines.lines import ends_inside, members_of, starts_inside
from derive.documents.lines.marks import marks
from derive.documents.lines.statements import (
    Declaration,
    Equality,
    Law,
    Piece,
    Range,
    Refused,
    Relation,
    Statement,
    Wanted,
)

_LETTER = re.compile(r"\s*(?:\\?[A-Za-z]+|\w)\s*")
_BARE = re.compile(r"\s*\\?[^\W\d]\w*(?:\s*[_^]\s*(?:\{[^{}]*\}|\w))*'*\s*")
_NAME = re.compile(r"\s*((?:\\[A-Za-z]+\s*\{)*\\?[^\W\d_]\w*\}*(?:\s*(?:_|\^(?=\s*\{?\s*[(\[]))\s*"
                   r"(?:\{(?:[^{}]|\{[^{}]*\})*\}|\w|\(\w\)))*'*)\s*&?\s*")
_NUMBERS = re.compile(r"(\d+)\s*,\s*(?:\d+\s*,\s*)*(\d+)")
_DERIVATIVE = re.compile(r"\s*(?:∂|∇|\\partial|\\nabla|\\[dt]?frac\s*\{\s*\\partial|\\[dt]?frac\s*\{\s*∂)")
_VALUE = re.compile(_DERIVATIVE.pattern + r"|\s*\\?[A-Za-zα-ωΑ-Ω]+(?:'|′|\\prime|\^\{?\\prime)*\s*(?:\\left\s*)?\(")
_ASKED = re.compile(r"\s*(?:\?|？|\\\?)\s*$")


def classified(piece: Piece, inline: bool) -> Statement | None:
    """What a part says; None for a formula that says nothing: a mention."""
    members, signs = members_of(piece)
    if not signs:
        wanted = _DERIVATIVE.match(piece.text) and not inline
        return Wanted(piece) if wanted and _is_derivative(piece) else None
    if "∈" in signs:
        return _declaration(piece, members, signs)
    if any(s in signs for s in ("→", "≈", "∝")):
        return None
    if signs == ["~"] and all(members):
        return Law(piece, tuple(_listed(members[0])), members[1])
    if "~" in signs:
        return None if inline else Refused(piece, "a law is written as x ~ N(0, σ²)")
    if set(signs) <= set("≤<≥>≠"):
        return Relation(piece, tuple(members), tuple(signs)) if all(members) else None
    if signs == ["="]:
        ranged = _range(piece, members)
        if ranged is not None:
            return ranged
    if not members[0]:
        return None if inline else Refused(piece, "there is nothing on the left of this sign")
    asked = signs[-1] == "=" and (not members[-1] or _ASKED.match(members[-1].text))
    if asked and len(members) == 2:
        return Wanted(members[0])
    if set(signs) <= {"=", ":="}:
        kept = tuple(members[:-1] if asked else members)
        end = kept[-1].at + len(kept[-1].text) - piece.at
        return Equality(piece.cut(0, end), kept, update=":=" in signs)
    mixed = _with_inequalities(piece, members, signs, inline)
    if mixed is not None:
        return mixed
    why = "an equation and an inequality in one line cannot be read; write two lines"
    return None if inline else Refused(piece, why)


def _with_inequalities(piece: Piece, members: list[Piece], signs: list[str], inline: bool) -> Equality | None:
    """The first equation of `f'(x) = −2x < 0` and `0 < p = σ(z) < 1`; in a sentence, only one of a derivative or of a
    function, and one of two names nowhere: a = b > 0 may be a condition."""
    first = next((k for k, sign in enumerate(signs) if sign == "="), None)
    if first is None or not set(signs) <= set("=≤<≥>≠"):
        return None
    last = next((k for k in range(first, len(signs)) if signs[k] != "="), len(signs))
    kept = members[first:last + 1]
    if not all(kept) or all(_BARE.fullmatch(m.text) for m in kept) or (inline and not _VALUE.match(kept[0].text)):
        return None
    start, end = kept[0].at - piece.at, kept[-1].at + len(kept[-1].text) - piece.at
    return Equality(piece.cut(start, end), tuple(kept))


def _is_derivative(piece: Piece) -> bool:
    """A derivative alone: not a product of several, nor a sum."""
    signs = re.findall(r"∂|\\partial|∇|\\nabla", piece.text)
    return len(signs) <= 2 and not re.search(r"[+]|\\int|∫|ᵀ\s*∂", piece.text)


def with_its_set(piece: Piece) -> tuple[Piece, list[Declaration]]:
    """The equation of `e = K q ∈ ℝ^n`, and what is declared of the name on its left."""
    members, signs = members_of(piece)
    if len(signs) < 2 or signs[-1] != "∈" or not set(signs[:-1]) <= {"=", ":="} or not all(members):
        return piece, []
    equation = piece.cut(0, members[-2].at + len(members[-2].text) - piece.at)
    named = _NAME.fullmatch(members[0].text)
    name = members[0].cut(*named.span(1)) if named else None
    return equation, [Declaration(members[-1], (name,), members[-1])] if name is not None else []


def _declaration(piece: Piece, members: list[Piece], signs: list[str]) -> Statement | None:
    """`x, y ∈ ℝ^n`"""
    place = signs.index("∈")
    if place != len(signs) - 1:
        return None
    names = tuple(_listed(members[place]))
    return Declaration(piece, names, members[-1]) if place == 0 and names and members[-1] else None


def _listed(piece: Piece) -> Iterator[Piece]:
    """The names before ∈, one by one, without dots."""
    cuts = [m for m in marks(piece.text) if m.sign == ","]
    begin = 0
    for start, end in [(m.start, m.end) for m in cuts] + [(len(piece.text), 0)]:
        part = piece.cut(begin, start)
        if part and part.text not in ("…", r"\dots", r"\ldots", "...", r"\cdots"):
            yield part
        begin = end


def _range(piece: Piece, members: list[Piece]) -> Range | None:
    """`t = 1, …, T`, `t = 1…T` and `t = 1, 2, 3`"""
    left, right = members
    counted = _NUMBERS.fullmatch(right.text)
    if counted and _LETTER.fullmatch(left.text):
        return Range(piece, left, right.cut(*counted.span(1)), right.cut(*counted.span(2)))
    dots = [m for m in marks(right.text) if m.sign == "…"]
    if len(dots) != 1 or not _LETTER.fullmatch(left.text):
        return None
    low = right.cut(0, dots[0].start)
    high = right.cut(dots[0].end, len(right.text))
    if "," in low.text:
        low = low.cut(0, low.text.index(","))
    is_sum = ends_inside(low.text) or starts_inside(high.text)
    return Range(piece, left, low, high) if low and high and not is_sum else None
