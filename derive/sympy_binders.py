"""What SymPy lacks and binds letters: entries of products of matrices, the greatest of numbers, and its place."""

from __future__ import annotations

from typing import Any

import sympy


class MatrixProduct(sympy.Expr):
    """One entry of an ordered product of matrices, the factor with the greatest letter on the left:
    `MatrixProduct(W[i, j] * f[s, j], (s, k + 1, t), (i, 1, n), (j, 1, n), r, c)` is entry r, c of
    M_t M_{t−1} … M_{k+1}, where M_s has the entry W[i, j] f[s, j] in row i, column j."""

    def __new__(cls, body: Any, letter: Any, rows: Any, columns: Any, row: Any, column: Any) -> Any:
        return sympy.Expr.__new__(cls, sympy.sympify(body), *(sympy.Tuple(*x) for x in (letter, rows, columns)),
                                  sympy.sympify(row), sympy.sympify(column))


class Maximum(sympy.Expr):
    """The greatest of numbers over a letter: `Maximum(x[j], (j, 1, n))` is max_j x_j."""

    def __new__(cls, body: Any, letter: Any) -> Any:
        return sympy.Expr.__new__(cls, sympy.sympify(body), sympy.Tuple(*letter))


class IsMaximum(sympy.Expr):
    """1 where the number at one place is the greatest, else 0: `IsMaximum(k, x[j], (j, 1, n))` is [k = argmax_j x_j].
    Nothing is said of ties."""

    def __new__(cls, place: Any, body: Any, letter: Any) -> Any:
        return sympy.Expr.__new__(cls, sympy.sympify(place), sympy.sympify(body), sympy.Tuple(*letter))


def minimum(body: Any, letter: Any) -> Any:
    """The least of numbers over a letter."""
    return -Maximum(-body, letter)
