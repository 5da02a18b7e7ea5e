"""A look at numbers before a long search for a proof: what differs from zero where every name is an unknown of its own
is zero by no normal form."""

from __future__ import annotations

import random
from collections.abc import Iterable
from fractions import Fraction
from itertools import islice
from typing import Any

from derive.expectation.laws import SHOWN
from derive.expression import Apply, Expr
from derive.index import Letter
from derive.normal import DivisionByZero, Normalizer
from derive.powers import TooLarge
from derive.program import Equation, Program
from derive.zero import is_zero
from verify.balls import Dual, Undefined, ball
from verify.blocks import Member
from verify.draws import distinct_sizes, labelled, size_names
from verify.evaluator import Evaluator
from verify.sizes import Letters, NoMember, Sizes, in_order

PRECISION = 96
MOST_MEMBERS = 6            # looked at, of an expression with free letters


def shown_zero(e: Expr, normalizer: Normalizer, program: Program, equations: Iterable[Equation] = ()) -> str | None:
    """As `is_zero`, and soon done with what is not: an expression of a program's names, some of which may be unfolded
    by `equations`."""
    try:
        z = normalizer.normal(e)
    except (TooLarge, DivisionByZero):
        return None
    if not z.terms:
        return "normal form"
    if not normalizer.assumes_equations and differs(z, program, equations):
        return None
    return is_zero(z, normalizer)


def differs(e: Expr, program: Program, equations: Iterable[Equation] = ()) -> bool:
    """Whether the value is not zero at small sizes, for some numbers between 0 and 1 in the place of all members that
    no equation given here covers."""
    known = list(equations)
    return any(_differs_at(e, program, sizes, known) for sizes in _sizes(program))


def _sizes(program: Program) -> Iterable[Sizes]:
    """All of them 2 (or the least), then the first pairwise distinct ones that are larger."""
    scalars, widths = size_names(program)
    if not widths:
        yield labelled(program, {n: max(2, program.sizes[n].least if n in program.sizes else 1) for n in scalars}, 0)
    for values in islice(distinct_sizes(program), len(scalars), len(scalars) + 1):
        yield labelled(program, values, 1)


def _differs_at(e: Expr, program: Program, sizes: Sizes, equations: list[Equation]) -> bool:
    evaluator = _Atoms(program, sizes, equations)
    try:
        for letters in islice(sizes.assignments(in_order(_with_ranges(e.free))), MOST_MEMBERS):
            if 0 not in evaluator.expression(e, letters):
                return True
    except (Undefined, NoMember):
        pass
    return False


def _with_ranges(letters: Iterable[Letter]) -> set[Letter]:
    """The letters, and those that their ranges depend on."""
    found, work = set[Letter](), list(letters)
    while work:
        letter = work.pop()
        if letter not in found:
            found.add(letter)
            work += letter.low.free | letter.high.free
    return found


class _Atoms(Evaluator):
    """Values where every member is a number of its own, and so is every derivative."""

    def __init__(self, program: Program, sizes: Sizes, equations: list[Equation]):
        super().__init__(program, sizes, {}, precision=PRECISION)
        self.equations = {e.name: e for e in equations}
        self.values_only = True

    def _find(self, member: Member) -> Any:
        letters = self._covered(member)
        return ball(_number(member)) if letters is None else self._body(member, letters)

    def _partial(self, of: Member, by: Member) -> Any:
        return ball(_number((of, by)))

    def _apply(self, node: Apply, letters: Letters, sloping: bool) -> Dual:
        """An expectation that nothing takes apart is a function of what stands in it."""
        if node.function == "expectation":
            return self._expr(node.arguments[0], letters, sloping)[0].exp(), None
        if node.function in SHOWN:
            raise Undefined("Var and Cov are no numbers of their own")
        return super()._apply(node, letters, sloping)


def _number(what: Any) -> Fraction:
    return Fraction(random.Random(str(what)).randint(100, 900), 1009)
