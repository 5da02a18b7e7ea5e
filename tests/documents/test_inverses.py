"""Inverses and powers of matrices."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown

RIDGE = """
```
X ∈ ℝ^{n×d}, y ∈ ℝ^n, λ > 0
ŵ = (XᵀX + λI)⁻¹ Xᵀ y
```
"""
SQUARE = r"""
$A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{n \times n}$, $w \in \mathbb{R}^n$, $f = \frac12 w^\top A^{-1} w$
"""
HAT = r"""
$X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$

$$ M = X^\top X, \quad w = M^{-1} X^\top y, \quad P = X (X^\top X)^{-1} X^\top $$
"""
STEPS = r"""
$A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{n \times n}$, $x_0 \in \mathbb{R}^n$, $T \in \mathbb{N}$,
$t = 1, \dots, T$

$$ x_t = A x_{t-1} $$
"""


@pytest.mark.parametrize("right, wrong", [
    ("(XᵀX + λI) ŵ = Xᵀ y", "(XᵀX − λI) ŵ = Xᵀ y"), ("Xᵀ(y − Xŵ) = λŵ", "Xᵀ(Xŵ − y) = 0"),
    ("ŵ = Xᵀ (X Xᵀ + λI)⁻¹ y", "ŵ = (XXᵀ + λI)⁻¹ Xᵀ y"), ("XᵀXŵ + λŵ = Xᵀy", "XᵀXŵ + ŵ = Xᵀy"),
])
def test_normal_equations(right, wrong):
    assert shown(RIDGE, f"```\n{right}\n```")
    assert refuted(RIDGE, f"```\n{wrong}\n```")


@pytest.mark.parametrize("right, wrong", [
    (r"A^{-1} A = I", r"A^{-1} A = A"), (r"(A B)^{-1} = B^{-1} A^{-1}", r"(A B)^{-1} = A^{-1} B^{-1}"),
    (r"A^{-T} A^\top = I", r"A^{-T} A = I"), (r"(A^{-1})^\top = A^{-\top}", r"(A^{-1})^\top = A^{-1}"),
    (r"A^{-1} - B^{-1} = A^{-1} (B - A) B^{-1}", r"A^{-1} - B^{-1} = A^{-1} (A - B) B^{-1}"),
    (r"(I + A B)^{-1} A = A (I + B A)^{-1}", r"(I + A B)^{-1} A = A (I + A^\top B)^{-1}"),
    (r"\nabla_w f = \frac12 (A^{-1} + A^{-\top}) w", r"\nabla_w f = A^{-1} w"),
    (r"A A^{-1} w = w", r"(A + B)^{-1} = A^{-1} + B^{-1}"),
    (r"f = \frac12 w^\top A^{-\top} w", r"f = w^\top A w"),
])
def test_inverses(right, wrong):
    assert shown(SQUARE, f"$${right}$$")
    assert refuted(SQUARE, f"$${wrong}$$")


@pytest.mark.parametrize("right, wrong", [
    (r"P P = P", r"P P = 2 P"), (r"P^2 = P", r"P^2 = -P"), (r"P^\top = P", r"P = 0"), (r"P X = X", r"P X = X^\top"),
    (r"\operatorname{tr}(P) = d", r"\operatorname{tr}(P) = n"), (r"M w = X^\top y", r"M w = X y"),
    (r"X^\top (y - X w) = 0", r"X^\top (y + X w) = 0"), (r"X w = P y", r"X w = y"),
])
def test_least_squares(right, wrong):
    assert shown(HAT, f"$${right}$$")
    assert refuted(HAT, f"$${wrong}$$")


def test_the_inverse_of_a_number():
    page = r"$$ Z = \sum_{j=1}^n e^{-E_j}, \quad p_i = Z^{-1} e^{-E_i} $$" + "\n"
    assert shown(page, r"$$ \sum_{i=1}^n p_i = 1 $$")
    assert shown("", r"$$ \sigma(a) = (1 + e^{-a})^{-1} $$")


def test_undeclared_matrices():
    assert shown("", r"$$ (A B)^{-1} = B^{-1} A^{-1} $$")
    assert refuted("", r"$$ (A B)^{-1} = A^{-1} B^{-1} $$")


SIMILAR = r"""
$W \in \mathbb{R}^{d \times d}$, $W = Q \Lambda Q^{-1}$

