"""The readings of a claim: with which definitions, which shapes, and which conventions it may have been meant.

A claim that holds under one of them is shown, and one that fails under all that have a meaning is refuted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from derive.documents.lines.items import CLAIMED, CONDITION, DEFINED, UNREADABLE, Item
from derive.documents.lines.statements import Equality, Range
from derive.documents.names.rows import Link
from derive.documents.outline.outline import Outline
from derive.documents.pages.sources import Source
from derive.documents.program.layouts import FALLING, IMMEDIATE, OTHERS, WORDS
from verify.documents.attempts import Attempt
from verify.documents.conventions import layouts
from verify.documents.earlier_definitions import with_earlier_definition
from verify.documents.equal_sizes import at_equal_sizes
from verify.documents.existing import where_all_exist, with_the_first
from verify.documents.fairness.lengths import lengths
from verify.documents.given_numbers import asked_in_front, is_aside, is_formula_in, is_value, with_numbers
from verify.documents.left_unsaid import left_unsaid
from verify.documents.meant_apart import otherwise_meant
from verify.documents.observed import with_data_held
from verify.documents.otherwise import (
    otherwise,
    with_any_number,
    with_ranges_apart,
    with_what_fits,
    with_what_follows,
)
from verify.documents.outcome import Outcome
from verify.documents.second_definitions import SecondDefinitions
from verify.documents.second_look import is_of_nothing
from verify.documents.shape_errors import BY_SHAPES, without_product
from verify.documents.side_by_side import side_by_side, turned
from verify.documents.slices import LENGTH, NOTHING_ELSE, Given, Slices
from verify.documents.worth import Worth
from verify.verdict import UNDECIDED, Verdict

_NO_INFLUENCE = re.compile(r"has no influence on|does not depend on")
_OF_ANOTHER_SLICE = re.compile(rf"{_NO_INFLUENCE.pattern}|is not defined")   # read without what it speaks of
_PRODUCT = re.compile(r"[∏Π]|\\prod")
_MAY_BE = re.compile(r"(\w+) may be the length")


class Readings:
    """Reads the items of one outline; where that is `narrow`, it is one in which a claim is meant otherwise."""

    def __init__(self, outline: Outline, source: Source, narrow: bool = False):
        self.outline, self.source, self.narrow = outline, source, narrow
        self.slices = Slices(outline, source)
        self.second = SecondDefinitions(outline, self.judged, self.at_first_sight)
        self.worth = Worth(outline, source, self.slices, self.second, self.judged)

    def unread(self, item: Item) -> str:
        """What is wrong with a definition."""
        return self.slices.unread(item)

    def judged(self, item: Item, without: frozenset[int] = frozenset()) -> Outcome:
        """The verdict on a claim: shown where one reading shows it, refuted where all that have a meaning refute it.
        `without` are definitions with which it is not read."""
        without |= self.second.to_leave_out(item, without)
        found = self._linked(item, without)
        if found.refuted:
            found = self.second.undoubted(item, without, found, lambda others: self._linked(item, others))
        if found.refuted and found.verdict is not None and found.verdict.by == BY_SHAPES:
            found = self._in_its_section(item, without) or found
        if found.refuted and item.derived:
            found = with_data_held(item, self.outline, without, found,
                                   lambda other: Readings(other, self.source).judged(item, without))
        if found.refuted and self._begins_unread(item):
            return Outcome(Verdict(UNDECIDED, detail="what begins this chain could not be read"))
        if found.refuted and not self.narrow:
            found = otherwise_meant(item, self.outline, found, self.source.text, lambda other, outline: Readings(
                outline, self.source, True).judged(other, without))
        example = found.verdict.counterexample if found.refuted and found.verdict is not None else None
        asked = asked_in_front(item, example, self.outline, self.source.text) if example is not None else []
        if asked:
            beside = [i for i in self.outline.settings(item) if i.paragraph == item.paragraph]
            closer = with_numbers(item, [*asked, *beside], self.slices)
            if closer is None or not closer.refuted:
                return closer or Outcome(Verdict(UNDECIDED, detail=f"it may be meant for one {asked[0].name} only"))
        settings = [] if found.shown or (item.derived and not is_value(item)) else [
            i for i in self.outline.settings(item) if not is_aside(i, item)]
        if not settings:
            return found
        closer = with_numbers(item, settings, self.slices)
        here = all(i.paragraph == item.paragraph and not is_formula_in(i, item) for i in settings)
        if closer is not None and ((closer.shown and here) or is_value(item)):
            return closer
        if found.refuted and closer is not None and not closer.refuted:
            return Outcome(Verdict(UNDECIDED, detail=f"{settings[0].name} has a number in the text above"))
        return found

    def _begins_unread(self, item: Item) -> bool:
        """Whether a chain gives a function anew, by what could not be read: f(x) = Σ_i α(x, x_i) y_i = … after an f of
        another section."""
        first = next((i for i in self.outline.items if i.place is item.place and not i.chained), item)
        above = [i for i in self.outline.items if i.name == item.name and i.role == DEFINED and i.number < item.number]
        if not item.chained or not above or above[-1].section == item.section or first.derived:
            return False
        return first.name == item.name and (first.role == UNREADABLE or self.judged(first).verdict is None)

    def _in_its_section(self, item: Item, without: frozenset[int]) -> Outcome | None:
        """The outcome of a claim that holds as its own section speaks of its names, whose shapes are others elsewhere:
        x of f(x) = x²/2 beside a vector x."""
        outline = self.outline.of_section(item)
        if outline.slice(item, without=without) == self.outline.slice(item, without=without):
            return None
        found = Readings(outline, self.source).judged(item, without)
        return replace(found, reading=found.reading or "by what its section says") if found.shown else None

    def at_first_sight(self, item: Item, without: frozenset[int] = frozenset()) -> Outcome:
        """The outcome of the first reading with a meaning, with the most usual shapes."""
        every = (Attempt(self.slices, item, needed).with_shapes(0) for needed in self.slices.of(item, without))
        return next((outcome for outcome in every if outcome.verdict is not None), Outcome())

    # -- samples as rows -----------------------------------------------------------------------------------------
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
            for names in ({n for i in needed for n in i.names} for needed in self.slices.of(item, without)))

    # -- for every input -----------------------------------------------------------------------------------------
    def _generally(self, item: Item, without: frozenset[int], link: Sequence[Item] = ()) -> Outcome:
        """The verdict for every input."""
        found: list[Outcome] = []
        shown = self._first_shown(item, without, link, found)
        if shown is None:
            shown = self._as_length(item, found, without, link) or self._otherwise(item, without, found[0].problem) or \
                self._taken_for_granted(item, found, without, link) or self._with_what_fits(item, found, without)
        return self._not_shown(item, found) if shown is None else shown

    def _first_shown(self, item: Item, without: frozenset[int], link: Sequence[Item], found: list[Outcome],
                     given: Given = NOTHING_ELSE) -> Outcome | None:
        """The outcome of the first reading that shows a claim; `found` takes those of the others. `given` are parts of
        the interpretation."""
        plain = Outcome()
        for needed in chain(self.slices.of(item, without), self._restated(item, found),
                            with_earlier_definition(item, self.outline)):
            needed = [*(i for i in link if i not in needed), *needed]
            for layout in layouts(item, self.outline):
                if layout and layout not in OTHERS and plain.verdict is None:
                    break       # what is wrong is no shape
                if layout == FALLING and not _PRODUCT.search(item.statement.piece.text):
                    continue
                outcome = Attempt(self.slices, item, needed, layout, given).outcome()
                plain = outcome if not layout else plain
                outcome.reading = outcome.reading or WORDS.get(layout, "")
                of_itself = layout == IMMEDIATE and item.derived == item.above      # ∂c_t/∂c_{t−1}
                if outcome.shown and layout not in ("", FALLING) and not of_itself and (
                        self.worth.is_answered(item, plainly=True) or self.worth.is_settled(item, outcome, layout)):
                    continue        # the page writes this gradient otherwise
                if outcome.shown and layout == IMMEDIATE and outcome.study is not None and is_of_nothing(outcome.study):
                    continue
                if outcome.shown:
                    return self.worth.sound(item, needed, outcome)
                outcome = self.worth.fair(item, needed, outcome, layout)
                if outcome.shown:
                    return self.worth.sound(item, needed, outcome)
                found.append(outcome)
        return None

    def _not_shown(self, item: Item, found: list[Outcome]) -> Outcome:
        """The outcome where no reading shows a claim: open where the first one that decides anything leaves it so."""
        refuted = [o for o in found if o.refuted]
        undecided = [o for o in found if o.verdict is not None and not o.refuted]
        if undecided and not found[0].refuted:
            return self.worth.unless_answered(item, undecided[0])
        if not refuted:
            return found[0]
        best = min(refuted, key=lambda o: (o.verdict is not None and o.verdict.by == BY_SHAPES, found.index(o)))
        unread = next((o for o in found if o.verdict is None and not _OF_ANOTHER_SLICE.search(o.problem)), None)
        if best.verdict is not None and without_product(best.verdict.detail) and unread is not None:
            return unread
        best.reading = ""
        return self.worth.unless_missing(item, best)

    def _as_length(self, item: Item, found: list[Outcome], without: frozenset[int], link: Sequence[Item]
                   ) -> Outcome | None:
        """The outcome where a size that stands in a claim as a number, or ends a range on its line, is the length of
        an axis: the n of H = I − 𝟏𝟏ᵀ/n, the K of i = 1, …, K. None where nothing suggests it, or where it leaves the
        claim open."""
        told = _MAY_BE.match(found[0].verdict.detail) if found[0].verdict is not None else None
        length = told[1] if told is not None else ""
        if "may leave its range" in found[0].problem:
            length = _end_of_range(item)
        if not length or any(o.refuted for o in found):
            return None
        for needed in self.slices.of(item, without):
            needed = [*(i for i in link if i not in needed), *needed]
            outcome = Attempt(self.slices, item, needed, LENGTH + length).outcome()
            if outcome.shown:
                return self.worth.sound(item, needed, outcome)
            if outcome.refuted:
                outcome = self.worth.fair(item, needed, outcome, LENGTH + length)
                told_all = outcome.study is not None and lengths(outcome.study) <= self.outline.sizes
                return self.worth.unless_missing(item, outcome) if outcome.refuted and told_all else None
        return None

    def _taken_for_granted(self, item: Item, found: list[Outcome], without: frozenset[int], link: Sequence[Item]
                           ) -> Outcome | None:
        """What becomes of a claim without a meaning where more is taken for granted than the document says. None where
        that tells nothing."""
        def again(given: Given) -> Outcome:
            others: list[Outcome] = []
            shown = self._first_shown(item, without, link, others, given)
            return self._not_shown(item, others) if shown is None else shown

        if any(o.verdict is not None for o in found):
            return None
        problem = found[0].problem
        return at_equal_sizes(problem, item, self.outline, again) or \
            side_by_side(problem, again, item, self.outline) or \
            turned(problem, again, item, self.outline) or with_the_first(problem, again) or \
            where_all_exist(problem, again, self._is_unstated(item))

    def _is_unstated(self, item: Item) -> bool:
        """Whether nothing says for which values of its letters a claim is stated."""
        statement = item.statement
        letters = {i.letter for i in self.outline.items if i.letter and i.scope == item.scope}
        return isinstance(statement, Equality) and not statement.conditions and not any(
            re.search(rf"(?<![A-Za-z\\]){re.escape(x)}(?![A-Za-z])", statement.piece.text) for x in letters)

    def _otherwise(self, item: Item, without: frozenset[int], problem: str) -> Outcome | None:
        """The outcome of the first of the other readings that shows or refutes the claim."""
        for needed, outcome in chain(otherwise(item, self.slices, without),
                                    with_ranges_apart(item, self.slices, without, problem),
                                    with_what_follows(item, self.slices, without, problem),
                                    with_any_number(item, self.slices, without)):
            outcome = self.worth.fair(item, needed, outcome, "")
            if outcome.shown or outcome.refuted:
                return self.worth.sound(item, needed, outcome) if outcome.shown else \
                    self.worth.unless_missing(item, outcome)
        return None

    def _with_what_fits(self, item: Item, found: list[Outcome], without: frozenset[int]) -> Outcome | None:
        """The outcome of a claim without the definitions of other sections beside which it has no meaning."""
        if not found[0].blamed or any(o.verdict is not None for o in found):
            return None
        read = [(needed, o) for needed, o in with_what_fits(item, self.slices, without) if o.verdict is not None]
        shown = next(((needed, o) for needed, o in read if o.shown), None)
        if shown is not None:
            return self.worth.sound(item, *shown)
        own = self.outline.of_section(item)
        alone = None if self.narrow else Readings(own, self.source, True).judged(item, without)
        if alone is not None and alone.shown:
            return replace(alone, reading=alone.reading or "by what its section says")
        if not read and alone is not None and alone.verdict is not None:
            why = "not shown by what its section says, which other sections do not fit"
            return Outcome(Verdict(UNDECIDED, detail=why))
        unsaid = alone is not None and alone.verdict is None and left_unsaid(alone.problem)
        return read[0][1] if read else alone if unsaid else None

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


def _end_of_range(item: Item) -> str:
    """The one letter at which the ranges end that stand on the line of a claim."""
    conditions = item.statement.conditions if isinstance(item.statement, Equality) else ()
    ends = {c.high.text for c in conditions if isinstance(c, Range)}
    return ends.pop() if len(ends) == 1 and all(len(e) == 1 and e.isalpha() for e in ends) else ""
