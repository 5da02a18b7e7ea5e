"""Claims that have a meaning only where two sizes of the document are equal."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

DECLARED = """
```
x ∈ ℝ^n, W ∈ ℝ^{m×n}
y_i = Σ_{j=1}^{n} W_ij x_j,  i = 1, …, m
L = ½ Σ_{i=1}^{m} y_i²
```
"""
INFERRED = DECLARED.replace("x ∈ ℝ^n, W ∈ ℝ^{m×n}\n", "")


@pytest.mark.parametrize("right, wrong", [
    ("∂L/∂W_ij = y_i x_j", "∂L/∂W_ij = y_j x_i"), ("∂L/∂W_ji = y_j x_i", "∂L/∂W_ij = W_ji x_j"),
    ("∂L/∂x_j = Σ_{i=1}^{m} W_ij y_i", "∂L/∂x_j = Σ_{i=1}^{m} W_ji y_i"),
    ("∂L/∂x_i = Σ_j W_ji y_j", "∂L/∂x_j = Σ_i W_ji y_i"),
])
def test_a_claim_that_fails_even_then_is_refuted(right, wrong):
    assert shown(DECLARED, f"```\n{right}\n```")
    assert refuted(DECLARED, f"```\n{wrong}\n```")


def test_both_sizes_are_shown():
    example = told(DECLARED, "```\n∂L/∂W_ij = W_ji x_j\n```").counterexample
    assert (example.left, example.right) == ("1…m", "j = 1…n")


def test_nobody_has_to_declare_the_shapes():
    assert shown(INFERRED, "```\n∂L/∂W_ij = y_i x_j\n```")
    assert refuted(INFERRED, "```\n∂L/∂W_ij = y_j x_i\n```")


def test_sizes_that_add_up_are_equal_in_pairs():
    page = """
$X ∈ ℝ^{H×W}$, $K ∈ ℝ^{p×q}$

$$Y_{ij} = \\sum_{u=1}^{p} \\sum_{v=1}^{q} K_{uv} X_{i+u-1,j+v-1}, \\quad i = 1, …, H-p+1, j = 1, …, W-q+1$$

$$L = \\frac{1}{2} \\sum_{i=1}^{H-p+1} \\sum_{j=1}^{W-q+1} Y_{ij}^2$$
"""
    claim = "$$∂L/∂K_{uv} = \\sum_{i=1}^{H-p+1} \\sum_{j=1}^{W-q+1} Y_{%s} X_{i+u-1,j+v-1}$$"
    assert shown(page, claim % "ij")
    assert refuted(page, claim % "ji")


def test_what_would_hold_is_left_open():
    assert told(DECLARED, "```\nΣ_i W_ii = Σ_j W_jj\n```").verdict in ("undecided", "unsupported")
