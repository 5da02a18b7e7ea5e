"""Groups that hold a delta of two axes are multiplied out: p_i (δ_ij − p_j) is diag(p) − p pᵀ."""

from __future__ import annotations

from derive.expression import Delta, Expr, Group, Term, map_terms, term, walk
from derive.index import ONE
from derive.notation.members import axis_letters


def multiplied_out(e: Expr) -> Expr:
    """The same expression without products of such a group and other factors."""
    return map_terms(e, _terms) if any(isinstance(n, Group) and _has_identity(n) for n in walk(e)) else e


def _terms(t: Term) -> Expr:
    group = next((n for n, x in t.factors if isinstance(n, Group) and x == ONE and _has_identity(n)), None)
    if group is None:
        return Expr((t,))
    rest = [(n, x) for n, x in t.factors if n is not group]
    products = (term(t.coefficient * inner.coefficient, [*rest, *inner.factors], t.binders + inner.binders).fresh()
                for inner in group.body)
    return Expr(product for inner in products for product in _terms(inner))


def _has_identity(group: Group) -> bool:
    return any(isinstance(n, Delta) and len(axis_letters(n.free)) == 2 for t in group.body for n, _ in t.factors)
