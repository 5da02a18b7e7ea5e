"""Vectors and matrices that are written out, part by part: where each part stands, and what stands in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derive.expression import Expr, Guard, delta, expression
from derive.index import Poly, poly
from derive.notation.tensor import NOWHERE, Axis, ShapeError, Tensor


@dataclass(frozen=True)
class Stretch:
    """The places `first … last` of the whole that a part fills along one axis."""

    first: Poly
    last: Poly

    def holds(self, place: Poly) -> Expr:
        """1 within, 0 outside."""
        if self.first == self.last:
            return expression(delta(place - self.first))
        return expression(Guard(place - self.first)) * expression(Guard(self.last - place))

    def within(self, place: Poly, axis: Axis) -> Poly:
        """The place of the part's own axis."""
        return NOWHERE if axis is None else place - self.first + axis[0]


def written_out(rows: list[list[Tensor]]) -> Tensor:
    """The parts beside and below each other; places are counted from 1.

    Raises:
        ShapeError: where the parts of a row or of a column have different sizes.
    """
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise ShapeError("the rows of a matrix have equally many entries")
    is_column = len(rows[0]) == 1 and all(part.columns is None for row in rows for part in row)
    is_row = not is_column and len(rows) == 1 and all(part.rows is None for part in rows[0])
    down = _stretches(_length([part.rows for part in row if not _fills(part)]) for row in rows)
    across = _stretches(_length([row[k].columns for row in rows if not _fills(row[k])]) for k in range(len(rows[0])))

    def entry(row: Poly, column: Poly) -> Expr:
        result = Expr()
        for stretch, parts in zip(down, rows):
            here = expression(1) if is_row else stretch.holds(row)
            for beside, part in zip(across, parts):
                there = expression(1) if is_column else beside.holds(column)
                value = part.at(stretch.within(row, part.rows), beside.within(column, part.columns))
                result += here * there * value
        return result

    rows_of, columns_of = (poly(1), down[-1].last), (poly(1), across[-1].last)
    return Tensor(None if is_row else rows_of, None if is_column else columns_of, entry)


def _fills(part: Tensor) -> bool:
    """Whether it is 0, which stands for a block of any size."""
    return part.plain_number and not part.at(NOWHERE, NOWHERE).terms


def _length(axes: list[Axis]) -> Poly:
    """How many places the parts fill that stand in one row or in one column."""
    lengths = {poly(1) if axis is None else axis[1] - axis[0] + 1 for axis in axes}
    if len(lengths) > 1:
        raise ShapeError("the blocks of a matrix do not fit each other")
    return lengths.pop() if lengths else poly(1)


def _stretches(lengths: Iterable[Poly]) -> list[Stretch]:
    found, start = list[Stretch](), poly(1)
    for length in lengths:
        found.append(Stretch(start, start + length - 1))
        start = start + length
    return found
