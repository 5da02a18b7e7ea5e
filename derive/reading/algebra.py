"""Sums, products and powers of shaped values: which product of several is meant follows from the shapes."""

from __future__ import annotations

from dataclasses import replace

from derive.index import ONE, Poly, poly
from derive.notation.layout import (
    Add,
    Call,
    Concat,
    Diag,
    Divide,
    ElementwisePower,
    Entries,
    Fraction,
    Hadamard,
    Layout,
    MatrixPower,
    Negate,
    NormSquared,
    Number,
    Ones,
    Power,
    Product,
    Root,
    Transpose,
)
from derive.notation.terms import HALF
from derive.reading.errors import ReadingError, ShapeMismatch
from derive.reading.values import Shapes, Value, widest
from derive.reading.written_out import stacked, written_out

MAX_EXPONENT = 64
ENTRYWISE, INNER, OUTER = "⊙ᵀ⊗"        # what may be meant by two columns side by side
OF_A_SCALAR = "softmax of a scalar"
COLUMNS_FIRST = "("
SCALED = "⤓"        # what may be meant by a column in front of a matrix: diag of it
TURNED = "↺"        # what may be meant by a vector beside a matrix with which it has no product: its transpose


class Algebra:
    """Combines values. Raises ShapeMismatch where shapes do not fit."""

    def __init__(self, shapes: Shapes):
        self.shapes = shapes
        self._met = 0           # how many columns stood side by side

    # -- sums --------------------------------------------------------------------------------------------------------
    def add(self, values: list[Value], minus: tuple[bool, ...], at: int) -> Value:
        if len(values) == 1:
            return self.negate(values[0], at)
        like = widest(values)
        parts = [self.shapes.fitted(v, like, "a sum of different shapes") for v in values]
        layout = Add(tuple(Negate(p.layout) if m else p.layout for p, m in zip(parts, minus)))
        return self.shapes.made(layout, at, parts, like, plain=all(p.plain for p in parts))

    def negate(self, x: Value, at: int) -> Value:
        return self.shapes.made(Negate(x.layout), at, [x], x, plain=x.plain)

    # -- products ----------------------------------------------------------------------------------------------------
    def product(self, values: list[Value], signs: tuple[str, ...], at: int) -> Value:
        every = values
        if any(s.startswith(COLUMNS_FIRST) for s in signs):
            values, signs = self._columns_first(values, signs)
        result, *rest = values
        layouts: list[Layout] = [result.layout]
        for sign, x in zip(signs, rest):
            result, layouts = self._times(result, layouts, x, sign)
        return self.shapes.made(Product(tuple(layouts)) if len(layouts) > 1 else layouts[0], at, [result, *every],
                                result, longer=len(every), plain=False)

    def _columns_first(self, values: list[Value], signs: tuple[str, ...]) -> tuple[list[Value], tuple[str, ...]]:
        """Columns side by side as one factor."""
        factors, kept = values[:1], list[str]()
        for sign, x in zip(signs, values[1:]):
            if sign.startswith(COLUMNS_FIRST) and factors[-1].is_column and x.is_column:
                made, layouts = self._beside(factors[-1], [factors[-1].layout], x, sign)
                factors[-1] = replace(made, layout=_joined(layouts))
            else:
                factors.append(x)
                kept.append(sign)
        return factors, tuple(kept)

    def _times(self, a: Value, layouts: list[Layout], x: Value, sign: str) -> tuple[Value, list[Layout]]:
        """The product so far, times one more factor."""
        if a.is_scalar or x.is_scalar:
            return (x if a.is_scalar else a), [*layouts, x.layout]
        if sign in ("*", "×") and self.shapes.alike(a, x):
            return self._alone(a, Hadamard((_joined(layouts), x.layout)))
        if a.columns is None and x.rows is None:
            if not (x.is_matrix and a.loose):
                return Value(a.layout, a.at, a.rows, x.columns, loose=a.loose), [*layouts, x.layout]
        if (a.loose or x.loose) and (a.columns is None or x.rows is None):
            return self._turned(a, layouts, x)
        if sign == "·" and a.is_column and x.is_column:
            self.shapes.same(a, x, "an inner product")
            return self._alone(Value(a.layout, a.at), Product((Transpose(_joined(layouts)), x.layout)))
        if a.is_column and x.is_column and sign not in ("", TURNED):
            return self._beside(a, layouts, x, sign)
        if a.is_column and x.is_column:
            told = "" if self.shapes.alike(a, x) else f": {self.shapes.shape(a)} beside {self.shapes.shape(x)}"
            raise self.shapes.error(f"two columns side by side have no product; write ⊙, or a transpose{told}", x.at)
        if (a.columns is None or x.rows is None) and sign == TURNED and a.is_matrix != x.is_matrix:
            return self._turned(replace(a, loose=not a.is_matrix), layouts, x)
        if a.is_column and x.is_matrix and sign == SCALED:
            scaled = self.product([self.diag(replace(a, layout=_joined(layouts)), x.at), x], ("",), x.at)
            return self._alone(scaled, scaled.layout)
        if a.columns is None or x.rows is None:
            raise self.shapes.error(f"{self.shapes.shape(a)} and {self.shapes.shape(x)} have no product", x.at)
        self.shapes.same_axis(a.columns, x.rows, x.at, "a matrix product")
        return Value(a.layout, a.at, a.rows, x.columns, loose=a.loose), [*layouts, x.layout]

    def _beside(self, a: Value, layouts: list[Layout], x: Value, way: str) -> tuple[Value, list[Layout]]:
        """Two columns side by side, where it is told what is meant by the first two, and by those after them."""
        way = way.removeprefix(COLUMNS_FIRST)
        sign, self._met = way[min(self._met, len(way) - 1)], self._met + 1
        if sign == OUTER:
            return Value(a.layout, a.at, a.rows, x.rows), [*layouts, Transpose(x.layout)]
        self.shapes.same(a, x, "a product of two columns")
        if sign == INNER:
            return self._alone(Value(a.layout, a.at), Product((Transpose(_joined(layouts)), x.layout)))
        return self._alone(a, Hadamard((_joined(layouts), x.layout)))

    def _turned(self, a: Value, layouts: list[Layout], x: Value) -> tuple[Value, list[Layout]]:
        """A product with a row or a column of a matrix, which is turned so that there is one: two vectors have their
        inner product."""
        if a.columns is None and (a.loose or x.is_column):
            a, layouts = replace(a, rows=None, columns=a.rows), [Transpose(_joined(layouts))]
        if x.rows is None:
            x = replace(x, layout=Transpose(x.layout), rows=x.columns, columns=None)
        self.shapes.same_axis(a.columns, x.rows, x.at, "a product")
        return Value(a.layout, a.at, a.rows, x.columns, loose=a.loose), [*layouts, x.layout]

    @staticmethod
    def _alone(shape: Value, layout: Layout) -> tuple[Value, list[Layout]]:
        return Value(layout, shape.at, shape.rows, shape.columns), [layout]

    def entrywise(self, values: list[Value], signs: tuple[str, ...], at: int) -> Value:
        """a ⊙ b ⊘ c, from left to right."""
        result, *rest = values
        for sign, x in zip(signs, rest):
            result = self.over_entries(result, x, at) if sign == "⊘" else self.hadamard(result, x, at)
        return result

    def hadamard(self, a: Value, b: Value, at: int) -> Value:
        if a.is_scalar or b.is_scalar:
            return self.product([a, b], ("",), at)
        like = widest([a, b])
        a, b = (self.shapes.fitted(x, like, "an elementwise product") for x in (a, b))
        front = a.layout.factors if isinstance(a.layout, Hadamard) else (a.layout,)
        return self.shapes.made(Hadamard((*front, b.layout)), at, [a, b], like)

    def over_entries(self, a: Value, b: Value, at: int) -> Value:
        """Elementwise division."""
        if b.is_scalar:
            return self.fraction(a, b, at)
        like = widest([b, a])
        a, b = (self.shapes.fitted(x, like, "an elementwise quotient") for x in (a, b))
        return self.shapes.made(Divide(a.layout, b.layout), at, [a, b], like)

    def fraction(self, a: Value, b: Value, at: int) -> Value:
        if not b.is_scalar:
            return self.over_entries(a, b, at)
        if isinstance(b.layout, Number) and not b.layout.value.terms:
            raise self.shapes.error("a division by 0", b.at, ReadingError)
        return self.shapes.made(Fraction(a.layout, b.layout), at, [a, b], a, plain=a.plain and b.plain)

    # -- powers ------------------------------------------------------------------------------------------------------
    def power(self, x: Value, exponent: Poly, at: int, entrywise: bool = False) -> Value:
        self._bounded(exponent, at)
        degree = x.degree * max(1, _size(exponent))
        if x.is_matrix and not entrywise:
            square, count = self.shapes.is_square(x), exponent.constant
            if square and (count is None or (count > 1 and count == int(count))):
                longer = 1 if count is None else int(count)
                return self.shapes.made(MatrixPower(x.layout, exponent), at, [x], x, degree=degree, longer=longer)
            if square is not False or count is None or count < 0:
                raise self.shapes.error("a power of a matrix; write A^{⊙2} for its entries", at)
        if x.is_matrix or entrywise:
            return self.shapes.made(ElementwisePower(x.layout, exponent), at, [x], x, degree=degree)
        if x.columns is not None:
            return self.transpose(self.power(self.transpose(x, at), exponent, at), at)
        layout = Root(x.layout) if exponent == HALF else Power(x.layout, exponent)
        return self.shapes.made(layout, at, [x], x, degree=degree)

    def _bounded(self, exponent: Poly, at: int) -> None:
        """Numbers stay small: 9^{9^9} is no formula."""
        if _size(exponent) > MAX_EXPONENT:
            raise self.shapes.error(f"an exponent of more than {MAX_EXPONENT}", at, ReadingError)

    def root(self, x: Value, at: int) -> Value:
        if x.is_matrix:
            return self.power(x, HALF, at, entrywise=True)
        if x.columns is not None:
            return self.transpose(self.root(self.transpose(x, at), at), at)
        return self.shapes.made(Root(x.layout), at, [x], x)

    # -- vectors and matrices ----------------------------------------------------------------------------------------
    def transpose(self, x: Value, at: int) -> Value:
        if x.is_scalar:
            return x
        if x.loose and isinstance(x.layout, (Concat, Entries)):
            return replace(x, loose=False)      # (1, 2, 3)ᵀ is a column, whatever (1, 2, 3) is
        inner = x.layout.body if isinstance(x.layout, Transpose) else Transpose(x.layout)
        return self.shapes.made(inner, at, [x], rows=x.columns, columns=x.rows)

    def column(self, x: Value, at: int, what: str) -> Value:
        if x.is_column:
            return x
        if x.rank == 1:
            return self.transpose(x, at)
        raise self.shapes.error(f"{what} of {self.shapes.shape(x)}", at)

    def inner(self, a: Value, b: Value, at: int) -> Value:
        """⟨a, b⟩: of matrices, the sum over all entries of their elementwise product."""
        if a.is_scalar and b.is_scalar:
            return self.product([a, b], ("",), at)
        if not (a.is_matrix or b.is_matrix):
            return self.product([self.transpose(self.column(a, at, "⟨⟩"), at), self.column(b, at, "⟨⟩")], ("",), at)
        self.shapes.same(a, b, "an inner product")
        left = Value(Transpose(Ones(_axis(a.rows))), at, columns=a.rows)
        right = Value(Ones(_axis(a.columns)), at, a.columns)
        return self.product([left, self.hadamard(a, b, at), right], ("", ""), at)

    def norm_squared(self, x: Value, at: int) -> Value:
        if x.is_scalar:
            return self.power(x, poly(2), at)
        body = x if x.is_matrix else self.column(x, at, "the norm")
        return self.shapes.made(NormSquared(body.layout, x.is_matrix), at, [x], degree=x.degree * 2)

    def norm_one(self, x: Value, at: int) -> Value:
        """𝟏ᵀ|x|"""
        sizes = self.call("abs", [x], at)
        if x.is_scalar:
            return sizes
        body = self.column(sizes, at, "the norm")
        return self.product([Value(Transpose(Ones(_axis(body.rows))), at, columns=body.rows), body], ("",), at)

    def diag(self, x: Value, at: int) -> Value:
        body = self.column(x, at, "diag")
        return self.shapes.made(Diag(body.layout), at, [x], rows=body.rows, columns=body.rows)

    def stack(self, parts: list[Value], at: int) -> Value:
        """[h, x]"""
        return stacked(self.shapes, parts, at)

    def matrix(self, rows: list[list[Value]], at: int) -> Value:
        """[[a, b], [c, d]]"""
        return written_out(self.shapes, rows, at)

    # -- functions ---------------------------------------------------------------------------------------------------
    def call(self, function: str, arguments: list[Value], at: int) -> Value:
        like = widest(arguments)
        parts = [self.shapes.fitted(a, like, f"the arguments of {function}") for a in arguments]
        if all(p.plain for p in parts):
            return self.shapes.made(Call(function, tuple(p.layout for p in parts)), at, parts)
        return self.shapes.made(Call(function, tuple(p.layout for p in parts)), at, parts, like)

    def softmax_of_columns(self, x: Value, at: int) -> Value:
        """Of a matrix, column by column."""
        return self.transpose(self.softmax(self.transpose(x, at), at), at) if x.is_matrix else self.softmax(x, at)

    def softmax(self, x: Value, at: int) -> Value:
        """exp(x)/(𝟏ᵀ exp(x)); of a matrix, row by row."""
        top = self.call("exp", [x], at)
        if x.is_matrix:
            sums = self.product([top, Value(Ones(_axis(x.columns)), at, x.columns)], ("",), at)
            scale = self.diag(self.over_entries(Value(Number(ONE), at, plain=True), sums, at), at)
            return self.product([scale, top], ("",), at)
        if x.is_scalar:
            raise self.shapes.error(OF_A_SCALAR, at, ShapeMismatch)
        body = self.column(top, at, "softmax")
        ones = Value(Transpose(Ones(_axis(body.rows))), at, None, body.rows)
        return self.fraction(top, self.product([ones, body], ("",), at), at)


def _joined(layouts: list[Layout]) -> Layout:
    return layouts[0] if len(layouts) == 1 else Product(tuple(layouts))


def _size(exponent: Poly) -> int:
    """A bound for the numbers in an exponent."""
    return max((abs(c.numerator) // c.denominator + 1 for _, c in exponent.terms), default=1)


def _axis(axis: tuple[Poly, Poly] | None) -> tuple[Poly, Poly]:
    assert axis is not None
    return axis
