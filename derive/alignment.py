"""Sums and products whose ends differ by a few members: the longer one gives its last members, so that the rest can
cancel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.bounds import nonnegative
from derive.expression import Delta, Expr, Factor, Group, Guard, Node, Term, delta, expression, term, walk
from derive.index import ONE, Letter, Number, Poly, poly
from derive.normal import Normalizer
from derive.products import OrderedProduct, cut_after, split_first, split_last

PEELED = 4                  # members split off an end to make two sums or products agree


def align_sums(z: Expr, first: bool = False) -> Expr:
    """Split the last members, or the first ones, off sums whose lengths differ by a small number."""
    ends: dict[Poly, set[Number]] = {}
    for t in z.terms:
        for b in t.binders:
            ends.setdefault(b.high - b.high.offset, set()).add(b.high.offset)
    work, result = list(z.terms), list[Term]()
    while work:
        t = work.pop()
        longer = next((b for b in t.binders if _splits(t, b, ends)), None)
        if longer is None:
            result.append(t)
        else:
            shorter = longer.fresh(high=longer.high - 1)
            rest, end = (poly(shorter) + 1, longer.low) if first else (poly(shorter), longer.high)
            exists: list[Factor] = [] if nonnegative(longer.count - 1) else [(Guard(longer.count - 1), ONE)]
            work += [_with(t, longer, rest, [shorter]), _with(t, longer, end, [], exists)]
    return Expr(result)


def _splits(t: Term, b: Letter, ends: dict[Poly, set[Number]]) -> bool:
    """Whether a shorter sum with the same end exists."""
    longer = b.high.offset - min(ends.get(b.high - b.high.offset, {b.high.offset}))
    return 0 < longer <= PEELED and not any(b in o.free for o in t.binders if o != b)


def _with(t: Term, b: Letter, value: Poly, binders: list[Letter], more: Iterable[Factor] = ()) -> Term:
    values = {b: value}
    return term(t.coefficient, [*more, *((n.substitute(values), x.substitute(values)) for n, x in t.factors)],
                [*(o.substitute(values) for o in t.binders if o != b), *binders])


def cut_sums(z: Expr) -> Iterator[Expr]:
    """Cut sums where others end, Σ_{1}^{n} as Σ_{1}^{p} + Σ_{p+1}^{n}: one expression for each place p."""
    ends = dict.fromkeys(b.high for t in z.terms for b in t.binders
                         if b.high.constant is None and b.high.free <= z.free)
    for end in [p for p in ends if nonnegative(p)]:
        work, result = list(z.terms), list[Term]()
        while work:
            t = work.pop()
            b = next((b for b in t.binders if b.high != end and b.low == ONE
                      and nonnegative(b.high - end) and not any(b in o.free for o in t.binders if o != b)), None)
            if b is None:
                result.append(t)
            else:
                start, rest = b.fresh(high=end), b.fresh(low=end + 1)
                result.append(_with(t, b, poly(rest), [rest]))
                work.append(_with(t, b, poly(start), [start]))
        if len(result) > len(z.terms):
            yield Expr(result)


def split_diagonals(z: Expr, inclusive: bool) -> Expr:
    """Where a sum over i < j occurs, Σ_{i,j} is split into i < j, i = j and i > j; where `inclusive`, i ≤ j too."""
    if not any(_between(t, a, b) for t in z.terms for a in t.binders for b in t.binders if a != b):
        return z
    work, result = list(z.terms), list[Term]()
    while work:
        t = work.pop()
        pair = next(((a, b) for k, a in enumerate(t.binders) for b in t.binders[k + 1:]
                     if (a.low, a.high) == (b.low, b.high)
                     and not (_ordered(t, a, b) if inclusive else _between(t, a, b))), None)
        if pair is None:
            result.append(t)
            continue
        a, b = pair
        work += [term(t.coefficient, [*t.factors, (Guard(poly(x) - y - 1), ONE)], t.binders).fresh()
                 for x, y in (pair, pair[::-1])]
        work.append(_with(t, b, poly(a), []).fresh())
    return Expr(result)


def _between(t: Term, a: Letter, b: Letter) -> bool:
    return any(isinstance(n, Guard) and a in n.free and b in n.free for n, _ in t.factors)


def _ordered(t: Term, a: Letter, b: Letter) -> bool:
    """Whether a guard says that the letters differ."""
    return any(isinstance(n, Guard) and nonnegative(p - 1 - n.condition)
               for n, _ in t.factors for p in (poly(a) - b, poly(b) - a))


def align_guards(z: Expr) -> Expr:
    """[r ≥ 1] is [r ≥ 0] − [r = 0], where one of these stands in the expression; where p ≥ −2 is certain, [p ≥ 0] is
    1 − [p = −1] − [p = −2]."""
    ends = {p for n in walk(z) if isinstance(n, Delta) for p in (n.condition, -n.condition)}
    ends |= {n.condition for n in walk(z) if isinstance(n, Guard)}

    def opened(n: Node) -> Node:
        if isinstance(n, Guard):
            p = n.condition
            below = next((k for k in range(1, PEELED + 1) if nonnegative(p + k)), 0)
            if below:
                return Group(1 - sum((expression(delta(p + k)) for k in range(1, below + 1)), Expr()))
            if p + 1 in ends:
                return Group(expression(Guard(p + 1)) - expression(delta(p + 1)))
        inner = n.expressions()
        return n.rebuild(tuple(align_guards(e) for e in inner)) if inner else n

    return Expr(term(t.coefficient, [(opened(n), x) for n, x in t.factors], t.binders) for t in z.terms)


def align_products(z: Expr, normalizer: Normalizer) -> Expr:
    """Cut ordered products where a product of some of their factors stands beside them, and write the outermost factor
    out where a shorter product of the same factors occurs."""
    terms = [_cut(t, normalizer) for t in z.terms]
    if any(new is not old for new, old in zip(terms, z.terms)):
        return align_products(normalizer.normal(Expr(terms)), normalizer)
    products = list(dict.fromkeys(n for n in walk(z) if isinstance(n, OrderedProduct)))
    for p in products:
        for q in products:
            split = _split(p, q, normalizer)
            if split is None and q.count.free <= z.free:
                split = _parts(p, q, normalizer)
            if split is not None:
                return align_products(normalizer.normal(_replaced(z, p, Group(split))), normalizer)
    return z


def _cut(t: Term, normalizer: Normalizer) -> Term:
    """A term in which a product is cut where another one, of its first or of its last factors, ends."""
    products = [n for n, x in t.factors if isinstance(n, OrderedProduct) and x.constant in (1, -1)]
    for p in products:
        for q in products:
            parts = _parts(p, q, normalizer)
            if parts is not None:
                factors = [(Group(parts) if n == p else n, x) for n, x in t.factors]
                return term(t.coefficient, factors, t.binders).fresh()
    return t


def _parts(p: OrderedProduct, q: OrderedProduct, normalizer: Normalizer) -> Expr | None:
    """`p` as a product of two, one of them over the factors of `q`."""
    longer = p.count - q.count
    if longer.constant is not None or len(p.indices) != len(q.indices) or not (
            nonnegative(longer) and nonnegative(q.count)):
        return None
    low, high = p.letter.low, p.letter.high
    same = normalizer.normal(expression(q))
    for end in (high - longer, low + longer - 1):
        half = p.over(low, end, *q.indices) if end == high - longer else p.over(end + 1, high, *q.indices)
        if normalizer.normal(half) == same:
            return cut_after(p, end)
    return None


def _split(p: OrderedProduct, q: OrderedProduct, normalizer: Normalizer) -> Expr | None:
    """`p` with a factor written out that `q` lacks at that end."""
    longer = (p.count - q.count).constant
    if longer is None or not 0 < longer <= PEELED or not nonnegative(p.count - longer):
        return None
    if len(p.indices) != len(q.indices):
        return None
    low, high = p.letter.low, p.letter.high
    same = normalizer.normal(expression(q))
    if normalizer.normal(p.over(low, high - longer, *q.indices)) == same:
        return split_last(p)
    return split_first(p) if normalizer.normal(p.over(low + longer, high, *q.indices)) == same else None


def _replaced(e: Expr, old: Node, new: Node) -> Expr:
    def inside(n: Node) -> Node:
        if n == old:
            return new
        inner = n.expressions()
        return n.rebuild(tuple(_replaced(x, old, new) for x in inner)) if inner else n

    return Expr(term(t.coefficient, [(inside(n), x) for n, x in t.factors], t.binders).fresh() for t in e.terms)
