"""`pytest --derive`: what fails, what is skipped, what it is called; also with several processes."""

from __future__ import annotations

import json
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parents[2]
PLUGIN = () if any(e.name == "derive" for e in entry_points(group="pytest11")) else ("-p", "cli.pytest_plugin")

LIGHT = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")     # what no test here needs, and takes a second

PAGE = """# Page

$x ∈ ℝ^n$, $W ∈ ℝ^{m×n}$, $z = W x$, $L = ½‖z‖²$

$$∂L/∂z = 2 z$$

> $$
> ∂L/∂W = z xᵀ
> $$

$$∂L/∂x = Wᵀ q$$
"""


@pytest.fixture
def run(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def runs(*arguments: str):
        return pytester.runpytest_subprocess(*PLUGIN, *LIGHT, *arguments, timeout=300)

    return runs


@pytest.fixture
def page(pytester):
    def written(text: str, name: str = "page.md"):
        path = pytester.path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def named(result) -> list[str]:
    return [line for line in result.outlines if "::" in line and not line.startswith(("FAILED", "SKIPPED"))]


def test_without_the_option_there_is_nothing(run, page):
    page(PAGE)
    assert run("page.md").ret == pytest.ExitCode.USAGE_ERROR
    assert run().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_nothing_heavy_is_imported_without_the_option(run, pytester):
    pytester.makepyfile("import sys\ndef test():\n"
                        "    assert not {'sympy', 'flint', 'derive', 'verify'} & set(sys.modules)")
    run().assert_outcomes(passed=1)


def test_a_refuted_claim_fails_and_says_why(run, page):
    page(PAGE)
    result = run("--derive", "-rs")
    result.assert_outcomes(passed=5, failed=1, skipped=1)
    result.stdout.fnmatch_lines([
        "page.md:5:3: refuted*", "     5 | $$∂L/∂z = 2 z$$", "       |   ^", "counterexample (n = 1, m = 1):", "*x = *",
        "*left *, right *", "correct is: ∂L/∂z = z"])
    result.stdout.fnmatch_lines(["SKIPPED*unsupported: q is not defined*"])
    assert "Traceback" not in result.stdout.str()


def test_strict_fails_what_cannot_be_read(run, page):
    page(PAGE)
    result = run("--derive", "--derive-strict")
    result.assert_outcomes(passed=5, failed=2)
    result.stdout.fnmatch_lines(["page.md:11:3: unsupported: q is not defined*"])


def test_ids_can_be_read_chosen_and_marked(run, page):
    page(PAGE)
    listed = named(run("--derive", "--collect-only", "-q"))
    assert listed == ["page.md::L3 x ∈ ℝ^n", "page.md::L3 W ∈ ℝ^m×n", "page.md::L3 z", "page.md::L3 L",
                      "page.md::L5 ∂L/∂z", "page.md::L8 ∂L/∂W", "page.md::L11 ∂L/∂x"]
    assert named(run("--derive", "--collect-only", "-q", "-k", "L5 or dL/dW")) == listed[4:6]
    assert named(run("--derive", "--collect-only", "-q", "-m", "derive and not derive_claim")) == listed[:4]
    assert named(run("--derive", "--collect-only", "-q", "--strict-markers", listed[5])) == listed[5:6]


def test_ids_differ_and_hold_nothing_odd(run, page):
    page("$a ∈ ℝ$ $b = a$ and $b = a$, $b = a$\n\n$$\\frac{\\partial b}{\\partial a} = \u202e\x1b[31m 1$$\n")
    listed = named(run("--derive", "--collect-only", "-q"))
    assert len(listed) == len(set(listed)) > 2
    assert all(c.isprintable() and c not in "\\[]{}$\"'" for line in listed for c in line)


def test_what_is_wrong_on_purpose(run, page):
    page('$a ∈ ℝ^n$, $b = 2 a$\n\n<!-- derive: expect refuted "a sign" -->\n\n$$b = 3 a$$\n\n'
         '<!-- derive: expect refuted "a joke" -->\n\n$$b = a + a$$\n\n<!-- derive: skip next "later" -->\n\n'
         '$$b = 5 a$$\n')
    result = run("--derive", "-rs")
    result.assert_outcomes(passed=3, failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*not refuted (proved), though it is said to be wrong on purpose: a joke*",
                                 "SKIPPED*later*"])


def test_several_processes(run, page):
    page(PAGE)
    page(PAGE, "again.md")
    one = run("--derive", "-p", "no:xdist", "-v")
    two = run("--derive", "-n", "2", "-v")
    two.assert_outcomes(passed=10, failed=2, skipped=2)
    ids = {n.strip() for n in re.findall(r"(\w+\.md::.+?) (?:PASSED|FAILED|SKIPPED)", one.stdout.str())}
    assert len(ids) == 14 and all(n in two.stdout.str() for n in ids)


def test_a_notebook_and_latex(run, page):
    page(json.dumps({"nbformat": 4, "cells": [
        {"cell_type": "markdown", "source": "$x ∈ ℝ^n$, $y = 2 x$\n\n```\nopen"},
        {"cell_type": "code", "source": "y = 3"},
        {"cell_type": "markdown", "source": ["text\n", "$$y = 3 x$$"]}]}), "book.ipynb")
    page("\\newcommand{\\R}{\\mathbb{R}}\n\\begin{document}\n$x \\in \\R^n$, $y = 2 x$\n\\begin{align}\n  y &= 3 x\n"
         "\\end{align}\n\\end{document}\n", "paper.tex")
    result = run("--derive")
    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines(["book.ipynb#cell=3:2:3: refuted*", "     2 | $$y = 3 x$$", "       |   ^",
                                 "paper.tex:5:3: refuted*", "     5 |   y &= 3 x", "       |   ^"])


BAD = [(b"\xff\xfe", "bad.md", "byte 0 is no UTF-8"), (b"{", "bad.ipynb", "a notebook is JSON"),
       (b"$x = 1$ " * 130_000, "bad.md", "larger than 1000000 bytes"),
       (b"$x = 1$ " * 1000, "bad.md", "more than 400 statements")]


@pytest.mark.parametrize(("content", "name", "message"), BAD, ids=[m for _, _, m in BAD])
def test_what_is_no_document_is_an_error(run, pytester, content, name, message):
    (pytester.path / name).write_bytes(content)
    result = run("--derive")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([f"*{name}*{message}*"])


def test_a_statement_that_takes_too_long_is_given_up(run, page):
    page(PAGE)
    result = run("--derive", "--derive-timeout", "0.000001", "-rs")
    assert result.parseoutcomes()["skipped"] == 7
    result.stdout.fnmatch_lines(["SKIPPED*it takes too long*"])


def test_text_files_are_documents_where_they_are_named(run, page):
    page("$x ∈ ℝ$ $y = x$", "requirements.txt")
    assert run("--derive").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    run("--derive", "requirements.txt").assert_outcomes(passed=2)
