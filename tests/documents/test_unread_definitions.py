"""A second equation for a name whose first one could not be read may be its definition, or a wrong claim about it."""

from __future__ import annotations

from tests.documents.claims import told

PAGE = r"""
$$a = 40, \quad S = \int_0^a f, \quad S = 20$$

$$B = a + S$$
"""


def test_what_rests_on_it_is_not_refuted():
    found = told(PAGE, "$$B = 61$$")
    assert found.verdict == "undecided" and "not by what could be read" in found.detail


def test_what_rests_on_it_may_be_shown():
    assert told(PAGE, "$$B = 60$$").verdict == "proved"
    assert told(PAGE, "$$2 B = 2 a + 2 S$$").verdict == "proved"


def test_other_claims_are_refuted():
    assert told(PAGE, "$$a = 41$$").verdict == "refuted"
