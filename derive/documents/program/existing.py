"""Claims with members that do not exist: x_{t-1} at t = 1, where x is x_1, …, x_T."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.bounds import nonnegative
from derive.expression import Expr, Guard, Node, Ref, Term, indicator, term
from derive.index import ONE, Letter, Poly, poly
from derive.program import Variable

SUMMANDS, ZEROS = "summands", "zeros"
WAYS = (SUMMANDS, ZEROS)


def where_they_exist(left: Expr, right: Expr, variables: Mapping[str, Variable], way: str) -> tuple[Expr, Expr]:
    """The sides where nothing is said of a letter of the claim for which a member does not exist; in a sum, what does
    not exist is zero (ZEROS), or so is the whole summand that holds it (SUMMANDS)."""
    reader = _Reader(variables, way)
    sides = [reader.expression(side, frozenset()) for side in (left, right)]
    for condition in sorted(reader.own, key=str):
        sides = [side * indicator(condition) for side in sides]
    return sides[0], sides[1]


class _Reader:
    """Puts conditions beside members; `own` are those on the letters of the claim itself."""

    def __init__(self, variables: Mapping[str, Variable], way: str):
        self.variables, self.way = variables, way
        self.own: set[Poly] = set()
        self._open: list[Poly] = []         # conditions on letters of sums further out

    def expression(self, e: Expr, bound: frozenset[Letter]) -> Expr:
        return Expr(self._term(t, bound) for t in e.terms)

    def _term(self, t: Term, outside: frozenset[Letter]) -> Term:
        bound, above = outside | frozenset(t.binders), self._open
        self._open = []
        factors = [(self._node(n, bound), x) for n, x in t.factors]
        found = [*self._open, *(p for n, _ in t.factors for p in self._exist(n))]
        self.own |= {p for p in found if p.free.isdisjoint(bound)}
        found = [p for p in found if not p.free.isdisjoint(bound)]
        here = [p for p in found if self.way == ZEROS or not p.free.isdisjoint(t.binders)]
        self._open = [*above, *(p for p in found if p not in here)]
        return term(t.coefficient, [*factors, *((Guard(p), ONE) for p in here)], t.binders)

    def _node(self, node: Node, bound: frozenset[Letter]) -> Node:
        inner = node.expressions()
        return node.rebuild(tuple(self.expression(e, bound) for e in inner)) if inner else node

    def _exist(self, node: Node) -> Iterator[Poly]:
        """What is at least zero where a member exists whose index is some steps before a letter that begins with the
        range of the member, or behind one that ends with it, or is made of several letters."""
        axes = self.variables[node.name].axes if isinstance(node, Ref) and node.name in self.variables else ()
        for axis, index in zip(axes, node.indices if isinstance(node, Ref) else ()):
            if len(index.free) > 1:
                yield from (p for p in (index - axis.low, axis.high - index) if not nonnegative(p))
                continue
            for letter in index.free:
                step = (index - poly(letter)).constant or 0
                if step < 0 and letter.low == axis.low:
                    yield index - axis.low
                elif step > 0 and letter.high == axis.high:
                    yield axis.high - index
