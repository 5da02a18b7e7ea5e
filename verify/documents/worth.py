"""What the verdict of one reading of a claim is worth beside everything else that the document says: definitions that
could not be read, properties told in words, conditions, and what the document shows elsewhere.
"""

from __future__ import annotations

from dataclasses import replace

from derive.documents.lines.items import CLAIMED, DEFINED, Item
from derive.documents.lines.statements import Equality
from derive.documents.outline.outline import Outline
from derive.documents.pages.places import INLINE
from derive.documents.pages.sources import Source
from verify.documents.as_number import of_numbers
from verify.documents.fairness.cases_in_words import case_of
from verify.documents.fairness.left_open import SHARES
from verify.documents.fairness.no_influence import may_depend
from verify.documents.fairness.refutation import Refutation
from verify.documents.fairness.unfair import unfair
from verify.documents.fairness.unread_laws import unread_law
from verify.documents.outcome import Judging, Outcome
from verify.documents.page_layout import is_settled_otherwise
from verify.documents.second_definitions import SecondDefinitions
from verify.documents.second_look import A_CONDITION
from verify.documents.slices import Slices
from verify.documents.told_properties import with_properties
from verify.documents.unread_assumptions import with_assumptions, with_ranges
from verify.study import Study
from verify.verdict import REFUTED, UNDECIDED, Verdict


class Worth:
    """Weighs the outcomes of readings of one document; `judged` judges an item as a claim, without some definitions."""

    def __init__(self, outline: Outline, source: Source, slices: Slices, second: SecondDefinitions, judged: Judging):
        self.outline, self.source, self.slices, self.second, self.judged = outline, source, slices, second, judged
        self._answering = False
        self._conditions: dict[int, bool] = {}      # which claims hold for some inputs only, as far as it was asked
        self._answers: dict[int, Outcome] = {}      # the outcomes of claims that were judged beside others

    def sound(self, item: Item, needed: list[Item], outcome: Outcome) -> Outcome:
        """A claim with a derivative may hold because a definition that has no meaning was left out: it is not shown."""
        scope = [i for i in self.outline.items if i.scope == item.scope]
        why = may_depend(outcome.study, scope) or unread_law(item, needed, scope, outcome.study) \
            or _of_a_square(item, scope, outcome.study)
        if why:
            outcome.verdict = Verdict(UNDECIDED, detail=why)
        return self.unless_missing(item, outcome) if any(i.derived for i in needed) else outcome

    def unless_missing(self, item: Item, outcome: Outcome) -> Outcome:
        """The outcome; undecided where the claim rests on a definition that has no meaning."""
        missing = next((i for i in self.slices.missing(item) if not self._holds_anyway(i)), None)
        if missing is not None:
            line = self.slices.positions.place(missing.at)[0]
            outcome.verdict = Verdict(UNDECIDED, detail=f"line {line}, on which it rests, could not be read")
        return outcome

    def _holds_anyway(self, item: Item) -> bool:
        """Whether a second definition says what the first one says: nothing is lost without it."""
        return item.variant > 0 and self.second.as_claim(item).shown

    def fair(self, item: Item, needed: list[Item], outcome: Outcome, layout: str) -> Outcome:
        """A refutation is none where its input gives a value to something that the document says otherwise."""
        if outcome.refuted:
            outcome = of_numbers(outcome, self.slices, item, needed)
        if outcome.refuted:
            outcome = with_properties(item, needed, layout, outcome, self.slices)
        if outcome.refuted or (outcome.verdict is not None and outcome.verdict.detail == A_CONDITION):
            item, outcome = with_assumptions(item, needed, layout, outcome, self.slices)
        if outcome.refuted:
            item, outcome = with_ranges(item, needed, layout, outcome, self.slices)
        if outcome.refuted and outcome.verdict is not None:
            why = unfair(Refutation(item, needed, outcome.verdict, self.outline, outcome.study, self.source.text))
            why = why or self._set_above(item, outcome)
            if why:
                outcome.verdict = Verdict(UNDECIDED, detail=why)
        return outcome

    def _set_above(self, item: Item, outcome: Outcome) -> str:
        """Why an input may be none of those that are meant, in words: a sentence above says UᵀU = I of it, which holds
        for some inputs only."""
        example = outcome.verdict.counterexample if outcome.verdict is not None else None
        given = {n.partition("[")[0] for n in example.inputs} if example is not None else set()
        for other in self.outline.items:
            if other.role == CLAIMED and other.scope == item.scope and other.number < item.number \
                    and other.place.kind == INLINE and other.names and other.names <= given \
                    and not SHARES.fullmatch(other.statement.piece.text):
                if self._is_condition(other):
                    return f"the text sets {' '.join(other.statement.piece.text.split())}"
        return ""

    def _is_condition(self, item: Item) -> bool:
        """Whether a claim holds for some inputs only. Each is asked once: those above it are asked for it too."""
        if item.number not in self._conditions:
            found = self.judged(item).verdict
            self._conditions[item.number] = found is not None and found.detail == A_CONDITION
        return self._conditions[item.number]

    def unless_answered(self, item: Item, outcome: Outcome) -> Outcome:
        """The outcome; a condition on inputs is wrong where the document shows what its left side is."""
        if outcome.verdict is not None and outcome.verdict.detail == A_CONDITION and self.is_answered(item):
            outcome.verdict = replace(outcome.verdict, verdict=REFUTED, detail="")
        return outcome

    def is_settled(self, item: Item, outcome: Outcome, layout: str) -> bool:
        """Whether the document writes such gradients otherwise."""
        if self._answering:
            return False
        self._answering = True
        try:
            return is_settled_otherwise(item, outcome, layout, self.outline, self.source.text, self.judged)
        finally:
            self._answering = False

    def is_answered(self, item: Item, plainly: bool = False) -> bool:
        """Whether the document shows what else the left side of a claim is (`plainly`: in the usual layout)."""
        if self._answering:
            return False
        self._answering = True
        try:
            if case_of(item, self.source.text):
                return False
            found = (self._beside(i) for i in self.outline.items if i.role == CLAIMED and i is not item
                     and i.scope == item.scope and i.section == item.section and _left(i) == _left(item)
                     and not case_of(i, self.source.text))
            return any(f.shown and not (plainly and f.reading) for f in found)
        finally:
            self._answering = False


    def _beside(self, item: Item) -> Outcome:
        """The outcome of a claim where another one is judged. Each is asked once: others with its left side ask too."""
        if item.number not in self._answers:
            self._answers[item.number] = self.judged(item)
        return self._answers[item.number]


def _left(item: Item) -> str:
    """The left side of an equation, without blanks."""
    statement = item.statement
    return "".join(statement.members[0].text.split()) if isinstance(statement, Equality) else ""


def _of_a_square(item: Item, scope: list[Item], study: Study | None) -> str:
    """Why a gradient is not known: σ is held in it, and the text defines σ²."""
    squares = {i.name for i in scope if i.role == DEFINED and i.name.endswith("²")}
    held = study.page.program.inputs if study is not None and item.derived else ()
    return next((f"{name} is defined, but not by what could be read" for name in held if f"{name}²" in squares), "")
