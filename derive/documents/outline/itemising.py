"""From statements to items: chains taken apart, used entries brought in, and of each item where it stands and what the
text says of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from derive.documents.lines import statements as said
from derive.documents.lines.items import ASSUMED, DECLARED, ORDERED, SKIPPED, UNREADABLE, WANTED, Item
from derive.documents.lines.sentence_ranges import leading, with_letters_apart, with_parts_told, with_ranges_behind
from derive.documents.lines.statements import Statement
from derive.documents.lines.surroundings import Surroundings
from derive.documents.lines.words import Words, words_before
from derive.documents.outline.chains import equations_of
from derive.documents.outline.differentials import with_gradients
from derive.documents.outline.told_diagonals import with_diagonals
from derive.documents.outline.turned import with_names_first, with_steps_first
from derive.documents.pages.places import DIRECTIVE, INLINE, Place

_ROLES = {said.Declaration: DECLARED, said.Law: DECLARED, said.Relation: ASSUMED, said.Range: ASSUMED,
          said.Assume: ASSUMED, said.Property: ASSUMED, said.Wanted: WANTED, said.Skipped: SKIPPED, said.Order: ORDERED,
          said.Used: ORDERED}

_NUMBER = re.compile(r"=\s*[-−]?(?:\d|\\[dt]?frac\s*\{?\d)[\d./{}\s]*$")
_AND = re.compile(r"[\s$)\\]*(?:,?\s*and|和|与|且|以及|及)[\s$(\\]*")       # for a = 1 and b = 2


def itemised(stream: Sequence[Statement], text: str, found: Sequence[Place]) -> list[Item]:
    """The items of the statements that stand in some places of a text; the roles of equations are still open."""
    turned = list(with_steps_first(list(with_names_first(_with_entries(stream, text)))))
    every = list(with_gradients(turned, text))
    every = list(with_diagonals(every, text))
    items = list(with_ranges_behind(list(_items(every, text, found)), text))
    return list(leading(list(with_letters_apart(list(with_parts_told(items, text)), text)), text))


def _with_entries(stream: Sequence[Statement], text: str) -> Sequence[Statement]:
    """The statements with the entries that they use."""
    if not any(isinstance(s, said.Order) and s.what == "use" for s in stream):
        return stream
    from derive.documents.program.used import brought_in

    return list(brought_in(stream, text))


class _Expected:
    """Why the formulas of one place are wrong on purpose: of the first one behind a directive that says so."""

    def __init__(self) -> None:
        self.why: str | None = None
        self.where: Place | None = None

    def read(self, statement: Statement, place: Place) -> str | None:
        """Why this statement is expected to be wrong."""
        if isinstance(statement, said.Order) and statement.what.startswith("expect"):
            self.why, self.where = statement.rest, None
        elif isinstance(statement, said.Order) or place.kind == DIRECTIVE:
            pass
        elif self.where in (None, place):
            self.where = place
        else:
            self.why = None
        return None if place.kind == DIRECTIVE else self.why


def _items(stream: Sequence[Statement], text: str, found: Sequence[Place]) -> Iterator[Item]:
    starts = [p.start for p in found]
    surroundings, expected = Surroundings(text), _Expected()
    number, scope = 0, 0
    before: Place | None = None
    said_before = Words()       # of the words in front of that place
    for statement in stream:
        place = found[max(0, bisect_right(starts, statement.piece.at) - 1)]
        scope += isinstance(statement, said.Order) and statement.what == "new scope"
        why = expected.read(statement, place)
        if place is not before:
            listed = before is not None and place.kind == before.kind == INLINE and _NUMBER.search(place.text) \
                and _AND.fullmatch(text[before.start + len(before.text):place.start])
            above, said_before = said_before, words_before(text, place.start) if place.kind != DIRECTIVE else Words()
            if listed and above.condition and not said_before.condition:
                said_before = Words(condition=True, asked=above.asked)
            words = said_before
        else:
            words = Words()
        for k, (part, at) in enumerate(_parts(statement)):
            chained = k > 0 and part.piece.at == statement.piece.at
            item = Item(number, part, _ROLES.get(type(part), UNREADABLE), place, scope, at=at, chained=chained,
                        words=words, expected=why)
            if isinstance(statement, said.Used):
                item.used, item.chained = statement.name if k else "", False
            surroundings.tell(item)
            _tell_problem(item)
            yield item
            number += 1
        before = place


def _tell_problem(item: Item) -> None:
    """What is known to be wrong with it already."""
    if isinstance(item.statement, said.Refused):
        item.problem = item.statement.why
    elif isinstance(item.statement, said.Used) and item.statement.problem:
        item.role, item.problem = UNREADABLE, item.statement.problem


def _parts(statement: Statement) -> Iterator[tuple[Statement, int]]:
    """The statements that one stands for, with where each is shown: a used entry is what it says."""
    if isinstance(statement, said.Used):
        yield from ((s, statement.piece.at) for s in (statement, *statement.brought))
    elif isinstance(statement, said.Equality):
        yield from equations_of(statement)
    else:
        yield statement, statement.piece.at
