"""Claims with floors are about counts: ⌊(n + 2p − k)/s⌋ + 1 is n where s = 1 and 2p = k − 1, for whole numbers n."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.expression import Apply, Expr, expression, walk
from derive.program import Variable
from verify.study import Study, by_arithmetic, derivative_names
from verify.verdict import Verdict

SEEDS = 8           # a floor is the same for many numbers
WHOLE = tuple(map(Fraction, range(1, 8)))


def for_whole_numbers(study: Study) -> Verdict | None:
    """The verdict on the one claim of a study where every input is a whole number; None where no floor stands in it."""
    (claim, _), = study.claims
    program = study.page.program
    bodies = [expression(claim.left), claim.right, *(e.body for e in program.equations)]
    if not any(map(_has_floor, bodies)):
        return None
    whole = replace(program, variables={n: _whole(v) for n, v in program.variables.items()})
    names = derivative_names(study.derivation)
    for seed in range(SEEDS):
        verdict = by_arithmetic(claim, study.derivation, names, whole, seed)
        if not verdict.passed:
            break
    return verdict


def _has_floor(body: Expr) -> bool:
    return any(isinstance(n, Apply) and n.function == "floor" for n in walk(body))


def _whole(variable: Variable) -> Variable:
    return variable if variable.among else replace(variable, among=WHOLE)
