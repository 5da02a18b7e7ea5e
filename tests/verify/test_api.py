"""The Python interface: what it gives, and that nothing undecided passes."""

from __future__ import annotations

import pytest
from sympy import Sum, tanh

import derive
from derive.program import ProgramError
from verify.api import Comparison, prove


def layer():
    page = derive.page("layer")
    n, m = page.sizes("n m")
    i, j = page.index("i", n), page.index("j", m)
    W, x = page.input("W", i, j), page.input("x", j)
    y = page.let("y", [i], tanh(Sum(W[i, j] * x[j], j)))
    page.output(y)
    return page, W, x, y, i, j


def test_from_a_page_to_a_proof_and_numbers():
    page, W, x, y, i, j = layer()
    dW, dy = page.want(W), page.gradient(y)
    page.claim(dW[i, j], dy[i] * (1 - y[i]**2) * x[j], fact="gradient")
    proof = prove(page)
    assert proof.passed
    assert "∂L/∂W = (∂L/∂y ⊙ (1 − y²)) xᵀ" in str(proof)
    assert {str(s.base) for s in proof.gradient("W").atoms(type(y[1]))} == {"y", "x", "∂y"}
    assert all(verdict == "proved" for _, _, verdict in proof.steps("W"))
    compared = proof.compare("torch", n=2, m=3)
    assert compared.passed and {c.backend for c in compared.checks} == {"torch"}
    assert compared.checks[0].sizes == {"n": 2, "m": 3}


def test_a_wrong_claim_does_not_pass():
    page, W, x, y, i, j = layer()
    dW, dy = page.want(W), page.gradient(y)
    page.claim(dW[i, j], dy[i] * y[i] * x[j], fact="gradient")
    assert not prove(page).passed


def test_what_has_no_meaning_is_an_error():
    page, W, *_ = layer()
    with pytest.raises(KeyError):
        page.want(W)
        prove(page).gradient("x")
    with pytest.raises(ValueError, match="is no name"):
        derive.page("two words")
    with pytest.raises(ProgramError, match="nothing to differentiate"):
        other = derive.page("other")
        other.want(other.input("a"))
        prove(other)


def test_no_check_is_no_pass():
    assert not Comparison(()).passed and Comparison(()).worst is None
