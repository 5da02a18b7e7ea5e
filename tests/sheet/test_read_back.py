"""Every formula of a sheet is one that is read back, from Unicode and from LaTeX, and proved equal to what it says."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from cli.sheet.contents import Choice, entry_part
from derive import catalogue, notation
from tests.reading.lines import lines
from tests.studies import printed, share

PARTS = 3                   # so many runs with consecutive seeds cover every entry
CHOSEN = share(catalogue.names(), PARTS)
ELEMENTS = {"mi", "mo", "mn", "mtext", "mspace", "mrow", "mfrac", "msqrt", "msub", "msup", "msubsup", "munder",
            "munderover", "mover", "mtable", "mtr", "mtd"}
ATTRIBUTES = {"form", "width", "accent", "stretchy", "style"}


@pytest.mark.parametrize("name", CHOSEN)
def test_what_a_sheet_shows_is_what_is_read_back(name):
    """`tests/reading/test_round_trip.py` reads these very lines, in both forms, and proves them equal."""
    part = entry_part(printed(name)[0], Choice("all"))
    read = {(notation.text(x.left, short_sums=short), notation.text(x.right, short_sums=short),
             notation.latex(x.left, short_sums=short), notation.latex(x.right, short_sums=short))
            for x in (line.layout for line in lines(name)) for short in (False, True)}
    shown = [f for row in part.rows for f in row.formulas] + [s for row in part.rows for d in row.derivations
                                                              for s in d.steps]
    missing = [f.text for f in shown if (f.left[0], f.right[0], f.left[1], f.right[1]) not in read]
    assert not missing
    assert shown or any(row.remarks for row in part.rows)


@pytest.mark.parametrize("name", CHOSEN)
def test_mathml_is_well_formed_and_of_known_elements(name):
    part = entry_part(printed(name)[0], Choice("all"))
    for formula in [f for row in part.rows for f in row.formulas] + [m.formula for m in part.mistakes]:
        for _, _, mathml, typst in filter(None, (formula.left, formula.right, formula.note)):
            root = ElementTree.fromstring(f"<math>{mathml}</math>")
            for element in list(root.iter())[1:]:
                assert element.tag in ELEMENTS and set(element.attrib) <= ATTRIBUTES
                assert not (element.text or "").strip() or element.tag in ("mi", "mo", "mn", "mtext")
                assert len(element) == ARITY.get(element.tag, len(element)), mathml
            assert "\\frac" not in mathml + typst


ARITY = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "munderover": 3, "mover": 2}
