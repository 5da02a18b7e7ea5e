"""Derivatives through inverses and determinants, held against the formulas of the Matrix Cookbook."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

MATRICES = r"""
$A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{n \times n}$, $X \in \mathbb{R}^{m \times n}$,
$x, z \in \mathbb{R}^n$, $t \in \mathbb{R}$.
$$ q = x^\top A^{-1} z, \quad f = \log \det A, \quad d = \det(A), \quad r = \operatorname{tr}(A^{-1} B) $$
$$ g = \log \det(X^\top X + I), \quad w = (A + t B)^{-1} x, \quad s = \log \det(A + t B) $$
"""


@pytest.mark.parametrize("right, wrong", [
    (r"\frac{\partial q}{\partial A} = -A^{-\top} x z^\top A^{-\top}",
     r"\frac{\partial q}{\partial A} = A^{-\top} x z^\top A^{-\top}"),
    (r"\frac{\partial q}{\partial z} = A^{-\top} x",
     r"\frac{\partial q}{\partial z} = A^{-1} x"),
    (r"\frac{\partial f}{\partial A} = A^{-\top}",
     r"\frac{\partial f}{\partial A} = 2 A^{-\top}"),
    (r"\frac{\partial d}{\partial A} = d A^{-\top}",
     r"\frac{\partial d}{\partial A} = A^{-\top}"),
    (r"\frac{\partial r}{\partial A} = -(A^{-1} B A^{-1})^\top",
     r"\frac{\partial r}{\partial A} = -A^{-\top} B A^{-\top}"),
    (r"\frac{\partial g}{\partial X} = 2 X (X^\top X + I)^{-1}",
     r"\frac{\partial g}{\partial X} = X (X^\top X + I)^{-1}"),
    (r"\frac{\partial w}{\partial t} = -(A + t B)^{-1} B w",
     r"\frac{\partial w}{\partial t} = -B w"),
    (r"\frac{\partial s}{\partial t} = \operatorname{tr}((A + t B)^{-1} B)",
     r"\frac{\partial s}{\partial t} = \operatorname{tr}(B)"),
    (r"\frac{\partial s}{\partial B} = t (A + t B)^{-\top}",
     r"\frac{\partial s}{\partial B} = (A + t B)^{-\top}"),
])
def test_first_derivatives(right, wrong):
    assert shown(MATRICES, f"$${right}$$")
    assert refuted(MATRICES, f"$${wrong}$$")


def test_second_derivatives_are_left_open():
    claim = r"$$\frac{\partial^2 s}{\partial t^2} = 0$$"
    assert told(MATRICES, claim).verdict in ("undecided", "unsupported")


def test_a_correction_writes_inverses_and_determinants_as_the_page_does():
    found = told(MATRICES, r"$$\frac{\partial d}{\partial A} = A^{-\top}$$")
    assert found.correction is not None and found.correction["text"] == ["∂d/∂A = det(A) (A⁻¹)ᵀ"]
