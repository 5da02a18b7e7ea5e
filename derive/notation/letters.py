"""Names for bound letters, so that what is printed says which letters are bound and which are free."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from derive.binding import Binding
from derive.expression import Expr, Node, Ref, Term, Values, names
from derive.index import ONE, Letter, Poly, Size, poly

Signatures = Mapping[str, tuple[Letter, ...]]
Pool = dict[tuple[Poly, Poly, bool], list[str]]
_PLAIN = re.compile(r"[A-Za-z]\w*'*")


def readable(e: Expr, signatures: Signatures, taken: Iterable[str] = ()) -> Expr:
    """The same expression, where each bound letter has a name that no free letter, no enclosing bound letter, no
    size, no scalar name, and nothing in `taken` has."""
    if not _binds(e):
        return e
    used = frozenset(taken) | {a.name for a in e.free} | names(e) | size_names(e)
    return _Namer(signatures).rename(e, {}, used)


def _binds(e: Expr) -> bool:
    return any(t.binders or any(isinstance(n, Binding) or any(map(_binds, n.expressions()))
                                for n, _ in t.factors) for t in e.terms)


@lru_cache(maxsize=512)
def size_names(e: Expr) -> frozenset[str]:
    """The names of the sizes that occur in indices, values, exponents and bounds."""
    return frozenset(a.name for p in _polys(e) for monomial, _ in p.terms for a in monomial if isinstance(a, Size))


@lru_cache(maxsize=16)
def _pool(every_axes: tuple[tuple[Letter, ...], ...]) -> Pool:
    """The plain names of all axes, by range."""
    pool: Pool = {}
    for axis in (a for axes in every_axes for a in axes):
        found = pool.setdefault((axis.low, axis.high, axis.family), [])
        if axis.name not in found and _PLAIN.fullmatch(axis.name):
            found.append(axis.name)
    return pool


def _polys(e: Expr) -> Iterator[Poly]:
    for letter in e.free:
        yield from (letter.low, letter.high)
    for t in e.terms:
        for b in t.binders:
            yield from (b.low, b.high)
        for node, exponent in t.factors:
            if exponent is not ONE:
                yield exponent
            yield from _node_polys(node)


def _node_polys(node: Node) -> Iterator[Poly]:
    if isinstance(node, Ref):
        yield from node.indices
        return
    if isinstance(node, Binding):
        yield from node.indices
        yield from _polys(Expr((node.scheme,)))
        return
    for part in node.parts:
        if isinstance(part, Poly):
            yield part
        elif isinstance(part, (Letter, Size)):
            yield poly(part)
        elif isinstance(part, Ref):
            yield from part.indices
    for inner in node.expressions():
        yield from _polys(inner)


class _Namer:
    def __init__(self, signatures: Signatures):
        self.signatures = signatures

    @cached_property
    def pool(self) -> Pool:
        """Made only where a name is taken: that is rare, and hashing all axes is not free."""
        return _pool(tuple(self.signatures.values()))

    def rename(self, e: Expr, values: Values, used: frozenset[str]) -> Expr:
        return Expr(self._term(t, values, used) for t in e.terms)

    def _term(self, t: Term, outer: Values, used: frozenset[str]) -> Term:
        values = dict(outer)
        binders = []
        for b in t.binders:
            moved = b.substitute(values)
            name = self._choose(moved, used)
            used |= {name}
            if moved is not b or name != b.name:
                moved = Letter(name, moved.low, moved.high, moved.family)
                values[b] = poly(moved)
            binders.append(moved)
        factors = tuple((self._node(n, values, used), x.substitute(values)) for n, x in t.factors)
        return Term(t.coefficient, factors, tuple(binders))

    def _node(self, node: Node, values: Values, used: frozenset[str]) -> Node:
        inner = node.expressions()
        if isinstance(node, Binding):
            return node.with_scheme(self._term(node.scheme, values, used), values)
        if inner:
            return node.rebuild(tuple(self.rename(e, values, used) for e in inner))
        return node.substitute(values) if values else node

    def _choose(self, letter: Letter, used: frozenset[str]) -> str:
        return next(name for name in self._candidates(letter) if name not in used)

    def _candidates(self, letter: Letter) -> Iterator[str]:
        hint = letter.name if _PLAIN.fullmatch(letter.name) else "k"
        yield hint
        yield from self.pool.get((letter.low, letter.high, letter.family), ())
        while True:
            hint += "'"
            yield hint
