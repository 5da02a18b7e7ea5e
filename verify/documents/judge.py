"""Documents judged: every statement with its verdict.

A claim is read with the definitions that it rests on, derived, proved or refuted (`verify.study`). It is refuted only
where it fails under every reading that is usual (reading 1 of the contract).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from derive.documents import DocumentError
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
    Outline,
)
from derive.documents.places import Positions, places
from derive.documents.program import DocumentEntry, read_statements
from derive.documents.sorting import outline
from derive.documents.statements import Statement, statements
from verify.documents.finding import Finding
from verify.documents import finding as verdicts
from verify.study import Study, study
from verify.verdict import PASSING, REFUTED, UNDECIDED, Verdict

_KINDS = {DECLARED: "declaration", ASSUMED: "assumption", DEFINED: "definition", NAMED: "definition",
          CLAIMED: "claim", UPDATED: "update", WANTED: "derivative", CONDITION: "condition", UNREADABLE: "formula",
          SKIPPED: "formula"}


@dataclass
class Outcome:
    """A verdict on a claim with what it was found in; `problem` is why there is none, and whether it lies in the claim
    itself."""

    verdict: Verdict | None = None
    study: Study | None = None
    problem: str = ""
    own: bool = False


class Judge:
    """Judges one document."""

    def __init__(self, text: str):
        self.text = text
        self.positions = Positions.of(text)
        found = places(text)
        self.said = statements(found)
        self.outline: Outline = outline(self.said.every, text, found)
        self.read: dict[frozenset[int], str] = {}       # slices that were read, with what is wrong with them

    def findings(self) -> list[Finding]:
        """Every statement in reading order."""
        claims = [i for i in self.outline.items if i.role == CLAIMED]
        judged = {i.number: self._judged(i) for i in claims}
        return [f for i in self.outline.items if i.role != ORDERED for f in [self._finding(i, judged)]]

    # -- findings ------------------------------------------------------------------------------------------------
    def _finding(self, item: Item, judged: dict[int, Finding]) -> Finding:
        if item.number in judged:
            return judged[item.number]
        made = self._made(item, verdicts.DECLARED)
        if item.role == UNREADABLE:
            made.verdict, made.detail = verdicts.UNSUPPORTED, item.problem
        elif item.role == SKIPPED:
            assert isinstance(item.statement, said.Skipped)
            made.verdict, made.detail = verdicts.SKIPPED, item.statement.why
        elif item.role == CONDITION:
            made.verdict, made.detail = UNDECIDED, "a condition of the text, which is no claim"
        elif item.role in (DEFINED, NAMED, UPDATED):
            problem = self._unread([item])
            made.verdict, made.detail = (verdicts.UNSUPPORTED, problem) if problem else (verdicts.DEFINED, "")
            if item.variant:
                made.notes.append("redefined")
        return made

    def _made(self, item: Item, verdict: str) -> Finding:
        line, column = self.positions.place(item.at)
        source = " ".join(item.statement.piece.text.split())
        return Finding(line, column, source, _KINDS[item.role], verdict, item.name, expected=item.expected)

    # -- reading -------------------------------------------------------------------------------------------------
    def _statements(self, items: Iterable[Item]) -> list[Statement]:
        found = []
        for item in items:
            statement = item.statement
            if item.role == CLAIMED and isinstance(statement, said.Equality):
                statement = replace(statement, claimed=True)
            found.append(statement)
        return found

    def _entry(self, items: Sequence[Item]) -> DocumentEntry:
        return read_statements(self._statements(items), self.positions, "page", checking=True)

    def _unread(self, items: list[Item]) -> str:
        """What is wrong with a definition; nothing for one that has a meaning with what it rests on, or without those
        definitions that have none."""
        first = ""
        for near in (False, True):
            problem = self._unread_slice(items, self.outline.slice(items, near=near))
            if not problem:
                return ""
            first = first or problem
        alone = self._unread_slice(items, self.outline.slice(items, without=self._others(items)))
        return first if alone else ""

    def _others(self, items: list[Item]) -> frozenset[int]:
        own = {i.number for i in items}
        return frozenset(i.number for i in self.outline.items if i.number not in own)

    def _unread_slice(self, items: list[Item], needed: list[Item]) -> str:
        key = frozenset(i.number for i in needed)
        if key not in self.read:
            try:
                self._entry(needed)
                self.read[key] = ""
            except DocumentError as error:
                self.read[key] = self._why(error, items[0])[0]
        return self.read[key]

    def _why(self, error: DocumentError, item: Item) -> tuple[str, bool]:
        """What is wrong, and whether it lies in the item itself."""
        first, last = (self.positions.place(p) for p in (item.statement.piece.at,
                                                         item.statement.piece.at + len(item.statement.piece.text)))
        own = next((p for p in error.problems if first <= (p.line, p.column) <= last), None)
        if own is not None:
            return own.message, True
        problem = error.problems[0]
        return f"it rests on line {problem.line}: {problem.message}", False

    # -- claims --------------------------------------------------------------------------------------------------
    def _judged(self, item: Item) -> Finding:
        made = self._made(item, UNDECIDED)
        outcomes: list[Outcome] = []
        for wide in (False, True):
            needed = self.outline.slice([item], wide)
            if wide and len(needed) == len(self.outline.slice([item])):
                break
            outcome = self._outcome(item, needed)
            outcomes.append(outcome)
            if outcome.verdict is not None and outcome.verdict.passed:
                break
        best = next((o for o in outcomes if o.verdict and o.verdict.passed), None) or \
            next((o for o in outcomes if o.verdict and o.verdict.verdict == REFUTED), None) or outcomes[0]
        if best.verdict is None:
            made.verdict, made.detail = verdicts.UNSUPPORTED, best.problem
            return made
        made.verdict, made.by, made.detail = best.verdict.verdict, best.verdict.by, best.verdict.detail
        made.counterexample = best.verdict.counterexample
        return made

    def _outcome(self, item: Item, needed: list[Item]) -> Outcome:
        try:
            entry = self._entry(needed)
        except DocumentError as error:
            why, own = self._why(error, item)
            return Outcome(problem=why, own=own)
        found = study(entry)
        if len(found.claims) != 1:
            return Outcome(problem="it is no claim when it is read with what it rests on")
        return Outcome(found.claims[0][1], found)


def findings(text: str) -> list[Finding]:
    """Every statement of a document with its verdict.

    Raises:
        Unreadable: for a document with too many statements.
    """
    return Judge(text).findings()


__all__ = ["PASSING", "Judge", "findings"]
