"""The shape of a term: connected components of its sums, where sums start, deltas between free letters. Part of the
normal form."""

from __future__ import annotations

from derive.expression import Delta, Factor, Term, term
from derive.index import ONE, Letter, poly

Component = tuple[list[Letter], list[Factor]]


def components(t: Term) -> tuple[list[Factor], list[Component]]:
    """The factors without bound letters, and the connected components of the sums."""
    bound = frozenset(t.binders)
    parent = {b: b for b in t.binders}

    def root(b: Letter) -> Letter:
        while parent[b] != b:
            b = parent[b]
        return b

    links = [[b for b in t.binders if b in n.free or b in x.free] for n, x in t.factors]
    for linked in links + [[o for o in t.binders if o in b.free] for b in t.binders]:
        for b in linked[1:]:
            parent[root(b)] = root(linked[0])
    groups: dict[Letter, Component] = {}
    for b in t.binders:
        groups.setdefault(root(b), ([], []))[0].append(b)
    constant: list[Factor] = []
    for factor, linked in zip(t.factors, links):
        (groups[root(linked[0])][1] if linked and bound else constant).append(factor)
    return constant, list(groups.values())


def use_free_delta(t: Term) -> Term | None:
    """[i = j] between free letters: write the one for the other in the rest of the term."""
    bound = frozenset(t.binders)
    for node, _ in t.factors:
        if isinstance(node, Delta) and node.condition.free.isdisjoint(bound):
            for letter in sorted(node.condition.free, key=lambda a: a.order, reverse=True):
                value = node.condition.solve(letter)
                others = [(n, x) for n, x in t.factors if n is not node]
                if value is None or letter in value.free:
                    continue
                if any(letter in n.free or letter in x.free for n, x in others) or any(
                        letter in b.free for b in t.binders):
                    values = {letter: value}
                    return term(t.coefficient, [(node, ONE)] + [(n.substitute(values), x.substitute(values))
                                                               for n, x in others],
                                [b.substitute(values) for b in t.binders])
                break
    return None


def start_at_one(t: Term) -> Term | None:
    """Shift a sum to start at 1; write out a sum over one member; drop a sum over none."""
    for b in t.binders:
        length = (b.high - b.low).constant
        if length is not None and length < 0:
            return Term(0, (), ())
        if length == 0:
            values = {b: b.low}
            return term(t.coefficient, [(n.substitute(values), x.substitute(values)) for n, x in t.factors],
                        [o.substitute(values) for o in t.binders if o != b])
        if b.low != ONE:
            new = b.fresh(ONE, b.high - b.low + 1)
            values = {b: poly(new) + b.low - 1}
            return term(t.coefficient, [(n.substitute(values), x.substitute(values)) for n, x in t.factors],
                        [new if o == b else o.substitute(values) for o in t.binders])
    return None
