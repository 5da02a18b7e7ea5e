"""From the places of a document to statements: declarations, assumptions, ranges, equations, wanted derivatives.

This goes by relations, commas and words outside of brackets; what a formula means is decided later, when all names are
known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from derive.documents.marks import RELATIONS, Mark, cleaned, marks, relations
from derive.documents.places import DIRECTIVE, FENCE, INLINE, Place
from derive.documents.problems import Unreadable

MAX_STATEMENTS = 400
_STARTS_INSIDE = re.compile(r"\s*&?\s*(?:[=+\-−·⊙*/≤≥<>]|\\(?:cdot|times|odot|le|ge|leq|geq|circ)\b|\\[,;:!]\s*=)")
_ENDS_INSIDE = re.compile(r"(?:[=+\-−·⊙*/(\[{,]|\\(?:cdot|times|odot))\s*$")
_LETTERS = re.compile(r"\s*(?:\d+\s*(?:≤|<|\\leq?)\s*)?\\?[A-Za-zτ]+\s*(?:=|≤|<|≥|>|≠|\\leq?|\\geq?|\\neq?)")
_LETTER = re.compile(r"\s*(?:\\?[A-Za-z]+|\w)\s*")
_DERIVATIVE = re.compile(r"\s*(?:∂|∇|\\partial|\\nabla|\\[dt]?frac\s*\{\s*\\partial|\\[dt]?frac\s*\{\s*∂)")
_PROSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|(?<![\w\\{])[A-Za-z]{3,}[ \t]+[A-Za-z]{3,}(?![\w(_^])")
_ASIDE = re.compile(        # words in parentheses behind a formula, and after a wide space
    r"[ \t]*(?:[(（][^()（）\n]*(?:[\u3400-\u9fff]|[A-Za-z]{3,}[ ,]+[A-Za-z]{3,})[^()（）\n]*[)）]|"
    r"[ \t]{2,}[\u3400-\u9fff（][^\n]*|（[^\n（）]*）)[ \t]*(?=\n|$)")
_ASKED = re.compile(r"\s*(?:\?|？|\\\?)\s*$")
_EDGES = " \t\r\n.,;:，。；：&"


@dataclass(frozen=True)
class Piece:
    """A part of the document: `text` begins at position `at`."""

    text: str
    at: int

    def cut(self, start: int, end: int) -> Piece:
        """A part of it without blanks and stops around it."""
        part = self.text[start:end]
        lead = len(part) - len(part.lstrip(_EDGES))
        return Piece(part.strip(_EDGES), self.at + start + lead)

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Statement:
    """What the document says in one place. `piece` is all of it."""

    piece: Piece


@dataclass(frozen=True)
class Declaration(Statement):
    """`names ∈ kind`"""

    names: tuple[Piece, ...]
    kind: Piece


@dataclass(frozen=True)
class Law(Statement):
    """`names ~ law`: random quantities"""

    names: tuple[Piece, ...]
    law: Piece


@dataclass(frozen=True)
class Relation(Statement):
    """Something without `=`: an assumption, or a range. `members` stand between `signs`."""

    members: tuple[Piece, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Range(Statement):
    """`letter = low, …, high`"""

    letter: Piece
    low: Piece
    high: Piece


@dataclass(frozen=True)
class Equality(Statement):
    """`a = b = c`, with the ranges that stand on its line. `update` says that it was written := or ←; `claimed` that
    nothing in it is a definition, and `layout` under which convention its derivatives are read (see `layouts`)."""

    members: tuple[Piece, ...]
    conditions: tuple[Statement, ...] = ()
    update: bool = False
    claimed: bool = False
    layout: str = ""


@dataclass(frozen=True)
class Wanted(Statement):
    """A derivative without a claim: `∂L/∂W`, `∂L/∂W = ?`"""


@dataclass(frozen=True)
class Assume(Statement):
    """`assume a = b`, in a directive"""

    members: tuple[Piece, ...]


@dataclass(frozen=True)
class Order(Statement):
    """A directive that states nothing: `use lstm`, `new scope`, `expect refuted "why"`; `rest` is what follows it."""

    what: str
    rest: str


@dataclass(frozen=True)
class Used(Statement):
    """`use lstm`: what the entry says as statements, or why it says nothing here."""

    name: str
    brought: tuple[Statement, ...]
    problem: str = ""


@dataclass(frozen=True)
class Skipped(Statement):
    """A formula that a directive says not to check, and why."""

    why: str


@dataclass(frozen=True)
class Refused(Statement):
    """Something with a sign of relation that cannot be read as a statement, and why."""

    why: str


@dataclass
class Statements:
    """All statements in reading order, how many lines of bare fences were prose, how many formulas a directive skips,
    and what could not be read. `every` holds what says nothing, too: orders, and what was refused or skipped."""

    found: list[Statement] = field(default_factory=list)
    every: list[Statement] = field(default_factory=list)
    prose: int = 0
    skipped: int = 0
    problems: list[Unreadable] = field(default_factory=list)

    def add(self, statement: Statement) -> None:
        self.every.append(statement)
        if isinstance(statement, Order):
            why = f"the directive '{statement.what}' cannot be followed here; derive check follows it"
            self.problems.append(Unreadable(why, statement.piece.at))
        elif isinstance(statement, Refused):
            self.problems.append(Unreadable(statement.why, statement.piece.at))
        elif not isinstance(statement, Skipped):
            self.found.append(statement)


def statements(places: list[Place]) -> Statements:
    """What the places say.

    Raises:
        Unreadable: for more statements than are read.
    """
    result = Statements()
    skipping: str | None = None
    for place in places:
        order = _SKIP.match(place.text) if place.kind == DIRECTIVE else None
        if order:
            skipping = place.text[order.end():].strip(_QUOTES)
            continue
        if place.kind != DIRECTIVE and skipping is not None:
            result.every.append(Skipped(Piece(place.text, place.start).cut(0, len(place.text)), skipping))
            skipping = None
            result.skipped += 1
            continue
        for piece in _lines(place):
            if place.kind == FENCE and _PROSE.search(piece.text):
                result.prose += 1
                continue
            ordered = place.kind == DIRECTIVE and _is_order(piece)
            for statement in _ordered(piece) if ordered else _said(piece, place.kind == INLINE):
                result.add(statement)
            if len(result.every) > MAX_STATEMENTS:
                raise Unreadable(f"more than {MAX_STATEMENTS} statements; split the document", piece.at)
    return result


# -- directives ---------------------------------------------------------------------------------------------------
_ORDER = re.compile(r"\s*(assume|use|new\s+scope|skip|expect\s+refuted)\b\s*")
_SKIP = re.compile(r"\s*skip\s+next\b")
_QUOTES = " \t\r\n\"'“”"


def _is_order(piece: Piece) -> bool:
    return bool(_ORDER.match(piece.text))


def _ordered(piece: Piece) -> list[Statement]:
    order = _ORDER.match(piece.text)
    assert order is not None
    rest = piece.cut(order.end(), len(piece.text))
    if order[1] != "assume":
        return [Order(piece, " ".join(order[1].split()), rest.text.strip(_QUOTES))]
    said = _split(rest)
    found: list[Statement] = []
    for part in said:
        members, signs = _members(part)
        if signs == ["="]:
            found.append(Assume(part, tuple(members)))
        elif signs and set(signs) <= set("≤<≥>≠"):
            found.append(Relation(part, tuple(members), tuple(signs)))
        else:
            found.append(Refused(part, "an assumption is an equation or an inequality: assume Σ_k y_k = 1"))
    return found


# -- lines --------------------------------------------------------------------------------------------------------
def _lines(place: Place) -> list[Piece]:
    """The lines of a place that stand for themselves: rows of a display, lines of a fence, each with those that go on
    with it."""
    by_line = place.kind in (FENCE, DIRECTIVE)
    text = cleaned(place.text, comments=by_line)
    if by_line:
        text = _ASIDE.sub(lambda m: " " * len(m[0]), text)
    separators = [m for m in marks(text) if m.sign == "row" or (m.sign == "line" and by_line)]
    lines: list[Piece] = []
    whole, begin = Piece(text, place.start), 0
    ends = [(m.start, m.end) for m in separators] + [(len(text), len(text))]
    for (end, following), (last, _) in zip(ends, [*ends[1:], ends[-1]]):
        if _STARTS_INSIDE.match(text[following:]) and text[begin:end].strip() and following < len(text):
            text = text[:end] + re.sub(r"[^\n]", " ", text[end:following]) + text[following:]
            continue
        if by_line and _ENDS_INSIDE.search(text[begin:end]) and following < len(text) and not relations(
                text[following:last]):
            continue
        lines.append(Piece(text, place.start).cut(begin, end))
        begin = following
    assert len(text) == len(whole.text)
    return [line for line in lines if line]


# -- what a line says ---------------------------------------------------------------------------------------------
def _said(line: Piece, inline: bool) -> list[Statement]:
    """The statements of a line; ranges belong to the equation before them."""
    found: list[Statement] = []
    for part in _split(line):
        statement = _classified(part, inline)
        if isinstance(statement, Equality):
            statement = _without_condition(statement)
        last = found[-1] if found else None
        inside = _PARENTHESES.fullmatch(part.text)
        if statement is None and inside and found:
            statement = _classified(part.cut(inside.start(1), inside.end(1)), inline)       # = p_j q   (j ≥ 2)
        if statement is None:
            continue
        if isinstance(statement, (Range, Relation)) and isinstance(last, Equality) and _is_range(statement):
            found[-1] = replace(last, conditions=(*last.conditions, statement))
            found[:-1] = [_bound_too(s, statement) for s in found[:-1]]
        else:
            found.append(statement)
    return found


def _bound_too(statement: Statement, condition: Statement) -> Statement:
    """An equation in front of others, with the range that stands behind the last one, where it has its letter."""
    letter = condition.letter.text if isinstance(condition, Range) else ""
    stands = letter and re.search(rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])", statement.piece.text)
    if not isinstance(statement, Equality) or statement.conditions or not stands:
        return statement
    return replace(statement, conditions=(condition,))


_PARENTHESES = re.compile(r"\s*(?:\\left\s*)?[(（]([^()（）]*?)(?:\\right\s*)?[)）]\s*")
_BEHIND = re.compile(r"\s*[(（]([^()（）]*(?:=|≤|<|≥|>|≠|\\leq?|\\geq?|\\neq?)[^()（）]*)[)）]\s*$")


def _without_condition(statement: Equality) -> Equality:
    """`W h (t ≥ 1)`: what stands in parentheses behind an equation is its condition."""
    last = statement.members[-1]
    found = _BEHIND.search(last.text)
    if found is None or not last.text[:found.start()].strip() or _ENDS_INSIDE.search(last.text[:found.start()]):
        return statement
    inside = last.cut(found.start(1), found.end(1))
    condition = _classified(inside, True)
    if isinstance(condition, Equality) and len(condition.members) == 2:
        condition = Range(inside, condition.members[0], condition.members[1], condition.members[1])
    if not isinstance(condition, (Range, Relation)) or not _is_range(condition) or not _LETTERS.match(inside.text):
        return statement
    kept = last.cut(0, found.start())
    end = kept.at + len(kept.text) - statement.piece.at
    return replace(statement, piece=statement.piece.cut(0, end), members=(*statement.members[:-1], kept),
                   conditions=(*statement.conditions, condition))


def _is_range(statement: Statement) -> bool:
    """Whether it is about letters: nothing in it but names and whole numbers."""
    return bool(re.fullmatch(r"[\w\s\\{}+\-−…<>=≤≥≠.,]*", statement.piece.text))


def _split(line: Piece) -> list[Piece]:
    """The parts between commas, gaps and words; `1, …, T` and `a, b ∈ ℝ` stay together."""
    cuts = [m for m in marks(line.text) if m.sign in (",", "gap", "word", "line")]
    cuts = [m for m in cuts if m.sign != "line"]
    parts: list[tuple[Piece, Mark | None]] = []
    begin, before = 0, None
    for mark in [*cuts, None]:
        end = len(line.text) if mark is None else mark.start
        part = line.cut(begin, end)
        if part:
            parts.append((part, before))
        begin, before = (end, mark) if mark is None else (mark.end, mark)
    return _joined(line, parts)


def _joined(line: Piece, parts: list[tuple[Piece, Mark | None]]) -> list[Piece]:
    joined: list[Piece] = []
    goes_on = False
    for k, (part, before) in enumerate(parts):
        signs = [m.sign for m in marks(part.text)]
        dots = "…" in signs
        comma = before is not None and before.sign == ","
        bare = joined and not any(m.sign in RELATIONS for m in marks(joined[-1].text))
        second = part.text.isdecimal() and k + 1 < len(parts) and _goes_on(parts[k + 1][0])      # t = 1, 2, …, T
        goes_on |= second
        if joined and comma and (goes_on or (dots and not _has_relation(part)) or bare):
            start = joined[-1].at
            joined[-1] = line.cut(start - line.at, part.at + len(part.text) - line.at)
        else:
            joined.append(part)
        goes_on = _goes_on(part) or second
    return joined


def _goes_on(part: Piece) -> bool:
    """Whether it ends with dots."""
    signs = [m.sign for m in marks(part.text)]
    return "…" in signs and signs[-1] == "…" and part.text.endswith(("…", "dots", "...", "⋯"))


def _has_relation(part: Piece) -> bool:
    return bool(relations(part.text))


def _members(piece: Piece) -> tuple[list[Piece], list[str]]:
    found = relations(piece.text)
    places = [0, *(x for m in found for x in (m.start, m.end)), len(piece.text)]
    return [piece.cut(a, b) for a, b in zip(places[::2], places[1::2])], [m.sign for m in found]


def _classified(piece: Piece, inline: bool) -> Statement | None:
    """What a part says; None for a formula that says nothing: a mention."""
    members, signs = _members(piece)
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
    why = "an equation and an inequality in one line cannot be read; write two lines"
    return None if inline else Refused(piece, why)


def _is_derivative(piece: Piece) -> bool:
    """A derivative alone: not a product of several, nor a sum."""
    signs = re.findall(r"∂|\\partial|∇|\\nabla", piece.text)
    return len(signs) <= 2 and not re.search(r"[+]|\\int|∫|ᵀ\s*∂", piece.text)


def _declaration(piece: Piece, members: list[Piece], signs: list[str]) -> Statement | None:
    """`x, y ∈ ℝ^n`; `e = K q ∈ ℝ^n` says both."""
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
    """`t = 1, …, T` and `t = 1…T`"""
    left, right = members
    dots = [m for m in marks(right.text) if m.sign == "…"]
    if len(dots) != 1 or not _LETTER.fullmatch(left.text):
        return None
    low = right.cut(0, dots[0].start)
    high = right.cut(dots[0].end, len(right.text))
    if "," in low.text:
        low = low.cut(0, low.text.index(","))
    return Range(piece, left, low, high) if low and high else None
