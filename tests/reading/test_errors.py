"""Errors say where, what was expected, and which names are near."""

from __future__ import annotations

import subprocess
import sys

import pytest

from derive.reading import ReadingError, ShapeMismatch, UnknownName, read, read_chain

from .scopes import SCOPE

REFUSED = [
    ("h_t = W_hc h_{t-1}", 1, 7, "W_hc is not defined; W_xh, W_hh are"),
    (r"h_t = W_{hc} h_{t-1}", 1, 7, "W_hc is not defined; W_xh, W_hh are"),
    ("y = x +\n  hallo", 2, 3, "hallo is not defined"),
    ("y = (x + p", 1, 11, "the formula ends too early; expected ')'"),
    ("y = x)", 1, 6, "')' closes nothing"),
    ("y = (x]", 1, 7, "']' closes nothing"),
    ("y = x + ⊙ p", 1, 9, "'⊙' does not fit here"),
    ("y = x ? p", 1, 7, "the character '?' has no meaning here"),
    (r"y = \foo{x}", 1, 5, r"the command \foo is not known"),
    ("μ = 1/2n", 1, 7, "/2n can be read in two ways; put parentheses"),
    ("y = sin 2x", 1, 9, "put parentheses around the argument of sin"),
    ("y = x p", 1, 7, "two columns side by side have no product; write ⊙, or a transpose"),
    ("y = W x", 1, 5, "the sides have different shapes: n against m"),
    ("z = W u", 1, 7, "a matrix product: n against m"),
    ("y = x + u", 1, 9, "a sum of different shapes: n against m"),
    ("y = A^{-1} x", 1, 6, "a power of a matrix; write A^{⊙2} for its entries"),
    ("y = 3", 1, 5, "the sides have different shapes: a number is no vector"),
    ("y_i = A_{ik}", 1, 11, "the letter k stands on the right side only; sum over it"),
    ("y = f", 1, 5, "f has the index t, which is missing here"),
    ("μ = cube", 1, 5, "cube has 3 axes: it is no matrix; give its indices"),
    ("y_i = W_{i}", 1, 7, "the sides have different shapes: a scalar and a row"),
    ("μ = 𝟏ᵀ 𝟏", 1, 8, "nothing here tells the size of this vector or matrix"),
    ("μ = Σ_t (h^(t))ᵀ f^(t)", 1, 5,
     "the sum over t has the ranges 0…T and 1…T in the names under it; write its bounds"),
    ("μ = Σ_s v", 1, 5, "the sum over s has no range in the names under it; write its bounds"),
    ("μ = 9^{99}", 1, 6, "an exponent of more than 64"),
    ("μ = v/0", 1, 7, "a division by 0"),
    ("μ = μ^{x}", 1, 8, "an exponent is a number"),
    ("", 1, 1, "there is no formula"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), REFUSED, ids=[t for t, *_ in REFUSED])
def test_what_is_refused(text, line, column, message):
    with pytest.raises(ReadingError) as caught:
        read(text, SCOPE)
    error = caught.value
    assert (error.line, error.column) == (line, column), error
    assert error.message.startswith(message)


def test_kinds_of_errors():
    with pytest.raises(UnknownName) as caught:
        read("h_t = W_hc h_{t-1}", SCOPE)
    assert caught.value.nearest == ("W_xh", "W_hh")
    with pytest.raises(ShapeMismatch):
        read("y = W x", SCOPE)
    with pytest.raises(ReadingError) as unfinished:
        read("y = (x", SCOPE)
    assert "')'" in unfinished.value.expected
    with pytest.raises(ReadingError, match="read_chain"):
        read("y = x = p", SCOPE)
    assert len(read_chain("y = x = p", SCOPE)) == 2


def test_positions_count_characters_as_they_were_given():
    """A composed letter counts once, although it is two marks in the normal form."""
    for text in ("x̂ = ?", "ŷŷŷ ?"):
        with pytest.raises(ReadingError) as caught:
            read(text, SCOPE)
        assert text[caught.value.column - 1] == "?"


def test_lark_is_imported_by_the_first_reading_only():
    code = "import sys, derive.reading; assert 'lark' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
