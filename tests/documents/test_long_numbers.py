"""Numbers with more digits than can be read cost their own statement only."""

from __future__ import annotations

import pytest

from tests.documents.claims import shown, told

LONG = "9" * 5000
PAGE = r"Let $a, x \in \mathbb{R}^n$." + "\n\n$$u_i = 2 a_i$$"


@pytest.mark.parametrize("beyond", [
    rf"$$y_i = a_i, \quad i = 1, \dots, {LONG}$$",
    rf"$$y_i = a_i, \quad i = {LONG}, {LONG}, \dots, n$$",
    rf"$$y = (y_1, y_{{{LONG}}}, \dots, y_n)$$",
])
def test_the_next_statement_is_judged(beyond):
    assert told(PAGE, beyond).verdict == "unsupported"
    assert shown(f"{PAGE}\n\n{beyond}", "$$u_i + a_i = 3 a_i$$")
