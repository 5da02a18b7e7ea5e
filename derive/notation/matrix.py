"""Matrix notation: recognises products, transposes, ⊙, diag, norms, stacked vectors and slices.

A side is written in matrix notation only if every index, guard and sum of it is accounted for; otherwise
`NoMatrixForm` says what stood in the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.binding import Binding
from derive.expression import Apply, Delta, Expr, Group, Guard, Node, Partial, Ref, Term, Value
from derive.index import ONE, Letter, Poly, poly
from derive.notation.blocks import blocks
from derive.notation.bundle import Bundle, assemble, contract, merge, ones
from derive.notation.identities import multiplied_out
from derive.notation.index_form import IndexForm, term_refs
from derive.notation.layout import BigProduct, Call, Concat, Identity, Layout, Name, Number, Partial as PartialLayout
from derive.notation.letters import Signatures, readable
from derive.notation.members import NoMatrixForm, axis_letters, member
from derive.notation.terms import (
    Scalar,
    added,
    indicator_of,
    is_immediate,
    scalar_product,
    scaled,
    summed,
    whole_letters,
)
from derive.products import OrderedProduct

Letters = tuple[Letter, ...]


def to_matrix(e: Expr, row_letters: Sequence[Letter], signatures: Signatures, *, loss: str = "L",
              taken: frozenset[str] = frozenset()) -> Layout:
    """The expression as a scalar, a column vector or a matrix with the axes `row_letters` (none, one or two).

    Raises:
        NoMatrixForm: where no matrix form is certainly right.
    """
    if len(row_letters) > 2:
        raise NoMatrixForm("more than two axes")
    loose = axis_letters(e.free) - set(row_letters)
    if loose:
        raise NoMatrixForm(f"the letter {min(a.name for a in loose)} is free and names no axis of the left side")
    rows = tuple(row_letters)
    if len(set(rows)) != len(rows) or any(a.family or _depends_on_axis(a) for a in rows):
        raise NoMatrixForm("the left side's axes are no rectangle")
    names = taken | {a.name for a in rows}
    return MatrixForm(signatures, loss).side(readable(multiplied_out(e), signatures, names), rows)


class MatrixForm:
    """Lays out expressions whose bound letters already have their names."""

    def __init__(self, signatures: Signatures, loss: str):
        self.signatures, self.loss = signatures, loss
        self.index = IndexForm(signatures, loss)

    def side(self, e: Expr, out: Letters) -> Layout:
        """`e` as a layout with exactly the axes `out`."""
        parts = blocks(e, out)
        if parts:
            return Concat(tuple(self.side(part, (letter,)) for part, letter in parts))
        alone = bool(out) and all(_is_number(t) for t in e.terms)
        return added(self.number(t, out if alone else ()) if _is_number(t) else self.term(t, out) for t in e.terms)

    def number(self, t: Term, out: Letters) -> Layout:
        """A number: spelled out with 𝟏 over the axes `out`, or plain where its neighbours show the shape."""
        return scaled(t.coefficient, [], ones(out)) if out else scalar_product(t.coefficient, [])

    def term(self, t: Term, out: Letters) -> Layout:
        axes, families = self.binders(t)
        outer: list[Scalar] = []
        inner: list[Scalar] = []
        bundles: list[Bundle] = []
        for node, exponent in t.factors:
            if exponent.free and axis_letters(exponent.free):
                raise NoMatrixForm("an exponent that depends on an axis")
            letters = axis_letters(node.free)
            if letters:
                bundles.append(self.bundle(node, exponent, letters, out))
            else:
                depends = not (node.free | exponent.free).isdisjoint(families)
                (inner if depends else outer).append((self.scalar(node), exponent))
        bundles, scalars = contract(merge(bundles), axes, out)
        inner += [(s, ONE) for s in scalars]
        return self.compose(t, outer, inner, assemble(bundles, out), families, out)

    def compose(self, t: Term, outer: list[Scalar], inner: list[Scalar], body: Layout | None, families: Letters,
                out: Letters) -> Layout:
        """Scalars in front, sums over family letters, and the vector or matrix behind them."""
        if not families:
            outer = outer + inner
        else:
            core = scalar_product(1, inner) if body is None else scaled(1, inner, body)
            core = summed(families, core, whole_letters(t, term_refs(t), self.signatures))
            outer, body = (outer + [(core, ONE)], None) if body is None else (outer, core)
        if body is None and out:
            body = ones(out)
        return scalar_product(t.coefficient, outer) if body is None else scaled(t.coefficient, outer, body)

    def binders(self, t: Term) -> tuple[Letters, Letters]:
        """The bound letters that are axes, and those that are family letters."""
        axes = tuple(b for b in t.binders if not b.family)
        families = tuple(b for b in t.binders if b.family)
        if any(_depends_on_axis(b) for b in t.binders):
            raise NoMatrixForm("a range that depends on an axis")
        return axes, families

    def bundle(self, node: Node, exponent: Poly, letters: frozenset[Letter], out: Letters) -> Bundle:
        """A factor that has axes."""
        if len(letters) > 2:
            raise NoMatrixForm("a factor with more than two axes")
        if isinstance(node, Ref):
            order, layout = member(node, self.signatures, self.loss)
        elif isinstance(node, Delta):
            order, layout = self.identity(node, letters)
        elif isinstance(node, Partial):
            order, layout = self.partial(node)
        elif isinstance(node, OrderedProduct):
            order, layout = self.product(node, letters, out)
        elif isinstance(node, (Apply, Group)):
            order = self.order(node, letters, out)
            inner = tuple(self.side(x, order) for x in node.expressions())
            layout = Call(node.function, inner) if isinstance(node, Apply) else inner[0]
        else:
            raise NoMatrixForm(f"{type(node).__name__} of an axis letter")
        return Bundle.power(order, layout, exponent)

    def partial(self, node: Partial) -> tuple[Letters, Layout]:
        """A derivative that has not been carried out: the Jacobian of a vector by a vector, or the gradient column of
        a scalar."""
        (above, of), (below, by) = (member(m, self.signatures, self.loss) for m in (node.of, node.by))
        if len(above) > 1 or len(below) > 1 or not isinstance(of, Name) or not isinstance(by, Name):
            raise NoMatrixForm("a derivative of or by a matrix, or a part of a vector")
        return (*above, *below), PartialLayout(of, by, is_immediate(node, self.signatures))

    def product(self, node: OrderedProduct, letters: frozenset[Letter], out: Letters) -> tuple[Letters, Layout]:
        """A product of matrices, or of vectors entry by entry."""
        if not node.matrix:
            order = self.order(node, letters, out)
            if len(order) > 1:
                raise NoMatrixForm("a product of matrices entry by entry")
            return order, BigProduct(node.letter, self.side(node.body, order))
        ends = tuple(p.letter for p in node.indices if p.letter is not None)
        if len(set(ends)) != 2 or frozenset(ends) != letters:
            raise NoMatrixForm("one row or column of a product of matrices")
        spans = [(m.low, m.high) for m in (node.matrix[0].substitute({node.letter: node.letter.high}),
                                           node.matrix[1].substitute({node.letter: node.letter.low}))]
        if spans != [(a.low, a.high) for a in ends]:
            raise NoMatrixForm("a part of a product of matrices")
        return ends, BigProduct(node.letter, self.side(node.body, node.matrix), ordered=True)

    def identity(self, node: Delta, letters: frozenset[Letter]) -> tuple[Letters, Layout]:
        a, *rest = sorted(letters, key=lambda x: x.order)
        if not rest or node.condition.solve(a) != poly(rest[0]) or (a.low, a.high) != (rest[0].low, rest[0].high):
            raise NoMatrixForm("a delta that is no identity matrix")
        if "I" in self.signatures:
            raise NoMatrixForm("the name I is taken")
        return (a, rest[0]), Identity((a.low, a.high))

    def order(self, node: Node, letters: frozenset[Letter], out: Letters) -> Letters:
        """Which axis of a group stands for the rows: as on the left side, or as in the first matrix inside, else as in
        the first name."""
        inside = term_refs(Term(1, ((node, ONE),), ()))
        if len(letters) == 2 and letters != set(out):
            for found in inside:
                if frozenset(own := [i.letter for i in found.indices if i.letter in letters]) == letters:
                    return tuple(a for a in own if a is not None)
        named = [i.letter for found in inside for i in found.indices]
        wanted = [*out, *named, *sorted(letters, key=lambda a: a.order)]
        ranked = list(dict.fromkeys(a for a in wanted if a in letters))
        if len(letters) == 2 and out and ranked[1] == out[0]:
            ranked.reverse()
        return tuple(ranked)

    def scalar(self, node: Node) -> Layout:
        """A factor without axes."""
        if isinstance(node, Ref):
            return member(node, self.signatures, self.loss)[1]
        if isinstance(node, Value):
            return Number(poly(node.atom))
        if isinstance(node, Apply):
            inner = tuple(self.side(a, ()) for a in node.arguments)
            return Call(node.function, inner) if inner else Name(node.function)
        if isinstance(node, Group):
            return self.side(node.body, ())
        if isinstance(node, (Delta, Guard)):
            return indicator_of(node)
        if isinstance(node, OrderedProduct) and not node.matrix:
            return BigProduct(node.letter, self.side(node.body, ()))
        if isinstance(node, (Partial, Binding)):
            return self.index.node(node)
        raise TypeError(f"no notation for {type(node).__name__}")


def _is_number(t: Term) -> bool:
    return not t.factors and not t.binders


def _depends_on_axis(letter: Letter) -> bool:
    return bool(axis_letters(letter.low.free | letter.high.free))


__all__ = ["MatrixForm", "NoMatrixForm", "to_matrix"]
