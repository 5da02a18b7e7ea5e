"""An input that refutes a claim, with all that may speak against it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from derive.documents.functions.keys import known_as
from derive.documents.lines.items import DECLARED, DEFINED, NAMED, UPDATED, Item
from derive.documents.outline.outline import Outline
from derive.expression import Value, expression, names, walk
from verify.study import Study
from verify.verdict import Counterexample, Verdict

SAYING = (DEFINED, NAMED, UPDATED)


@dataclass(frozen=True)
class Refutation:
    """`needed` is what the claim was read with, `outline` and `text` are those of the document; `study` is None where
    shapes refuted it."""

    item: Item
    needed: list[Item]
    verdict: Verdict
    outline: Outline
    study: Study | None
    text: str

    @property
    def example(self) -> Counterexample | None:
        return self.verdict.counterexample

    @cached_property
    def given(self) -> set[str]:
        """The names to which the input gives values."""
        return {name.partition("[")[0] for name in self.example.inputs} if self.example is not None else set()

    @cached_property
    def scope(self) -> list[Item]:
        """All that the document says without forgetting any of it."""
        return [i for i in self.outline.items if i.scope == self.item.scope]

    @cached_property
    def near(self) -> list[Item]:
        """What else stands under the same heading, without what means nothing to the claim."""
        item = self.item
        return [i for i in self.scope if i.section == item.section and i is not item
                and not (i.onward and i.number > item.number)]

    @cached_property
    def used(self) -> set[str]:
        """The names of which the claim was read with a definition."""
        return {n for i in self.needed if i.role in SAYING for n in known_as(i.name)}

    @cached_property
    def defined(self) -> set[str]:
        """The names that are defined under the same heading, by what the claim was not read with."""
        return {i.name for i in self.near if i.role in SAYING and i.name} - self.used

    @cached_property
    def whole(self) -> set[str]:
        """The names that are defined there, and not one member of them."""
        return {i.name for i in self.near if i.role in SAYING and not i.member}

    @cached_property
    def free(self) -> list[str]:
        """The names to which the input gives values, and of which the document seems to say nothing."""
        declared = {n for i in self.near if i.role == DECLARED for n in i.declared}
        return sorted(self.given - self.used - declared)

    @cached_property
    def of_numbers(self) -> bool:
        """Whether the claim is about numbers and nothing else: O(32, 5, 0, 1) = 28."""
        if self.study is None or self.example is None or self.example.inputs:
            return False
        sides = [side for claim, _ in self.study.claims for side in (expression(claim.left), claim.right)]
        return not any(names(side) or t.binders for side in sides for t in side.terms) and not any(
            isinstance(n, Value) for side in sides for n in walk(side))
