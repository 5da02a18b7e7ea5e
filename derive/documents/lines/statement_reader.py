"""From the places of a document to its statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from derive.documents.lines.directives import behind_statements, is_order, ordered, skipped
from derive.documents.lines.entries import first_by_entries
from derive.documents.lines.habits import without_habits
from derive.documents.lines.line_statements import said_in
from derive.documents.lines.lines import lines
from derive.documents.lines.parameters import also_bare, members_of, of_a_list, of_layers, without_parameters
from derive.documents.lines.statements import Order, Piece, Refused, Skipped, Statement
from derive.documents.pages.places import DIRECTIVE, FENCE, INLINE, Place
from derive.documents.problems import Unreadable

MAX_STATEMENTS = 400
_PROSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|"
                    r"(?<![\w\\{])(?!(?:log|exp)[ \t]+(?:det|exp|log)\b)[A-Za-z]{3,}[ \t]+[A-Za-z]{3,}(?![\w(_^])")


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
    places = [replace(p, text=text) for p, text in zip(places, without_habits([p.text for p in places]))]
    places = [replace(p, text=of_a_list(p.text)) if "_" in p.text and "(" in p.text else p for p in places]
    result = Statements()
    skipping: str | None = None
    formulas = [line for place in places for line in place.text.splitlines()]
    members, layered, bare = members_of(formulas), of_layers(formulas), also_bare(formulas)
    if members or layered or bare:
        places = [replace(p, text=without_parameters(p.text, members, layered, bare)) for p in places]
    for place in places:
        why = skipped(place)
        if why is not None:
            skipping = why
        elif place.kind != DIRECTIVE and skipping is not None:
            result.every.append(Skipped(Piece(place.text, place.start).cut(0, len(place.text)), skipping))
            skipping = None
            result.skipped += 1
        else:
            _read(place, result)
    return result


def _read(place: Place, result: Statements) -> None:
    """Adds what a place says, line by line."""
    for piece in lines(place):
        if place.kind == FENCE and _PROSE.search(piece.text):
            result.prose += 1
            continue
        for statement in _of_line(piece, place):
            result.add(first_by_entries(statement, result.found))
        if len(result.every) > MAX_STATEMENTS:
            raise Unreadable(f"more than {MAX_STATEMENTS} statements; split the document", piece.at)


def _of_line(line: Piece, place: Place) -> Iterator[Statement]:
    if place.kind != DIRECTIVE:
        yield from said_in(line, place.kind == INLINE)
        return
    for part in behind_statements(line):
        yield from ordered(part) if is_order(part) else said_in(part, False)
