"""What lines are worth, in exact arithmetic: the same sizes and inputs serve all lines of an entry, and what is true is
computed once for each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count, islice
from typing import Any

from derive.claims import EQUAL
from derive.expression import Expr, Ref, expression
from derive.index import Letter
from derive.program import Program
from verify.balls import Undefined
from verify.draws import distinct_sizes, labelled, small_draw, small_sizes
from verify.evaluator import Derivatives, Evaluator
from verify.relations import fails
from verify.sizes import NoMember, SizeValues, in_order

MEMBERS = 6                 # of a line that are looked at, at each draw

Letters = dict[Letter, int]
Domain = tuple[Any, ...]


class Truth:
    """A program at exact inputs: pairwise distinct sizes first, which hide the least."""

    def __init__(self, program: Program, derivatives: Derivatives, cases: Iterable[SizeValues] = ()):
        self.program, self.derivatives, self.cases = program, derivatives, list(cases)
        self._opened: list[Evaluator] = []
        self._closed = self._draws()

    def _draws(self) -> Iterator[Evaluator]:
        distinct = ((s, seed) for seed, s in enumerate(islice(distinct_sizes(self.program), 1, 6), 1))
        small = ((s, seed) for seed in (0, -1, -2) for s in islice(small_sizes(self.program), 1, 4))
        chosen = ((s, seed) for seed, s in enumerate(self.cases, 6))
        for sizes, seed in chain(islice(distinct, 2), small, distinct, chosen):
            found = labelled(self.program, sizes, seed)
            try:
                inputs = small_draw(self.program, found, seed)
            except NoMember:
                continue
            yield Evaluator(self.program, found, inputs, self.derivatives, seed=seed)

    def evaluators(self) -> Iterator[Evaluator]:
        """Each draw, made at the first use."""
        for k in count():
            if k == len(self._opened):
                following = next(self._closed, None)
                if following is None:
                    return
                self._opened.append(following)
            yield self._opened[k]

    def line(self, left: Ref | Expr, right: Expr, domain: Domain = (), relation: str = EQUAL) -> Line:
        return Line(self, expression(left), in_order(left.free | right.free), domain, [], relation)


@dataclass
class Line:
    """The left side at every draw, member by member."""

    truth: Truth
    left: Expr
    letters: list[Letter]
    domain: Domain
    places: list[list[tuple[Letters, Any]]]
    relation: str = EQUAL

    def refutes(self, right: Expr, draws: int | None = None) -> bool | None:
        """Whether the relation certainly fails somewhere; None where it does not, and the right side has no value
        anywhere or names a member that does not exist."""
        valued, missing = False, False
        for k, evaluator in enumerate(islice(self.truth.evaluators(), draws)):
            if k == len(self.places):
                self.places.append(list(self._members(evaluator)))
            for letters, left in self.places[k]:
                try:
                    if fails(self.relation, left, evaluator.expression(right, letters)):
                        return True
                    valued = True
                except NoMember:
                    missing = True
                except (Undefined, ZeroDivisionError):
                    continue
        return False if valued and not missing else None

    def _members(self, evaluator: Evaluator) -> Iterator[tuple[Letters, Any]]:
        sizes = evaluator.sizes
        try:
            choices = [c for c in sizes.assignments(self.letters) if all(
                sizes.whole(d.low, c) <= c[d.letter] <= sizes.whole(d.high, c) for d in self.domain if d.letter in c)]
        except NoMember:
            return
        step = max(1, (len(choices) - 1) // (MEMBERS - 1))
        for letters in choices[::step]:
            try:
                yield letters, evaluator.expression(self.left, letters)
            except (Undefined, NoMember):
                continue
