"""Documents that want to hang the reader: an answer in time, no crash, nothing passed that was not read."""

from __future__ import annotations

import json

import pytest

DOCUMENTS = {
    "nesting": "$$ y = " + "(" * 5_000 + "x" + ")" * 5_000 + " $$",
    "fractions": "$$ y = " + "\\frac{1}{" * 400 + "x" + "}" * 400 + " $$",
    "a tower of exponents": "$$ y = 9^{9^{9^{9^9}}} $$ $$ y = 3 $$",
    "a high tower": "$$ y = " + "^".join(["2"] * 300) + " $$",
    "a hundred thousand terms": "$$ y = " + " + ".join(["x"] * 100_000) + " $$",
    "a long number": "$$ y = " + "9" * 200_000 + " $$ $$ y = 1 $$",
    "a power": "$$ y = (a + b)^{99999999} $$ $$ y = 1 $$",
    "a number with ten billion digits": "$$ y = 10^{10^{10}} $$ $$ y = 10^{10^{10}} + 1 $$",
}
EMPTY = {"fences": "```\n" * 30_000, "dollars": "$" * 300_000, "a long line": "x" * 900_000}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_cannot_be_read_is_said(check, folder, name):
    (folder / "page.md").write_text(DOCUMENTS[name], encoding="utf-8")
    status, out, err = check("page.md", "--json")
    assert (status, err) == (0, "")
    (page,) = json.loads(out)["files"]
    open_ones = [s for s in page["statements"] if s["verdict"] in ("unsupported", "undecided")]
    assert open_ones and all(s["evidence"]["detail"] for s in open_ones)
    assert not any(s["verdict"] in ("proved", "verified", "refuted") for s in page["statements"])
    assert check("page.md", "--strict")[0] == 1
    assert all(len(line) < 1_500 for line in check("page.md")[1].splitlines())


@pytest.mark.parametrize("name", EMPTY)
def test_marks_without_formulas(check, folder, name):
    (folder / "page.md").write_text(EMPTY[name], encoding="utf-8")
    status, out, err = check("page.md")
    assert status == 0 and out.startswith("1 file, 0 statements") and not err


def test_many_findings_on_one_long_line(check, folder):
    (folder / "page.md").write_text("$y = x$ $y = 2 x$ " * 20 + "z" * 500_000, encoding="utf-8")
    status, out, _ = check("page.md", "--strict")
    assert status == 1 and all(len(line) < 1_500 for line in out.splitlines())
