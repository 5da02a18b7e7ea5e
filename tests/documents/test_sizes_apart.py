"""Sizes: a letter that names a vector too, lengths beside multiples of others, last members, counts."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told


@pytest.mark.parametrize("page, right, wrong", [
    ("$x ∈ ℝ^d$, $W ∈ ℝ^{h×d}$, $v ∈ ℝ^h$, $h = tanh(W x)$, $s = vᵀ h$", "$∂s/∂v = h$", "$∂s/∂W = v xᵀ$"),
    ("$x, y ∈ ℝ^d$, $d = x − y$", "$‖d‖² = Σ_{i=1}^d (x_i − y_i)²$", "$‖d‖² = Σ_{i=1}^d (x_i² − y_i²)$"),
])
def test_a_letter_may_name_a_size_and_a_vector(page, right, wrong):
    assert shown(page, right)
    assert refuted(page, wrong)


def test_a_size_that_others_tell_names_nothing_else():
    page = "$x ∈ ℝ^n$, $w ∈ ℝ^k$, $y_i = Σ_{j=1}^k w_j x_{i+j−1}$ for $i = 1, …, m$ with $m = n − k + 1$"
    assert shown(page, "$Σ_{i=1}^m y_i = Σ_{i=1}^{n−k+1} Σ_{j=1}^k w_j x_{i+j−1}$")


@pytest.mark.parametrize("condition", ["n ≥ 3k", "n ≥ 2 k + 1", "n > 2dk"])
def test_sizes_are_as_long_as_multiples_of_others(condition):
    page = f"$x ∈ ℝ^n$, $w ∈ ℝ^k$, $v ∈ ℝ^d$, ${condition}$"
    example = told(page, "$Σ_{i=1}^n x_i = Σ_{i=1}^k w_i + Σ_{j=1}^d v_j$").counterexample
    n, k, d = (example.sizes.get(x, 1) for x in "nkd")
    assert n >= {"n ≥ 3k": 3 * k, "n ≥ 2 k + 1": 2 * k + 1, "n > 2dk": 2 * d * k + 1}[condition]


def test_the_last_layer_is_the_one_with_a_letter():
    page = """
$a^{(0)} ∈ ℝ^{n_0}$, $W^{(l)} ∈ ℝ^{n_l × n_{l-1}}$, $y ∈ ℝ^{n_M}$

$$a^{(l)} = \\tanh(W^{(l)} a^{(l-1)})$$

$$J = \\frac{1}{2} \\|a^{(M)} - y\\|^2 + \\sum_{l=1}^{M} \\|W^{(l)}\\|_F^2$$
"""
    assert shown(page, "$$\\frac{\\partial J}{\\partial a^{(M)}} = a^{(M)} - y$$")
    assert refuted(page, "$$\\frac{\\partial J}{\\partial a^{(M)}} = y - a^{(M)}$$")


def test_a_count_that_is_good_for_nothing_else_is_that_of_the_samples():
    page = "```\nT ∈ ℕ, x_i ∈ ℝ^d\nw ∈ ℝ^d\ne_i = wᵀ x_i\nα_i = exp(e_i) / Σ_j exp(e_j)\n```"
    assert shown(page, "```\nΣ_i α_i = 1\n```")
    assert refuted(page, "```\n∂α_i/∂e_j = α_i (δ_{ij} − α_i)\n```")
