"""Damaged claims of the exam's pages: a twentieth of those of two pages, others for each seed of a run.

`python -m tests.check.damage` takes all of them."""

from __future__ import annotations

import os

import pytest

from tests.check.damage import EQUAL, READ_OTHERWISE, Damaged, fate, judged
from tests.check.damaging import aligned, split, ways
from tests.check.exam import PAGES
from verify.documents.finding import UNDECIDED, UNSUPPORTED, Finding
from verify.verdict import PROVED, REFUTED, VERIFIED

SEED = int(os.environ.get("SEED", "0"))
CHOSEN = [page for k, page in enumerate(sorted(PAGES.glob("*.md"))) if (k + SEED) % 7 == 0][:2]
DAMAGED = Damaged(1, "sign", "y = −(x)", "x")


def test_most_are_refuted_and_nothing_is_left_by_numbers_alone():
    """Of a page alone, most may be no formulas at all, such as two columns side by side."""
    fates = [fate for page in CHOSEN for fate in judged(page, part=(SEED // 7 % 20, 20))]
    assert not [str(f) for f in fates if f.name in ("equal by numbers alone", "not found")]
    assert sum(f.name == REFUTED for f in fates) >= len(fates) * 2 // 3


@pytest.mark.parametrize(("verdict", "reading", "name", "survives"), [
    (REFUTED, "", REFUTED, False), (PROVED, "", EQUAL, False), (PROVED, "another layout", READ_OTHERWISE, False),
    (VERIFIED, "", "equal by numbers alone", True), (UNDECIDED, "", UNDECIDED, True),
    (UNSUPPORTED, "", UNSUPPORTED, True)])
def test_only_a_refutation_a_proof_or_a_named_reading_is_no_survivor(verdict, reading, name, survives):
    found = fate("page", DAMAGED, Finding(1, 1, "y = −(x)", "claim", verdict, reading=reading))
    assert (found.name, found.survived) == (name, survives)


def test_what_is_not_found_survives():
    assert fate("page", DAMAGED, None).survived


def test_every_small_way_is_tried():
    made = {text: way for way, text in ways(split("g = a ⊙ bᵀ − (1 − c_t²)")[1], latex=False)}
    assert set(made.values()) >= {"sign", "factor 2", "term", "sign of a term", "transpose", "square", "product",
                                  "name", "name left out"}
    assert made["a ⊙ b − (1 − c_t²)"] == "transpose" and made["a ⊙ bᵀ"] == "term"


def test_what_is_damaged_can_still_be_read():
    made = [text for _, text in ways(r"\begin{cases} 1 & x > 0 \\ a - b \end{cases}", latex=True)]
    assert all(text.count("begin") == text.count("end") == 1 for text in made)
    assert "p_k - 1" in [text for _, text in ways(r"p_k - \frac{1}{K}", latex=True)]
    assert not any("^{(y)}" in text for _, text in ways("a^{(i)} - y^{(i)}", latex=True))
    assert aligned(r"y &= \begin{bmatrix} 1 & x \end{bmatrix}") == r"y = \begin{bmatrix} 1 & x \end{bmatrix}"
