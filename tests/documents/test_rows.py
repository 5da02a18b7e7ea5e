"""Rows and columns of matrices, samples that are rows of one, and inner products."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

LAYER = r"""
$W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $X \in \mathbb{R}^{N \times n}$, $y = W x$, $L = \frac12 \|y\|^2$
"""
BATCH = """
```
X ∈ ℝ^{m×d}, W ∈ ℝ^{d×h}, b ∈ ℝ^h, Y ∈ ℝ^{m×h}
Z₁ = X W + b
L = ½‖Z₁ − Y‖²
Δ₁ = ∂L/∂Z₁
```
"""
PAIR = r"""
$A \in \mathbb{R}^{m \times n}$, $B \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $y \in \mathbb{R}^m$
"""
SAMPLES = r"""
Let $X \in \mathbb{R}^{n \times d}$ have the ROWS $x_i^\top$, DECLARED $y \in \mathbb{R}^n$, $w \in \mathbb{R}^d$.

$$ L = \frac{1}{n} \sum_{i=1}^n (w^\top x_i - y_i)^2 $$
"""


@pytest.mark.parametrize("right, wrong", [
    (r"y_i = W_{i,:} x", r"y_i = 2 W_{i,:} x"), (r"y_i = W_{i,:}^\top x", r"y_i = W_{:,i}^\top x"),
    (r"y_i = W_{i:} x", r"y_i = W_{:i} x"), (r"y_i = W_{i\cdot} x", r"y_i = x + W_{i\cdot} x"),
    (r"y_i = W_{i,*} x", r"y_i = -W_{i,*} x"), (r"y_i = W_i x", r"y_i = 2 W_i x"),
    (r"y_i = W_i^\top x", r"y_i = 2 W_i^\top x"),
    (r"y_i = \langle W_{i,:}, x \rangle", r"y_i = \langle W_{i,:}, y \rangle"),
    (r"y = \sum_{j=1}^n x_j W_{:,j}", r"y = \sum_{j=1}^n x_j W_{j,:}"),
    (r"y = \sum_{j=1}^n x_j W_j", r"y = \sum_{j=1}^m x_j W_j"),
    (r"X^\top X = \sum_{i=1}^N X_{i,:}^\top X_{i,:}", r"X^\top X = \sum_{i=1}^n X_{:,i}^\top X_{:,i}"),
    (r"X^\top X = \sum_{i=1}^N X_{i,:} X_{i,:}^\top", r"X X^\top = \sum_{i=1}^N X_{i,:} X_{i,:}^\top"),
    (r"X X^\top = \sum_{j=1}^n X_{:,j} X_{:,j}^\top", r"X^\top X = \sum_{j=1}^n X_{:,j} X_{:,j}^\top"),
    (r"\frac{\partial L}{\partial W_{i,:}} = y_i x^\top", r"\frac{\partial L}{\partial W_{i,:}} = y^\top"),
    (r"\left(\frac{\partial L}{\partial W}\right)_{i,:} = y_i x",
     r"\left(\frac{\partial L}{\partial W}\right)_{i,:} = x"),
    (r"\frac{\partial L}{\partial W_{:,j}} = x_j y", r"\frac{\partial L}{\partial W_{:,j}} = y_j x"),
    (r"\|W\|_F^2 = \sum_i \|W_{i,:}\|^2", r"\|W\|_F^2 = \sum_i \|W_{i,:}\|"),
    (r"(W x)_i = \sum_{j=1}^n W_{ij} x_j", r"(W x)_i = \sum_{j=1}^n 2 W_{ij} x_j"),
])
def test_rows_and_columns(right, wrong):
    assert shown(LAYER, f"$${right}$$")
    assert refuted(LAYER, f"$${wrong}$$")


@pytest.mark.parametrize("right, wrong", [
    ("∂L/∂b = Σ_i Δ₁[i,:]", "∂L/∂b = Σ_j Δ₁[:,j]"), ("Z₁[i,:] = X[i,:] W + b", "Z₁[i,:] = X[i,:] W − b"),
    ("Z₁[:,j] = X W[:,j] + b[j] 𝟏", "Z₁[:,j] = X W[:,j]"),
    ("∂L/∂W = Σ_i X[i,:]ᵀ Δ₁[i,:]", "∂L/∂W = Σ_i X[i,:]ᵀ Z₁[i,:]"),
    ("∂L/∂b = Σ_{i=1}^m Δ₁[i,:]", "∂L/∂b = 2 Σ_{i=1}^m Δ₁[i,:]"),
])
def test_brackets(right, wrong):
    assert shown(BATCH, f"```\n{right}\n```")
    assert refuted(BATCH, f"```\n{wrong}\n```")


@pytest.mark.parametrize("declared", [r"$x_i \in \mathbb{R}^d$,", ""])
@pytest.mark.parametrize("right, wrong", [
    (r"X^\top X = \sum_{i=1}^n x_i x_i^\top", r"X X^\top = \sum_{i=1}^n x_i x_i^\top"),
    (r"X^\top y = \sum_{i=1}^n y_i x_i", r"X^\top y = \sum_{i=1}^n x_i"),
    (r"(X w)_i = x_i^\top w", r"(X w)_i = 2 x_i^\top w"),
    (r"L = \frac1n \|X w - y\|^2", r"L = \frac2n \|X w - y\|^2"),
    (r"\frac{\partial L}{\partial w} = \frac{2}{n} X^\top (X w - y)",
     r"\frac{\partial L}{\partial w} = \frac{1}{n} X^\top (X w - y)"),
])
def test_samples_are_rows(right, wrong, declared):
    page = SAMPLES.replace("DECLARED", declared).replace("ROWS", "rows")
    assert shown(page, f"$${right}$$")
    assert refuted(page, f"$${wrong}$$")


def test_nothing_is_said_against_samples_of_which_nothing_tells_how_they_lie():
    page = SAMPLES.replace("DECLARED", "").replace("ROWS", "vectors")
    assert shown(page, r"$$ X^\top X = \sum_{i=1}^n x_i x_i^\top $$")
    assert told(page, r"$$ X X^\top = \sum_{i=1}^n x_i x_i^\top $$").verdict in ("undecided", "unsupported")


@pytest.mark.parametrize("right, wrong", [
    (r"\langle A x, y \rangle = \langle x, A^\top y \rangle",
     r"\langle A x, y \rangle = 2 \langle x, A^\top y \rangle"),
    (r"\langle A, B \rangle = \operatorname{tr}(A^\top B)", r"\langle A, B \rangle = \operatorname{tr}(A^\top A)"),
    (r"\langle A, B \rangle_F = \sum_{i,j} A_{ij} B_{ij}", r"\langle A, B \rangle_F = \sum_{i,j} A_{ij} A_{ij}"),
    (r"\left\langle x, x \right\rangle = \|x\|_2^2", r"\langle x, x \rangle = \|x\|_2"),
    (r"\langle x, x \rangle^2 = \|x\|^4", r"\langle x, x \rangle^2 = \|x\|^2"),
])
def test_inner_products(right, wrong):
    assert shown(PAIR, f"$${right}$$")
    assert refuted(PAIR, f"$${wrong}$$")


def test_a_matrix_of_its_own_for_each_layer_is_no_row():
    page = r"$W \in \mathbb{R}^{n \times n}$, $h_0 \in \mathbb{R}^n$" + "\n"
    assert told(page, r"$$ W_l h_0 = W h_0 $$").verdict in ("unsupported", "undecided")


SHAPES = """
```
W ∈ ℝ^{m×n}, x ∈ ℝ^n, b ∈ ℝ^m, A ∈ ℝ^{n×n}
```
"""


@pytest.mark.parametrize("wrong", ["(W x)ᵀ b = Wᵀ xᵀ b", "bᵀ W x = W bᵀ x", "bᵀ W x = x W b", "bᵀ W x = b W x"])
def test_a_product_without_meaning(wrong):
    assert refuted(SHAPES, f"```\n{wrong}\n```")


@pytest.mark.parametrize("claim", ["(A x)ᵀ x = Aᵀ xᵀ x", "bᵀ W x = W q x", "(W x)ᵀ b = Wᵀ xᵀ q"])
def test_a_product_that_has_one_for_rows_or_names_that_nobody_declares(claim):
    assert told(SHAPES, f"```\n{claim}\n```").verdict in ("unsupported", "undecided")


@pytest.mark.parametrize("claim", [
    r"\operatorname{tr}(C) = \frac1n \sum_{i=1}^n \|x_i\|^2", r"u^\top C u = \frac1n \sum_{i=1}^n (x_i^\top u)^2",
])
def test_samples_whose_shape_the_matrix_tells(claim):
    page = r"""
Let $X \in \mathbb{R}^{n \times d}$ be the data, $u \in \mathbb{R}^d$ and $C = \frac{1}{n} X^\top X$.

$$ C = \frac1n \sum_{i=1}^n x_i x_i^\top $$
"""
    assert shown(page, f"$${claim}$$")
    assert told(page, f"$$2 {claim}$$").verdict in ("undecided", "unsupported", "refuted")


def test_several_matrices_of_samples():
    page = r"""
Let $Q, K \in \mathbb{R}^{n \times d}$ have the rows $q_i, k_i \in \mathbb{R}^d$, and $S = Q K^\top$.
"""
    assert shown(page, r"$$ S_{ij} = q_i^\top k_j $$")
    assert refuted(page, r"$$ S_{ij} = q_j^\top k_i $$")
