"""The report for people: the caret stands below the column, lines fit, and every word is there in both languages."""

from __future__ import annotations

import re

import pytest

from cli.findings import Report, headline, reasons
from cli.findings_text import TextReport, window
from cli.wrap import display_width
from tests.check.samples import RIGHT, WRONG, row


class Source:
    def __init__(self, line: str):
        self.text = line

    def line(self, row: dict) -> str:
        return self.text


@pytest.mark.parametrize("line, mark", [
    ("y = x", "x"), ("  y = x", "y"), ("\t\ty = x", "y"), ("梯度为 y = x", "y"), ("e\u0301 = x", "x"),
    ("\x1b[31m y", "y"),
    ("梯" * 90 + " y = x " + "度" * 90, "y"), ("a" * 200 + "y", "y"), ("y" + "a" * 200, "y"), ("a " * 5_000 + "y", "y"),
    ("e" + "\u0301" * 300 + "y", "y"), ("y" * 99 + "z" + "y" * 99, "z"), ("\u202e\u200b y", "y"),
])
@pytest.mark.parametrize("room", [11, 40, 71, 91])
def test_the_caret_stands_below_the_column(line, mark, room):
    at = line.index(mark)
    shown, before = window(line, at, room)
    assert display_width(shown) <= room
    cells = 0
    for c in shown:
        if cells == before and display_width(c):
            break
        cells += display_width(c)
    assert c == mark


@pytest.mark.parametrize("at", [-5, 0, 3, 99])
def test_a_column_outside_of_the_line_is_no_error(at):
    assert window("abc", at, 40)[0] == "abc"
    assert window("", at, 40) == ("", 0)


def test_a_short_line_is_not_cut():
    assert window("y = x", 4, 40) == ("y = x", 4)
    assert window("a" * 40, 39, 40) == ("…" + "a" * 20, 20)


def test_a_refuted_claim(check, folder):
    (folder / "notes.md").write_text(WRONG, encoding="utf-8")
    status, out, _ = check("notes.md")
    assert status == 1
    assert out.splitlines()[:6] == [
        "notes.md:9:1: ✗ refuted: ∂L/∂z",
        "     9 | ∂L/∂z = y − p",
        "       | ^",
        "  - counterexample (K = 2): z = [0, 0]; y = [1/3, 2/3]. ∂z[1]: left side 0.166667, right side",
        "    -0.166667",
        "  - correct is: ∂L/∂z = p − y"]
    assert out.splitlines()[-1] == "1 file, 5 statements: 1 refuted, 4 definitions and declarations. FAILED: 1"


def test_what_holds_is_shown_where_that_is_asked_for(check, folder):
    (folder / "notes.md").write_text(RIGHT, encoding="utf-8")
    assert len(check("notes.md")[1].splitlines()) == 1
    lines = check("notes.md", "-v")[1].splitlines()
    assert "  - looks like Softmax with cross-entropy: Cross-entropy (a guess, no verdict)" in lines
    assert len(lines) == 7 and "notes.md:9:1: ✓ proved: ∂L/∂z" in lines
    assert check("notes.md", "--verbose", "--format", "concise")[1].count("\n") == 6


def test_everything_that_is_known_is_said():
    shown = TextReport(False, "en", 100, False, False).render([Report("a.md", [row(
        correction="y = 2 x", evidence={"reading": "numerator layout", "detail": "why", "notes": ["redefined"]})],
        Source("a: y = x"))])
    for part in ("a.md:3:5: ✗ refuted: y", "     3 | a: y = x", "       |     ^", "- why", "reading: numerator layout",
                 "counterexample (n = 1): x = [1/2]. y[1]: left side 0.5, right side 1", "correct is: y = 2 x",
                 "note: redefined"):
        assert part in shown, part


def test_on_purpose():
    good, bad = row(evidence={"expected": "a slip"}), row(verdict="proved", evidence={"expected": "a slip"})
    shown = TextReport(False, "en", 100, False, True).render([Report("a.md", [good, bad], Source("y = x"))])
    assert "✓ refuted: y (wrong on purpose: a slip)" in shown
    assert "✗ proved: y" in shown and "marked as wrong on purpose, and not refuted: a slip" in shown


@pytest.mark.parametrize("verdict", ["proved", "verified", "refuted", "undecided", "unsupported", "skipped", "defined",
                                     "declared"])
@pytest.mark.parametrize("kind", ["claim", "definition", "update", "derivative", "declaration", "assumption",
                                  "condition", "formula"])
def test_chinese_has_a_word_for_everything(verdict, kind):
    found = row(verdict=verdict, kind=kind, subject="", correction="1", evidence={
        "reading": "1", "notes": ["1"], "expected": "1"})
    for text in [headline(found, "zh"), *reasons(found, "zh")]:
        assert not re.search(r"[A-Za-z]{2}", text), text


def test_no_colours_where_nobody_asked(check, folder, monkeypatch):
    (folder / "notes.md").write_text(WRONG, encoding="utf-8")
    assert "\x1b" not in check("notes.md")[1]
    found = TextReport(False, "en", 100, True, False).render([Report("a.md", [row()], Source("y = x"))])
    assert "\x1b[31m✗ refuted: y\x1b[0m" in found


@pytest.mark.parametrize("width", [20, 40, 80])
def test_lines_fit(width):
    found = row(evidence={"detail": "a word and " * 30 + "长" * 50})
    shown = TextReport(False, "en", width, False, False).render([Report("a.md", [found], Source("y = x " * 60))])
    assert all(display_width(line) <= width for line in shown.splitlines()[1:-1])
