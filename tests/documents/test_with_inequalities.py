"""Equations with inequalities on their line: f'(x) = −2x < 0."""

from __future__ import annotations

import pytest

from tests.documents.claims import refuted, shown, told

PAGE = "$f(x) = 3 - x^2$, $p = f(z)$.\n"


@pytest.mark.parametrize("right, wrong", [
    ("f'(x) = -2x < 0", "f'(x) = 2x < 0"), ("0 > f''(x) = -2", "0 > f''(x) = -4"),
    (r"3 \ge f(x) = (\sqrt{3} - x)(\sqrt{3} + x) \ge 0", r"3 \ge f(x) = (3 - x)(3 + x)"),
    (r"\frac{\partial p}{\partial z} = -2z \ne 0", r"\frac{\partial p}{\partial z} = 2z \ne 0"),
])
@pytest.mark.parametrize("marks", ["$", "$$"])
def test_the_equation_is_a_claim(right, wrong, marks):
    assert shown(PAGE, f"{marks}{right}{marks}")
    assert refuted(PAGE, f"{marks}{wrong}{marks}")


def test_in_a_sentence_it_may_be_a_condition():
    assert told(PAGE, "Let $p = q > 0$.").source != "p = q"
    assert told(PAGE, r"$$1 \le i = j \le n$$").verdict == "unsupported"
    assert told(PAGE, r"$$x_1 = x_2 > x_3$$").verdict == "unsupported"
