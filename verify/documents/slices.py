"""The definitions with which a claim is read, which of them have a meaning, and the entry that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from derive.documents import DocumentError
from derive.documents.lines.items import CLAIMED, DEFINED, NAMED, UPDATED, Item
from derive.documents.lines.statements import Equality, Statement
from derive.documents.outline.outline import Outline
from derive.documents.pages.sources import Source
from derive.documents.problems import Problem
from derive.documents.program.program import DocumentEntry, read_statements
from derive.documents.roles.interpretation import CHECKING
from verify.documents.left_unsaid import left_unsaid

Given = Mapping[str, Any]
NOTHING_ELSE: Given = MappingProxyType({})
LENGTH = "length "          # begins a layout: the size behind it is the length of an axis
JACOBIANS = "jacobians"     # a layout: names of Jacobians are read as these


class Slices:
    """The slices of one outline. What was read once is kept."""

    def __init__(self, outline: Outline, source: Source):
        self.outline, self.source, self.positions = outline, source, source.positions
        self._problems: dict[frozenset[int], str] = {}      # slices that were read, with what is wrong with them
        self._without: dict[int, bool] = {}                 # which definitions have no meaning, as far as it was asked

    def of(self, item: Item, without: frozenset[int] = frozenset(), apart: bool = False) -> Iterator[list[Item]]:
        """The definitions with which a claim may be read, the most likely first; `apart` is that of a slice."""
        seen: list[frozenset[int]] = []
        for wide in (False, True):
            if wide and not item.derived and not any(i.role == NAMED for i in self.outline.slice(item)):
                return
            for near in (False, True):
                needed = self._with_meaning(item, wide, near, without, apart)
                numbers = frozenset(i.number for i in needed)
                if numbers not in seen:
                    seen.append(numbers)
                    yield needed

    def entry(self, items: Sequence[Item], guess: int, layout: str = "", given: Given = NOTHING_ELSE
              ) -> DocumentEntry:
        """The entry that some items make, under a convention and with one of the shapes that are equally good; `given`
        are parts of the interpretation."""
        above = frozenset(n for i in items for n in (self.outline.above(i) if i.role == CLAIMED else i.names))
        told = frozenset(n for i in items if i.role == CLAIMED for n in self.outline.beside(i))
        length = layout.removeprefix(LENGTH) if layout.startswith(LENGTH) else ""
        interpretation = replace(CHECKING, guess=guess, elsewhere=self.outline.elsewhere, above=above, told=told,
                                 length=length, jacobians=layout == JACOBIANS)
        interpretation = replace(interpretation, **given)
        said = list(_statements(items, "" if layout == JACOBIANS else layout))
        return read_statements(said, self.positions, "page", interpretation)

    def why(self, error: DocumentError, item: Item) -> tuple[str, Problem | None]:
        """What is wrong, and the problem that lies in the item itself."""
        piece = item.statement.piece
        first, last = self.positions.place(piece.at), self.positions.place(piece.at + len(piece.text))
        own = next((p for p in error.problems if first <= (p.line, p.column) <= last), None)
        if own is not None:
            return own.message, own
        problem = error.problems[0]
        at = self.source.location(self.source.at(problem.line, problem.column))
        place = f"line {at.line}" if at.cell is None else f"cell {at.cell}, line {at.line}"
        return f"it rests on {place}: {problem.message}", None

    # -- definitions without a meaning ---------------------------------------------------------------------------
    def _with_meaning(self, item: Item, wide: bool = False, near: bool = False, without: frozenset[int] = frozenset(),
                      apart: bool = False, before: int | None = None) -> list[Item]:
        """A slice without the definitions that have no meaning, as far as they stand `before` a number. What is left
        out may bring others in."""
        while True:
            needed = self.outline.slice(item, wide, near, without, apart)
            more = frozenset(i.number for i in needed if i.number != item.number and (
                before is None or i.number < before) and self._is_unread(i))
            if not more:
                return needed
            without |= more

    def _is_unread(self, item: Item) -> bool:
        """Whether a definition has no meaning. Each is read when it is first asked for, after those above it; those of
        a used entry have been held against it."""
        if item.role not in (DEFINED, NAMED) or item.used:
            return False
        if item.number not in self._without:
            self._without[item.number] = False      # as long as it is being read
            self._without[item.number] = bool(self._unread(item, item.number))
        return self._without[item.number]

    def unread(self, item: Item) -> str:
        """What is wrong with a definition; nothing for one that has a meaning with what it rests on, or without those
        definitions of other places that do not go together with it."""
        return self._unread(item, None)

    def _unread(self, item: Item, before: int | None) -> str:
        alone = frozenset(i.number for i in self.outline.items if i.number != item.number)
        problems = []
        for near, without in ((False, frozenset()), (True, frozenset()), (False, alone)):
            problems.append(self._problem(item, self._with_meaning(item, near=near, without=without, before=before)))
            if not problems[-1]:
                return ""
        problems.append(self._problem(item, self.outline.of_section(item).slice(item)))
        if not problems[-1]:
            return ""
        return next(filter(left_unsaid, problems), problems[0])     # it can be read, and says too little

    def goes_together(self, item: Item, without: frozenset[int]) -> bool:
        """Whether what an item rests on without some definitions can be read beside it."""
        try:
            self.entry(self._with_meaning(item, without=without), 0)
        except DocumentError as error:
            return self.why(error, item)[1] is not None
        return True

    def missing(self, item: Item) -> list[Item]:
        """The definitions in the same section on which a claim rests, and which have no meaning."""
        return [i for i in self.outline.slice(item) if i.section == item.section and i.number != item.number
                and self._is_unread(i)]

    def _problem(self, item: Item, needed: list[Item]) -> str:
        key = frozenset(i.number for i in needed)
        if key not in self._problems:
            try:
                self.entry(needed, 0)
                self._problems[key] = ""
            except DocumentError as error:
                self._problems[key] = self.why(error, item)[0]
        return self._problems[key]


def _statements(items: Iterable[Item], layout: str) -> Iterator[Statement]:
    for item in items:
        statement = item.statement
        if item.role == CLAIMED and isinstance(statement, Equality):
            statement = replace(statement, claimed=True, layout=layout)
        elif item.role == UPDATED and isinstance(statement, Equality):
            statement = replace(statement, update=True)
        yield statement
