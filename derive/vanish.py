"""Terms that are zero because a sum in them is: Σ (x − μ) = 0, by the definition of μ."""

from __future__ import annotations

from collections.abc import Iterator

from derive.components import components
from derive.expression import Expr, Group, Term, names
from derive.normal import DivisionByZero, Normalizer
from derive.powers import TooLarge
from derive.program import Program
from derive.rewrite import unfold


def vanish(e: Expr, program: Program, normalizer: Normalizer) -> Iterator[tuple[Expr, Expr, tuple[str, ...]]]:
    """Each vanishing term in turn: the sum that is zero, what remains, and the definitions that say so."""
    for t in e.terms:
        found = _zero_sum(t, program, normalizer)
        if found is not None:
            e = Expr(u for u in e.terms if u is not t)
            yield found[0], e, found[1]


def _zero_sum(t: Term, program: Program, normalizer: Normalizer) -> tuple[Expr, tuple[str, ...]] | None:
    for binders, factors in components(t)[1]:
        if not any(isinstance(n, Group) for n, _ in factors):
            continue
        lemma = Expr((Term(1, tuple(factors), tuple(binders)),))
        used: list[str] = []
        left = lemma
        for equation in reversed(program.equations):
            if equation.name in names(left) and len(used) < 2:
                left = unfold(left, {equation.name: equation})
                used.append(equation.name)
                if _is_zero(left, normalizer):
                    return lemma, tuple(used)
    return None


def _is_zero(e: Expr, normalizer: Normalizer) -> bool:
    try:
        return not normalizer.normal(e).terms
    except (TooLarge, DivisionByZero):
        return False


