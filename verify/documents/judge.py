"""Documents judged: every statement with its verdict."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.documents.functions.assumed import ARBITRARY, FIRST, UNKNOWN
from derive.documents.lines import statements as said
from derive.documents.lines.habits import LOSS
from derive.documents.lines.items import (
    ASSUMED,
    CLAIMED,
    CONDITION,
    DECLARED,
    DEFINED,
    NAMED,
    OPERATION,
    ORDERED,
    SKIPPED,
    UNREADABLE,
    UPDATED,
    WANTED,
    Item,
)
from derive.documents.lines.sets import MEMBER
from derive.documents.lines.statement_reader import statements
from derive.documents.lines.statements import Equality, Statement
from derive.documents.names.inequalities import ONLY
from derive.documents.outline.sorting import outline
from derive.documents.pages.sources import Source, source
from verify.documents import finding as verdicts
from verify.documents.bounds import Bounds
from verify.documents.finding import Finding
from verify.documents.left_unsaid import left_unsaid
from verify.documents.readings import Outcome, Readings
from verify.documents.recognition import Recognition
from verify.documents.unread_assumptions import TESTED
from verify.verdict import REFUTED, UNDECIDED

_TO_ITS_END = re.compile(r"(?:(?!\\\\|\$|\n|\\end).)*")
_KINDS = {DECLARED: "declaration", ASSUMED: "assumption", DEFINED: "definition", NAMED: "definition",
          CLAIMED: "claim", UPDATED: "update", WANTED: "derivative", CONDITION: "condition", UNREADABLE: "formula",
          SKIPPED: "formula", OPERATION: "definition"}


class Judge:
    """Judges one document, statement by statement.

    Raises:
        Unreadable: for a document with too many statements.
    """

    def __init__(self, found: Source):
        self.source = found
        self.positions = found.positions
        self.outline = outline(statements(found.places).every, found.text, found.places)
        self.items: list[Item] = [i for i in self.outline.items if i.role != ORDERED and not i.used]
        self.readings = Readings(self.outline, found)
        self.bounds = Bounds(self.outline, found)
        self.recognition = Recognition(self.outline.items, found.text)

    def unjudged(self) -> list[Finding]:
        """Every statement in reading order, as long as nothing is known about it."""
        return [self._made(i, UNDECIDED) for i in self.items]

    def judged(self, number: int) -> Finding:
        """The statement of this number with its verdict. What goes wrong in the engine is told, and is no verdict."""
        item = self.items[number]
        return self._with_guess(item, self._judged(item))

    def _with_guess(self, item: Item, made: Finding) -> Finding:
        """With what the catalogue knows of a formula that looks like this one; the verdict stays what it is."""
        if made.verdict in (verdicts.DEFINED, verdicts.UNSUPPORTED, UNDECIDED):
            found = self.recognition.of(item)
            made.recognised = found.shown() if found is not None else None
        elif made.verdict == REFUTED:
            made.mistake = self.recognition.mistake(item)
        return made

    def _judged(self, item: Item) -> Finding:
        try:
            if item.role == CLAIMED:
                return self._with_verdict(self._made(item, UNDECIDED), self.readings.judged(item))
            return self._finding(item)
        except (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, AssertionError,
                RecursionError) as error:
            made = self._made(item, UNDECIDED)
            made.detail = f"an error of derive itself: {type(error).__name__}: {error}"[:300]
            return made

    def _finding(self, item: Item) -> Finding:
        made = self._made(item, verdicts.DECLARED)
        bound = self.bounds.judged(item)
        if bound is not None:
            return self._with_verdict(replace(made, kind="claim"), bound)
        if item.problem == ONLY and isinstance(item.statement, said.Relation) and set(item.statement.signs) <= TESTED:
            made.kind = _KINDS[ASSUMED]
            made.notes.append("claims are tested where it holds")
        elif item.role == UNREADABLE:
            made = _unread(made, item.problem)
        elif item.role == SKIPPED:
            assert isinstance(item.statement, said.Skipped)
            made.verdict, made.detail = verdicts.SKIPPED, item.statement.why
        elif item.role == CONDITION and not item.setting:
            made = self._condition(item, made)
        elif item.role == OPERATION:
            made.verdict = verdicts.DEFINED
            made.notes.append("an operation, about which no claims can be read yet")
        elif item.role in (DEFINED, NAMED, UPDATED):
            problem = self.readings.unread(item)
            made = _unread(made, problem) if problem else replace(made, verdict=verdicts.DEFINED)
            if item.variant:
                made = self._redefined(item, made)
        return made

    def _condition(self, item: Item, made: Finding) -> Finding:
        """What the text sets as a condition may hold anyway: the deviations satisfy Σ (x_i − x̄) = 0."""
        if item.words.introduces or not (item.derived or not item.name):
            found = Outcome()
        else:
            found = self.readings.judged(replace(item, role=CLAIMED))
        if found.shown:
            return self._with_verdict(replace(made, kind="claim"), found)
        made.verdict, made.detail = UNDECIDED, "a condition of the text, which is no claim"
        return made

    def _redefined(self, item: Item, made: Finding) -> Finding:
        """A second definition of a name that agrees with the first one is a claim that holds; one among such claims
        that contradicts it is one that does not."""
        found = self.readings.second.as_claim(item)
        if found.shown or self.readings.second.is_wrong(item):
            return self._with_verdict(replace(made, kind="claim"), found)
        made.notes.append("redefined")
        return made

    @staticmethod
    def _with_verdict(made: Finding, found: Outcome) -> Finding:
        if found.verdict is None:
            return _unread(made, found.problem)
        made.verdict, made.by, made.detail = found.verdict.verdict, found.verdict.by, found.verdict.detail
        made.counterexample, made.correction = found.verdict.counterexample, found.correction
        made.reading = found.reading
        example = made.counterexample
        if example is not None:         # the law of h_0 stands on the page
            made.counterexample = replace(example, inputs={n: x for n, x in example.inputs.items() if n not in FIRST})
        if example is not None and UNKNOWN in example.inputs:
            made.notes.append(f"an arbitrary loss is tried as {ARBITRARY}")
        return made

    def _made(self, item: Item, verdict: str) -> Finding:
        line, column = self.positions.place(item.at)
        shown = " ".join(_as_written(item.statement, self.source.text).split())
        return Finding(line, column, shown, _KINDS[item.role], verdict, _subject(item), expected=item.expected)


def _unread(made: Finding, problem: str) -> Finding:
    """The finding of what could not be read, or was read and says too little."""
    unsaid = left_unsaid(problem)
    made.verdict, made.detail = (UNDECIDED, unsaid) if unsaid else (verdicts.UNSUPPORTED, problem)
    return made


def _as_written(statement: Statement, text: str) -> str:
    """What stands in the document where p_i(τ) was read as p_i, f_l(z^{(l)}) as f(z^{(l)}), brackets without their
    sizes, and ∂L/∂O = G from right to left."""
    piece = statement.piece
    there = text[piece.at:piece.at + len(piece.text)]
    if isinstance(statement, Equality) and statement.turned:
        return there
    if MEMBER in piece.text:
        return _TO_ITS_END.match(text, piece.at)[0]        # type: ignore[index]
    if LOSS in piece.text and LOSS not in there:
        return there
    respelled = "_" in there and "(" in there or "\\big" in there.lower()
    return there if "  " in piece.text and respelled else piece.text


def findings(text: str) -> list[Finding]:
    """Every statement of a Markdown text with its verdict, in reading order.

    Raises:
        Unreadable: for a document with too many statements.
    """
    judge = Judge(source("page.md", text))
    return sorted((judge.judged(k) for k in range(len(judge.items))), key=lambda f: (f.line, f.column))


def _subject(item: Item) -> str:
    """What a statement is about: the name that it defines, or the left side of a claim."""
    statement = item.statement
    if item.role == CLAIMED and isinstance(statement, said.Equality):
        return " ".join(statement.members[0].text.split()).rstrip("& ")
    return item.name
