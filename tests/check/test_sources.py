"""Notebooks and LaTeX are checked as Markdown is; what stands in a cell is named by the cell."""

from __future__ import annotations

import json
from xml.etree import ElementTree as Tree

import pytest

from cli import check_files
from derive.documents.pages import sources
from tests.check.samples import RIGHT, WRONG
from tests.check.test_formats import SARIF, valid

TEX = r"""\documentclass{article}
\begin{document}
Let $z = W x$ and $L = z^T z$.
\begin{equation}
  \nabla_x L = %s W^T z
\end{equation}
\end{document}
"""


def notebook(*texts: str) -> str:
    cells = [{"cell_type": "markdown", "source": text} for text in texts]
    cells.insert(1, {"cell_type": "code", "source": "x = 1", "outputs": ["a" * 1_100_000]})
    return json.dumps({"nbformat": 4, "cells": cells})


@pytest.fixture
def book(folder):
    """Its claim is wrong, in the second line of cell 4; definitions stand in other cells."""
    start, _, claim = WRONG.rpartition("∂L/∂z")
    content = notebook(start + "```\n", "nothing here", f"```\n∂L/∂z{claim}")
    (folder / "book.ipynb").write_text(content, encoding="utf-8")


def test_what_the_command_reads_is_what_the_reader_reads():
    assert set(check_files.ENDINGS) == set(sources.ENDINGS)


@pytest.mark.parametrize("again", [1, 2])
def test_a_notebook(check, book, again):
    for _ in range(again):      # from the cache, too
        status, out, _ = check("book.ipynb")
        lines = out.splitlines()
        assert status == 1 and lines[:3] == ["book.ipynb#cell=4:2:1: ✗ refuted: ∂L/∂z",
                                             "     2 | ∂L/∂z = y − p", "       | ^"]


def test_the_line_of_a_cell_is_counted_as_its_place_is(check, folder):
    text = "a\x0bb\u2028c\x0c\r\n$x \\in \\mathbb{R}^n$, $y = x$, $y = 2 x$"
    cells = [{"cell_type": "markdown", "source": text}]
    (folder / "book.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}), encoding="utf-8")
    for _ in range(2):
        out = check("book.ipynb")[1]
        assert out.startswith("book.ipynb#cell=1:2:33: ✗ refuted: y\n"
                              "     2 | $x \\in \\mathbb{R}^n$, $y = x$, $y = 2 x$\n")


def test_a_notebook_that_is_right(check, folder):
    (folder / "book.ipynb").write_text(notebook(RIGHT), encoding="utf-8")
    status, out, _ = check("book.ipynb")
    assert status == 0 and "1 proved" in out


def test_a_notebook_as_json(check, book, folder):
    (folder / "a.md").write_text(WRONG, encoding="utf-8")
    found = json.loads(check("book.ipynb", "a.md", "--json")[1])
    valid(found)
    in_book, in_page = ([s for s in f["statements"] if s["verdict"] == "refuted"] for f in found["files"])
    assert [(s["cell"], s["line"], s["column"]) for s in in_book] == [(4, 2, 1)]
    assert [("cell" in s, s["line"]) for s in in_page] == [(False, 9)]
    assert [s["cell"] for s in found["files"][0]["statements"]] == [1, 1, 1, 1, 4]


def test_no_line_of_a_cell_is_taken_for_a_line_of_the_file(check, book, folder):
    github = check("book.ipynb", "--format", "github")[1]
    assert github.startswith("::error file=book.ipynb,title=refuted%3A ∂L/∂z::book.ipynb#cell=4:2:1: refuted")
    assert check("book.ipynb", "--format", "concise")[1].startswith("book.ipynb#cell=4:2:1: refuted: ")
    found = json.loads(check("book.ipynb", "--format", "sarif", "--junit", "out.xml")[1])
    valid(found, SARIF)
    (place,) = found["runs"][0]["results"][0]["locations"]
    assert "region" not in place["physicalLocation"]
    assert place["logicalLocations"] == [{"fullyQualifiedName": "book.ipynb#cell=4:2:1"}]
    (case,) = (c for c in Tree.parse(folder / "out.xml").iter("testcase") if c.find("failure") is not None)
    assert case.get("line") is None and case.get("name").startswith("cell 4 2:1 ∂L/∂z")


@pytest.mark.parametrize("factor, status", [("2", 0), ("", 1), ("-2", 1)])
def test_latex(check, folder, factor, status):
    (folder / "a.tex").write_text(TEX % factor, encoding="utf-8")
    found = check("a.tex", "-v")
    assert found[0] == status and f"a.tex:5:3: {'✗ refuted' if status else '✓ proved'}: " in found[1]


def test_all_kinds_in_a_folder(check, folder):
    for name in ("a.md", "b.txt", "sub/c.ipynb", "sub/d.TEX", "e.py", ".f.tex", ".ipynb_checkpoints/g.ipynb"):
        (folder / name).parent.mkdir(exist_ok=True)
        text = notebook(RIGHT) if name.endswith("ipynb") else TEX % 2 if name.lower().endswith("tex") else RIGHT
        (folder / name).write_text(text, encoding="utf-8")
    status, out, _ = check(".", "--json")
    assert status == 0
    assert [f["path"] for f in json.loads(out)["files"]] == ["./a.md", "./b.txt", "./sub/c.ipynb", "./sub/d.TEX"]


def test_after_a_document_that_cannot_be_read_the_next_one_is_judged(check, folder):
    (folder / "a.ipynb").write_text("{}", encoding="utf-8")
    (folder / "b.md").write_text(WRONG, encoding="utf-8")
    for _ in range(2):
        status, out, err = check("a.ipynb", "b.md")
        assert status == 2 and "b.md:9:1: ✗ refuted" in out and err.startswith("derive: a.ipynb: ")


def test_a_report_does_not_overwrite_a_notebook(check, book, folder):
    before = (folder / "book.ipynb").read_bytes()
    assert check("book.ipynb", "--junit", "book.ipynb")[0] == 2
    assert (folder / "book.ipynb").read_bytes() == before
