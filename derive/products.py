"""Ordered products over a letter: ∏ diag(1 − h_s²) W, a matrix product along a family, and ∏ f_s, a product of numbers.

The factor with the greatest letter stands on the left, as in ∂h_t/∂h_k = J_t J_{t−1} … J_{k+1}. A product over no
factor is the identity matrix, or 1.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.binding import Binding, scheme
from derive.bounds import nonnegative
from derive.expression import (
    Apply,
    Delta,
    Expr,
    Group,
    Node,
    delta,
    expression,
    number,
    term,
    total,
)
from derive.index import ONE, Letter, Poly, PolyLike, poly


class OrderedProduct(Binding):
    """One entry `indices` of the product of the matrices `body[rows, columns]` over `letter`, the last one on the left;
    without matrix letters and indices, the product of the numbers `body`.

    `body` is an expression in the three letters, which the node binds. Ranges of rows and columns may depend on the
    letter (widths of a layer); the columns of one factor are as many as the rows of the one before it.
    """

    __slots__ = ()

    def __init__(self, body: Expr, letter: Letter, matrix: Iterable[Letter] = (), indices: Iterable[PolyLike] = ()):
        super().__init__(scheme(body, (letter, *matrix)), tuple(poly(i) for i in indices))
        if len(self.matrix) != len(self.indices) or len(self.matrix) not in (0, 2):
            raise ValueError("a product of matrices has two letters and two indices, a product of numbers none")

    def of(self, body: Expr, letters: tuple[Letter, ...], indices: tuple[Poly, ...]) -> OrderedProduct:
        return OrderedProduct(body, letters[0], letters[1:], indices)

    @property
    def matrix(self) -> tuple[Letter, ...]:
        """The letters of the rows and of the columns; none for a product of numbers."""
        return self.scheme.binders[1:]

    def _render(self) -> str:
        return f"P{{{self._letters()}}}({self.body}){self._indices()}"

    # -- its factors ---------------------------------------------------------------------------------------------
    def factor(self, at: PolyLike, *indices: PolyLike) -> Expr:
        """One entry of the factor `at`, or the number `at`."""
        values = {self.letter: poly(at)}
        letters = [m.substitute(values) for m in self.matrix]
        return self.body.substitute(values | {m: poly(i) for m, i in zip(letters, indices)}
                                    | {m: poly(i) for m, i in zip(self.matrix, indices)}).fresh()

    def over(self, low: PolyLike, high: PolyLike, *indices: PolyLike) -> Expr:
        """The same product over another range of its letter, and another entry of it."""
        letter = self.letter.fresh(poly(low), poly(high))
        values: dict[Letter, Poly] = {self.letter: poly(letter)}
        matrix = []
        for m in self.matrix:
            new = m.substitute(values).fresh()
            values[m] = values[m.substitute(values)] = poly(new)
            matrix.append(new)
        return expression(OrderedProduct(self.body.substitute(values).fresh(), letter, matrix, indices or self.indices))

    def between(self, at: PolyLike, side: int) -> Letter:
        """A letter for the columns of the factor `at` (`side` 1) or for its rows (0)."""
        return self.matrix[side].substitute({self.letter: poly(at)}).fresh()


def split_last(p: OrderedProduct) -> Expr:
    """The product with its leftmost factor, of the greatest letter, written out: right where there is one."""
    high = p.letter.high
    if not p.matrix:
        return p.factor(high) * p.over(p.letter.low, high - 1)
    m = p.between(high, 1)
    return total(p.factor(high, p.indices[0], m) * p.over(p.letter.low, high - 1, m, p.indices[1]), m)


def split_first(p: OrderedProduct) -> Expr:
    """The product with its rightmost factor, of the least letter, written out: right where there is one."""
    low = p.letter.low
    if not p.matrix:
        return p.over(low + 1, p.letter.high) * p.factor(low)
    m = p.between(low, 0)
    return total(p.over(low + 1, p.letter.high, p.indices[0], m) * p.factor(low, m, p.indices[1]), m)


def cut_after(p: OrderedProduct, end: PolyLike) -> Expr:
    """The product as that of the factors after `end` and that of those up to `end`: right where both may exist."""
    after, before = (poly(end) + 1, p.letter.high), (p.letter.low, poly(end))
    if not p.matrix:
        return p.over(*after) * p.over(*before)
    m = p.between(end, 0)
    return total(p.over(*after, p.indices[0], m) * p.over(*before, m, p.indices[1]), m)


def around(p: OrderedProduct, change: Expr) -> Expr:
    """Σ over the factors, each with `change` in its place: the product rule. `change` is an expression in the letters
    of `p`."""
    s = p.letter.fresh()
    changed = OrderedProduct(change, p.letter, p.matrix, p.indices)
    if not p.matrix:
        inside = p.over(poly(s) + 1, p.letter.high) * changed.factor(s) * p.over(p.letter.low, poly(s) - 1)
        return total(inside, s)
    i, j = (p.between(s, side) for side in (0, 1))
    row, column = p.indices
    above, below = p.over(poly(s) + 1, p.letter.high, row, i), p.over(p.letter.low, poly(s) - 1, j, column)
    return total(above * changed.factor(s, i, j) * below, s, i, j)


def nothing(p: OrderedProduct) -> Expr:
    """The value of the product where it has no factor."""
    return expression(delta(p.indices[0] - p.indices[1])) if p.matrix else expression(1)


# -- in the normal form -------------------------------------------------------------------------------------------
WRITTEN_OUT = 6             # factors of a product of a known number of factors


def opened(p: OrderedProduct, exponent: Poly) -> Expr | None:
    """What a product with a body in normal form stands for, written with simpler products; None where it is an atom.

    Only a product that stands alone or to a whole positive power is opened.
    """
    if exponent != ONE and (p.matrix or exponent.constant is None):
        return None
    count = p.count.constant
    if nonnegative(-p.count):
        result: Expr | None = nothing(p)
    elif count is not None and count <= WRITTEN_OUT:
        result = split_last(p)
    elif not p.body.terms:
        result = Expr() if nonnegative(p.count - 1) else None
    else:
        result = _numbers_apart(p) if p.matrix else _factors_apart(p)
    return None if result is None else result ** exponent


def _factors_apart(p: OrderedProduct) -> Expr | None:
    """∏ (c f g) is c^n ∏ f ∏ g, and ∏ exp u is exp Σ u."""
    if len(p.body.terms) > 1 or not nonnegative(p.count):
        return None
    (t,) = p.body.terms
    if t.binders or any(isinstance(n, Delta) or not _is_total(n) for n, _ in t.factors):
        return None
    apart: list = [(Group(expression(t.coefficient)), p.count)] if t.coefficient != 1 else []
    for n, x in t.factors:
        if p.letter not in n.free and p.letter not in x.free:
            apart.append((n, x * p.count))
        elif isinstance(n, Apply) and n.function == "exp":
            apart.append((Apply("exp", [total(number(x) * n.arguments[0], p.letter)]), ONE))
        elif x.constant is not None and x.constant == int(x.constant):
            apart.append((OrderedProduct(expression(n), p.letter), x))
        else:
            apart.append((OrderedProduct(Expr((term(1, [(n, x)]),)), p.letter), ONE))
    only = apart[0][0] if len(apart) == 1 and apart[0][1] == ONE else None
    return None if only == p else Expr((term(1, apart),))


def _is_total(n: Node) -> bool:
    """Whether a factor may stand without the conditions beside it."""
    return type(n).__name__ != "Guard"


def _numbers_apart(p: OrderedProduct) -> Expr | None:
    """Numbers stand before a product of matrices; a product of diagonal matrices is a diagonal matrix."""
    rows, columns = p.matrix
    square = (rows.low, rows.high) == (columns.low, columns.high) and p.letter not in rows.free
    if square and all(any(_links(n, rows, columns) for n, _ in t.factors) for t in p.body.terms):
        values = {rows: p.indices[0], columns: p.indices[0]}
        entries = Expr(term(t.coefficient, [(n, x) for n, x in t.factors if not _links(n, rows, columns)], t.binders)
                       for t in p.body.terms)
        return expression(delta(p.indices[0] - p.indices[1])) * expression(
            OrderedProduct(entries.substitute(values), p.letter))
    if len(p.body.terms) > 1 or not nonnegative(p.count):
        return None
    (t,) = p.body.terms
    kept = {rows, columns, *t.binders}
    if any(not _is_total(n) for n, _ in t.factors):
        return None
    apart = [(n, x) for n, x in t.factors if kept.isdisjoint(n.free | x.free) and not isinstance(n, Delta)]
    if not apart and t.coefficient == 1:
        return None
    rest = term(1, [f for f in t.factors if f not in apart], t.binders)
    front = OrderedProduct(Expr((term(t.coefficient, apart),)), p.letter)
    return expression(front) * expression(OrderedProduct(Expr((rest,)), p.letter, p.matrix, p.indices))


def _links(n: Node, rows: Letter, columns: Letter) -> bool:
    return n == delta(poly(rows) - columns)


__all__ = ["OrderedProduct", "around", "nothing", "opened", "split_first", "split_last"]
