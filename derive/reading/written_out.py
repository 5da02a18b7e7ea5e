"""Vectors and matrices that are written out, part by part: [h, x], (1, 2, 3), bmatrix."""

from __future__ import annotations

from dataclasses import replace

from derive.index import ONE, Poly, poly
from derive.notation.layout import Concat, Layout, Matrix, Number, Transpose
from derive.reading.values import Axis, Shapes, Value


def stacked(shapes: Shapes, parts: list[Value], at: int) -> Value:
    """Columns and numbers, one below the other. Numbers alone may as well be a row."""
    columns = [p if p.rows is not None or p.is_scalar else shapes.made(_turned(p), p.at, [p], rows=p.columns,
                                                                      columns=None) for p in parts]
    for p in columns:
        if p.is_matrix:
            raise shapes.error(f"a stack of {shapes.shape(p)}", p.at)
    length = _sum([_length(p.rows) for p in columns])
    value = shapes.made(Concat(tuple(p.layout for p in columns)), at, columns, rows=(ONE, length), columns=None)
    return replace(value, loose=all(p.is_scalar for p in parts))


def written_out(shapes: Shapes, rows: list[list[Value]], at: int) -> Value:
    """A matrix by its entries or blocks.

    Raises:
        ShapeMismatch: where rows have different numbers of entries, or blocks do not fit.
    """
    if len({len(row) for row in rows}) != 1:
        raise shapes.error("the rows of a matrix have equally many entries; here "
                           + " and ".join(map(str, sorted({len(row) for row in rows}))), at)
    parts = [part for row in rows for part in row]
    is_column = len(rows[0]) == 1 and all(p.columns is None for p in parts)
    is_row = not is_column and len(rows) == 1 and all(p.rows is None for p in parts)
    down = [_common(shapes, [(p.rows, p.at) for p in row if not _fills(p)]) for row in rows]
    across = [_common(shapes, [(row[k].columns, row[k].at) for row in rows if not _fills(row[k])])
              for k in range(len(rows[0]))]
    layout = Matrix(tuple(tuple(p.layout for p in row) for row in rows))
    return shapes.made(layout, at, parts, rows=None if is_row else (ONE, _sum(down)),
                       columns=None if is_column else (ONE, _sum(across)))


def _turned(p: Value) -> Layout:
    return p.layout.body if isinstance(p.layout, Transpose) else Transpose(p.layout)


def _fills(p: Value) -> bool:
    return p.plain and isinstance(p.layout, Number) and not p.layout.value.terms


def _length(axis: Axis) -> Poly:
    return ONE if axis is None else axis[1] - axis[0] + 1


def _common(shapes: Shapes, axes: list[tuple[Axis, int]]) -> Poly:
    """How many places the parts of one row or one column fill."""
    if not axes:
        return ONE
    first = axes[0][0] or (ONE, ONE)
    for axis, at in axes[1:]:
        shapes.same_axis(first, axis or (ONE, ONE), at, "the blocks of a matrix")
    return _length(first)


def _sum(lengths: list[Poly]) -> Poly:
    return sum(lengths, poly(0))
