"""The shape of a term: connected components of its sums, where sums start, deltas between free letters. Part of the
normal form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from derive.bounds import nonnegative
from derive.expression import Delta, Factor, Group, Guard, Node, Ref, Term, Value, number, term
from derive.index import ONE, Letter, Poly, exact, poly

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


def use_size_delta(t: Term) -> Term | None:
    """[n = 2] between sizes: write 2 for n where n stands as a number."""
    for node, _ in t.factors:
        if isinstance(node, Delta) and not any(isinstance(a, Letter) for a in node.condition.atoms()):
            for size in sorted(node.condition.atoms(), key=lambda a: a.order, reverse=True):
                c = next((c for m, c in node.condition.terms if m == (size,)), None)
                power = next((x.constant for n, x in t.factors if n == Value(size)), None)
                if c is None or not isinstance(power, int) or power < 1:
                    continue
                rest = Poly({m: d for m, d in node.condition.terms if m != (size,)})
                if any(size in m for m, _ in rest.terms):
                    continue
                factors = [(n, x) for n, x in t.factors if n != Value(size)]
                value = number(rest * (-1 / Fraction(c))) ** power
                return term(t.coefficient, [*factors, (Group(value), ONE)], t.binders)
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


def square_up(t: Term) -> Term | None:
    """Write a range that depends on another bound letter as an independent range and a guard:
    Σ_{i=1}^{n} Σ_{j=1}^{i} is Σ_{i,j=1}^{n} [j ≤ i]."""
    bound = frozenset(t.binders)
    for b in t.binders:
        outer = [o for o in t.binders if o != b and o in b.free]
        if not outer or any(b in o.free for o in bound if o != b):
            continue
        low, high = _extreme(b.low, outer, least=True), _extreme(b.high, outer, least=False)
        if low is None or high is None:
            continue
        new = b.fresh(low, high)
        values = {b: poly(new)}
        guards: list[Factor] = [(Guard(p), ONE) for p in (poly(new) - b.low, b.high - new) if not nonnegative(p)]
        return term(t.coefficient, [(n.substitute(values), x.substitute(values)) for n, x in t.factors] + guards,
                    [new if o == b else o for o in t.binders])
    return None


def tighten(t: Term) -> Term | None:
    """Narrow ranges to what a guard between bound letters leaves of them: in Σ_{i,j=1}^{n} [i < j], i ends at n − 1
    and j begins at 2."""
    for p in [n.condition for n, _ in t.factors if isinstance(n, Guard)]:
        linked = [b for b in t.binders if b in p.free]
        for b in linked if len(linked) > 1 else []:
            sign = p.coefficient(b)
            if sign not in (1, -1) or any(b in o.free for o in t.binders if o != b):
                continue
            end = _extreme((poly(b) * sign - p) * sign, [o for o in linked if o != b], least=sign == 1)
            gain = None if end is None else (end - b.low if sign == 1 else b.high - end)
            if end is not None and gain is not None and end.free.isdisjoint(t.binders) and nonnegative(gain - 1):
                new = b.fresh(low=end) if sign == 1 else b.fresh(high=end)
                return _moved(t, b, poly(new), [new if o == b else o for o in t.binders])
    return None


def shear(t: Term) -> Term | None:
    """Σ_{a,b} f[a] g[a + b] is Σ_{a,c} f[a] g[c], with c = a + b, where fewer indices mix letters then."""
    if len(t.binders) < 2 or any(o in b.free for b in t.binders for o in t.binders if o != b):
        return None
    mixed = _mixed(t)
    choices = [s for p in mixed for b in t.binders if b in p.free and (s := _sheared(t, p, b)) is not None]
    best = min(choices, key=lambda s: len(_mixed(s)), default=None)
    return best if best is not None and len(_mixed(best)) < len(mixed) else None


def _sheared(t: Term, p: Poly, b: Letter) -> Term | None:
    """The same sum with a letter for what is bound in the index `p`, instead of `b`."""
    sign = p.coefficient(b)
    others = [o for o in t.binders if o != b and o in p.free]
    if sign not in (1, -1) or not others or any(p.coefficient(o) is None for o in others):
        return None
    rest = sum((poly(o) * (p.coefficient(o) or 0) for o in others), poly(0))
    low, high = _extreme(rest, others, least=True), _extreme(rest, others, least=False)
    if low is None or high is None:
        return None
    ends = (b.low, b.high) if sign == 1 else (-b.high, -b.low)
    new = b.fresh(ends[0] + low, ends[1] + high)
    value = (poly(new) - rest) * sign
    moved = _moved(t, b, value, [new if o == b else o for o in t.binders])
    return term(moved.coefficient, [*moved.factors, (Guard(value - b.low), ONE), (Guard(b.high - value), ONE)],
                moved.binders)


def _mixed(t: Term) -> list[Poly]:
    """The indices with several bound letters."""
    bound = frozenset(t.binders)
    return [p for n, _ in t.factors if len(n.free & bound) > 1 for p in _indices(n) if len(p.free & bound) > 1]


def _indices(node: Node) -> Iterator[Poly]:
    if isinstance(node, Ref):
        yield from node.indices
    for e in node.expressions():
        for t in e.terms:
            for n, _ in t.factors:
                yield from _indices(n)


def _moved(t: Term, b: Letter, value: Poly, binders: list[Letter]) -> Term:
    values = {b: value}
    return term(t.coefficient, [(n.substitute(values), x.substitute(values)) for n, x in t.factors], binders)


def _extreme(p: Poly, letters: list[Letter], least: bool) -> Poly | None:
    """The least or the greatest value of a bound over the letters, each of which must occur with a whole
    coefficient."""
    for letter in letters:
        if letter in p.free:
            sign = p.coefficient(letter)
            if not sign or not isinstance(exact(sign), int):
                return None
            p = p.substitute({letter: letter.low if (sign > 0) == least else letter.high})
    return p


def face_forward(t: Term) -> Term | None:
    """Turn a sum round where its letter counts down more often than up: Σ x[n + 1 − i] is Σ x[i]."""
    return next((turned(t, b) for b in t.binders if (balance(t.factors, b) or 0) < 0), None)


def turned(t: Term, b: Letter) -> Term:
    """The same sum, counted from its other end."""
    new = b.fresh()
    values = {b: b.high + b.low - new}
    return term(t.coefficient, [(n.substitute(values), x.substitute(values)) for n, x in t.factors],
                [new if o == b else o.substitute(values) for o in t.binders])


def balance(factors: Iterable[Factor], b: Letter) -> int | None:
    """How much more often the letter counts up than down in indices; None where it never counts down.

    Exponents do not vote: in Σ β^(t−s) g[s] the members decide. Conditions vote where no member does.
    """
    nodes = [n for n, _ in factors]
    signs = [c for n in nodes for c in _signs(n, b, False)] or [c for n in nodes for c in _signs(n, b, True)]
    return sum(signs) if -1 in signs else None


def _signs(node: Node, letter: Letter, conditions: bool) -> Iterator[int]:
    """The signs with which a letter occurs in the indices of a node and of what is in it, or in `conditions`."""
    if letter not in node.free:
        return
    if not isinstance(node, (Delta, Guard)) or conditions:
        for part in (p for p in node.children() if isinstance(p, Poly)):
            yield from _sign(part, letter)
    for e in node.expressions():
        for t in e.terms:
            for n, _ in t.factors:
                yield from _signs(n, letter, conditions)
            for b in t.binders:
                yield from _sign(b.low, letter)
                yield from _sign(b.high, letter)


def _sign(p: Poly, letter: Letter) -> Iterator[int]:
    c = p.coefficient(letter) if letter in p.free else None
    if c:
        yield 1 if c > 0 else -1
