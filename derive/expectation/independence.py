"""E of a product of members of random families: which indices coincide, and what is then independent of what."""

from __future__ import annotations

from dataclasses import dataclass

from derive.bounds import nonnegative
from derive.contract import contract
from derive.expression import Apply, Delta, Expr, Factor, Group, Node, Ref, Term, delta, expression, term, walk
from derive.index import ONE, Poly
from derive.powers import TooLarge

MOST_CASES = 200
Conditions = tuple[Poly, ...]       # index differences that are all zero


@dataclass(frozen=True)
class Case:
    """The product where the indices in `equal` coincide and, for each entry of `apart`, not all of those in it."""

    factors: tuple[Factor, ...]
    equal: Conditions = ()
    apart: tuple[Conditions, ...] = ()

    @property
    def condition(self) -> Expr:
        """1 in this case, else 0."""
        result = Expr((term(1, [(delta(p), ONE) for p in self.equal]),))
        for conditions in self.apart:
            result = result * (1 - Expr((term(1, [(delta(p), ONE) for p in conditions]),)))
        return result


def cases(factors: tuple[Factor, ...], families: frozenset[str]) -> list[Case]:
    """The cases in which any two members of one family are either the same or certainly different. They exclude each
    other, and one of them always holds.

    Raises:
        TooLarge: for more cases than are worth printing.
    """
    work, found = [Case(factors)], []
    while work:
        case = work.pop(0)
        conditions = _undecided(case, families)
        if conditions is None:
            found.append(case)
            continue
        equal = _where_equal(case, conditions)
        if equal is not None:
            work.append(equal)
        work.append(Case(case.factors, case.equal, (*case.apart, conditions)))
        if len(work) + len(found) > MOST_CASES:
            raise TooLarge(f"more than {MOST_CASES} cases of indices that coincide")
    return found


def blocks(case: Case, families: frozenset[str]) -> list[tuple[Factor, ...]]:
    """The factors in groups that have no random member in common: independent of each other."""
    groups: list[tuple[set[Ref], list[Factor]]] = []
    for factor in case.factors:
        members, mine = random_members(factor[0], families), [factor]
        for group in [g for g in groups if not g[0].isdisjoint(members)]:
            groups.remove(group)
            members, mine = members | group[0], group[1] + mine
        groups.append((members, mine))
    return [tuple(mine) for _, mine in groups]


def random_members(node: Node, families: frozenset[str]) -> set[Ref]:
    """The random members that a factor mentions."""
    return {n for n in walk(expression(node)) if isinstance(n, Ref) and n.name in families}


def spread(e: Expr) -> Expr:
    """Each case as a term of its own, with the sums over indices that coincide carried out."""
    result: list[Term] = []
    for t in e.terms:
        groups = [k for k, (n, x) in enumerate(t.factors) if isinstance(n, Group) and x == ONE and _has_cases(n.body)]
        place = groups[0] if groups else None
        if place is None:
            result += contract(Expr((t,))).terms
            continue
        before, group, after = t.factors[:place], t.factors[place][0], t.factors[place + 1:]
        assert isinstance(group, Group)
        for inner in group.body.fresh().terms:
            whole = term(t.coefficient * inner.coefficient, (*before, *inner.factors, *after),
                         (*t.binders, *inner.binders))
            result += spread(Expr((whole,)).fresh()).terms
    return Expr(result)


def _has_cases(body: Expr) -> bool:
    """Whether the terms have conditions; 1 − [i = j] is one condition and stays together."""
    conditions = any(isinstance(n, Delta) for t in body.terms for n, _ in t.factors)
    return conditions and bool(body.terms[0].factors)


def _undecided(case: Case, families: frozenset[str]) -> Conditions | None:
    """What would have to be zero for two members to coincide, where neither that nor the contrary is certain: the
    fewest conditions first."""
    members = sorted({m for node, _ in case.factors for m in random_members(node, families)}, key=str)
    found: list[Conditions] = []
    for place, one in enumerate(members):
        for other in members[:place]:
            if one.name == other.name and one != other:
                differences = (delta(a - b).condition for a, b in zip(other.indices, one.indices))
                conditions = tuple(p for p in differences if p.terms)
                if not _certainly_apart(conditions, case):
                    found.append(conditions)
    return min(found, key=len, default=None)


def _certainly_apart(conditions: Conditions, case: Case) -> bool:
    """Whether one of the differences cannot be zero, or the pair was set apart before."""
    if any(nonnegative(p - 1) or nonnegative(-p - 1) for p in conditions):
        return True
    here = {delta(p) for p in conditions}
    return any({delta(p) for p in known} <= here for known in case.apart)


def _where_equal(case: Case, conditions: Conditions) -> Case | None:
    """The case with one letter put for another; None where the indices can never coincide."""
    factors, apart, equal = case.factors, case.apart, list(case.equal)
    waiting = list(conditions)
    while waiting:
        p = waiting.pop(0)
        if not p.terms:
            continue
        solved = ((a, p.solve(a)) for a in sorted(p.free, key=lambda a: a.order, reverse=True))
        values = dict(next(([(a, found)] for a, found in solved if found is not None), []))
        if not values:
            raise TooLarge(f"no letter can be put for another where {p} = 0")
        equal.append(p)
        merged = term(1, [(n.substitute(values), x.substitute(values)) for n, x in factors]).factors
        factors = tuple((n, ONE if isinstance(n, Apply) and n.function == "step" else x) for n, x in merged)
        waiting = [q.substitute(values) for q in waiting]
        apart = tuple(tuple(q.substitute(values) for q in known) for known in apart)
        if any(not any(q.terms for q in known) for known in apart):
            return None
    distinct = {frozenset(map(delta, known)): known for known in apart}
    return Case(factors, tuple(equal), tuple(distinct.values()))
