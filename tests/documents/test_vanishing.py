"""Derivatives by what has no influence on what is differentiated."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

DECLARED = """
```
w ∈ ℝ^n, b ∈ ℝ, x ∈ ℝ^n, y ∈ ℝ, λ ∈ ℝ, z ∈ ℝ^n
f = wᵀ x + b
R = ½ λ ‖w‖²
J = ½ (f − y)² + R
S = ½ ‖z‖²
```
"""


@pytest.mark.parametrize("right, wrong", [
    ("∂R/∂b = 0", "∂R/∂b = λ b"), ("∂R/∂x = 0", "∂R/∂x = w"), ("∂f/∂y = 0", "∂f/∂y = −1"),
    ("∂R/∂b = f − f", "∂R/∂b = f − y"),
])
def test_they_are_zero(right, wrong):
    assert shown(DECLARED, f"```\n{right}\n```")
    assert refuted(DECLARED, f"```\n{wrong}\n```")


@pytest.mark.parametrize("page, claim", [
    (DECLARED, "∂S/∂w = z"),                                            # z may be made of w, in words
    (DECLARED.replace("b ∈ ℝ, ", ""), "∂R/∂b = λ b"),
    (DECLARED.replace("b ∈ ℝ, ", ""), "∂R/∂b = 0"),
    (DECLARED, "∂R/∂c = 1"),
    (DECLARED, "∂S/∂w = 0"),
    ("```\nf ∈ ℝ^n, W ∈ ℝ^{n×m}\nf = conv(W, 3)\nL = ½ ‖f‖²\nJ = L + ‖W‖²\n```", "∂L/∂W = 0"),
])
def test_nothing_is_said_where_the_document_may_mean_something_else(page, claim):
    assert told(page, f"```\n{claim}\n```").verdict in ("undecided", "unsupported")
