"""The lines of a place that stand for themselves, the parts of a line, and what stands between signs of relation."""

from __future__ import annotations

import re

from derive.documents.lines.cases_in_text import with_cases, without_open_braces
from derive.documents.lines.marks import RELATIONS, Mark, cleaned, marks, relations
from derive.documents.lines.statements import Piece
from derive.documents.pages.places import DIRECTIVE, FENCE, Place
from derive.reading.tokens import MAX_DIGITS

_STARTS_INSIDE = re.compile(r"\s*&?\s*(?:[=+\-−·⊙*/≤≥<>]|\\(?:cdot|times|odot|le|ge|leq|geq|circ)\b|\\[,;:!]\s*=)")
_SIGN = re.compile(r"\s*[+\-−]")
_ENDS_INSIDE = re.compile(r"(?:[=+\-−·⊙*/(\[{,]|\\(?:cdot|times|odot))\s*$")
_INDEX = re.compile(r"\d+|[A-Z]\s*[-−]\s*\d+")
_COUNTED = re.compile(r"\\?\w+\s*=\s*(?:\d+\s*,\s*)*(\d+)")
_NEXT_EQUATION = re.compile(        # a name or a derivative, and an equals sign
    r"\s*(?:\\[dt]?frac\s*\{\s*\\partial[^=\n]{1,80}|"
    r"(?:\\[A-Za-z]+\s*\{[A-Za-z]{1,20}\}|\\[A-Za-z]+|[A-Za-z])"
    r"(?:\s*[_^]\s*(?:\{[^{}=\n]{1,40}\}|\\[A-Za-z]+|[A-Za-z0-9*])){0,3}(?:\([A-Za-z_, ]{1,20}\))?)\s*(?:&\s*)?=")
_ASIDE = re.compile(        # words in parentheses behind a formula, and after a wide space
    r"[ \t]*(?:[(（][^()（）\n]*(?:[\u3400-\u9fff]|[A-Za-z]{3,}[ ,]+[A-Za-z]{3,})[^()（）\n]*[)）]|"
    r"[ \t]{2,}(?:[\u3400-\u9fff（][^\n]*|\([A-Za-z]{3,}[?!]?\))|（[^\n（）]*）)[ \t]*(?=\n|$)")


def lines(place: Place) -> list[Piece]:
    """The lines of a place that stand for themselves: rows of a display, lines of a fence, each with those that go on
    with it."""
    by_line = place.kind in (FENCE, DIRECTIVE)
    text = cleaned(place.text, comments=by_line)
    if place.kind == FENCE:
        text = with_cases(text)
    if by_line:
        text = _ASIDE.sub(lambda m: " " * len(m[0]), text)
    separators = _separators(text, by_line)
    found: list[Piece] = []
    begin = 0
    ends = [(m.start, m.end) for m in separators] + [(len(text), len(text))]
    for (end, following), (last, _) in zip(ends, [*ends[1:], ends[-1]]):
        two = by_line and _SIGN.match(text, following) and all(
            map(relations, (text[begin:end], text[following:last])))
        if not two and _STARTS_INSIDE.match(text, following) and text[begin:end].strip() and following < len(text):
            text = text[:end] + re.sub(r"[^\n]", " ", text[end:following]) + text[following:]
            continue
        if by_line and _ENDS_INSIDE.search(text[begin:end]) and following < len(text) and not relations(
                text[following:last]):
            continue
        found.append(Piece(text, place.start).cut(begin, end))
        begin = following
    return [line for line in found if line]


def _separators(text: str, by_line: bool) -> list[Mark]:
    """The ends of rows; of lines where each stands for itself, and in a display where another equation begins."""
    found, begin = [], 0
    for m in marks(without_open_braces(text) if by_line else text):
        ends = m.sign == "line" and (by_line or _NEXT_EQUATION.match(text, m.end) and relations(text[begin:m.start])
                                     and not _ENDS_INSIDE.search(text[begin:m.start]))
        if m.sign == "row" or ends:
            found.append(m)
            begin = m.end
    return found


def parts(line: Piece) -> list[Piece]:
    """The parts between commas, gaps and words; `1, …, T` and `a, b ∈ ℝ` stay together."""
    cuts = [m for m in marks(line.text) if m.sign in (",", "gap", "word")]
    found: list[tuple[Piece, Mark | None]] = []
    begin, before = 0, None
    for mark in [*cuts, None]:
        end = len(line.text) if mark is None else mark.start
        part = line.cut(begin, end)
        if part:
            found.append((part, before))
        begin, before = (end, mark) if mark is None else (mark.end, mark)
    return _joined(line, found)


def _joined(line: Piece, cut: list[tuple[Piece, Mark | None]]) -> list[Piece]:
    """The parts with what a comma does not separate put together; `cut` has the mark in front of each."""
    joined: list[Piece] = []
    goes_on = False
    for k, (part, before) in enumerate(cut):
        signs = [m.sign for m in marks(part.text)]
        dots = "…" in signs
        comma = before is not None and before.sign == ","
        bare = joined and not any(m.sign in RELATIONS for m in marks(joined[-1].text))
        second = _INDEX.fullmatch(part.text) and k + 1 < len(cut) and _goes_on(cut[k + 1][0])    # t = T, T − 1, …, 1
        goes_on |= bool(second)
        counted = bool(joined) and is_next_number(_last_number(joined[-1]), part.text)
        if joined and comma and (counted or goes_on or (dots and not _has_relation(part)) or bare):
            start = joined[-1].at
            joined[-1] = line.cut(start - line.at, part.at + len(part.text) - line.at)
        else:
            joined.append(part)
        goes_on = _goes_on(part) or bool(second)
    return joined


def _goes_on(part: Piece) -> bool:
    """Whether it ends with dots."""
    signs = [m.sign for m in marks(part.text)]
    return "…" in signs and signs[-1] == "…" and part.text.endswith(("…", "dots", "...", "⋯"))


def _last_number(part: Piece) -> str:
    """The 2 of `i = 1, 2`; nothing of any other part."""
    found = _COUNTED.fullmatch(part.text)
    return found[1] if found else ""


def is_next_number(before: str, text: str) -> bool:
    """Whether two texts are numbers, the second the first and one; those with too many digits to be read are not."""
    known = all(x.isdecimal() and len(x) <= MAX_DIGITS for x in (before, text))
    return known and int(text) == int(before) + 1


def _has_relation(part: Piece) -> bool:
    return bool(relations(part.text))


def members_of(piece: Piece) -> tuple[list[Piece], list[str]]:
    """What stands between signs of relation, and the signs."""
    found = relations(piece.text)
    places = [0, *(x for m in found for x in (m.start, m.end)), len(piece.text)]
    return [piece.cut(a, b) for a, b in zip(places[::2], places[1::2])], [m.sign for m in found]


def ends_inside(text: str) -> bool:
    """Whether a formula goes on behind the text."""
    return bool(_ENDS_INSIDE.search(text))


def starts_inside(text: str) -> bool:
    """Whether a formula began before the text."""
    return bool(_STARTS_INSIDE.match(text))
