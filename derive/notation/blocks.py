"""Stacked vectors: a sum of terms, each guarded to its own part of one axis, is a concatenation."""

from __future__ import annotations

from derive.bounds import nonnegative
from derive.expression import Expr, Guard, Term
from derive.index import Letter, Poly
from derive.notation.layout import Span
from derive.notation.members import NoMatrixForm, axis_letters

Block = tuple[Expr, Letter]


def blocks(e: Expr, out: tuple[Letter, ...]) -> list[Block]:
    """The parts of a stacked vector, each with its letter; empty where no term has a guard on an axis.

    Raises:
        NoMatrixForm: where the guarded parts do not tile the axis exactly.
    """
    if not any(isinstance(n, Guard) and not n.free.isdisjoint(out) for t in e.terms for n, _ in t.factors):
        return []
    if len(out) != 1:
        raise NoMatrixForm("a guard on an axis of a matrix")
    (axis,) = out
    parts: dict[Span, list[Term]] = {}
    for t in e.terms:
        parts.setdefault(_part(t, axis), []).append(_unguarded(t, axis))
    return [_block(terms, axis, span) for span, terms in _tiled(parts, axis)]


def _part(t: Term, axis: Letter) -> Span:
    """The part of the axis that the guards of a term leave: at most one guard for each end."""
    low: Poly | None = None
    high: Poly | None = None
    for node, _ in t.factors:
        if not isinstance(node, Guard) or axis not in node.free:
            continue
        coefficient, end = node.condition.coefficient(axis), node.condition.solve(axis)
        if end is None or axis_letters(end.free):
            raise NoMatrixForm("a guard that bounds no part of the axis")
        if coefficient == 1 and low is None:
            low = end
        elif coefficient == -1 and high is None:
            high = end
        else:
            raise NoMatrixForm("two guards on the same end of an axis")
    return (axis.low if low is None else low), (axis.high if high is None else high)


def _unguarded(t: Term, axis: Letter) -> Term:
    return Term(t.coefficient, tuple((n, x) for n, x in t.factors if not (isinstance(n, Guard) and axis in n.free)),
                t.binders)


def _tiled(parts: dict[Span, list[Term]], axis: Letter) -> list[tuple[Span, list[Term]]]:
    """The parts in order; they must cover the axis without gap or overlap."""
    ordered: list[tuple[Span, list[Term]]] = []
    start = axis.low
    while parts:
        span = next((s for s in parts if s[0] == start), None)
        if span is None or not nonnegative(span[1] + 1 - span[0]):
            raise NoMatrixForm("guarded parts that do not tile the axis")
        ordered.append((span, parts.pop(span)))
        start = span[1] + 1
    if start != axis.high + 1:
        raise NoMatrixForm("guarded parts that do not tile the axis")
    return ordered


def _block(terms: list[Term], axis: Letter, span: Span) -> Block:
    letter = Letter(axis.name, span[0], span[1])
    return Expr(terms).substitute({axis: Poly({(letter,): 1})}), letter
