"""Claims with floors are about counts: ⌊(n + 2p − k)/s⌋ + 1 is n where s = 1 and 2p = k − 1, for whole numbers n."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.expression import Apply, expression, names, walk
from derive.graph import closure
from derive.program import Variable
from verify.study import Study, by_arithmetic, derivative_names
from verify.verdict import Verdict

SEEDS = 8           # a floor is the same for many numbers
WHOLE = tuple(map(Fraction, range(1, 8)))


def for_whole_numbers(study: Study) -> Verdict | None:
    """The verdict on the one claim of a study where every input in a floor is a whole number; None where no floor
    stands in it. The γ of γ^⌊t/s⌋ is any number."""
    (claim, _), = study.claims
    program = study.page.program
    bodies = [expression(claim.left), claim.right, *(e.body for e in program.equations)]
    rounded = [n.arguments[0] for body in bodies for n in walk(body) if isinstance(n, Apply) and n.function == "floor"]
    if not rounded:
        return None
    used = {e.name: names(e.body) for e in program.equations}
    counts = closure({n for argument in rounded for n in names(argument)}, lambda name: used.get(name, set()))
    whole = replace(program, variables={n: _whole(v) if n in counts and not v.below_one else v
                                        for n, v in program.variables.items()})
    truth = derivative_names(study.derivation)
    for seed in range(SEEDS):
        verdict = by_arithmetic(claim, study.derivation, truth, whole, seed)
        if not verdict.passed:
            break
    return verdict


def _whole(variable: Variable) -> Variable:
    return variable if variable.among else replace(variable, among=WHOLE)
