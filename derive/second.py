"""Second derivatives: the gradient, as it was derived, becomes a definition of the program, and is differentiated again
by forward mode, along every path.

∂²L/∂x∂yᵀ is the total derivative of ∂L/∂x by y. Each step is judged in `verify.steps`, the gradient's own steps too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.derivation import Derivation, Derivative
from derive.forward import depends, total_derivative, zero_derivative
from derive.graph import closure
from derive.program import Program, ProgramError, Variable


def with_gradients(derivation: Derivation) -> Program:
    """The program, with each gradient that is shown as a definition behind it."""
    program = derivation.program
    gradients = [d for d in derivation.derivatives if d.value is None and d.shown and d.name not in program.variables]
    variables = {d.name: Variable(d.name, d.equation.letters) for d in gradients}
    return replace(program, variables={**program.variables, **variables},
                   equations=[*program.equations, *(d.equation for d in gradients)])


def second_derivatives(derivation: Derivation, pairs: Iterable[tuple[str, str]]) -> list[Derivative]:
    """How the gradient by the first name of each pair changes with the second, after what is needed on the way.

    Raises:
        ProgramError: where the gradient was not wanted, or may rest on an assumption about what changes with the
            second name.
    """
    wanted = list(pairs)
    if not wanted:
        return []
    program = with_gradients(derivation)
    called = {d.of: d.name for d in derivation.derivatives if d.value is None and d.shown}
    found: dict[str, Derivative] = {}
    for of, by in wanted:
        if of not in called:
            raise ProgramError(f"want the gradient by {of} before its second derivative")
        changing = closure({by}, lambda n: {e.name for e in program.users(n)})
        for assumption in program.assumptions:
            if not changing.isdisjoint(assumption.names):
                raise ProgramError(f"the gradient may rest on {assumption.text()}, which does not hold while {by} "
                                   "varies; take the second derivative without this assumption")
        made = [zero_derivative(program, called[of], by)] if not depends(program, called[of], by) else \
            total_derivative(program, called[of], by, (j for j in derivation.derivatives if j.value))
        for d in made:
            known = found.setdefault(d.name, d)
            known.shown = known.shown or d.shown
    return list(found.values())
