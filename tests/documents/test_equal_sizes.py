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


@pytest.mark.parametrize("page, claim", [
    (INFERRED, "∂L/∂W_ij = y_j x_i"),           # nobody says how long x is
    (DECLARED, "Σ_i W_ii = Σ_j W_jj"),          # it would hold
])
def test_others_are_left_open(page, claim):
    assert told(page, f"```\n{claim}\n```").verdict in ("undecided", "unsupported")
