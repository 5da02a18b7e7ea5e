"""Kronecker deltas and range guards: summing over a delta picks one member, a guard narrows a sum.

No range is dropped: where the picked value may lie outside the range of the sum, a guard remains.
"""

from __future__ import annotations

from itertools import combinations

from derive.bounds import nonnegative
from derive.expression import Delta, Expr, Factor, Guard, Term, term
from derive.index import ONE, Letter, Poly, poly

ZERO_TERM = Term(0, (), ())
MOST_IN_A_CIRCLE = 4        # guards that are looked at together for a contradiction


def contract(e: Expr) -> Expr:
    """Carry out every sum over a delta, decide guards, and narrow sums by the guards that remain (top level only)."""
    return Expr(contract_term(t) for t in e.terms)


def contract_term(t: Term, triangles: bool = True) -> Term:
    """The same for one term; the zero term where a delta or a guard can never hold.

    Without `triangles`, a guard between two bound letters stays a guard: Σ_i Σ_{j ≤ i} and Σ_j Σ_{i ≥ j}
    then look alike.
    """
    while t.coefficient:
        choice = _best_delta(t)
        if choice is None:
            break
        t = _pick(t, *choice)
    return narrow(settle(t), triangles)


def _best_delta(t: Term) -> tuple[Delta, Letter, Poly] | None:
    """The delta to use next, the bound letter it fixes, and the letter's value.

    Letters on which other ranges depend (layers, time) go first: otherwise widths such as n[l+1] would leave guards
    that cannot be decided. Then plain letters of the same range, which need no guard at all.
    """
    best = None
    for node, _ in t.factors:
        if not isinstance(node, Delta):
            continue
        free = node.condition.free
        for place, b in enumerate(t.binders):
            value = node.condition.solve(b) if b in free else None
            if value is None:
                continue
            dependents = sum(1 for other in t.binders if other != b and b in other.free)
            other = value.letter
            same_range = other is not None and other.low == b.low and other.high == b.high
            rank = (-dependents, not same_range, other is None, place)
            if best is None or rank < best[0]:
                best = (rank, node, b, value)
    return None if best is None else best[1:]


def _pick(t: Term, used: Delta, b: Letter, value: Poly) -> Term:
    values = {b: value}
    guards: list[Factor] = [(Guard(p), ONE) for p in (value - b.low, b.high - value) if not nonnegative(p)]
    factors = [(n.substitute(values), x.substitute(values)) for n, x in t.factors if n is not used]
    return term(t.coefficient, factors + guards, [o.substitute(values) for o in t.binders if o != b])


def settle(t: Term) -> Term:
    """Drop guards that always hold (given the ranges and the other guards); zero where one never holds.

    A letter that stands in the term has a value, so its range is not empty.
    """
    if not any(isinstance(n, (Guard, Delta)) for n, _ in t.factors):
        return t
    fixed = _fixed_letters(t)
    kept = list(t.factors)
    exist = [a.count - 1 for a in (*t.free, *t.binders) if not nonnegative(a.count - 1)]
    for factor in t.factors:
        node = factor[0]
        if isinstance(node, Guard):
            others = exist + [n.condition for n, _ in kept if isinstance(n, Guard) and n is not node]
            others += [p for n, _ in kept if isinstance(n, Delta) for p in (n.condition, -n.condition)]
            here = node.condition.substitute(fixed)
            if nonnegative(node.condition, others) or (fixed and nonnegative(here, others)):
                kept.remove(factor)
            elif nonnegative(-node.condition - 1, others) or (fixed and nonnegative(-here - 1, others)):
                return ZERO_TERM
        elif isinstance(node, Delta):
            guards = [n.condition for n, _ in kept if isinstance(n, Guard)]
            if nonnegative(node.condition - 1, guards) or nonnegative(-node.condition - 1, guards):
                return ZERO_TERM
    if _in_a_circle([n.condition for n, _ in kept if isinstance(n, Guard)]):
        return ZERO_TERM
    return t if len(kept) == len(t.factors) else Term(t.coefficient, tuple(kept), t.binders)


def _in_a_circle(conditions: list[Poly]) -> bool:
    """Whether conditions contradict each other all round, as a ≥ b, b > c, c > a do: their sum is below zero. Ranges
    narrowed by such a circle grow shorter without end."""
    lengths = range(3, min(len(conditions), MOST_IN_A_CIRCLE) + 1)
    sums = (sum(some, poly(0)).constant for most in lengths for some in combinations(conditions, most))
    return any(c is not None and c < 0 for c in sums)


def _fixed_letters(t: Term) -> dict[Letter, Poly]:
    """What the deltas that are left over say about free letters: [l = L] lets l be read as L in the guards."""
    fixed: dict[Letter, Poly] = {}
    for node, _ in t.factors:
        if isinstance(node, Delta):
            for letter in sorted(node.condition.free - frozenset(t.binders), key=lambda a: a.order, reverse=True):
                value = node.condition.solve(letter)
                if value is not None and letter not in fixed and fixed.keys().isdisjoint(value.free):
                    fixed[letter] = value
                    break
    return fixed


def narrow(t: Term, triangles: bool = True) -> Term:
    """Turn a guard on a bound letter into a bound of its sum, where the tighter bound is certain."""
    for factor in t.factors:
        node = factor[0]
        if isinstance(node, Guard) and (triangles or sum(b in node.free for b in t.binders) == 1):
            for b in t.binders:
                sign = node.condition.coefficient(b)
                if sign in (1, -1):
                    bound = (poly(b) * sign - node.condition) * sign
                    moved = _tighter(t, b, bound, upper=sign == -1)
                    if moved is not None:
                        rest = [f for f in t.factors if f is not factor]
                        return narrow(settle(_rebind(t, rest, b, moved)), triangles)
    return t


def _tighter(t: Term, b: Letter, bound: Poly, upper: bool) -> Letter | None:
    others = [o for o in t.binders if o != b]
    if any(b in o.free for o in others) and any(o in bound.free for o in others):
        return None
    if upper and nonnegative(b.high - bound):
        return b.fresh(high=bound)
    if not upper and nonnegative(bound - b.low):
        return b.fresh(low=bound)
    return None


def _rebind(t: Term, factors: list, old: Letter, new: Letter) -> Term:
    values = {old: poly(new)}
    depends = any(o in new.free for o in t.binders if o != old)
    binders = [o.substitute(values) for o in t.binders if o != old]
    place = len(binders) if depends else t.binders.index(old)
    binders.insert(place, new)
    return term(t.coefficient, [(n.substitute(values), x.substitute(values)) for n, x in factors], binders)
