"""Long formulas in pieces: nothing is lost, lines begin with the operator, and short formulas are left as they are."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from cli.sheet.lines import ROW, elements, width, wrapping

from .sheets import document_of, sheet_of

PLUS, GAP, COMMA = "<mo>+</mo>", '<mspace width=".17em"/>', '<mo>,</mo><mspace width=".5em"/>'


def term(letter: str, count: int = 9) -> str:
    return "".join(f"<mi>{letter}</mi>" for _ in range(count))


def bracketed(markup: str) -> str:
    return f"<mrow><mo>(</mo>{markup}<mo>)</mo></mrow>"


def text(markup: str) -> str:
    return re.sub(r"<[^>]*>|\s", "", markup)


def pieces(markup: str) -> list[str]:
    return [text(piece.markup) for piece in elements(wrapping(markup))]


def test_a_short_formula_is_left_alone():
    assert wrapping("<mi>a</mi><mo>=</mo>" + term("b")) == ""


def test_lines_begin_with_the_relation_then_with_plus_signs():
    markup = f"<mi>y</mi><mo>=</mo>{term('a')}{PLUS}{term('b')}{PLUS}{term('c')}"
    left, right = elements(wrapping(markup))
    assert text(left.markup) == "y" and 'class="wraps"' in right.markup
    assert [text(row.markup)[:2] for row in right.inside] == ["=a", "+b", "+c"]
    assert all('<mo form="infix">' in row.markup for row in right.inside)


def test_a_bracket_is_opened_where_nothing_else_helps():
    inside = bracketed(term("a", 14) + PLUS + term("b", 14))
    assert pieces(f"<mi>k</mi>{inside}") == ["k(" + 14 * "a", "+" + 14 * "b" + ")"]
    assert '<mo form="prefix">(</mo>' in wrapping(f"<mi>k</mi>{inside}")


def test_the_power_of_a_bracket_stays_at_its_end():
    inside = bracketed(term("a", 14) + PLUS + term("b", 14))
    assert pieces(f"<mi>k</mi><msup>{inside}<mo>⊤</mo></msup>{term('c', 2)}") == ["k(" + 14 * "a",
                                                                                  "+" + 14 * "b" + ")⊤cc"]


def test_ranges_are_taken_apart_between_them():
    note = "<mo>(</mo>" + COMMA.join(f"<mi>{c}</mi><mo>=</mo>{term('n', 8)}" for c in "abc") + "<mo>)</mo>"
    assert pieces(note) == ["(a=nnnnnnnn,", "b=nnnnnnnn,", "c=nnnnnnnn)"]


def test_behind_a_last_gap_there_is_nothing():
    assert pieces(f"<mi>y</mi><mo>=</mo>{term('a', 30)}{COMMA}") == ["y", "=" + 30 * "a" + ","]


def test_an_operator_is_never_alone():
    total = f"<munder><mo>∑</mo><mi>i</mi></munder>{term('b', 30)}"
    assert pieces(f"{term('a')}{PLUS}{total}") == [9 * "a", "+∑i" + 30 * "b"]


def test_sum_signs_stay_together_and_with_a_short_factor():
    sums = "".join(f"<munder><mo>∑</mo><mi>{letter}</mi></munder>" for letter in "ij")
    product = f"{bracketed(term('b', 12))}{GAP}{bracketed(term('c', 12))}"
    assert pieces(f"<mi>k</mi>{sums}{product}") == ["k∑i∑j(" + 12 * "b" + ")", "(" + 12 * "c" + ")"]
    assert pieces(f"{term('a', 12)}{sums}{product}")[0] == 12 * "a"


def test_a_line_may_begin_behind_the_bracket_of_a_product():
    inside = bracketed(f"{term('a', 20)}{PLUS}{term('b', 20)}")
    assert pieces(f"{inside}{GAP}{term('c', 4)}") == ["(" + 20 * "a", "+" + 20 * "b" + ")cccc"]
    assert pieces(f"{inside}{GAP}{term('c', 9)}")[1] == "+" + 20 * "b" + ")" + 9 * "c"
    assert f"<mrow>{GAP}{term('c', 9)}</mrow>" in wrapping(f"{inside}{GAP}{term('c', 9)}")


def test_the_brackets_around_what_is_tall_are_of_one_size():
    total = f"<munder><mo>∑</mo><mi>i</mi></munder>{term('b', 20)}"
    inside = f"<mrow>{bracketed(term('a', 20) + PLUS + total)}</mrow>"
    found = wrapping(f"<msup>{inside}<mn>2</mn></msup>")
    assert pieces(f"<msup>{inside}<mn>2</mn></msup>") == ["(" + 20 * "a", "+∑i" + 20 * "b" + ")2"]
    assert re.findall(r'minsize="(\w+)" maxsize="(\w+)"', found) == [("2em", "2em")] * 2


def test_a_fraction_is_as_wide_as_its_wider_half_and_both_wrap():
    half = f"<mrow>{term('a', 20)}{PLUS}{term('b', 20)}</mrow>"
    assert width(f"<mfrac>{half}{half}</mfrac>") == width(f"<mfrac><mi>n</mi>{half}</mfrac>") == width(half) == 42
    found = wrapping(f"<mi>y</mi><mo>=</mo><mfrac>{half}{half}</mfrac>{PLUS}{term('c', 9)}")
    assert re.search('<mfrac><mrow class="wraps">.*</mrow><mrow class="wraps">.*</mfrac>', found)
    assert '<mfrac><mrow class="wraps">' in wrapping(f"<mi>log</mi>{bracketed(f'<mfrac>{half}<mi>n</mi></mfrac>')}")


def test_a_power_above_a_fraction_is_left_whole():
    power = f"<msup><mrow>{term('a', 30)}</mrow><mn>2</mn></msup>"
    assert wrapping(f"<mfrac>{power}<mi>n</mi></mfrac>") == f"<mrow><mfrac>{power}<mi>n</mi></mfrac></mrow>"


def test_what_stands_below_and_above_a_letter_is_narrower():
    assert width("<msubsup><mi>a</mi><mi>b</mi><mi>c</mi></msubsup>") < width("<mi>a</mi><mi>b</mi>")
    assert width("<mover><mi>x</mi><mo>^</mo></mover>") < width("<mi>x</mi><mo>+</mo>")


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
