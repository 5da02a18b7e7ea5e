"""Layouts with their shapes, while sizes that follow from the place, such as that of 𝟏, may still be unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derive.index import ONE, Letter, Poly, poly
from derive.notation.layout import Layout, Ones, Product, Scale, Span, Transpose
from derive.program import plain as shown
from derive.reading.errors import ReadingError, ShapeMismatch
from derive.reading.source import Source

Axis = Span | None
MAX_WEIGHT = 20_000         # pieces of a layout
MAX_DEGREE = 4_096          # product of the powers one inside another
MAX_HEIGHT = 120            # pieces one inside another; a product is as high as it is long


@dataclass(frozen=True)
class Value:
    """A layout, its rows and columns (None for an axis that it has not), and how large it is."""

    layout: Layout
    at: int
    rows: Axis = None
    columns: Axis = None
    plain: bool = False         # a number that fills any shape
    weight: int = 1
    degree: int = 1
    height: int = 1
    loose: bool = False         # a vector that stands for a row as well as for a column: a row of a matrix

    @property
    def is_scalar(self) -> bool:
        return self.rows is None and self.columns is None

    @property
    def is_matrix(self) -> bool:
        return self.rows is not None and self.columns is not None

    @property
    def is_column(self) -> bool:
        return self.rows is not None and self.columns is None

    @property
    def rank(self) -> int:
        return (self.rows is not None) + (self.columns is not None)


class Shapes:
    """Compares shapes and finds the sizes that follow from the place."""

    def __init__(self, source: Source):
        self.source = source
        self._holes: dict[Letter, int] = {}
        self.sizes: dict[Letter, Poly] = {}

    def error(self, message: str, at: int, kind: type[ReadingError] = ShapeMismatch) -> ReadingError:
        return self.source.error(message, at, kind)

    # -- sizes that are not known yet ----------------------------------------------------------------------------
    def hole(self, at: int) -> Span:
        letter = Letter("?", 1, 1)
        self._holes[letter] = at
        return ONE, poly(letter)

    def resolved(self, p: Poly) -> Poly:
        while not p.free.isdisjoint(self.sizes):
            p = p.substitute(self.sizes)
        return p

    def settled(self) -> dict[Letter, Poly]:
        """The size for each hole. Raises ShapeMismatch where nothing tells it."""
        for letter, at in self._holes.items():
            if letter not in self.sizes:
                raise self.error("nothing here tells the size of this vector or matrix", at)
        return {letter: self.resolved(p) for letter, p in self.sizes.items()}

    # -- comparing -----------------------------------------------------------------------------------------------
    def same_axis(self, a: Axis, b: Axis, at: int, what: str) -> None:
        if not self.fits(a, b):
            raise self.error(f"{what}: {self._axis(a)} against {self._axis(b)}", at)

    def fits(self, a: Axis, b: Axis) -> bool:
        """Whether two axes are equally long; a size that is not known yet is made to fit."""
        if a is None or b is None:
            return a is b
        difference = self.resolved(longer(a, b))
        if not difference.terms:
            return True
        for letter in self._holes:
            value = difference.solve(letter) if letter in difference.free else None
            if value is not None and letter not in value.free:
                self.sizes[letter] = value
                return True
        return False

    def is_square(self, x: Value) -> bool | None:
        """Whether a matrix has as many rows as columns; None where a size is not known yet."""
        assert x.rows is not None and x.columns is not None
        difference = self.resolved((x.rows[1] - x.rows[0]) - (x.columns[1] - x.columns[0]))
        if not difference.terms:
            return True
        return None if self.is_unknown(difference) else False

    def is_unknown(self, p: Poly) -> bool:
        return any(a in self._holes for a in p.free)

    def same(self, a: Value, b: Value, what: str) -> None:
        if (a.rows is None) != (b.rows is None) or (a.columns is None) != (b.columns is None):
            raise self.error(f"{what}: {self.shape(a)} and {self.shape(b)}", b.at)
        self.same_axis(a.rows, b.rows, b.at, what)
        self.same_axis(a.columns, b.columns, b.at, what)

    def alike(self, a: Value, b: Value) -> bool:
        """Whether both have the same axes; holes are not filled unless all fit."""
        if (a.rows is None) != (b.rows is None) or (a.columns is None) != (b.columns is None):
            return False
        kept = dict(self.sizes)
        if self.fits(a.rows, b.rows) and self.fits(a.columns, b.columns):
            return True
        self.sizes = kept
        return False

    def shape(self, x: Value) -> str:
        if x.is_scalar:
            return "a scalar"
        if x.is_matrix:
            return f"a matrix {self._axis(x.rows)} × {self._axis(x.columns)}"
        return f"a column of {self._axis(x.rows)}" if x.rows else f"a row of {self._axis(x.columns)}"

    def _axis(self, axis: Axis) -> str:
        if axis is None:
            return "no axis"
        length = self.resolved(axis[1] - axis[0] + 1)
        return "?" if any(a in self._holes for a in length.free) else shown(length)

    # -- making --------------------------------------------------------------------------------------------------
    def made(self, layout: Layout, at: int, parts: Iterable[Value], like: Value | None = None, longer: int = 1,
             **fields: object) -> Value:
        """A value made of parts, with the shape of `like`. Raises ReadingError where it becomes too large."""
        inside = list(parts)
        if not inside and like is None and longer == 1:     # most values are names
            return Value(layout, at, **fields)              # type: ignore[arg-type]
        own = {"rows": None if like is None else like.rows, "columns": None if like is None else like.columns,
               "weight": 1 + sum([p.weight for p in inside]), "degree": max([p.degree for p in inside], default=1),
               "height": longer + max([p.height for p in inside], default=0)}
        loose = any(p.loose for p in inside) and ((own | fields)["rows"] is None) != ((own | fields)["columns"] is None)
        value = Value(layout, at, **{"loose": loose} | own | fields)    # type: ignore[arg-type]
        if value.weight > MAX_WEIGHT or value.degree > MAX_DEGREE or value.height > MAX_HEIGHT:
            raise self.error("the formula is too large or nested too deeply", at, ReadingError)
        return value

    def turned_to(self, x: Value, like: Value) -> Value:
        """A loose row as a column, or the other way round, where `like` is one; anything else as it is."""
        if x.rank == like.rank == 1 and (x.rows is None) != (like.rows is None) and (x.loose or like.loose):
            return self.made(Transpose(x.layout), x.at, [x], rows=x.columns, columns=x.rows)
        return x

    def filled(self, x: Value, like: Value) -> Value:
        """A scalar over the axes of `like`, spelled out with 𝟏."""
        ones: list[Layout] = []
        if like.rows is not None:
            ones.append(Ones(like.rows))
        if like.columns is not None:
            ones.append(Transpose(Ones(like.columns)))
        body = ones[0] if len(ones) == 1 else Product(tuple(ones))
        return self.made(Scale((x.layout,), body), x.at, [x], like)

    def fitted(self, x: Value, like: Value, what: str) -> Value:
        """`x` over the axes of `like`: numbers fill any shape, scalars are repeated, and a vector is added to each
        column or row of a matrix with which it shares a size."""
        if x.plain or like.is_scalar and x.is_scalar:
            return x
        if x.is_scalar:
            return self.filled(x, like)
        if like.is_matrix and x.rank == 1:
            return self._bias(x, like, what)
        x = self.turned_to(x, like)
        self.same(like, x, what)
        return x

    def is_of_columns(self, x: Value, like: Value) -> bool:
        """Whether a bias whose length would fit both axes of a matrix is added to each row of it."""
        return False

    def _bias(self, x: Value, like: Value, what: str) -> Value:
        by_rows = x.rows is not None and not self.is_of_columns(x, like) and self.fits(x.rows, like.rows)
        by_columns = not by_rows and self.fits(x.rows or x.columns, like.columns)
        assert like.rows is not None and like.columns is not None
        if by_rows:
            return self.made(Product((x.layout, Transpose(Ones(like.columns)))), x.at, [x], like)
        if not by_columns:
            raise self.error(f"{what}: {self.shape(like)} and {self.shape(x)}", x.at)
        row = x.layout if x.rows is None else Transpose(x.layout)
        return self.made(Product((Ones(like.rows), row)), x.at, [x], like)


def longer(a: Span, b: Span) -> Poly:
    """How much longer the first axis is."""
    return a[1] - b[1] if a[0] == b[0] else (a[1] - a[0]) - (b[1] - b[0])


def widest(values: Iterable[Value]) -> Value:
    """The value with the most axes, the first of several; plain numbers come last."""
    return max(values, key=lambda v: (v.rank, not v.plain))

