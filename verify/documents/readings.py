"""The readings of a claim: with which definitions, which shapes, and which conventions it may have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from derive.claims import Claim
from derive.documents import DocumentError, statements as said
from derive.documents.assumed import HIDDEN, UNKNOWN
from derive.documents.layouts import FALLING, IMMEDIATE, OTHERS, WORDS
from derive.documents.outline import CLAIMED, CONDITION, DECLARED, DEFINED, NAMED, UPDATED, Item, Outline
from derive.documents.problems import Problem
from derive.documents.program import DocumentEntry, read_statements
from derive.documents.rows import Link
from derive.documents.sources import Source
from derive.documents.statements import Statement
from derive.documents.wants import PI
from derive.expression import Apply, expression, names, walk
from derive.program import ProgramError
from verify.balls import USUAL_FUNCTIONS
from verify.documents.conventions import either, layouts
from verify.documents.correction import correction
from verify.documents.fairness import lengths, unfair, without_product
from verify.exact import decide
from verify.study import Study, by_arithmetic, derivative_names, study
from verify.verdict import REFUTED, UNDECIDED, VERIFIED, Counterexample, Verdict

MOST_GUESSES = 3
MORE_SEEDS = 6
_VALUE = re.compile(r"[\d./\s−-]+")
_NO_INFLUENCE = re.compile(r"has no influence on|does not depend on")
_PRODUCT = re.compile(r"∏|\\prod")
A_CONDITION = "a condition on its inputs: it holds for some of them only"
_MAY_BE = re.compile(r"(\w+) may be the length")
LENGTH = "length "
BY_SHAPES = "shapes"


@dataclass
class Outcome:
    """A verdict on a claim, and the reading under which it was found; `problem` says why there is none."""

    verdict: Verdict | None = None
    problem: str = ""
    reading: str = ""
    correction: dict[str, Any] | None = None
    study: Study | None = None
    guesses: int = 1

    @property
    def shown(self) -> bool:
        return self.verdict is not None and self.verdict.passed

    @property
    def refuted(self) -> bool:
        return self.verdict is not None and self.verdict.verdict == REFUTED


class Readings:
    """Reads the items of one outline."""

    def __init__(self, outline: Outline, source: Source):
        self.outline, self.source, self.positions = outline, source, source.positions
        self.problems: dict[frozenset[int], str] = {}       # slices that were read, with what is wrong with them
        self._answering = False
        self._without: dict[int, bool] = {}                 # which definitions have no meaning, as far as it was asked

    @property
    def without(self) -> frozenset[int]:
        """The definitions that have no meaning. Each is read when it is first asked for; those of a used entry have
        been held against it."""
        for item in self.outline.items:
            if item.role in (DEFINED, NAMED) and item.number not in self._without and not item.used:
                self._without[item.number] = False      # as long as it is being read
                self._without[item.number] = bool(self.unread(item))
        return frozenset(n for n, unread in self._without.items() if unread)

    # -- definitions ---------------------------------------------------------------------------------------------
    def unread(self, item: Item) -> str:
        """What is wrong with a definition; nothing for one that has a meaning with what it rests on, or without those
        definitions of other places that do not go together with it."""
        first = ""
        alone = frozenset(i.number for i in self.outline.items if i.number != item.number)
        known = frozenset(n for n, unread in self._without.items() if unread and n != item.number)
        for near, without in ((False, known), (True, known), (False, alone)):
            problem = self._problem(item, self.outline.slice(item, near=near, without=without))
            if not problem:
                return ""
            first = first or problem
        return first

    def _problem(self, item: Item, needed: list[Item]) -> str:
        key = frozenset(i.number for i in needed)
        if key not in self.problems:
            try:
                self._entry(needed, 0)
                self.problems[key] = ""
            except DocumentError as error:
                self.problems[key] = self._why(error, item)[0]
        return self.problems[key]

    def _entry(self, items: Sequence[Item], guess: int, layout: str = "") -> DocumentEntry:
        above = {n for i in items for n in (self.outline.above(i) if i.role == CLAIMED else i.names)}
        return read_statements(list(_statements(items, layout)), self.positions, "page", checking=True, guess=guess,
                               elsewhere=self.outline.elsewhere, above=above,
                               length=layout.removeprefix(LENGTH) if layout.startswith(LENGTH) else "")

    def _why(self, error: DocumentError, item: Item) -> tuple[str, Problem | None]:
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

    # -- claims --------------------------------------------------------------------------------------------------
    def judged(self, item: Item, without: frozenset[int] = frozenset()) -> Outcome:
        """The verdict on a claim: shown where one reading shows it, refuted where all that have a meaning refute it.
        `without` are definitions with which it is not read."""
        found = self._linked(item, without)
        settings = [] if found.shown or item.derived else self.outline.settings(item)
        if not settings:
            return found
        closer = self._with_settings(item, settings)
        here = all(i.paragraph == item.paragraph for i in settings)
        if closer is not None and ((closer.shown and here) or _VALUE.fullmatch(_right(item))):
            return closer
        if found.refuted and closer is not None and not closer.refuted:
            return Outcome(Verdict(UNDECIDED, detail=f"{settings[0].name} has a number in the text above"))
        return found

    def _with_settings(self, item: Item, settings: list[Item]) -> Outcome | None:
        """The verdict with the numbers that the text gives to inputs; of a value, where all of them have one."""
        given = [replace(i, role=DEFINED) for i in settings]
        items = [next((g for g in given if g.number == i.number), i) for i in self.outline.items]
        needed = replace(self.outline, items=items).slice(replace(item, number=len(items)))
        numbers = {i.number for i in needed}
        if not any(g.number in numbers for g in given):
            return None
        given = [g for g in given if g.number in numbers]
        needed = sorted((item if i.number == len(items) else i for i in needed), key=lambda i: i.number)
        outcome = self._outcome(item, needed, "", 0)
        if outcome.study is None:
            return None
        if _VALUE.fullmatch(_right(item)) and set(outcome.study.page.program.inputs) - {PI}:
            return None
        outcome.reading = "with " + ", ".join(" ".join(i.statement.piece.text.split()) for i in given)
        return outcome if outcome.shown or outcome.refuted else None

    def _linked(self, item: Item, without: frozenset[int]) -> Outcome:
        """A claim about samples x_i and a matrix X is read with x_i as a row of X too."""
        found = self._generally(item, without)
        links = [] if found.shown else [x for x in self.outline.links if self._speaks_of(*x, item, without)]
        if not links:
            return found
        other = self._generally(item, without, [i for _, defining in links for i in defining])
        link = links[0][0]
        if other.shown:
            return replace(other, reading=other.reading or f"{link.name} is a row or a column of {link.matrix}")
        if other.refuted and all(x.certain for x, _ in links):
            return other
        why = f"it is not told how {link.name} and {link.matrix} belong together"
        return replace(other, verdict=Verdict(UNDECIDED, detail=why)) if found.refuted else found

    def _speaks_of(self, link: Link, defining: list[Item], item: Item, without: frozenset[int]) -> bool:
        return defining[0].scope == item.scope and any(
            link.name in names and (link.matrix in names or link.shape is not None)
            for names in ({n for i in needed for n in i.names} for needed in self._slices(item, without)))

    def _generally(self, item: Item, without: frozenset[int], link: Sequence[Item] = ()) -> Outcome:
        """The verdict for every input."""
        found: list[Outcome] = []
        first = Outcome()
        for needed in chain(self._slices(item, without), self._restated(item, found)):
            needed = [*link, *needed]
            for layout in layouts(item, self.outline):
                if layout and layout not in OTHERS and first.verdict is None:
                    break       # what is wrong is no shape
                if layout == FALLING and not _PRODUCT.search(item.statement.piece.text):
                    continue
                outcome = self._guessed(item, needed, layout)
                first = outcome if not layout else first
                outcome.reading = outcome.reading or WORDS.get(layout, "")
                if outcome.shown and layout not in ("", FALLING, IMMEDIATE) and self._is_answered(item, plainly=True):
                    continue        # the page writes this gradient otherwise
                if outcome.shown:
                    return self._sound(item, needed, outcome)
                found.append(self._fair(item, needed, outcome))
        as_length = self._as_length(item, found, without, link)
        if as_length is not None:
            return as_length
        refuted = [o for o in found if o.refuted]
        open_ = [o for o in found if o.verdict is not None and not o.refuted]
        if open_ and not found[0].refuted:
            first = open_[0]
            if first.verdict is not None and first.verdict.detail == A_CONDITION and self._is_answered(item):
                first.verdict = replace(first.verdict, verdict=REFUTED, detail="")
            return first
        if not refuted:
            return found[0]
        best = min(refuted, key=lambda o: (o.verdict is not None and o.verdict.by == BY_SHAPES, found.index(o)))
        if best.verdict is not None and without_product(best.verdict.detail) and any(o.verdict is None for o in found):
            return next(o for o in found if o.verdict is None)
        best.reading = ""
        return self._unless_missing(item, best)

    def _as_length(self, item: Item, found: list[Outcome], without: frozenset[int], link: Sequence[Item]
                   ) -> Outcome | None:
        """The outcome where a size that stands in a claim as a number is the length of an axis: the n of
        H = I − 𝟏𝟏ᵀ/n. None where nothing suggests it, or it leaves the claim open."""
        told = _MAY_BE.match(found[0].verdict.detail) if found[0].verdict is not None else None
        if told is None or any(o.refuted for o in found):
            return None
        for needed in self._slices(item, without):
            needed = [*link, *needed]
            outcome = self._guessed(item, needed, LENGTH + told[1])
            if outcome.shown:
                return self._sound(item, needed, outcome)
            if outcome.refuted:
                outcome = self._fair(item, needed, outcome)
                told_all = outcome.study is not None and lengths(outcome.study) <= self.outline.sizes
                return self._unless_missing(item, outcome) if outcome.refuted and told_all else None
        return None

    def _sound(self, item: Item, needed: list[Item], outcome: Outcome) -> Outcome:
        """A claim with a derivative may hold because a definition that has no meaning was left out: it is not shown."""
        return self._unless_missing(item, outcome) if any(i.derived for i in needed) else outcome

    def _unless_missing(self, item: Item, outcome: Outcome) -> Outcome:
        """The outcome; undecided where the claim rests on a definition that has no meaning."""
        missing = self._missing(item)
        if missing:
            outcome.verdict = Verdict(UNDECIDED, detail=f"line {missing}, on which it rests, could not be read")
        return outcome

    def _fair(self, item: Item, needed: list[Item], outcome: Outcome) -> Outcome:
        """A refutation is none where its input gives a value to something that the document says otherwise."""
        if outcome.refuted and outcome.verdict is not None:
            why = unfair(item, needed, outcome.verdict, self.outline, outcome.study, self.source.text) \
                or either(item, needed, outcome.study)
            if why:
                outcome.verdict = Verdict(UNDECIDED, detail=why)
        return outcome

    def _slices(self, item: Item, without: frozenset[int] = frozenset()) -> Iterator[list[Item]]:
        """The definitions with which a claim may be read, the most likely first."""
        seen: list[frozenset[int]] = []
        for wide in (False, True):
            if wide and not item.derived:
                return
            for near in (False, True):
                needed = self.outline.slice(item, wide, near, self.without | without)
                numbers = frozenset(i.number for i in needed)
                if numbers not in seen:
                    seen.append(numbers)
                    yield needed

    def _restated(self, item: Item, found: list[Outcome]) -> Iterator[list[Item]]:
        """Where ∂J/∂r has no meaning by the definition of J: with what the document shows J to be, J = rᵀ r."""
        if not (item.above and found and all(o.verdict is None for o in found)
                and any(_NO_INFLUENCE.search(o.problem) for o in found)):
            return
        below = item.derived - item.above
        for other in self.outline.items:
            if other.role == CLAIMED and other.scope == item.scope and other.name in item.above \
                    and other.number < item.number and other.uses & below and self.judged(other).shown:
                items = [replace(i, role=CONDITION) if i.name == other.name and i.role == DEFINED else
                         replace(i, role=DEFINED) if i is other else i for i in self.outline.items]
                yield replace(self.outline, items=items).slice(item)

    def _missing(self, item: Item) -> int:
        """The line of a definition in the same section on which a claim rests, and which has no meaning."""
        for other in self.outline.slice(item):
            if other.number in self.without and other.section == item.section:
                return self.positions.place(other.at)[0]
        return 0

    def _guessed(self, item: Item, needed: list[Item], layout: str) -> Outcome:
        """The outcome for the first of several shapes that shows the claim; where none does, for the first."""
        first = self._outcome(item, needed, layout, 0)
        for guess in range(1, min(first.guesses, MOST_GUESSES)):
            if first.shown:
                break
            other = self._outcome(item, needed, layout, guess)
            if other.shown or (first.verdict is None and other.verdict is not None):
                first = replace(other, guesses=first.guesses)
        return first

    def _outcome(self, item: Item, needed: list[Item], layout: str, guess: int) -> Outcome:
        try:
            entry = self._entry(needed, guess, layout)
        except ProgramError as error:
            return Outcome(problem=str(error))
        except DocumentError as error:
            why, own = self._why(error, item)
            if own is not None and own.shapes and _both(own.message)[1]:
                return Outcome(_by_shapes(own.message, *_both(own.message)), guesses=error.guesses)
            if own is not None and own.shapes and without_product(own.message) and _all_declared(item, needed):
                return Outcome(_by_shapes(own.message, *without_product(own.message)))
            return Outcome(problem=why)
        try:
            found = study(entry, doubtful=True)
        except ProgramError as error:
            return Outcome(problem=str(error))
        if len(found.claims) != 1:
            return Outcome(problem="it is no claim when it is read with what it rests on")
        (claim, verdict), = found.claims
        verdict = self._looked_at_again(claim, verdict, found)
        verdict = _without_bodies(verdict, claim, found)
        fixed = correction(claim, found) if verdict.verdict == REFUTED else None
        if fixed is not None and HIDDEN & set("".join(fixed["text"])):
            fixed = None
        return Outcome(verdict, "", "", fixed, found, entry.guesses)

    def _looked_at_again(self, claim: Claim, verdict: Verdict, found: Study) -> Verdict:
        """A claim that is not proved is looked at in more places: relu(x) + relu(−x) is x for a while. One about an
        arbitrary function is not refuted by a function that nobody meant."""
        if verdict.verdict == VERIFIED:
            truth = derivative_names(found.derivation)
            for seed in range(1, MORE_SEEDS + 1):
                again = by_arithmetic(claim, found.derivation, truth, seed=seed)
                if again.verdict == REFUTED:
                    verdict = again
                    break
        arbitrary = set(found.page.program.functions)
        if verdict.verdict == REFUTED and arbitrary & _functions(claim) and self._holds_for_some(claim, found):
            return Verdict(UNDECIDED, detail="it does not hold for every function")
        drawn = found.page.program.random.keys()
        left, right = names(expression(claim.left)), names(claim.right)
        constant = (not left or not right) and bool((left | right) - drawn)
        if verdict.verdict == REFUTED and not found.page.program.equations and constant:
            return self._as_condition(claim, verdict, found)
        return verdict

    def _is_answered(self, item: Item, plainly: bool = False) -> bool:
        """Whether the document shows what else the left side of a claim is (`plainly`: in the usual layout)."""
        if self._answering:
            return False
        def left(other: Item) -> str:
            said_there = other.statement
            return "".join(said_there.members[0].text.split()) if isinstance(said_there, said.Equality) else ""

        self._answering = True
        try:
            found = (self.judged(i) for i in self.outline.items if i.role == CLAIMED and i is not item
                     and i.scope == item.scope and i.section == item.section and left(i) == left(item))
            return any(f.shown and not (plainly and f.reading) for f in found)
        finally:
            self._answering = False

    @staticmethod
    def _holds_for_some(claim: Claim, found: Study) -> bool:
        """Whether a claim about an arbitrary function is not refuted for one of those that are usually meant; a linear
        one is not, where the claim has its derivative."""
        truth = derivative_names(found.derivation)
        primed = any(n.function.endswith("'") for side in (expression(claim.left), claim.right)
                     for n in walk(side) if isinstance(n, Apply))
        for function in list(USUAL_FUNCTIONS)[primed:]:
            program = replace(found.page.program, functions=dict.fromkeys(found.page.program.functions, function))
            again = by_arithmetic(claim, found.derivation, truth, program)
            if again.verdict != REFUTED:
                return True
        return False

    @staticmethod
    def _as_condition(claim: Claim, verdict: Verdict, found: Study) -> Verdict:
        """n σ² = 1 asks for something where nothing is defined; a left side that is the same everywhere is wrong."""
        example = verdict.counterexample
        left, shown = expression(claim.left), example.left if example is not None else ""
        if not names(left):
            left, shown = claim.right, example.right if example is not None else ""
        same = shown.lstrip("-").isdigit() and decide(found.page.program, {}, left, expression(int(shown))).passed
        return verdict if same else replace(verdict, verdict=UNDECIDED, detail=A_CONDITION)


def _without_bodies(verdict: Verdict, claim: Claim, found: Study) -> Verdict:
    """The verdict without the arbitrary functions that the document defines: they are not what was tried."""
    example = verdict.counterexample
    bodies = found.page.program.functions.keys() - _functions(claim) - {UNKNOWN}
    if example is None or not bodies & example.inputs.keys():
        return verdict
    return replace(verdict, counterexample=replace(example, inputs={
        n: x for n, x in example.inputs.items() if n not in bodies}))


def _right(item: Item) -> str:
    statement = item.statement
    return statement.members[-1].text if isinstance(statement, said.Equality) else ""


def _functions(claim: Claim) -> set[str]:
    sides = (expression(claim.left), claim.right)
    return {n.function.rstrip("'") for side in sides for n in walk(side) if isinstance(n, Apply)}


def _statements(items: Iterable[Item], layout: str) -> Iterator[Statement]:
    for item in items:
        statement = item.statement
        if item.role == CLAIMED and isinstance(statement, said.Equality):
            statement = replace(statement, claimed=True, layout=layout)
        elif item.role == UPDATED and isinstance(statement, said.Equality):
            statement = replace(statement, update=True)
        yield statement


def _by_shapes(message: str, left: str, right: str) -> Verdict:
    return Verdict(REFUTED, BY_SHAPES, detail=message, counterexample=Counterexample({}, {}, "shapes", left, right))


def _all_declared(item: Item, needed: list[Item]) -> bool:
    """Whether the document says of every name in a claim what it is."""
    known = {n for i in needed if i.role == DECLARED for n in i.declared}
    return item.names <= known | {i.name for i in needed if i.role in (DEFINED, NAMED)}


def _both(message: str) -> tuple[str, str]:
    """The two shapes in `…: a column of m and a row of n`, `…: m against n`; nothing for another message."""
    _, _, told = message.partition(": ")
    for between in (" against ", " and "):
        left, _, right = told.partition(between)
        if right and (between == " against " or (left.startswith("a ") and right.startswith("a "))):
            return left, right
    return "", ""
