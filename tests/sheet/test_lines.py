"""Long formulas in pieces: nothing is lost, lines begin with the operator, and short formulas are left as they are."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from cli.sheet.lines import ROW, elements, width, wrapping

from .sheets import document_of, sheet_of

PLUS, COMMA = "<mo>+</mo>", '<mo>,</mo><mspace width=".5em"/>'


def term(letter: str, count: int = 9) -> str:
    return "".join(f"<mi>{letter}</mi>" for _ in range(count))


def text(markup: str) -> str:
    return re.sub(r"<[^>]*>|\s", "", markup)


def pieces(markup: str) -> list[str]:
    return [text(piece) for piece in elements(wrapping(markup))]


def test_a_short_formula_is_left_alone():
    assert wrapping("<mi>a</mi><mo>=</mo>" + term("b")) == ""


def test_lines_begin_with_the_relation_then_with_plus_signs():
    markup = f"<mi>y</mi><mo>=</mo>{term('a')}{PLUS}{term('b')}{PLUS}{term('c')}"
    left, right = elements(wrapping(markup))
    assert text(left) == "y" and 'class="wraps"' in right
    rows = elements(right.removeprefix('<mrow class="wraps">').removesuffix("</mrow>"))
    assert [text(row)[:2] for row in rows] == ["=a", "+b", "+c"]
    assert all('<mo form="infix">' in row for row in rows)


def test_a_bracket_is_opened_where_nothing_else_helps():
    inside = f"<mrow><mo>(</mo>{term('a', 14)}{PLUS}{term('b', 14)}<mo>)</mo></mrow>"
    assert pieces(f"<mi>k</mi>{inside}") == ["k(" + 14 * "a", "+" + 14 * "b" + ")"]
    assert '<mo form="prefix">(</mo>' in wrapping(f"<mi>k</mi>{inside}")


def test_the_power_of_a_bracket_stays_at_its_end():
    inside = f"<mrow><mo>(</mo>{term('a', 14)}{PLUS}{term('b', 14)}<mo>)</mo></mrow>"
    assert pieces(f"<mi>k</mi><msup>{inside}<mo>⊤</mo></msup>{term('c', 2)}") == ["k(" + 14 * "a",
                                                                                  "+" + 14 * "b" + ")⊤cc"]


def test_ranges_are_taken_apart_between_them():
    note = "<mo>(</mo>" + COMMA.join(f"<mi>{c}</mi><mo>=</mo>{term('n', 8)}" for c in "abc") + "<mo>)</mo>"
    assert pieces(note) == ["(a=nnnnnnnn,", "b=nnnnnnnn,", "c=nnnnnnnn)"]


def test_an_operator_is_never_alone():
    total = f"<munder><mo>∑</mo><mi>i</mi></munder>{term('b', 30)}"
    assert pieces(f"{term('a')}{PLUS}{total}") == [9 * "a", "+∑i" + 30 * "b"]


def test_a_fraction_counts_half_and_wraps_above_its_line():
    above = f"<mrow>{term('a', 20)}{PLUS}{term('b', 20)}</mrow>"
    fraction = f"<mfrac>{above}<mi>n</mi></mfrac>"
    assert width(fraction) < width(above)
    assert '<mfrac><mrow class="wraps">' in wrapping(f"<mi>y</mi><mo>=</mo>{fraction}{PLUS}{term('c', 9)}")


@pytest.mark.parametrize("name", ["group_norm", "conv2d", "lstm"])
def test_nothing_is_lost_and_no_row_is_much_too_long(name):
    sheet = sheet_of(document_of(name), steps="all")
    formulas = [f for entry in sheet.entries for row in entry.rows for f in row.formulas]
    long = [f for f in formulas if wrapping(f.left[2] + f.right[2])]
    assert long
    for formula in long:
        whole = formula.left[2] + formula.relation[2] + formula.right[2]
        found = wrapping(whole)
        assert text(found) == text(whole)
        ElementTree.fromstring(f"<math>{found}</math>")
        assert all(width(piece) <= 3 * ROW for piece in re.findall("<mrow>(?:(?!<mrow).)*?</mrow>", found))
