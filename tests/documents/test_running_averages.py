"""E[g²]_t is a running average with a name of its own; E[x]_i is an entry of an expectation."""

from __future__ import annotations

from tests.documents.claims import refuted, shown

PAGE = """
$$E[g^2]_t = \\rho E[g^2]_{t-1} + (1-\\rho) g_t^2, \\quad E[g^2]_0 = 0$$

$$E[g]_t = \\rho E[g]_{t-1} + (1-\\rho) g_t$$
"""


def test_its_closed_form():
    assert shown(PAGE, "$$E[g^2]_t = (1-\\rho) \\sum_{s=1}^{t} \\rho^{t-s} g_s^2$$")
    assert refuted(PAGE, "$$E[g^2]_t = (1-\\rho) \\sum_{s=1}^{t} \\rho^{s} g_s^2$$")


def test_averages_of_other_things_have_other_names():
    assert refuted(PAGE, "$$E[g^2]_t - E[g]_t = 0$$")


def test_moments_stay_moments():
    page = "$x \\in \\mathbb{R}^n$, $x_i \\sim \\mathcal{N}(0, \\sigma^2)$"
    assert shown(page, "$$\\mathbb{E}[x_i^2] = \\sigma^2$$")
    assert refuted(page, "$$\\mathbb{E}[x_i^2] = 2 \\sigma^2$$")
