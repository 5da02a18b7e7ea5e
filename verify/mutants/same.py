"""Whether two programs have the same outputs, for all sizes and inputs: a softmax does not change when 1 is added."""

from __future__ import annotations

from derive.expression import Expr, Ref, expression, names
from derive.normal import DivisionByZero
from derive.powers import TooLarge
from derive.program import Program
from derive.rewrite import unfold
from derive.zero import is_zero


def same_outputs(a: Program, b: Program, name: str) -> bool:
    """By normal form, all definitions written out, for the outputs that use `name`. Not shown where there are none, and
    where a family is defined by its own other members."""
    goals = [goal for goal in ([a.loss] if a.loss else a.outputs) if name in reached(a, {goal})]
    try:
        return bool(goals) and all(is_zero(_written_out(a, n) - _written_out(b, n), a.normalizer()) is not None
                                   for n in goals)
    except (TooLarge, DivisionByZero, RecursionError):
        return False


def reached(program: Program, wanted: set[str]) -> set[str]:
    """All names that these are made of, through the definitions. A derivative is made of everything."""
    if not wanted <= program.variables.keys():
        return set(program.variables)
    found, work = set(wanted), list(wanted)
    while work:
        equation = program.defined.get(work.pop())
        fresh = names(equation.body) - found if equation is not None else set()
        found |= fresh
        work += fresh
    return found


def _written_out(program: Program, name: str) -> Expr:
    """An output in terms of inputs only."""
    e = expression(Ref(name, program.variables[name].axes))
    for equation in reversed(program.equations):
        if equation.name in names(equation.body):
            raise RecursionError(equation.name)
        e = unfold(e, {equation.name: equation})
    return e
