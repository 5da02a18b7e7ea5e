"""Gradients and Hessians as pages write them: ∇L, which does not say by what, names of several letters, λI and Xŵ."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

LOSS = """
$X \\in \\mathbb{R}^{N \\times D}$, $y \\in \\mathbb{R}^N$, $w \\in \\mathbb{R}^D$, $z = Xw$, $p = \\sigma(z)$

$$\\mathrm{NLL}(w) = -\\sum_{n=1}^N \\big[ y_n \\ln p_n + (1 - y_n) \\ln (1 - p_n) \\big] + \\frac{\\lambda}{2} w^T w$$
"""
RIDGE = """
```
X ∈ ℝ^{n×d}, y ∈ ℝ^n, w ∈ ℝ^d, λ > 0
L = ½‖Xw − y‖² + (λ/2)‖w‖²
∂L/∂w = Xᵀ(Xw − y) + λw
```
"""
GRADIENT = r"X^T (p - y) + \lambda w"
HESSIAN = r"X^T \operatorname{diag}(p \odot (1 - p)) X + \lambda I"


@pytest.mark.parametrize("left", [r"\nabla_w \mathrm{NLL}", r"\nabla \mathrm{NLL}(w)", r"\nabla \mathrm{NLL}",
                                  r"\frac{\partial \mathrm{NLL}}{\partial w}"])
def test_gradient_of_a_word(left):
    assert shown(LOSS, f"$${left} = {GRADIENT}$$")
    assert refuted(LOSS, f"$${left} = X^T (p - y) - \\lambda w$$")


@pytest.mark.parametrize("left", [r"\nabla_w^2 \mathrm{NLL}", r"\nabla^2 \mathrm{NLL}(w)",
                                  r"\frac{\partial^2 \mathrm{NLL}}{\partial w \partial w^T}"])
def test_hessian_of_a_word(left):
    assert shown(LOSS, f"$${left} = {HESSIAN}$$")
    assert refuted(LOSS, rf"$${left} = X^T \operatorname{{diag}}(p \odot p) X + \lambda I$$")


def test_a_hessian_with_a_name():
    page = LOSS + "$$H = \\nabla_w^2 \\mathrm{NLL}$$\n"
    assert shown(page, f"$$H = {HESSIAN}$$")
    assert refuted(page, r"$$H = X^T \operatorname{diag}(p) X + \lambda I$$")


@pytest.mark.parametrize("right, other", [("s_n X_{nd}", "p_n X_{nd}"), ("s_n X_{nd}", "s_n w_d")])
def test_members_of_a_jacobian(right, other):
    page = LOSS + "$$s = p \\odot (1 - p)$$\n"
    assert shown(page, rf"$$\frac{{\partial p_n}}{{\partial w_d}} = {right}$$")
    assert refuted(page, rf"$$\frac{{\partial p_n}}{{\partial w_d}} = {other}$$")


@pytest.mark.parametrize("right, wrong", [
    ("∇L = Xᵀ(Xw − y) + λw", "∇L = X(Xw − y) + λw"), ("∇L = Xᵀ(Xw − y) + λw", "∇L = Xᵀ(Xw − y) + w"),
    ("∇²L = XᵀX + λI", "∇²L = XᵀX + I"), ("∂²L/∂w² = XᵀX + λI", "∂²L/∂w² = XXᵀ + λI"),
])
def test_what_the_page_tells(right, wrong):
    assert shown(RIDGE, f"```\n{right}\n```")
    assert refuted(RIDGE, f"```\n{wrong}\n```")


def test_nothing_tells_by_what():
    page = RIDGE + "```\n∂L/∂y = y − Xw\n```\n"
    assert told(page, "```\n∇L = Xᵀ(Xw − y) + λw\n```").verdict == "unsupported"


def test_words_of_letters_that_stand_elsewhere():
    page = RIDGE + "```\nv = 2w + y_1 λ𝟏\ne = Xv − y\n```\n"
    assert shown(page, "```\nXᵀe = XᵀXv − Xᵀy\n```")
    assert refuted(page, "```\nXᵀe = XᵀXv + Xᵀy\n```")


@pytest.mark.parametrize("right, wrong", [
    ("Xᵀe = XᵀXv − Xᵀy", "Xᵀe = XᵀXv + Xᵀy"), ("v = w − λXᵀ(Xw − y) − λ²w", "v = w − λXᵀ(Xw − y) − λw"),
    ("e = X(w − λXᵀ(Xw − y) − λ²w) − y", "e = X(w + λXᵀ(Xw − y) − λ²w) − y"),
])
def test_a_step_that_others_use(right, wrong):
    page = RIDGE + "```\nv = w − λ∇L\ne = Xv − y\n```\n"
    assert shown(page, f"```\n{right}\n```")
    assert refuted(page, f"```\n{wrong}\n```")


@pytest.mark.parametrize("claim", ["$$\\nabla_w L = 0$$", "$$\\frac{\\partial L}{\\partial w} = \\mathbf{0}$$",
                                   "$$\\nabla L = 0$$\n\nso that\n\n$$X^\\top X w + \\lambda w = X^\\top y$$"])
def test_a_gradient_that_is_set_to_zero_is_a_condition(claim):
    assert told(RIDGE, claim).verdict == "undecided"


def test_a_sum_of_gradients_that_is_zero_is_a_claim():
    assert refuted(RIDGE, "$$\\sum_{i=1}^3 \\frac{\\partial L}{\\partial w} = 0$$")
