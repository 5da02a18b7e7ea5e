"""A claim read once: with some definitions, under one convention, with one of the shapes that fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from derive.claims import EQUAL, Claim
from derive.documents import DocumentError
from derive.documents.functions.assumed import HIDDEN
from derive.documents.lines.items import DECLARED, DEFINED, NAMED, Item
from derive.expectation.laws import outside_moments
from derive.expression import expression
from derive.program import ProgramError
from verify.documents.correction import correction
from verify.documents.fairness.points import is_at_a_point, parameters
from verify.documents.left_unsaid import NO_LAW
from verify.documents.outcome import Outcome
from verify.documents.second_look import looked_at_again, without_bodies
from verify.documents.shape_errors import both_shapes, by_shapes, without_product
from verify.documents.slices import Given, Slices
from verify.documents.whole_numbers import for_whole_numbers
from verify.proof import is_about_moments
from verify.study import Study, study
from verify.verdict import REFUTED

MOST_GUESSES = 3
_CALL = re.compile(r"(?<![A-Za-z\\])\s*&?\s*([A-Za-z])\s*\(([^()]*)\)")
_SIZE = re.compile(r"(?<!\w)(?!(?:a|of|and|against|column|row|scalar|matrix|beside)\b)[^\W\d]\w*")


@dataclass(frozen=True)
class Attempt:
    """A way to read a claim: `needed` are the items with which it is read, and it is one of them; `given` are
    parts of the interpretation."""

    slices: Slices
    item: Item
    needed: list[Item]
    layout: str = ""
    given: Given = field(default_factory=dict)

    def outcome(self) -> Outcome:
        """The outcome for the first of several shapes that shows the claim; where none does, for the first."""
        first = self.with_shapes(0)
        for guess in range(1, min(first.guesses, MOST_GUESSES)):
            if first.shown:
                break
            other = self.with_shapes(guess)
            if other.shown or (first.verdict is None and other.verdict is not None):
                first = replace(other, guesses=first.guesses)
        return first

    def with_shapes(self, guess: int) -> Outcome:
        """The outcome for one of the shapes that are equally good."""
        try:
            entry = self.slices.entry(self.needed, guess, self.layout, self.given)
        except ProgramError as error:
            return Outcome(problem=str(error))
        except DocumentError as error:
            return self._with_its_lengths(guess, error) or self._unread(error)
        try:
            found = study(entry, doubtful=True)
        except ProgramError as error:
            return Outcome(problem=str(error))
        if len(found.claims) != 1:
            return Outcome(problem="it is no claim when it is read with what it rests on")
        (claim, verdict), = found.claims
        held = _held(claim, found) - self.given.get("held", frozenset())
        if held:
            given = replace(self, given={**self.given, "held": held}).with_shapes(guess)
            if given.verdict is not None:
                return replace(given, reading=f"given {', '.join(sorted(held))}") if given.shown else given
        if not found.page.program.random and is_about_moments(claim):
            return Outcome(problem=NO_LAW)
        at_a_point = claim.relation != EQUAL or claim.where is not None or is_at_a_point(self.item, self.needed)
        verdict = looked_at_again(claim, verdict, found, at_a_point)
        verdict = without_bodies(verdict, claim, found)
        whole = for_whole_numbers(found) if verdict.verdict == REFUTED else None
        verdict = whole or verdict
        if verdict.verdict == REFUTED and entry.narrowed:
            verdict = replace(verdict, detail=f"with {', '.join(entry.narrowed)}")
        fixed = correction(claim, found) if verdict.verdict == REFUTED and claim.relation == EQUAL \
            and claim.where is None else None
        if fixed is not None and HIDDEN & set("".join(fixed["text"])):
            fixed = None
        reading = "for whole numbers" if whole is not None and whole.passed else ""
        return Outcome(verdict, "", reading, fixed, found, entry.guesses, entry.inferred)

    def _with_its_lengths(self, guess: int, error: DocumentError) -> Outcome | None:
        """The outcome where the claim itself tells the lengths of which nothing else does; None where they still do
        not go together."""
        _, own = self.slices.why(error, self.item)
        if own is None or not own.shapes or "asking" in self.given:
            return None
        if set(_SIZE.findall(own.message.partition(": ")[2])) <= self.slices.outline.sizes:
            return None         # nothing is left open
        found = replace(self, given={**self.given, "asking": True}).with_shapes(guess)
        return found if found.verdict is not None else None

    def _unread(self, error: DocumentError) -> Outcome:
        """Nothing, or the verdict that the shapes of the claim itself give."""
        why, own = self.slices.why(error, self.item)
        if own is not None and own.shapes:
            two = both_shapes(own.message)
            if self._calls_otherwise():
                return Outcome(problem=why, guesses=error.guesses)
            if two and self._all_told():
                return Outcome(by_shapes(own.message, *two), guesses=error.guesses)
            two = without_product(own.message)
            if two and self._all_declared():
                return Outcome(by_shapes(own.message, *two), guesses=error.guesses)
            return Outcome(problem=why, guesses=error.guesses)
        return Outcome(problem=why, blamed=True)

    def _calls_otherwise(self) -> bool:
        """Whether the claim calls a function of the page with other arguments than it is defined with: P(𝐲 | X) is none
        of P(y | x), which has other shapes."""
        defined = {m[1]: m[2] for i in self.needed if i.role == DEFINED and i.number != self.item.number
                   and (m := _CALL.match(i.statement.piece.text))}
        return any(m[1] in defined and m[2] != defined[m[1]] for m in _CALL.finditer(self.item.statement.piece.text))

    @property
    def _shaped(self) -> frozenset[str]:
        """The names in the claim that have shapes: what is differentiated is a number."""
        return self.item.names - (self.item.above - self.item.uses)

    def _all_told(self) -> bool:
        """Whether something tells the shape of every name in the claim: H and W of N = H W may be numbers."""
        told = {n for i in self.needed if i is not self.item and i.number != self.item.number
                for n in (*i.declared, *i.names - parameters(i), *i.given, i.name)}
        return self._shaped <= told

    def _all_declared(self) -> bool:
        """Whether the document says of every name in the claim what it is."""
        known = {n for i in self.needed if i.role == DECLARED for n in i.declared}
        return self._shaped <= known | {i.name for i in self.needed if i.role in (DEFINED, NAMED)}


def _held(claim: Claim, found: Study) -> frozenset[str]:
    """The random inputs that stand outside the moments of a claim about moments: it speaks of those of the others."""
    if not is_about_moments(claim):
        return frozenset()
    return outside_moments(expression(claim.left) - claim.right) & found.page.program.random.keys()
