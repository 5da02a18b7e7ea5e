"""Wrapping loses nothing and breaks where a reader would."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from cli.wrap import display_width, pad, wrap

FORMULA = "∂L/∂h^(t) = v^(t) + W_f[:, 1…H]ᵀ δ_f^(t+1) + W_i[:, 1…H]ᵀ δ_i^(t+1)"


@given(st.text("ab +=−⊙[](),^中文\u0302", max_size=200), st.integers(1, 60), st.booleans())
def test_nothing_is_lost(text, width, prose):
    assert "".join("".join(wrap(text, width, prose=prose)).split()) == "".join(text.split())


@pytest.mark.parametrize("width", [30, 40, 60])
def test_lines_fit_and_continue_with_an_operator(width):
    first, *others = wrap(FORMULA, width, "  ", "    ")
    assert display_width(first) <= width
    assert all(display_width(line) <= width and line.startswith("    ") for line in others)
    assert all(line.split()[0] in "+=" or "=" in first for line in others)


def test_brackets_stay_together_where_there_is_another_place():
    lines = wrap("aaaaaaaaaaaaaa + [h, x] bbbb + cccc", 24)
    assert lines[0] == "aaaaaaaaaaaaaa" and "[h, x]" in lines[1]


def test_a_word_that_is_too_long_is_not_cut():
    assert wrap("x" * 50, 20) == ["x" * 50]


def test_chinese_is_two_cells_wide_and_an_accent_none():
    assert display_width("结论") == 4
    assert display_width("x\u0302") == 1
    assert pad("结论", 6) == "结论  "


def test_chinese_breaks_without_spaces():
    assert wrap("一二三四五六", 6, "", "") == ["一二三", "四五六"]
