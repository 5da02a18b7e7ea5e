"""What is printed in matrix notation means what was meant: read back by the rules of matrix algebra and evaluated."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from itertools import product

import pytest

from derive.expression import Expr
from derive.index import Letter
from derive.notation import Layout, NoMatrixForm, latex, text, to_index, to_matrix
from derive.notation.meaning import meaning

from .evaluator import Numbers
from .samples import SIGNATURES, SIZES, TIME, Draw


def values(e: Expr, letters: list[Letter], numbers: Numbers) -> list[float]:
    """The value at every place, for two times."""
    ranges = [range(int(numbers.poly(a.low, {})), int(numbers.poly(a.high, {})) + 1) for a in letters]
    return [numbers.expr(e, {TIME: time, **dict(zip(letters, place))}) for time in (1, 3) for place in product(*ranges)]


def forms(e: Expr, rows: list[Letter]) -> Iterator[tuple[Layout, list[Letter]]]:
    """The index form, which is a scalar, and the matrix form where there is one."""
    yield to_index(e, SIGNATURES), []
    with suppress(NoMatrixForm):
        yield to_matrix(e, rows, SIGNATURES), rows


def agree(a: list[float], b: list[float]) -> bool:
    return all(math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-9) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("seed", range(240))
def test_random_expression_is_printed_as_meant(seed):
    left, right = Draw(seed).equation()
    rows = [i.letter for i in left.indices[1:]]
    numbers = Numbers(SIZES, seed)
    expected = values(right, rows, numbers)
    for layout, letters in forms(right, rows):
        back = meaning(layout, letters, SIGNATURES)
        assert text(layout) and latex(layout)
        assert agree(expected, values(back, rows, numbers)), text(layout)


def test_most_random_expressions_have_a_matrix_form():
    found = 0
    for seed in range(200):
        left, right = Draw(seed).equation()
        try:
            to_matrix(right, [i.letter for i in left.indices[1:]], SIGNATURES)
            found += 1
        except NoMatrixForm:
            pass
    assert found > 60
