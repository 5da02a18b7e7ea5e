"""Inverses and determinants that depend on what is differentiated by. They get definitions with the right values and
the right first derivatives: B = 2 B₀ − B₀ A B₀ for the inverse of A, d = d₀ (1 + tr(B₀ A) − n) for its determinant,
where B₀ and d₀ have the values of B and d and are held.
"""

from __future__ import annotations

from typing import TypeGuard

from derive.expression import Expr, Node, Ref, Term, expression, map_terms, ref, term, total
from derive.index import apart
from derive.program import Equation, Program, Variable

_HELD, _INVERSE = "held_", "_inverse"


def open_for(program: Program, by: set[str]) -> None:
    """Define each inverse and each determinant that depends on one of these names."""
    whole = program.inverses | program.determinants
    depending = [(n, of) for n, of in whole.items()
                 if n in program.variables and of in program.variables and program.made_of([of]) & by]
    for name, matrix in depending:
        _define(program, name, matrix)
    if depending:
        _order(program)


def is_held(name: str) -> bool:
    """Whether a name is a copy that no derivative goes through."""
    return name.startswith(_HELD)


def whole_of(program: Program, name: str) -> tuple[str, bool]:
    """Of which matrix a name is the inverse or the determinant, and whether it is the inverse; nothing for another."""
    for own in (name, f"{_HELD}{name}"):
        for of in (program.inverses, program.determinants):
            if own in of:
                return of[own], of is program.inverses
    return "", False


def let_go(e: Expr) -> Expr:
    """The expression with the names themselves in place of their copies: both have the same values."""
    def change(t: Term) -> Expr:
        return Expr((term(t.coefficient, [(Ref(n.name.removeprefix(_HELD), n.indices) if _is_copy(n) else n, x)
                                          for n, x in t.factors], t.binders),))

    return map_terms(e, change)


def _is_copy(node: Node) -> TypeGuard[Ref]:
    return isinstance(node, Ref) and is_held(node.name) and not node.name.endswith(_INVERSE)


def _define(program: Program, name: str, matrix: str) -> None:
    held = f"{_HELD}{name}"
    program.variables[held] = Variable(held, program.variables[name].axes)
    if name in program.inverses:
        program.inverses[held] = program.inverses.pop(name)
        i, j = apart(program.variables[name].axes)
        k, m = apart(program.variables[matrix].axes)
        body = 2 * ref(held, i, j) - total(ref(held, i, k) * ref(matrix, k, m) * ref(held, m, j), k, m)
        program.equations.append(Equation(name, (i, j), body))
        return
    program.determinants[held] = program.determinants.pop(name)
    inverse = f"{held}{_INVERSE}"
    program.variables[inverse] = Variable(inverse, program.variables[matrix].axes)
    program.inverses[inverse] = matrix
    k, m = apart(program.variables[matrix].axes)
    trace = total(ref(inverse, m, k) * ref(matrix, k, m), k, m)
    program.equations.append(Equation(name, (), ref(held) * (expression(1) - expression(k.count) + trace)))


def _order(program: Program) -> None:
    """Every definition behind those that it needs."""
    found: dict[str, Equation] = {}
    seen: set[str] = set()

    def visit(name: str) -> None:
        equation = program.equation(name)
        if equation is None or name in seen:
            return
        seen.add(name)
        for needed in sorted(program.needed(name)):
            visit(needed)
        found[name] = equation

    for equation in program.equations:
        visit(equation.name)
    program.equations[:] = found.values()
