"""Typst compiles what we write; no text is markup; the same sheet has the same bytes; no character lacks a glyph."""

from __future__ import annotations

import os
import sys

import pytest
from fontTools.ttLib import TTFont

from cli.errors import UserError
from cli.sheet import html_file, pdf, typst_source
from cli.sheet.fonts import subset
from derive import catalogue
from tests.studies import share

from .sheets import document_of, sheet_of

PARTS = 8                   # so many runs with consecutive seeds cover every entry
CHOSEN = share(catalogue.names(), PARTS)


def lacking(font: str, text: str) -> str:
    """The characters that a font has no glyph for."""
    known = TTFont(os.path.join(html_file.HERE, "fonts", font)).getBestCmap()
    return "".join(sorted({c for c in text if ord(c) not in known}))


@pytest.mark.parametrize("name", CHOSEN)
def test_typst_compiles_every_formula(name):
    made = sheet_of(document_of(name), language="both", steps="all")
    assert pdf.render(made).startswith(b"%PDF")
    shown = [f for entry in made.entries for row in entry.rows for f in row.formulas]
    assert not lacking(subset.MATH, "".join(f.left[2] + f.relation[2] + f.right[2] for f in shown))


MEASURED = """
#let fits(eq) = layout(room => { let wide = measure(math.equation(block: true, eq.join())).width
  assert(wide <= room.width, message: repr(eq)) })
#let short(..eq) = fits(eq.pos().intersperse(h(1em)))
#let formulas(..several) = fits(several.pos().map(eq => eq.join(h(1em))).intersperse(h(1.6em)))
"""


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("name", CHOSEN)
def test_what_is_not_measured_fits_into_its_column(name, columns):
    made = sheet_of(document_of(name), steps="all")
    source = typst_source.render(made, "a4", columns)
    assert pdf.compiled(source.replace("#let picture(", MEASURED + "#let picture(", 1)).startswith(b"%PDF")


def test_with_pictures_two_columns_and_letter_paper():
    made = sheet_of(document_of("lstm"), document_of("he"), pictures=True)
    assert pdf.render(made, "letter", 2).startswith(b"%PDF")


def test_the_same_sheet_has_the_same_bytes():
    made = sheet_of(document_of("rnn"), language="zh")
    assert pdf.render(made) == pdf.render(made)


def test_no_text_becomes_markup():
    hostile = '#panic("no") $x$ *b* "quoted" \\ ] } <label> @ref'
    found = document_of("rnn")
    found["title"] = {"en": hostile, "zh": hostile}
    found["source"] = found["conventions"][0]["en"] = found["facts"]["rnn-cell"]["en"] = hostile
    found["derivatives"][0]["steps"][0]["uses"] = [[hostile, "", "", ""]]
    source = typst_source.render(sheet_of(found, steps="all"))
    assert pdf.compiled(source).startswith(b"%PDF")
    assert '#panic(\\"no\\")' in source


def test_every_chinese_character_of_the_project_has_a_glyph():
    found = lacking(subset.CHINESE, "".join(subset.used_characters()))
    assert not found, f"make the font again: see cli/sheet/fonts/subset.py: {found}"


def test_without_typst_one_line_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UserError, match=r"derive\[pdf\]"):
        pdf.render(sheet_of(document_of("rnn")))


def test_the_note_of_a_long_formula_is_apart_from_it():
    """So that it can go on a line of its own."""
    part = sheet_of(document_of("conv2d")).entries[0]
    formula = next(f for row in part.rows for f in row.formulas if f.note and len(f.text) > 90)
    shown = typst_source.Pages("en").formula(formula)
    assert shown.startswith("#formula($ ") and shown.endswith(f"$.body, $ ({formula.note[3]}) $.body)")
