"""Index notation: writes every expression as it is, member by member."""

from __future__ import annotations

from derive.expression import Apply, Delta, Expr, Group, Guard, Node, Partial, Ref, Term, Value, walk
from derive.extremes import Greatest
from derive.index import ONE, Poly, poly
from derive.notation.layout import (
    BigProduct,
    Call,
    Entries,
    Entry,
    Extreme,
    IsGreatest,
    Layout,
    Name,
    Negate,
    Number,
    Partial as PartialLayout,
)
from derive.notation.letters import Signatures, readable
from derive.notation.terms import (
    Scalar,
    added,
    indicator_of,
    is_immediate,
    named,
    scalar_product,
    summed,
    whole_letters,
)
from derive.products import OrderedProduct


def to_index(e: Expr, signatures: Signatures, *, loss: str = "L", taken: frozenset[str] = frozenset()) -> Layout:
    """The expression in index notation. Bound letters get names that are free; `taken` are names to avoid."""
    return IndexForm(signatures, loss).side(readable(e, signatures, taken))


class IndexForm:
    """Lays out expressions whose bound letters already have their names."""

    def __init__(self, signatures: Signatures, loss: str):
        self.signatures, self.loss = signatures, loss

    def side(self, e: Expr) -> Layout:
        return added(self.term(t) for t in e.terms)

    def term(self, t: Term) -> Layout:
        scalars: list[Scalar] = [(self.node(n), x) for n, x in t.factors]
        if not t.binders:
            return scalar_product(t.coefficient, scalars)
        inner = scalar_product(1, [s for s, (n, x) in zip(scalars, t.factors) if _bound(n, x, t)])
        outer = [s for s, (n, x) in zip(scalars, t.factors) if not _bound(n, x, t)]
        whole = whole_letters(t, term_refs(t), self.signatures)
        body = summed(t.binders, inner, whole)
        return scalar_product(t.coefficient, outer + [(body, ONE)])

    def node(self, node: Node) -> Layout:
        if isinstance(node, Ref):
            return self.member(node)
        if isinstance(node, Value):
            return Number(poly(node.atom))
        if isinstance(node, Apply):
            return Call(node.function, tuple(map(self.side, node.arguments))) if node.arguments else Name(node.function)
        if isinstance(node, Group):
            return self.side(node.body)
        if isinstance(node, (Delta, Guard)):
            return indicator_of(node)
        if isinstance(node, OrderedProduct):
            return self.product(node)
        if isinstance(node, Greatest):
            return self.greatest(node)
        if isinstance(node, Partial):
            return PartialLayout(self.member(node.of), self.member(node.by), is_immediate(node, self.signatures))
        raise TypeError(f"no notation for {type(node).__name__}")

    def product(self, node: OrderedProduct) -> Layout:
        body = self.side(node.body)
        if not node.matrix:
            return BigProduct(node.letter, body)
        return Entry(BigProduct(node.letter, Entries(body, *node.matrix), ordered=True), node.indices)

    def greatest(self, node: Greatest) -> Layout:
        """The greatest of −x is −min x."""
        if node.place is not None:
            return IsGreatest(node.place, node.letter, self.side(node.body))
        if all(t.coefficient < 0 for t in node.body.terms):
            return Negate(Extreme(node.letter, self.side(-node.body), least=True))
        return Extreme(node.letter, self.side(node.body))

    def member(self, node: Ref) -> Layout:
        """The member with all its indices: family indices above, the others in the list."""
        return named(node, self.signatures, self.loss, whole=False)


def _bound(node: Node, exponent: Poly, t: Term) -> bool:
    return not (node.free | exponent.free).isdisjoint(t.binders)


def term_refs(t: Term) -> list[Ref]:
    """All members that a term mentions, at every depth."""
    found: list[Ref] = []
    for n, _ in t.factors:
        if isinstance(n, Ref):
            found.append(n)
        for inner in n.expressions():
            found += [m for m in walk(inner) if isinstance(m, Ref)]
    return found
