"""Second definitions of a name: some say what the first one says, and hold; some are wrong claims about it; others give
the name another meaning from there on, or may do so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derive.documents.functions.keys import keys
from derive.documents.lines.items import CLAIMED, DEFINED, Item
from derive.documents.outline.outline import Outline
from verify.documents.outcome import Judging, Outcome
from verify.verdict import UNDECIDED, Verdict


class SecondDefinitions:
    """Those of one outline; `judged` judges an item as a claim, without some definitions, and so does `at_first_sight`,
    in one reading. What was asked is kept."""

    def __init__(self, outline: Outline, judged: Judging, at_first_sight: Judging):
        self.outline, self.judged, self.at_first_sight = outline, judged, at_first_sight
        self._outcomes: dict[int, Outcome] = {}
        self._wrong: dict[int, bool] = {}
        self._separated: set[int] = set()       # those with which a claim fails that holds without them

    def as_claim(self, item: Item) -> Outcome:
        """The verdict on a second definition, read as a claim about the first one. One with inputs of its own is no
        wrong claim; it may hold, as softmax with any c in its exponents does, but not in a second reading."""
        if item.number not in self._outcomes:
            claim, without = replace(item, role=CLAIMED), frozenset([item.number])
            found = Outcome() if item.doubtful else self.at_first_sight(claim, without)
            self._outcomes[item.number] = found if found.refuted else self.judged(claim, without)
        return self._outcomes[item.number]

    def is_wrong(self, item: Item) -> bool:
        """Whether one contradicts the first one, and is no other definition: it brings nothing new, and the chapter
        says, rightly, what the name is above, or what others with numbers are, y_3 = … beside y_2 = …; it stands in a
        block of nothing but claims; or a claim further down tells the two apart."""
        if not item.doubtful or item.words.alternative:
            return False
        if item.number not in self._wrong:
            self._wrong[item.number] = False        # as long as it is asked
            near = [i for i in self.outline.items if i.scope == item.scope and i.chapter == item.chapter
                    and i.number != item.number]
            telling = [i for i in near if i.name == item.name and i.member == item.member and i.number < item.number
                       or i.doubtful and keys([i.name]) & keys([item.name]) - {i.name, item.name}]
            self._wrong[item.number] = self.as_claim(item).refuted and (
                any(map(self._holds, telling)) or self._is_among_claims(item, near) or self._is_separated(item, near))
        return self._wrong[item.number]

    def _is_among_claims(self, item: Item, near: list[Item]) -> bool:
        """Whether it stands in one block with claims, of which one holds, and with nothing that defines a name."""
        block = [i for i in near if i.place is item.place]
        return all(i.role == CLAIMED or i.doubtful for i in block) and any(
            i.role == CLAIMED and self._holds(i) for i in block)

    def _is_separated(self, item: Item, near: list[Item]) -> bool:
        for other in near:
            if other.role == CLAIMED and other.number > item.number and item.number not in self._separated \
                    and any(i.number == item.number for i in self.outline.slice(other)):
                self.judged(other)
        return item.number in self._separated

    def _holds(self, item: Item) -> bool:
        """Whether it is a claim that holds, or a second definition that does as one."""
        if item.role == CLAIMED:
            return self.judged(item).shown
        return item.role == DEFINED and item.variant > 0 and self.as_claim(item).shown

    def to_leave_out(self, item: Item, without: frozenset[int]) -> frozenset[int]:
        """Those above a claim that say what the first one says, or are wrong: the claim rests on the first one."""
        found: set[int] = set()
        while True:
            more = {i.number for i in self.outline.slice(item, without=without | found)
                    if i.variant and i.role == DEFINED and i.number < item.number
                    and (self.as_claim(i).shown or self.is_wrong(i))}
            if not more:
                return frozenset(found)
            found |= more

    def undoubted(self, item: Item, without: frozenset[int], refuted: Outcome,
                  again: Callable[[frozenset[int]], Outcome]) -> Outcome:
        """The outcome of a claim that is refuted. Where it is so only with one that may itself be wrong, the outcome
        without that: of two statements one is wrong, and no claim holds by accident; open in another chapter, and
        beside words for alternatives. `again` judges it without some."""
        doubtful = [i for i in self.outline.slice(item, without=without)
                    if i.doubtful and i.role == DEFINED and i.number < item.number]
        found = again(without | {i.number for i in doubtful}) if doubtful else refuted
        if found.refuted:
            return found
        if found.shown and all(self._stands_beside_the_first(i) and not i.words.alternative for i in doubtful):
            self._separated |= {i.number for i in doubtful}
            return found
        shown = " ".join(doubtful[-1].statement.piece.text.split())
        return Outcome(Verdict(UNDECIDED, detail=f"{shown} may define {doubtful[-1].name} anew, or be wrong"))

    def _stands_beside_the_first(self, item: Item) -> bool:
        """Whether the chapter defines the name above it too."""
        return any(i.name == item.name and i.role == DEFINED and i.scope == item.scope and i.chapter == item.chapter
                   and i.number < item.number and i.variant != item.variant for i in self.outline.items)
