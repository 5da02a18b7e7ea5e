"""Inequalities about what a document defines."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

PAGE = r"""
$f(x) = (x - 1)^2 + 1$, $\sigma(x) = \frac{1}{1 + e^{-x}}$, $u = x + 1$, $h = \max(0, u)$.
$L = \frac12 \|X w - y\|^2$ with $w \in \mathbb{R}^d$, $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$.
$$ p_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}, \quad i = 1, \dots, K $$
"""


@pytest.mark.parametrize("right, wrong", [
    (r"f(x) \ge 1", r"f(x) \ge 2"), (r"1 \le f(x)", r"3 \le f(x)"), (r"f''(x) > 1", r"f'(x) > 1"),
    (r"0 < \sigma(x) < 1", r"0 < \sigma(x) < \frac12"), (r"L \ge 0", r"L > 1"),
])
def test_they_are_claims(right, wrong):
    assert shown(PAGE, f"$${right}$$") and shown(PAGE, f"Always ${right}$.")
    assert refuted(PAGE, f"$${wrong}$$")


@pytest.mark.parametrize("claim", [
    "$$h > 0$$",                            # 0 for negative u
    "$$u > 0$$", "$$u > 1$$", "$$f'(x) > 0$$", r"$$\|w\| \le 1$$",            # tell cases
    r"Choose $w$ with $L > 1$.", r"Here $f(x) \ge 2$.", r"If $$f(x) \ge 2$$ then nothing is said.",
    r"$$p_i \le \frac12, \quad K \ge 2$$",
])
def test_nothing_is_said_of_conditions(claim):
    assert told(PAGE, claim).verdict in ("declared", "undecided", "unsupported")


def test_what_is_said_to_follow_is_refuted():
    assert refuted(PAGE, r"Therefore $$f(x) \ge 2$$")
    assert refuted(PAGE, r"Hence $$f'(x) \ge 0$$")
    assert told(PAGE, r"$$f'(x) \ge 0$$").verdict in ("declared", "unsupported")


def test_an_inequality_does_not_prove_itself():
    assert told(f"{PAGE}\n$$u > 0$$\n\n$$h > 0$$\n", "$$h > 0$$").verdict in ("declared", "unsupported")
