"""Sums and products whose ends differ by a few members: the longer one gives its last members, so that the rest can
cancel."""

from __future__ import annotations

from derive.expression import Expr, Group, Node, Term, expression, term, walk
from derive.index import Letter, Number, Poly, nonnegative, poly
from derive.normal import Normalizer
from derive.products import OrderedProduct, split_first, split_last

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
            work += [_with(t, longer, rest, [shorter]), _with(t, longer, end, [])]
    return Expr(result)


def _splits(t: Term, b: Letter, ends: dict[Poly, set[Number]]) -> bool:
    """Whether a shorter sum with the same end exists, and this one is certain to have a last member."""
    longer = b.high.offset - min(ends.get(b.high - b.high.offset, {b.high.offset}))
    return (0 < longer <= PEELED and nonnegative(b.high - b.low)
            and not any(b in o.free for o in t.binders if o != b))


def _with(t: Term, b: Letter, value: Poly, binders: list[Letter]) -> Term:
    values = {b: value}
    return term(t.coefficient, [(n.substitute(values), x.substitute(values)) for n, x in t.factors],
                [*(o.substitute(values) for o in t.binders if o != b), *binders])


def align_products(z: Expr, normalizer: Normalizer) -> Expr:
    """Write the outermost factor of ordered products out, where a shorter product of the same factors occurs."""
    products = list(dict.fromkeys(n for n in walk(z) if isinstance(n, OrderedProduct)))
    for p in products:
        for q in products:
            split = _split(p, q, normalizer)
            if split is not None:
                return align_products(normalizer.normal(_replaced(z, p, Group(split))), normalizer)
    return z


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
