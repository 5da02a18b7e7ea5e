"""What a document says, as data: declarations, assumptions, ranges, equations, wanted derivatives.

This goes by relations, commas and words outside of brackets; what a formula means is decided later, when all names are
known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_EDGES = " \t\r\n.,;:，。；：&"
_BEFORE = re.compile(rf"(?:[{_EDGES}]|\\[,;:!> ]|\\q?quad(?![A-Za-z]))*")
_SPACE_BEHIND = re.compile(r"\\(?:[,;:!> ]|q?quad)?\Z")


@dataclass(frozen=True)
class Piece:
    """A part of the document: `text` begins at position `at`."""

    text: str
    at: int

    def cut(self, start: int, end: int) -> Piece:
        """A part of it without blanks and stops around it."""
        part = self.text[start:end]
        before = _BEFORE.match(part)
        lead = before.end() if before else 0
        part = part[lead:].rstrip(_EDGES)
        while found := _SPACE_BEHIND.search(part[-6:]):
            part = part[:len(part) - len(found[0])].rstrip(_EDGES)
        return Piece(part, self.at + start + lead)

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
    """`names ~ law`: random quantities, with the ranges that stand for their letters."""

    names: tuple[Piece, ...]
    law: Piece
    conditions: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Relation(Statement):
    """Something without `=`: an assumption, or a range. `members` stand between `signs`."""

    members: tuple[Piece, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Case(Relation):
    """The case of which a sentence speaks, y s < 1, where something in it is computed."""


@dataclass(frozen=True)
class Range(Statement):
    """`letter = low, …, high`"""

    letter: Piece
    low: Piece
    high: Piece


@dataclass(frozen=True)
class Equality(Statement):
    """`a = b = c`, with the ranges that stand on its line; those that stand alone `above` are conditions too.
    `update` says that it was written := or ←; `claimed` that nothing in it is a definition, `layout` under which
    convention its derivatives are read (see `layouts`), `relation` what stands between two sides that are claimed
    to be unequal, and `turned` that the sides stand the other way round on the page."""

    members: tuple[Piece, ...]
    conditions: tuple[Statement, ...] = ()
    above: tuple[Statement, ...] = ()
    update: bool = False
    claimed: bool = False
    layout: str = ""
    relation: str = "="
    turned: bool = False


@dataclass(frozen=True)
class Wanted(Statement):
    """A derivative without a claim: `∂L/∂W`, `∂L/∂W = ?`"""


@dataclass(frozen=True)
class Assume(Statement):
    """`assume a = b`, in a directive"""

    members: tuple[Piece, ...]


@dataclass(frozen=True)
class Property(Statement):
    """`assume A symmetric`, `assume y one-hot`, in a directive: `kind` is one of `lines.properties`."""

    name: Piece
    kind: str


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
