"""Sides with kinks in different places are told apart, however few inputs lie between these."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.documents.claims import refuted, told
from tests.verify import programs
from verify.pieces import MOST_WORK, Ways
from verify.sizes import Sizes

CLIPPED = """
```
a > 0, c > 0, x ∈ ℝ, u ∈ ℝ
y = min(a x, a c)
h = relu(u) + u
p = exp(x) / (1 + exp(x))
```
"""


@pytest.mark.parametrize("wrong", ["∂y/∂x = a 1[x < 2]", "∂y/∂x = a 1[x < 2 c]", "∂y/∂x = a 1[x < c + 1/1000]",
                                   "h = 2 relu(u) + u 1[u < −1/100]", "h = 2 u 1[u > 0] + u 1[u < 0] + 1[u > 30]"])
def test_kinks_in_different_places_refute_a_claim(wrong):
    assert refuted(CLIPPED, f"```\n{wrong}\n```")


@pytest.mark.parametrize("right", ["∂y/∂x = a 1[x < c]", "h = 2 relu(u) − relu(−u)", "y = a (x − relu(x − c))",
                                   "relu(x − c) − relu(c − x) = x − c"])
def test_kinks_in_one_place_do_not(right):
    assert told(CLIPPED, f"```\n{right}\n```").verdict in ("proved", "verified")


def test_sides_without_a_kink_are_looked_at_once():
    page = programs.recurrence()
    looked = []
    ways = Ways(page.program, {}, Sizes({"T": 1}), [{}], lambda evaluator, letters: looked.append(evaluator.inputs))
    draws = [{("x", (1,)): Fraction(n)} for n in range(5)]
    assert ways.search(draws) is None and len(looked) == 1 and ways.work < MOST_WORK