$$ B = P^{-1} A P $$
"""


@pytest.mark.parametrize("right, wrong", [
    (r"W Q = Q \Lambda", r"W Q = \Lambda Q"), (r"W^2 = Q \Lambda^2 Q^{-1}", r"W^2 = Q^2 \Lambda^2 Q^{-2}"),
    (r"W^{-1} = Q \Lambda^{-1} Q^{-1}", r"W^{-1} = Q^{-1} \Lambda^{-1} Q"), (r"W^{-2} W = W^{-1}", r"W^{-2} W = W"),
    (r"B^2 = P^{-1} A^2 P", r"B^2 = P^{-2} A^2 P^2"),
    (r"\operatorname{tr}(B) = \operatorname{tr}(A)", r"B = A"),
])
def test_undeclared_matrices_beside_others(right, wrong):
    assert shown(SIMILAR, f"$${right}$$")
    assert refuted(SIMILAR, f"$${wrong}$$")


def test_a_number_that_is_inverted_beside_others():
    page = r"$$ p = Z^{-1} e^{-E} $$" + "\n"
    assert shown(page, r"$$ \log p = -E - \log Z $$")


@pytest.mark.parametrize("right, wrong", [
    (r"A^2 = A A", r"A^2 = A A^\top"), (r"A^3 x_0 = A A A x_0", r"A^3 x_0 = A A x_0"),
    (r"(A + B)^2 = A^2 + AB + BA + B^2", r"(A + B)^2 = A^2 + 2AB + B^2"),
    (r"(A^\top)^2 = (A^2)^\top", r"(A^\top)^2 = A^2"), (r"(A B)^2 = A B A B", r"(A B)^2 = A^2 B^2"),
    (r"x_t = A^t x_0", r"x_t = A^{t-1} x_0"), (r"x_T = A^T x_0", r"x_T = 2 A^T x_0"),
    (r"\frac{\partial x_T}{\partial x_0} = A^T", r"\frac{\partial x_T}{\partial x_0} = 2 A^T"),
])
def test_powers(right, wrong):
    assert shown(STEPS, f"$${right}$$")
    assert refuted(STEPS, f"$${wrong}$$")


def test_powers_in_a_sum():
    page = r"""
$W \in \mathbb{R}^{n \times n}$, $V \in \mathbb{R}^{q \times n}$, $x_t \in \mathbb{R}^n$, $y_t \in \mathbb{R}^q$

$$ h_t = x_t + W h_{t-1}, \quad o_t = V h_t, \quad L = \frac12 \sum_{t=1}^T \|o_t - y_t\|^2 $$
"""
    right = r"\sum_{i=t}^T (W^\top)^{i-t} V^\top \frac{\partial L}{\partial o_i}"
    assert shown(page, rf"$$ \frac{{\partial L}}{{\partial h_t}} = {right} $$")
    assert refuted(page, r"$$ \frac{\partial L}{\partial h_t} = " + right.replace("W^\\top", "W") + " $$")
    assert refuted(page, r"$$ \frac{\partial L}{\partial h_t} = " + right.replace("{i-t}", "{T-i}") + " $$")


def test_a_power_that_is_no_matrix_is_taken_entry_by_entry():
    page = r"$H \in \mathbb{R}^{m \times h}$" + "\n"
    assert shown(page, r"$$ H^2 = H \odot H $$")
    assert refuted(page, r"$$ H^2 = 2 H $$")
