"""Reasons of verdicts in Chinese."""

from __future__ import annotations

import re

import pytest

from derive.notation.reasons import ROWS, reason
from verify.documents.judge import findings

PAGE = """
```
u ∈ ℝ^n, v ∈ ℝ^n, W ∈ ℝ^{m×n}, b ∈ ℝ
z = W u
L = ½ ‖z‖²
L = ½ q
∂L/∂b = b u
∂L/∂v = v
∂L/∂W_ij = W_ji
∂L/∂u = u v
∂L/∂W = z z
L = W + u
L = W v u
L > 1
E = Σ_i r_i
∂E/∂b = 1
```
"""


@pytest.mark.parametrize("english, chinese", ROWS)
def test_a_row_has_the_same_places_in_both_languages(english, chinese):
    assert len(re.findall(r"\{\}", english)) == len(re.findall(r"\{\d?\}", chinese))


@pytest.mark.parametrize("english, chinese", [
    ("it rests on line 7: the sides have different shapes: a column of n and a matrix m × n",
     "它依赖第 7 行：两边形状不同：长为 n 的列向量与m × n 矩阵"),
    ("this claim: W[…j…] may leave its range 1…m: j = 1…n", "此断言：W[…j…] 可能超出范围 1…m：j = 1…n"),
    ("the sum over i has the ranges 1…n and 1…m in the names under it; write its bounds",
     "对 i 的求和由其中的量得出不同的范围 1…n 与 1…m；请写出上下限"),
    ("9 members at (n=1), (n=2); 2 inputs had no defined value and do not count",
     "9 个分量，取 (n=1), (n=2)；2 组输入处无定义，不计入"),
])
def test_sentences_in_places_of_others(english, chinese):
    assert reason(english, "zh") == chinese
    assert reason(english, "en") == english


def test_a_sentence_without_a_row_stays_as_it_is():
    assert reason("who knows", "zh") == "who knows"


def test_the_reasons_of_a_page_have_rows():
    told = [f.detail for f in findings(PAGE) if f.detail]
    assert len(told) > 6
    assert [t for t in told if reason(t, "zh") == t] == []
