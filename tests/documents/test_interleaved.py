"""Members that are defined by turns, and sizes that are multiples of numbers: rotary and sinusoidal encodings."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

ROTATED = """
Let $q \\in \\mathbb{R}^d$. For $i = 1, \\dots, d/2$:

$$r_{2i-1} = q_{2i-1} \\cos\\theta_i - q_{2i} \\sin\\theta_i$$

$$r_{2i} = q_{2i-1} \\sin\\theta_i + q_{2i} \\cos\\theta_i$$
"""
ENCODED = """
$$PE(pos, 2i) = \\sin(pos / 10000^{2i/d}), \\quad PE(pos, 2i+1) = \\cos(pos / 10000^{2i/d})$$
"""
LABELLED = ENCODED.replace("/d}", "/d_{\\text{model}}}")


@pytest.mark.parametrize("page, right, wrong", [
    (ROTATED, "$\\|r\\|^2 = \\|q\\|^2$", "$\\|r\\|^2 = 2 \\|q\\|^2$"),
    (ROTATED, "$q_{2i} = r_{2i} \\cos\\theta_i - r_{2i-1} \\sin\\theta_i$",
     "$q_{2i} = r_{2i} \\cos\\theta_i + r_{2i-1} \\sin\\theta_i$"),
    (ROTATED, "$\\sum_{k=1}^{d} r_k^2 = \\sum_{i=1}^{d/2} (q_{2i-1}^2 + q_{2i}^2)$",
     "$\\sum_{k=1}^{d} r_k^2 = \\sum_{i=1}^{d/2} q_i^2$"),
    (ENCODED, "$PE(pos, 2i)^2 + PE(pos, 2i+1)^2 = 1$", "$PE(pos, 2i)^2 - PE(pos, 2i+1)^2 = 1$"),
    (LABELLED, "$PE(pos, 2i)^2 + PE(pos, 2i+1)^2 = 1$", "$PE(pos, 2i) PE(pos, 2i+1) = 1$"),
    (ENCODED, "$PE(pos+k, 2i) = PE(pos, 2i) \\cos(k/10000^{2i/d}) + PE(pos, 2i+1) \\sin(k/10000^{2i/d})$",
     "$PE(pos+k, 2i) = PE(pos, 2i) \\cos(k/10000^{2i/d}) - PE(pos, 2i+1) \\sin(k/10000^{2i/d})$"),
])
def test_claims_about_all_members(page, right, wrong):
    assert shown(page, right)
    assert refuted(page, wrong)


def test_a_size_that_is_halved_is_told():
    assert "d = 2 " in told(ROTATED, "$\\|r\\|^2 = 2 \\|q\\|^2$").detail


def test_only_half_of_them_is_no_definition():
    page = ROTATED[:ROTATED.index("$$r_{2i} =")]
    assert told(page, "$\\|r\\|^2 = \\|q\\|^2$").verdict in ("undecided", "unsupported")


def test_a_third_equation_is_a_claim():
    again = "$$r_{2i} = q_{2i} \\cos\\theta_i + q_{2i-1} \\sin\\theta_i$$"
    assert shown(ROTATED, again)
    assert refuted(ROTATED, again.replace("+", "-"))


def test_another_number_of_turns():
    page = "For $i = 1, \\dots, n$: $y_{3i-2} = a_i$, $y_{3i-1} = b_i$, $y_{3i} = c_i$."
    assert shown(page, "$\\sum_{k=1}^{3n} y_k = \\sum_{i=1}^n (a_i + b_i + c_i)$")
    assert refuted(page, "$\\sum_{k=1}^{3n} y_k = \\sum_{i=1}^n (a_i + b_i)$")
    assert shown(page, "$\\frac{\\partial L}{\\partial b_i} = \\frac{\\partial L}{\\partial y_{3i-1}}$")


@pytest.mark.parametrize("page", [
    "For $i = 1, \\dots, n$: $y_{2i-1} = x_i$ and $y_{2i+2} = -x_i$.",      # and nothing for y_2
    "$y_{2i-1} = x_i$ for $i = 1, \\dots, n$, and $y_{2i} = z_i$ for $i = 2, \\dots, n$.",
])
def test_members_that_are_left_out_are_not_zero(page):
    assert told(page, "$\\sum_{k=1}^{2n} y_k = 0$").verdict in ("undecided", "unsupported")


def test_turns_may_end_at_different_members():
    page = """
Let $x \\in \\mathbb{R}^m$, $m \\ge 2$.

$$v_{2i-1} = x_i, \\quad i = 1, \\dots, m$$

$$v_{2i} = \\frac{x_i + x_{i+1}}{2}, \\quad i = 1, \\dots, m-1$$
"""
    assert shown(page, "$\\sum_{j=1}^{2m-1} v_j = 2 \\sum_{i=1}^{m} x_i - \\frac{x_1 + x_m}{2}$")
    assert refuted(page, "$\\sum_{j=1}^{2m-1} v_j = 2 \\sum_{i=1}^{m} x_i$")


def test_the_first_and_the_last_may_stand_apart():
    page = """
Let $u \\in \\mathbb{R}^n$, $n \\ge 3$.

$$v_1 = u_2 - u_1$$

$$v_i = u_{i-1} - 2 u_i + u_{i+1}, \\quad 2 \\le i \\le n-1$$

$$v_n = u_{n-1} - u_n$$
"""
    assert shown(page, "$\\sum_{i=1}^n v_i = 0$")
    assert refuted(page, "$\\sum_{i=1}^n v_i = u_n - u_1$")
