"""Sides with kinks in different places: they differ between these, where hardly any draw falls.

The slope of min(ρ, 1 + ε) is 1[ρ < 1 + ε], and 1[ρ < 2] is the same at most inputs. So inputs are looked at on the way
from one draw to another, down to where a relu, a step or a max decides otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Optional

from derive.index import Letter
from derive.program import Inverse, Program
from verify.balls import Undefined, decisions
from verify.blocks import Member
from verify.counterexamples import Found, Sides
from verify.evaluator import Derivatives, Evaluator
from verify.quadrature import Allowance
from verify.sizes import NoMember, Sizes

DEPTH = 12                      # how often a way is divided
SHARE = Fraction(3, 8)          # how far one goes: halves would meet kinks
MOST_WORK = 12_000              # members and slopes that are evaluated, in all

Inputs = Mapping[Member, Fraction]
Decided = Optional[tuple[Any, ...]]       # on which side of each kink an input lies; None where there is no value


@dataclass
class Ways:
    """Ways between the inputs of one program, at some sizes, on which the members at these letters are compared;
    `differ` gives both sides where they certainly differ."""

    program: Program
    derivatives: Derivatives
    sizes: Sizes
    members: list[dict[Letter, int]]
    differ: Callable[[Evaluator, dict[Letter, int]], Sides | None]
    work: int = 0
    found: Found | None = None
    fixed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.fixed = {n for n, v in self.program.variables.items() if v.among} | {
            n for a in self.program.assumptions if isinstance(a, Inverse) for n in a.names}

    def search(self, draws: Iterable[Inputs]) -> Found | None:
        """Where the sides differ at some draw, or on the way to the next one; None for sides without a kink."""
        before: tuple[Inputs, Decided] | None = None
        for inputs in draws:
            decided = self._decided(inputs)
            if self._is_over or decided == ():
                break
            if decided is not None:
                if before is not None:
                    self._between(*before, inputs, decided, DEPTH)
                before = inputs, decided
        return self.found

    @property
    def _is_over(self) -> bool:
        return self.found is not None or self.work > MOST_WORK

    def _between(self, one: Inputs, at_one: Decided, other: Inputs, at_other: Decided, depth: int) -> None:
        if at_one == at_other or not depth or self._is_over:
            return
        middle = {m: x if m[0] in self.fixed else x + SHARE * (other[m] - x) for m, x in one.items()}
        decided = self._decided(middle)
        self._between(one, at_one, middle, decided, depth - 1)
        self._between(middle, decided, other, at_other, depth - 1)

    def _decided(self, inputs: Inputs) -> Decided:
        evaluator = Evaluator(self.program, self.sizes, inputs, self.derivatives)
        evaluator.allowance = Allowance(0)
        try:
            with decisions() as taken:
                for letters in self.members:
                    sides = self.differ(evaluator, letters)
                    if sides is not None:
                        self.found = evaluator, letters, sides
                        return None
            return tuple(taken)
        except (Undefined, NoMember):
            return None
        finally:
            self.work += 1 + evaluator.work
