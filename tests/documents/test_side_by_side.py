"""Factors side by side that have no product; a claim is refuted where it holds in no way to multiply them."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, told

DECLARED = """
```
u ∈ ℝ^n, v ∈ ℝ^n, W ∈ ℝ^{n×n}, x ∈ ℝ^n
h = tanh(W x)
z = W x
L = ½ ‖tanh(z) − u‖²
s = uᵀ v
```
"""
INFERRED = DECLARED.replace("u ∈ ℝ^n, v ∈ ℝ^n, W ∈ ℝ^{n×n}, x ∈ ℝ^n\n", "")


@pytest.mark.parametrize("meant, wrong", [
    ("∂L/∂z = (h − u)(1 − h²)", "∂L/∂z = (h − u) h²"),
    ("∂L/∂x = Wᵀ (h − u)(1 − h²)", "∂L/∂x = Wᵀ (h − u) h"),             # Wᵀ of the product
    ("∂L/∂W = (h − u)(1 − h²) x", "∂L/∂W = (h − u) x"),                  # an outer product behind an entrywise one
])
def test_a_claim_is_refuted_unless_it_is_meant_otherwise(meant, wrong):
    assert refuted(DECLARED, f"```\n{wrong}\n```")
    found = told(DECLARED, f"```\n{meant}\n```")
    assert found.verdict == "undecided" and "it holds with ⊙ or a transpose" in found.detail


@pytest.mark.parametrize("elsewhere, left_out", [
    ("∂L/∂b = (h − u) ⊙ (1 − h²)", "∂L/∂z = (h − u)(1 − h²)"),
    ("∂L/∂b = (h − u) ∘ (1 − h²)", "∂L/∂z = (h − u)(1 − h²)"),
    ("s = vᵀ u", "s = u v"), ("∂L/∂W = ((h − u) ⊙ (1 − h²)) xᵀ", "∂L/∂W = (h − u)(1 − h²) x")])
def test_a_sign_that_is_written_elsewhere_is_missing(elsewhere, left_out):
    found = told(DECLARED, f"```\n{elsewhere}\n{left_out}\n```")
    assert found.verdict == "refuted" and "what this document writes elsewhere" in found.detail


@pytest.mark.parametrize("elsewhere", ["∂L/∂W = 2 A xᵀ", "p = W xᵀ W"])
def test_the_other_sign_is_no_reason(elsewhere):
    assert told(DECLARED, f"```\n{elsewhere}\n∂L/∂z = (h − u)(1 − h²)\n```").verdict == "undecided"


def test_a_function_of_each_entry_may_be_written_without_a_sign():
    text = "```\nq = u ⊙ v\na = σ(x)\n∂a/∂x = diag(a (1 − a))\na (1 − a) = a ⊙ (1 − a)\n```"
    assert told(DECLARED, text).verdict == "undecided"


def test_nothing_is_said_where_nobody_tells_what_is_a_column():
    assert told(INFERRED, "```\n∂L/∂z = (h − u) h²\n```").verdict == "unsupported"


FORM = """
```
A ∈ ℝ^{n×n}, B ∈ ℝ^{n×n}, u ∈ ℝ^n, v ∈ ℝ^n
s = uᵀ A v
F = ‖v‖² A
```
"""


@pytest.mark.parametrize("meant, wrong", [("∂s/∂u = A vᵀ", "∂s/∂A = A vᵀ"), ("∂s/∂v = Aᵀ uᵀ", "∂s/∂v = A uᵀ")])
def test_a_vector_may_be_meant_transposed_beside_a_matrix(meant, wrong):
    assert refuted(FORM, f"```\n{wrong}\n```")
    found = told(FORM, f"```\n{meant}\n```")
    assert found.verdict == "undecided" and "it holds with the transpose" in found.detail


@pytest.mark.parametrize("claim", ["∂s/∂v = u A", "∂s/∂v = u Aᵀ", "s = u A v", "s = 2 u A v", "2 s = 2 u A v"])
def test_a_column_in_front_of_a_matrix_lacks_the_sign_that_is_written_elsewhere(claim):
    assert refuted(FORM, f"```\n{claim}\n```")


def test_a_column_in_front_of_a_matrix_is_left_open_where_no_vector_is_transposed():
    found = told(FORM.replace("s = uᵀ A v", "s = ‖A v + u‖² − ‖A v‖² − ‖u‖²"), "```\ns = 2 u A v\n```")
    assert found.verdict == "undecided" and "it holds with the transpose" in found.detail


@pytest.mark.parametrize("right", ["F = A vᵀ v", "F = A vᵀ B v", "s = A vᵀ u"])
def test_factors_further_on_may_give_it_another_meaning(right):
    assert told(FORM, f"```\n{right}\n```").verdict == "unsupported"


def test_the_inverse_of_what_is_declared_is_nothing_that_nobody_declares():
    assert refuted("```\nA ∈ ℝ^{n×n}, r ∈ ℝ^n\nv = (I − A)⁻¹ r\n```", "```\nv = r + r v\n```")
