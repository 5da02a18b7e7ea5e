"""Shaped values: what stands for a scalar, a vector or a matrix while a layout is given its meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive.contract import contract
from derive.expression import Expr, total
from derive.index import Letter, Poly, poly
from derive.notation.layout import Span

Axis = Span | None
Entry = Callable[[Poly, Poly], Expr]
NOWHERE = poly(0)
LONG = 8            # sums in a product that are looked at before it is whole


class ShapeError(ValueError):
    """A layout whose shapes do not fit: what is printed has no meaning."""


@dataclass(frozen=True)
class Tensor:
    """A value with rows and columns; None for an axis that it does not have. `at` takes a row and a column."""

    rows: Axis
    columns: Axis
    at: Entry
    plain_number: bool = False

    @property
    def is_scalar(self) -> bool:
        return self.rows is None and self.columns is None


def scalar(value: Expr) -> Tensor:
    return Tensor(None, None, lambda r, c: value)


def axis_of(axis: Axis) -> Span:
    if axis is None:
        raise ShapeError("an axis is missing")
    return axis


def letter_over(axis: Axis) -> Letter:
    """A letter to sum over an axis."""
    low, high = axis_of(axis)
    return Letter("k", low, high)


def same_axes(a: Axis, b: Axis) -> None:
    """Both axes are missing, or they have equally many places."""
    if (a is None) != (b is None) or (a is not None and b is not None and a[1] - a[0] != b[1] - b[0]):
        raise ShapeError(f"the axes {a} and {b} do not fit")


def moved(place: Poly, source: Axis, target: Axis) -> Poly:
    """The place in `target` that lies as far from its start as `place` lies from the start of `source`."""
    return place if source is None or target is None else place - source[0] + target[0]


def mapped(body: Tensor, change: Callable[[Expr], Expr]) -> Tensor:
    return Tensor(body.rows, body.columns, lambda r, c: change(body.at(r, c)))


def entrywise(a: Tensor, b: Tensor, combine: Callable[[Expr, Expr], Expr]) -> Tensor:
    same_axes(a.rows, b.rows)
    same_axes(a.columns, b.columns)
    return Tensor(a.rows, a.columns, lambda r, c: combine(
        a.at(r, c), b.at(moved(r, a.rows, b.rows), moved(c, a.columns, b.columns))))


def fitted(x: Tensor, shape: Tensor) -> Tensor:
    """`x` over the axes of `shape`; a plain number fills any shape."""
    if x.plain_number:
        return Tensor(shape.rows, shape.columns, x.at)
    return entrywise(Tensor(shape.rows, shape.columns, lambda r, c: Expr()), x, lambda _, b: b)


def matrix_product(a: Tensor, b: Tensor) -> Tensor:
    """Scalars times anything, or rows times columns."""
    if a.is_scalar:
        return mapped(b, lambda e: a.at(NOWHERE, NOWHERE) * e)
    if b.is_scalar:
        return mapped(a, lambda e: e * b.at(NOWHERE, NOWHERE))
    if a.columns is None and b.rows is None:
        return Tensor(a.rows, b.columns, lambda r, c: a.at(r, NOWHERE) * b.at(NOWHERE, c))
    same_axes(a.columns, b.rows)

    def entry(row: Poly, column: Poly) -> Expr:
        k = letter_over(a.columns)
        product = total(a.at(row, poly(k)) * b.at(moved(poly(k), a.columns, b.rows), column), k)
        long = any(len(t.binders) > LONG for t in product.terms)
        return contract(product) if long else product       # a product of many identities would take a long time

    return Tensor(a.rows, b.columns, entry)
