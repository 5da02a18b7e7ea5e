"""Claims with members that do not exist: x_{t-1} at t = 1, where x is x_1, …, x_T."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.bounds import nonnegative
from derive.expression import Expr, Guard, Ref, Term, indicator, term
from derive.index import ONE, Poly, poly
from derive.program import Variable


def where_they_exist(left: Expr, right: Expr, variables: Mapping[str, Variable]) -> tuple[Expr, Expr]:
    """The sides without what holds a member that does not exist: a sum leaves the summand out, and nothing is said of
    a letter of the claim for which there is none."""
    every = [(t, p) for side in (left, right) for t in side.terms for p in _exist(t, variables)]
    own = {p for t, p in every if p.free.isdisjoint(t.binders)}
    left, right = (Expr(_summand(t, variables) for t in side.terms) for side in (left, right))
    for condition in sorted(own, key=str):
        left, right = left * indicator(condition), right * indicator(condition)
    return left, right


def _summand(t: Term, variables: Mapping[str, Variable]) -> Term:
    guards = [(Guard(p), ONE) for p in _exist(t, variables) if not p.free.isdisjoint(t.binders)]
    return term(t.coefficient, [*t.factors, *guards], t.binders) if guards else t


def _exist(t: Term, variables: Mapping[str, Variable]) -> Iterator[Poly]:
    """What is at least zero where all members exist whose index is a letter of their range, and some steps more."""
    for node, _ in t.factors:
        if isinstance(node, Ref) and node.name in variables and len(variables[node.name].axes) == len(node.indices):
            for axis, index in zip(variables[node.name].axes, node.indices):
                if any((index - poly(a)).constant for a in index.free if (a.low, a.high) == (axis.low, axis.high)):
                    yield from (d for d in (index - axis.low, axis.high - index) if not nonnegative(d))
