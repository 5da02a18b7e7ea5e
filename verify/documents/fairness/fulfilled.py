"""Whether the values of a counterexample have a property that the text tells in words: a matrix [[1]] is symmetric.

A word is a row: its pattern, and what the innermost rows, or the matrix that they make, must be like.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

ORIENTED = "of positive determinant"
Matrix = list[list[Fraction]]


def _is_symmetric(m: Matrix) -> bool:
    return _is_square(m) and all(m[i][j] == m[j][i] for i in range(len(m)) for j in range(i))


def _is_diagonal(m: Matrix) -> bool:
    return _is_square(m) and not any(x for i, row in enumerate(m) for j, x in enumerate(row) if i != j)


def _is_orthogonal(m: Matrix) -> bool:
    return _is_square(m) and all(sum(a * b for a, b in zip(m[i], m[j])) == (i == j)
                                 for i in range(len(m)) for j in range(i + 1))


def _is_square(m: Matrix) -> bool:
    return all(len(row) == len(m) for row in m)


def _is_positive_definite(m: Matrix) -> bool:
    return _is_symmetric(m) and all(_determinant([row[:k] for row in m[:k]]) > 0 for k in range(1, len(m) + 1))


def _determinant(m: Matrix) -> Fraction:
    """By elimination; 0 for a matrix that is not square."""
    rows, found = [list(row) for row in m], Fraction(_is_square(m))
    for k in range(len(rows) if found else 0):
        pivot = next((row for row in rows[k:] if row[k]), None)
        if pivot is None:
            return Fraction(0)
        at = rows.index(pivot, k)
        found *= pivot[k] if at == k else -pivot[k]
        rows[k], rows[at] = rows[at], rows[k]
        for row in rows[k + 1:]:
            row[k:] = [a - b * row[k] / pivot[k] for a, b in zip(row[k:], pivot[k:])]
    return found


_OF_MATRICES: tuple[tuple[str, Callable[[Matrix], bool]], ...] = (
    (r"symmetric|对称", _is_symmetric),
    (r"diagonal|triangular|对角阵|对角矩阵|三角", _is_diagonal),
    (r"orthogonal|正交", _is_orthogonal),
    (r"positive.*definite|psd|正定", _is_positive_definite),
    (r"invertible|non-?singular|可逆|非奇异", lambda m: _determinant(m) != 0),
    (ORIENTED, lambda m: _determinant(m) > 0))
_OF_ROWS: tuple[tuple[str, Callable[[list[Fraction]], bool]], ...] = (
    (r"binary|二值", lambda row: set(row) <= {0, 1}),
    (r"unit.(?:vectors?|norm|length)|单位(?:长度的)?向量", lambda row: sum(x * x for x in row) == 1),
    (r"cent(?:e|)red|zero.mean|mean.zero|中心化的|零均值的?", lambda row: sum(row) == 0))


def has(word: str, value: Any) -> bool:
    """Whether the word is certainly true of a value; of several, of each."""
    if not isinstance(value, list) or not value:
        return False
    inner = value[0]
    if isinstance(inner, list) and inner and isinstance(inner[0], list):
        return all(has(word, v) for v in value)
    if not isinstance(inner, list):
        return any(re.fullmatch(p, word) and check([Fraction(x) for x in value]) for p, check in _OF_ROWS)
    matrix = [[Fraction(x) for x in row] for row in value]
    return any(re.fullmatch(p, word) and check(matrix) for p, check in _OF_MATRICES) or any(
        re.fullmatch(p, word) and all(map(check, matrix)) for p, check in _OF_ROWS)
