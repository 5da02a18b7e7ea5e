"""Exact arithmetic decides: disjoint balls prove a claim false, agreement to 50 digits verifies it.

Both sides are evaluated with the true derivatives (see `verify.evaluator`), at small exact inputs and several sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import flint

from derive.derivation import Condition
from derive.expression import Expr, Ref, expression
from derive.index import Letter
from derive.program import Program
from verify import outcomes
from verify.balls import Undefined
from verify.blocks import Block, blocks
from verify.draws import distinct_sizes, labelled, small_draw, small_sizes
from verify.evaluator import PRECISION, Derivatives, Evaluator, written
from verify.sizes import NoMember, Sizes, in_order
from verify.verdict import REFUTED, UNDECIDED, VERIFIED, Counterexample, Verdict

AGREEMENT_BITS = 168        # 2^-168 < 1e-50
MOST_BITS = 8 * PRECISION
BY = "exact arithmetic"


def decide(program: Program, derivatives: Derivatives, left: Ref | Expr, right: Expr, *,
           domain: Iterable[Condition] | None = None, cases: int = 3, seed: int = 0, tries: int = 1) -> Verdict:
    """Whether `left = right` for every value of the letters in `left` (within `domain`, where that is narrower).

    REFUTED comes with an input and is a proof: the two balls are disjoint. VERIFIED means that both sides agreed
    within 1e-50 (relative to the larger of 1 and the value) at every member tried, at `cases` sets of pairwise
    distinct sizes or, where some of them have no defined value, at one at least; the detail counts both. Everything
    else is UNDECIDED with a reason: no member to compare, a member that does not exist, no defined value anywhere.
    `tries` is how many readable inputs are looked at for a counterexample at each of the small sizes.
    """
    loose = sorted(a.name for a in right.free - left.free)
    if loose and isinstance(left, Ref):
        return Verdict(UNDECIDED, BY, detail=f"the letter {loose[0]} is on the right side only")
    search = _Search(program, derivatives, left, right, tuple(domain or ()), seed)
    refuted = search.refute(tries) or search.confirm(cases)
    if refuted is not None:
        return Verdict(REFUTED, BY, counterexample=refuted)
    return search.verdict()


@dataclass
class _Search:
    program: Program
    derivatives: Derivatives
    left: Ref | Expr
    right: Expr
    domain: tuple[Condition, ...]
    seed: int
    members: int = 0
    draws: int = 0
    problems: list[str] = field(default_factory=list)
    undefined: int = 0
    missing: str = ""
    tried: list[str] = field(default_factory=list)

    def refute(self, tries: int) -> Counterexample | None:
        """The smallest sizes first, and numbers that are easy to read; a few members of each."""
        for attempt in range(tries):
            for values in islice(small_sizes(self.program), 6 + len(self.program.sizes)):
                found = self._try(values, -attempt, most=8)
                if found is not None:
                    return found
        return None

    def confirm(self, cases: int) -> Counterexample | None:
        """Pairwise distinct sizes, and numbers that agree by accident less easily."""
        self.members = self.draws = 0
        for k, values in enumerate(distinct_sizes(self.program)):
            if self.draws >= cases or k >= 4 * cases:
                return None
            before = self.members
            found = self._try(values, self.seed + 1 + k, most=12)
            if found is not None:
                return self._try(values, 0, most=12) or found       # the same sizes with readable numbers, if they do
            if self.members > before:
                self.draws += 1
                self.tried.append(_sizes_text(values))
        return None

    def verdict(self) -> Verdict:
        if self.missing:
            return Verdict(UNDECIDED, BY, detail=self.missing)
        if not self.draws:
            return Verdict(UNDECIDED, BY, detail=next(iter(self.problems), "there was no member to compare"))
        skipped = f"; {self.undefined} inputs had no defined value and do not count" if self.undefined else ""
        return Verdict(VERIFIED, BY, detail=f"{self.members} members at {', '.join(self.tried)}{skipped}")

    # -- one draw --------------------------------------------------------------------------------------------------
    def _try(self, values: dict[str, Any], seed: int, most: int) -> Counterexample | None:
        """Compare up to `most` members at these sizes; what cannot be evaluated does not count."""
        sizes = labelled(self.program, values, seed)
        try:
            inputs = small_draw(self.program, sizes, seed)
            chosen = _sample(list(self._assignments(sizes)), most)
        except NoMember as problem:
            self.missing = self.missing or str(problem)
            return None
        evaluator = Evaluator(self.program, sizes, inputs, self.derivatives, seed=seed)
        for letters in chosen:
            try:
                sides = self._differ(evaluator, letters)
            except Undefined as problem:
                self.undefined += 1
                self.problems.append(str(problem))
                return None
            except NoMember as problem:
                self.missing = self.missing or str(problem)
                continue
            if sides is not None:
                return _counterexample(evaluator, self._place(sizes, letters), sides, seed)
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

    def _differ(self, evaluator: Evaluator, letters: dict[Letter, int]) -> tuple[Any, Any] | None:
        """The two sides where they certainly differ; None where they agree. Precision is raised until one is sure.

        Raises:
            Undefined: where neither is sure at the highest precision.
        """
        while True:
            left = evaluator.expression(expression(self.left), letters)
            right = evaluator.expression(self.right, letters)
            if not left.overlaps(right):
                return left, right
            if _narrow(left, right):
                return None
            if evaluator.precision >= MOST_BITS:
                raise Undefined(f"{evaluator.precision} bits do not tell the sides apart, nor confirm 50 digits")
            evaluator.refine(2 * evaluator.precision)


def _narrow(left: Any, right: Any) -> bool:
    with flint.ctx.workprec(64):
        scale = flint.arb(1).max(abs(left).upper())
        width = abs(left - right).upper() if left.is_finite() and right.is_finite() else flint.arb.pos_inf()
        return bool(width <= scale * flint.arb(2) ** -AGREEMENT_BITS)


def _sample(choices: list[dict[Letter, int]], most: int) -> list[dict[Letter, int]]:
    """At most `most` of them, evenly spread, both ends included."""
    if len(choices) <= most:
        return choices
    return [choices[round(k * (len(choices) - 1) / (most - 1))] for k in range(most)]


# -- what is printed ----------------------------------------------------------------------------------------------
def _counterexample(evaluator: Evaluator, at: str, sides: tuple[Any, Any], seed: int) -> Counterexample:
    left, right = _digits(*sides)
    names: dict[str, Any] = {name: text for name, (text, _) in evaluator.functions.items()}
    read = {member[0] for member in evaluator.read}
    names |= {n: outcomes.law_text(evaluator, v) for n, v in evaluator.program.random.items() if n in read}
    for block in blocks(evaluator.program):
        if block.name in evaluator.program.random:
            continue
        if any(member in evaluator.read for member in block.members(evaluator.sizes)):
            names[block.key] = _nested(block, evaluator, ())
    return Counterexample(evaluator.sizes.shown(), names, at, left, right, seed)


def _digits(left: Any, right: Any) -> tuple[str, str]:
    """Both values to six digits, or as many as it takes to see that they differ."""
    for digits in (6, 12, 24, 50):
        texts = (left.str(digits, radius=False), right.str(digits, radius=False))
        if texts[0] != texts[1]:
            break
    return ("0" if texts[0].startswith("0e") else texts[0], "0" if texts[1].startswith("0e") else texts[1])


def _nested(block: Block, evaluator: Evaluator, values: tuple[int, ...]) -> Any:
    """The numbers of a block as nested lists of text."""
    letters = block.fixed(evaluator.sizes) | dict(zip(block.axes, values))
    if len(values) == len(block.axes):
        return str(evaluator.inputs[block.name, block.indices(letters)])
    return [_nested(block, evaluator, (*values, k)) for k in evaluator.sizes.range(block.axes[len(values)], letters)]



def _sizes_text(values: dict[str, Any]) -> str:
    return "(" + ", ".join(f"{n}={v}" for n, v in values.items()) + ")"
