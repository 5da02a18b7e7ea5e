"""Documents judged: every statement with its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.documents import statements as said
from derive.documents.outline import (
    ASSUMED,
    CLAIMED,
    CONDITION,
    DECLARED,
    DEFINED,
    NAMED,
    ORDERED,
    SKIPPED,
    UNREADABLE,
    UPDATED,
    WANTED,
    Item,
)
from derive.documents.places import Positions, places
from derive.documents.sorting import outline
from derive.documents.statements import statements
from verify.documents import finding as verdicts
from verify.documents.finding import Finding
from verify.documents.readings import Outcome, Readings
from verify.verdict import UNDECIDED

_KINDS = {DECLARED: "declaration", ASSUMED: "assumption", DEFINED: "definition", NAMED: "definition",
          CLAIMED: "claim", UPDATED: "update", WANTED: "derivative", CONDITION: "condition", UNREADABLE: "formula",
          SKIPPED: "formula"}


class Judge:
    """Judges one document."""

    def __init__(self, text: str):
        self.text = text
        self.positions = Positions.of(text)
        found = places(text)
        self.said = statements(found)
        self.outline = outline(self.said.every, text, found)
        self.readings = Readings(self.outline, self.positions)

    def findings(self) -> Iterator[Finding]:
        """Every statement, definitions before claims; each says where it stands."""
        yield from (self._finding(i) for i in self.outline.items if i.role not in (ORDERED, CLAIMED))
        yield from (self._judged(i) for i in self.outline.items if i.role == CLAIMED)

    def _finding(self, item: Item) -> Finding:
        made = self._made(item, verdicts.DECLARED)
        if item.role == UNREADABLE:
            made.verdict, made.detail = verdicts.UNSUPPORTED, item.problem
        elif item.role == SKIPPED:
            assert isinstance(item.statement, said.Skipped)
            made.verdict, made.detail = verdicts.SKIPPED, item.statement.why
        elif item.role == CONDITION:
            made.verdict, made.detail = UNDECIDED, "a condition of the text, which is no claim"
        elif item.role in (DEFINED, NAMED, UPDATED):
            problem = self.readings.unread(item)
            made.verdict, made.detail = (verdicts.UNSUPPORTED, problem) if problem else (verdicts.DEFINED, "")
            if item.variant:
                made = self._redefined(item, made)
        return made

    def _redefined(self, item: Item, made: Finding) -> Finding:
        """A second definition of a name that agrees with the first one is a claim that holds."""
        found = self.readings.judged(replace(item, role=CLAIMED), frozenset([item.number]))
        if found.shown:
            return self._with_verdict(replace(made, kind="claim"), found)
        made.notes.append("redefined")
        return made

    def _judged(self, item: Item) -> Finding:
        return self._with_verdict(self._made(item, UNDECIDED), self.readings.judged(item))

    @staticmethod
    def _with_verdict(made: Finding, found: Outcome) -> Finding:
        if found.verdict is None:
            made.verdict, made.detail = verdicts.UNSUPPORTED, found.problem
            return made
        made.verdict, made.by, made.detail = found.verdict.verdict, found.verdict.by, found.verdict.detail
        made.counterexample, made.correction = found.verdict.counterexample, found.correction
        made.reading = found.reading
        return made

    def _made(self, item: Item, verdict: str) -> Finding:
        line, column = self.positions.place(item.at)
        source = " ".join(item.statement.piece.text.split())
        expected = item.expected if item.role == CLAIMED else None
        return Finding(line, column, source, _KINDS[item.role], verdict, item.name, expected=expected)


def findings(text: str) -> list[Finding]:
    """Every statement of a document with its verdict, in reading order.

    Raises:
        Unreadable: for a document with too many statements.
    """
    return sorted(Judge(text).findings(), key=lambda f: (f.line, f.column))
