"""When an input that refutes a claim refutes it, and when not: for each rule a page with a claim that is left open, and
one that is wrong all the same."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, told
from verify.documents.fairness.free_names import RULES as RULES_OF_A_NAME
from verify.documents.fairness.unfair import RULES

PAGES = {
    "where the gradient is zero": (
        "$X ∈ ℝ^{m×n}, y ∈ ℝ^m, w ∈ ℝ^n$\n\n$L = ‖X w − y‖²$", "$∂L/∂w = 0$", "$∂L/∂w = Xᵀ (X w − y)$"),
    "it may be meant where the gradient is zero": (
        "$X ∈ ℝ^{m×n}, y ∈ ℝ^m, w ∈ ℝ^n$\n\n$r = X w − y$\n\n$∂L/∂w = 0$", "$Xᵀ X w = Xᵀ y$", "$r = X w + y$"),
    "the text calls Q idempotent": (
        "Let $Q$ be an idempotent matrix.\n\n$Q ∈ ℝ^{n×n}, x ∈ ℝ^n, y ∈ ℝ^n$", "$Q Q x = Q x$", "$xᵀ y = 2 yᵀ x$"),
    "y is defined, but not by what could be read": (
        "$x ∈ ℝ^n$\n\n$y = mean(x)$\n\n$z = 2 y$\n\n$v = 2 x$", "$z = 3 y$", "$v = 3 x$"),
    "may define r anew, or be wrong": (
        "$x ∈ ℝ^n, y ∈ ℝ^n$\n\n$r = x − y$\n\n## Signs\n\n$r = x + y$", "$r + y = x$", "$r + y = 3 x$"),
    "the text sets D_{ii} = A_{ii}": (
        "$A ∈ ℝ^{n×n}, D ∈ ℝ^{n×n}$\n\n$B = A + A$\n\nTake any $D$ with $D_{ii} = A_{ii}$.", "$2 tr(D) = tr(B)$",
        "$B = 3 A$"),
    "a value that it has at some inputs only": (
        "$o = (n − k) / s + 1$", "We get $o = 5$ here.", "$o = (n − k) / s$"),
}


@pytest.mark.parametrize("why", PAGES)
def test_an_input_that_shows_something_else_refutes_nothing(why):
    page, claim, _ = PAGES[why]
    found = told(page, claim)
    assert found.verdict == "undecided" and why in found.detail, f"{found.verdict}: {found.detail}"


@pytest.mark.parametrize("why", PAGES)
def test_a_wrong_claim_on_the_same_page_is_refuted(why):
    page, _, wrong = PAGES[why]
    assert refuted(page, wrong)


def test_every_rule_has_a_reason():
    assert len(RULES) > 10 and len(RULES_OF_A_NAME) > 3
    assert [rule.__name__ for rule in (*RULES, *RULES_OF_A_NAME) if not rule.__doc__] == []
