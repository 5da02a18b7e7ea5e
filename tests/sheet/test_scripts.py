"""Scripts of names in words; what a program calls something stays as it is."""

from __future__ import annotations

from html import escape

import pytest

from cli.sheet.scripts import typeset


@pytest.mark.parametrize(("text", "shown"), [
    ("∂c_t/∂c_{t−1} with W_hh", "∂c<sub>t</sub>/∂c<sub>t−1</sub> with W<sub>hh</sub>"),
    ("x^(l) = 2^k, e^{−z}", "x<sup>(l)</sup> = 2<sup>k</sup>, e<sup>−z</sup>"),
    ("W_hh 的梯度，门 f_t", "W<sub>hh</sub> 的梯度，门 f<sub>t</sub>"),
    ("P(x_i | x_1, …)", "P(x<sub>i</sub> | x<sub>1</sub>, …)"),
    ("torch.nn.functional.log_softmax, max_len, __init__, a_b_c", None), ("a ^ b, 3 _ x", None), ("", None)])
def test_scripts(text, shown):
    assert typeset(text, escape, "<sub>{}</sub>", "<sup>{}</sup>") == (shown or text)


def test_what_stands_in_a_script_is_escaped():
    assert typeset("x_{<b>}", escape, "<sub>{}</sub>", "<sup>{}</sup>") == "x<sub>&lt;b&gt;</sub>"
