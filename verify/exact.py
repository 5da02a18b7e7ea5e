"""Exact arithmetic decides: disjoint balls prove a claim false, agreement to 50 digits verifies it.

Both sides are evaluated with the true derivatives (see `verify.evaluator`), at small exact inputs and several sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice, product
from typing import Any

import flint

from derive.claims import EQUAL, STRICT
from derive.derivation import Condition
from derive.expression import Expr, Ref, expression
from derive.index import Label, Letter, Size
from derive.program import Program
from verify.balls import Kink, Undefined
from verify.blocks import blocks
from verify.counterexamples import Found, Sides, counterexample, simplest, smaller
from verify.draws import (
    are_long_enough,
    distinct_sizes,
    edge_sizes,
    labelled,
    small_draw,
    small_sizes,
    stretched,
)
from verify.evaluator import PRECISION, Derivatives, Evaluator, written
from verify.orders import keeps_beyond
from verify.outcomes import NoExactMoment
from verify.pieces import Ways
from verify.quadrature import Allowance
from verify.relations import fails, holds
from verify.sampling import ERROR, Sampler
from verify.sizes import NoMember, Sizes, in_order
from verify.verdict import REFUTED, UNDECIDED, VERIFIED, Counterexample, Verdict

AGREEMENT_BITS = 168        # 2^-168 < 1e-50
MOST_BITS = 16 * PRECISION
REDRAWS = 3                 # at sizes at which a draw met a kink
FAR_DRAWS = 4
STRETCHES = tuple(Fraction(n) for n in (-1, 8, -8)) + (Fraction(1, 8), Fraction(-1, 8))
FURTHER = (Fraction(256), Fraction(-256))           # kinks may lie there
APART = (Fraction(32), Fraction(1, 32))             # of one input beside the others, which a kink may compare it with
MOST_APART = 6
BY = "exact arithmetic"
BY_SAMPLING = f"sampling, error probability < {ERROR:.0e}"
SAME = "sampling tells no difference, and cannot show that there is none"
CASES = 3
CALLS = 12_000              # evaluations of integrands before and after a counterexample is found; three times for all


def decide(program: Program, derivatives: Derivatives, left: Ref | Expr, right: Expr, *, relation: str = EQUAL,
           domain: Iterable[Condition] | None = None, cases: int = CASES, seed: int = 0, tries: int = 1,
           again: bool = False) -> Verdict:
    """Whether `left = right`, or another relation, for every value of the letters in `left` (within `domain`, where
    that is narrower).

    REFUTED comes with an input and is a proof: the two balls are disjoint. VERIFIED means that both sides agreed
    within 1e-50 of the value (or both enclosed zero, more narrowly the more bits there were), or that every number of
    the one ball is on its side of those of the other, at every member tried, at
    `cases` sets of pairwise distinct sizes or, where some of them have no defined value, at one at least, and at the
    least and at equal sizes besides; the detail counts all of them. Where an expectation had no exact value, every size
    was more than 1 somewhere. Everything else is UNDECIDED with a reason: no
    member to compare, a member that does not exist, no defined value anywhere.
    `tries` is how many readable inputs are looked at for a counterexample at each of the small sizes. Those are the
    same for every `seed`: where it is asked `again`, with another one, they are left out.
    """
    loose = sorted(a.name for a in right.free - left.free)
    if loose and isinstance(left, Ref):
        return Verdict(UNDECIDED, BY, detail=f"the letter {loose[0]} is on the right side only")
    search = _Search(program, derivatives, left, right, relation, tuple(domain or ()), seed)
    if again:
        refuted = search.confirm(cases)
    else:
        refuted = search.refute(tries) or (None if relation == EQUAL else search.far()) or search.confirm(cases) or \
            (search.across() if relation == EQUAL and search.draws else None)
    if refuted is not None:
        return Verdict(REFUTED, BY, counterexample=refuted)
    found = search.verdict()
    return search.by_sampling(found) if search.unsummed and not found.passed else found


def occurs(program: Program, derivatives: Derivatives, step: Expr, seed: int) -> bool:
    """Whether a step is one at some of the inputs at which `decide` confirms a claim with this seed."""
    return _Search(program, derivatives, step, Expr(), EQUAL, (), seed).confirm(CASES) is not None


@dataclass
class _Search:
    program: Program
    derivatives: Derivatives
    left: Ref | Expr
    right: Expr
    relation: str
    domain: tuple[Condition, ...]
    seed: int
    stretch: Fraction = Fraction(1)
    members: int = 0
    draws: int = 0
    problems: list[str] = field(default_factory=list)
    undefined: int = 0
    kinks: int = 0
    missing: str = ""
    tried: list[str] = field(default_factory=list)
    met: bool = False           # whether the last draw met a kink
    unsummed: bool = False      # whether an expectation had no exact value
    curved: bool = False        # whether it has none at larger sizes either
    several: set[str] = field(default_factory=set)      # sizes that were more than 1 where something was compared
    allowance: Allowance = field(default_factory=lambda: Allowance(0))
    sampler: Sampler | None = None

    @property
    def sides(self) -> tuple[Ref | Expr, Expr]:
        return self.left, self.right

    def refute(self, tries: int) -> Counterexample | None:
        """The smallest sizes first, and numbers that are easy to read; a few members of each."""
        self.allowance = Allowance(CALLS)
        for attempt in range(tries):
            for values in islice(small_sizes(self.program, self.sides), 6 + len(self.program.sizes)):
                found = self._small(values, -attempt)
                if found is not None:
                    return found
        return None

    def _small(self, values: dict[str, Any], seed: int) -> Counterexample | None:
        found = self._try(values, seed, most=8)
        return None if found is None else self._readable(values, seed, 8, found)

    def far(self) -> Counterexample | None:
        """A bound may fail for some signs and sizes of the inputs only: several draws, stretched and turned round."""
        for attempt, self.stretch in product(range(FAR_DRAWS), STRETCHES):
            for values in islice(small_sizes(self.program, self.sides), 1 + len(self.program.sizes)):
                self.allowance = Allowance(CALLS)
                found = self._small(values, -attempt)
                if found is not None:
                    return found
        self.stretch = Fraction(1)
        return None

    def confirm(self, cases: int) -> Counterexample | None:
        """Pairwise distinct sizes, and numbers that agree by accident less easily; then the least and equal sizes."""
        self.members = self.draws = self.undefined = self.kinks = 0
        self.allowance = Allowance(3 * CALLS)
        for k, values in enumerate(distinct_sizes(self.program, self.sides)):
            if self.draws >= cases or k >= 4 * cases:
                break
            found = self._refuted_at(values, self.seed + 1 + k)
            if found is not None:
                return self._readable(values, self.seed + 1 + k, 12, found)
            self.draws = len(self.tried)
        for k, values in enumerate(edge_sizes(self.program)):
            found = None if _sizes_text(values) in self.tried else self._refuted_at(values, self.seed + 101 + k)
            if found is not None:
                return self._readable(values, self.seed + 101 + k, 12, found)
        return None

    def across(self) -> Counterexample | None:
        """Sides that have their kinks in different places differ between these. Sums over outcomes look on both sides
        of a kink, and take long."""
        if self.program.random:
            return None
        work, names = 0, list(dict.fromkeys(block.name for block in blocks(self.program)))
        for values in islice(small_sizes(self.program), 1 + len(self.program.sizes)):
            sizes = labelled(self.program, values, 0)
            try:
                small = [small_draw(self.program, sizes, -attempt) for attempt in range(FAR_DRAWS)]
                draws = [stretched(self.program, drawn, by)
                         for drawn, by in product(small, (Fraction(1), *STRETCHES, *FURTHER))]
                draws += [stretched(self.program, drawn, by, name) for drawn in small[:1]
                          for name, by in product(names[:MOST_APART], APART)]
                members = _sample(list(self._assignments(sizes)), 4)
            except NoMember:
                continue
            draws = [drawn for drawn in draws if keeps_beyond(self.program, drawn)]
            ways = Ways(self.program, self.derivatives, sizes, members, self._differ, work)
            found, work = ways.search(draws), ways.work
            if found is not None:
                return self._readable(values, 0, 8, found)
        return None

    def _refuted_at(self, values: dict[str, Any], seed: int) -> Found | None:
        """Another draw takes the place of one that met a kink."""
        before = self.members
        for redraw in range(1 + REDRAWS):
            self.met = False
            found = self._try(values, seed + 1000 * redraw, most=12)
            if found is not None:
                return found
            if not self.met:
                break
        if self.members > before:
            self.tried.append(_sizes_text(values))
            self.several |= {n for n, size in values.items() if not isinstance(size, int) or size > 1}
        return None

    def _readable(self, values: dict[str, Any], seed: int, most: int, found: Found) -> Counterexample:
        """What was found, or a counterexample at smaller sizes, with numbers that are easier to read."""
        readable = self._try(values, 0, most) if seed > 0 else None
        if readable is not None:
            seed, found = 0, readable
        self.allowance = Allowance(CALLS)
        least = {n: s.least for n, s in self.program.sizes.items()}
        evaluator, letters, sides = smaller(values, least, found, lambda chosen: (
            self._try(chosen, seed, most) or self._try(chosen, min(seed, 0) - 1, most)))
        evaluator, sides = simplest(evaluator, sides, lambda e: self._differ(e, letters))
        return counterexample(evaluator, self._place(evaluator.sizes, letters), sides, seed)

    def by_sampling(self, exactly: Verdict) -> Verdict:
        """REFUTED where the sides differ but for a stated error probability; UNDECIDED otherwise: sampling shows no
        equality."""
        self.sampler = Sampler(self.seed)
        for values in islice(distinct_sizes(self.program, self.sides), 2):
            found = self._try(values, 0, most=2)
            if found is not None:
                evaluator, letters, sides = found
                return Verdict(REFUTED, BY_SAMPLING, counterexample=counterexample(
                    evaluator, self._place(evaluator.sizes, letters), sides, 0))
        if not self.sampler.used:
            return replace(exactly, detail=self.problems[-1])
        return Verdict(UNDECIDED, BY_SAMPLING, detail=SAME)

    def verdict(self) -> Verdict:
        if self.missing:
            return Verdict(UNDECIDED, BY, detail=self.missing)
        alone = self.unsummed and any(isinstance(s, Size) and n not in self.several and not isinstance(s, Label)
                                      for n, s in self.program.sizes.items())
        if not self.draws or self.curved or alone:
            return Verdict(UNDECIDED, BY, detail=next(iter(self.problems), "there was no member to compare"))
        skipped = f"; {self.undefined} inputs had no defined value and do not count" if self.undefined else ""
        skipped += f"; {self.kinks} inputs met a kink and do not count" if self.kinks else ""
        return Verdict(VERIFIED, BY, detail=f"{self.members} members at {', '.join(self.tried)}{skipped}")

    # -- one draw --------------------------------------------------------------------------------------------------
    def _try(self, values: dict[str, Any], seed: int, most: int) -> Found | None:
        """Compare up to `most` members at these sizes; what cannot be evaluated does not count."""
        if not are_long_enough(values, self.program):
            return None
        sizes = labelled(self.program, values, seed)
        try:
            inputs = stretched(self.program, small_draw(self.program, sizes, seed), self.stretch)
            chosen = _sample(list(self._assignments(sizes)), most)
        except NoMember as problem:
            self.missing = self.missing or str(problem)
            return None
        if not keeps_beyond(self.program, inputs):
            return None
        evaluator = Evaluator(self.program, sizes, inputs, self.derivatives, seed=seed)
        evaluator.allowance, evaluator.sampler = self.allowance, self.sampler
        for letters in chosen:
            try:
                sides = self._differ(evaluator, letters)
            except Undefined as problem:
                self.met = isinstance(problem, Kink)
                self.unsummed |= isinstance(problem, NoExactMoment)
                self.curved |= isinstance(problem, NoExactMoment) and not problem.many
                self.kinks += isinstance(problem, Kink)
                self.undefined += not isinstance(problem, Kink)
                self.problems.append(str(problem))
                return None
            except NoMember as problem:
                self.missing = self.missing or str(problem)
                continue
            if sides is not None:
                return evaluator, letters, sides
            self.members += 1
        return None

    def _place(self, sizes: Sizes, letters: dict[Letter, int]) -> str:
        """The member that was compared, or the values of the letters."""
        if isinstance(self.left, Ref):
            return written((self.left.name, tuple(sizes.whole(p, letters) for p in self.left.indices)))
        return ", ".join(f"{a.name} = {n}" for a, n in sorted(letters.items(), key=lambda x: x[0].order))

    def _assignments(self, sizes: Sizes) -> Iterator[dict[Letter, int]]:
        for letters in sizes.assignments(in_order(self.left.free | self.right.free)):
            if all(sizes.whole(c.low, letters) <= letters[c.letter] <= sizes.whole(c.high, letters)
                   for c in self.domain if c.letter in letters):
                yield letters

    def _differ(self, evaluator: Evaluator, letters: dict[Letter, int]) -> Sides | None:
        """The two sides where the relation certainly fails; None where it holds. Precision is raised until one is sure.

        Raises:
            Undefined: where neither is sure at the highest precision, or there is no value at any.
        """
        while True:
            try:
                left = evaluator.expression(expression(self.left), letters)
                right = evaluator.expression(self.right, letters)
            except Undefined as problem:
                if isinstance(problem, Kink) and not (evaluator.values_only or evaluator.differentiated):
                    evaluator.values_only = True        # a floor has no slope at its kink, but a value
                elif problem.certain or evaluator.precision >= MOST_BITS:
                    raise
            else:
                if fails(self.relation, left, right):
                    return left, right
                if holds(self.relation, left, right):
                    return None
                if self.sampler is not None and self.sampler.used:
                    raise Undefined(SAME)
                if self.relation not in STRICT and _agree(left, right, evaluator.precision):
                    return None
                if evaluator.precision >= MOST_BITS:
                    raise Undefined(f"{evaluator.precision} bits do not tell the sides apart, nor confirm 50 digits",
                                    certain=False)
            evaluator.refine(2 * evaluator.precision)


def _agree(left: Any, right: Any, precision: int) -> bool:
    """Whether overlapping balls are within 1e-50 of the value, or both are zero as far as these bits can tell: twice
    as many as at first, unless both are exact."""
    if not (left.is_finite() and right.is_finite()):
        return False
    with flint.ctx.workprec(64):
        width = abs(left - right).upper()
        value = abs(left).lower().min(abs(right).lower())
        if width <= value * flint.arb(2) ** -AGREEMENT_BITS:
            return True
        return bool(precision > PRECISION and width <= flint.arb(2) ** (PRECISION - precision - AGREEMENT_BITS))


def _sample(choices: list[dict[Letter, int]], most: int) -> list[dict[Letter, int]]:
    """At most `most` of them, evenly spread, both ends included."""
    if len(choices) <= most:
        return choices
    return [choices[round(k * (len(choices) - 1) / (most - 1))] for k in range(most)]


def _sizes_text(values: dict[str, Any]) -> str:
    return "(" + ", ".join(f"{n}={v}" for n, v in values.items()) + ")"
