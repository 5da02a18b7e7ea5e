"""Matrices that are each other's inverses: Σ_k A[i, k] B[k, j] = [i = j]. Part of the normal form."""

from __future__ import annotations

from derive.expression import Node, Ref, Term, delta, term
from derive.index import ONE, Letter, Poly, poly

SQUARE = poly(2)
Place = tuple[str, int]         # a matrix, and which of its two indices

# Two such indices (or one that is met by itself), their range and the assumption.
Meetings = dict[frozenset[Place], tuple[Letter, str]]


def meet(t: Term, meetings: Meetings) -> tuple[Term, str] | None:
    """A term with a delta for a sum over a whole row or column of two such matrices, and the assumption that this
    rests on; None where there is no such sum. Sums start at 1 here."""
    for b in t.binders:
        touched = [(n, x) for n, x in t.factors if b in n.free or b in x.free]
        members = [_member(n, b) for n, x in touched for _ in range(2 if x == SQUARE else 1)]
        if len(members) != 2 or any(x not in (ONE, SQUARE) for _, x in touched) or any(
                b in o.free for o in t.binders if o != b):
            continue
        first, second = members
        if first is None or second is None:
            continue
        (place, own, other), (place_2, own_2, other_2) = first, second
        known = meetings.get(frozenset((place, place_2)))
        if known is None or known[0].count != b.count or own != own_2 or own != poly(b) - 1 + known[0].low:
            continue
        rest = [f for f in t.factors if f not in touched]
        return term(t.coefficient, [*rest, (delta(other - other_2), ONE)], [o for o in t.binders if o != b]), known[1]
    return None


def _member(node: Node, letter: Letter) -> tuple[Place, Poly, Poly] | None:
    """Of a member of a matrix in one of whose indices the letter is: which, that index, and the other one."""
    if not isinstance(node, Ref) or len(node.indices) != 2:
        return None
    places = [k for k, p in enumerate(node.indices) if letter in p.free]
    if len(places) != 1:
        return None
    return (node.name, places[0]), node.indices[places[0]], node.indices[1 - places[0]]
