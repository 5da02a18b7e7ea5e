"""Random expressions, printed and read back: what the catalogue does not hold."""

from __future__ import annotations

import pytest

from derive.normal import Normalizer
from derive.notation import equation, latex, text
from derive.reading import Scope, read
from derive.zero import is_zero
from tests.notation.samples import SIGNATURES, Draw

PRINTERS = {"unicode": text, "latex": latex}
SIZELESS = "𝟏ᵀ 𝟏", r"\mathbf{1}^{\top} \, \mathbf{1}"    # has no size that the text would tell


@pytest.mark.parametrize("seed", range(120))
def test_random_equation(seed):
    left, right = Draw(seed).equation()
    signatures = SIGNATURES | {left.name: tuple(i.letter for i in left.indices)}
    scope = Scope(signatures, functions=("f",))
    for notation in ("matrix", "index"):
        layout = equation(left, right, signatures, notation=notation)
        for form, printer in PRINTERS.items():
            shown = printer(layout)
            if not any(s in shown for s in SIZELESS):
                reading = read(shown, scope, form)
                letters = dict(zip((i.letter for i in reading.member.indices), left.indices))
                assert is_zero(reading.right.substitute(letters) - right, Normalizer()), shown
