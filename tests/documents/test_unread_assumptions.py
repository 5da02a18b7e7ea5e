"""Assumptions that nothing draws inputs for: claims are tested where they hold."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

PAGE = "Let $a, b ∈ ℝ^n$ with $aᵀ b < 0$ and $c = aᵀ b$."


def test_a_claim_holds_under_one():
    assert shown(PAGE, "$|c| = −c$")
    assert refuted(PAGE, "$|c| = c$")
    assert refuted(PAGE, "$c = 2 aᵀ b$")


def test_the_counterexample_keeps_to_it():
    example = told(PAGE, "$c = 2 aᵀ b$").counterexample
    a, b = ([float(x) for x in example.inputs[n]] for n in ("a", "b"))
    assert sum(x * y for x, y in zip(a, b)) < 0


def test_ranges_that_stand_above_stay():
    page = "Let $a, b ∈ ℝ^n$ with $aᵀ b < 0$ and $c_i = a_i (aᵀ b)$. For $i = 1, …, n$:"
    assert shown(page, "$$|c_i| = −|a_i| (aᵀ b)$$")
    assert refuted(page, "$$|c_i| = |a_i| (aᵀ b)$$")


@pytest.mark.parametrize("claim", ["$c = 5$", "$|c| = −c$"])
def test_nothing_holds_where_nothing_keeps_to_it(claim):
    assert told(PAGE.replace("aᵀ b <", "aᵀ a <"), claim).verdict == "undecided"
