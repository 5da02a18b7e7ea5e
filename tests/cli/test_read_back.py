"""Every formula that is printed is read back by the rules of matrix algebra, and proved equal to what was meant."""

from __future__ import annotations

import pytest

from cli import formulas
from derive import catalogue, notation
from derive.expression import Partial, walk
from derive.normal import Normalizer
from derive.notation.meaning import meaning
from derive.rewrite import unfold
from derive.zero import is_zero
from tests.studies import printed, share, studied


@pytest.mark.parametrize("name", share(catalogue.names()))
def test_every_printed_formula_means_what_was_meant(name):
    normalizer = Normalizer(studied(name).page.program.positive)
    read = 0
    for left, right, layout, drawing in printed(name)[1]:
        if any(isinstance(n, Partial) for n in walk(right)):
            continue    # ∂M/∂N has no value of its own: the step after it carries it out
        axes = zip(left.indices, drawing.signatures[left.name])
        rows = [] if formulas._by_member(layout) else [i.letter for i, axis in axes if not axis.family]
        back = meaning(layout.right, rows, drawing.signatures)
        difference = unfold(back, drawing.written_out) - unfold(right, drawing.written_out)
        assert is_zero(difference, normalizer), (notation.text(layout), str(right))
        read += 1
    assert read > 10
