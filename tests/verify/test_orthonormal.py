"""Matrices with orthonormal columns or rows that are not square: their draws, their sizes, and what is shown."""

import numpy
import pytest

from derive.expression import Ref, expression
from derive.index import Letter, Size, poly
from derive.program import BY_COLUMNS, BY_ROWS, Equation, Inverse, Program, Variable
from tests.documents.claims import refuted, shown
from verify.draws import distinct_sizes, edge_sizes, normal_draw, small_draw, small_sizes
from verify.sizes import NoMember, Sizes

TALL = "```\nU ∈ ℝ^{N×k}, x ∈ ℝ^k, y ∈ ℝ^N\n```\n<!-- derive: assume UᵀU = I -->\n"
WIDE = "```\nU ∈ ℝ^{k×N}, x ∈ ℝ^k, y ∈ ℝ^N\n```\n<!-- derive: assume U Uᵀ = I -->\n"


def program(side: str) -> Program:
    long, short = Size("N"), Size("k")
    axes = [Letter("i", poly(1), poly(long)), Letter("j", poly(1), poly(short))]
    variables = {"U": Variable("U", tuple(axes if side == BY_COLUMNS else axes[::-1])), "y": Variable("y")}
    body = expression(Ref("U", [poly(1), poly(1)]))
    return Program("orthonormal", variables, [Equation("y", (), body)], {"N": long, "k": short},
                   assumptions=[Inverse("U", "U", side)], longer=[poly(long) - short])


@pytest.mark.parametrize("side", [BY_COLUMNS, BY_ROWS])
@pytest.mark.parametrize("seed", range(-2, 3))
def test_draws_are_orthonormal(side, seed):
    for sizes in ({"N": 4, "k": 2}, {"N": 3, "k": 3}, {"N": 3, "k": 1}):
        exact = small_draw(program(side), Sizes(sizes), seed)
        rows, columns = (sizes["N"], sizes["k"]) if side == BY_COLUMNS else (sizes["k"], sizes["N"])
        matrix = numpy.array([[exact["U", (i, j)] for j in range(1, columns + 1)] for i in range(1, rows + 1)])
        arrays = normal_draw(program(side), sizes, abs(seed))["U"]
        for found in (matrix.astype(float), arrays):
            product = found.T @ found if side == BY_COLUMNS else found @ found.T
            assert numpy.allclose(product, numpy.eye(sizes["k"]))


def test_none_is_drawn_where_there_is_none():
    with pytest.raises(NoMember):
        small_draw(program(BY_COLUMNS), Sizes({"N": 2, "k": 3}), 0)


def test_sizes_are_long_enough():
    for make in (small_sizes, distinct_sizes, edge_sizes):
        found = list(make(program(BY_COLUMNS)))
        assert found and all(s["N"] >= s["k"] for s in found)
    assert any(s["N"] > s["k"] for s in distinct_sizes(program(BY_COLUMNS)))


def test_from_one_side_only():
    assert shown(TALL, "```\nUᵀ U x = x\n```")
    assert shown(TALL, "```\n‖U x‖² = ‖x‖²\n```")
    assert refuted(TALL, "```\n‖Uᵀ y‖² = ‖y‖²\n```")
    assert shown(WIDE, "```\n‖Uᵀ x‖² = ‖x‖²\n```")
    assert refuted(WIDE, "```\n‖U y‖² = ‖y‖²\n```")
