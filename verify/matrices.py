"""Orthogonal matrices, and matrices with their inverses, for checks: as arrays, and in exact fractions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from derive.program import BY_ROWS, Inverse
from verify.blocks import Member
from verify.sizes import NoMember

SHIFT = 3               # what is added to the diagonal of a matrix, in its own size, so that it has an inverse


def inverse_arrays(assumption: Inverse, numbers: Any) -> dict[str, Any]:
    """The matrices of an assumption, from normal numbers."""
    import numpy  # here, so that exact arithmetic does not wait for it

    if assumption.side == BY_ROWS:
        return {assumption.name: numpy.linalg.qr(numbers.T)[0].T}
    if assumption.orthogonal:
        return {assumption.name: numpy.linalg.qr(numbers)[0]}
    matrix = numbers / len(numbers) ** 0.5 + SHIFT * numpy.eye(len(numbers))
    return {assumption.of: matrix, assumption.name: numpy.linalg.inv(matrix)}


def inverse_members(assumption: Inverse, drawn: Mapping[Member, Fraction], generator: random.Random
                    ) -> dict[Member, Fraction]:
    """The same by members, in fractions."""
    rows, columns = (sorted({m[1][axis] for m in drawn if m[0] == assumption.of}) for axis in (0, 1))
    n = len(rows)
    if assumption.side:
        many, few = (columns, rows) if assumption.side == BY_ROWS else (rows, columns)
        if len(many) < len(few):
            raise NoMember(f"{assumption.text()} holds for no matrix of these sizes")
        return _members(assumption.name, _orthogonal(len(many), generator), rows, columns)
    if assumption.orthogonal:
        return _members(assumption.name, _orthogonal(n, generator), rows)
    entries = [[fmpq(x.numerator, x.denominator) for j in rows for x in [drawn[assumption.of, (i, j)]]] for i in rows]
    matrix = fmpq_mat(entries)
    while matrix.det() == 0:
        matrix = matrix + _identity(n)
    return _members(assumption.of, matrix, rows) | _members(assumption.name, matrix.inv(), rows)


def _orthogonal(n: int, generator: random.Random) -> Any:
    """A product of reflections, without a zero, and not symmetric: such a matrix would hide a transpose."""
    while True:
        matrix = _identity(n)
        for _ in range(1 if n == 1 else 2 + n % 2):
            matrix = matrix * _reflection([generator.choice((1, 2, 3, -1, -2)) for _ in range(n)])
        if n == 1 or matrix != matrix.transpose() and all(x != 0 for x in matrix.entries()):
            return matrix


def _identity(n: int) -> Any:
    return fmpq_mat([[int(i == j) for j in range(n)] for i in range(n)])


def _reflection(v: list[int]) -> Any:
    """I − 2 v vᵀ / (vᵀ v)"""
    square = sum(x * x for x in v)
    return fmpq_mat([[fmpq(int(i == j)) - fmpq(2 * a * b, square) for j, b in enumerate(v)] for i, a in enumerate(v)])


def _members(name: str, matrix: Any, rows: list[int], columns: list[int] | None = None) -> dict[Member, Fraction]:
    """The entries of a matrix, of one that is larger those in front."""
    return {(name, (i, j)): Fraction(int(x.p), int(x.q)) for a, i in enumerate(rows)
            for b, j in enumerate(rows if columns is None else columns) for x in [matrix[a, b]]}
