"""Markdown that our own reader reads, LaTeX that compiles, a notebook that runs."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from cli.render_latex import escape
from cli.sheet import latex, markdown, notebook
from cli.sheet.fonts.subset import is_chinese
from derive import catalogue
from derive.documents.pages.sources import source
from tests.studies import share

from .sheets import SEED, document_of, sheet_of

NAMES = ("lstm", "rnn", "batch_norm", "softmax_cross_entropy", "activations", "he")
NAME = NAMES[SEED % len(NAMES)]


def test_every_formula_in_markdown_is_found_by_the_document_reader():
    made = sheet_of(document_of(NAME))
    text = markdown.render(made)
    found = [formula.text.strip() for formula in source("sheet.md", text).places]
    wanted = [markdown.latex_of(f) for entry in made.entries for row in entry.rows for f in row.formulas]
    assert wanted and not [latex_of for latex_of in wanted if latex_of not in found]


def test_markdown_escapes_what_is_no_formula():
    found = document_of("rnn")
    found["title"] = {"en": "# <b>x</b> `$y$` | *z*", "zh": "x"}
    assert r"\# \<b\>x\</b\> \`\$y\$\` \| \*z\*" in markdown.render(sheet_of(found))


def test_pictures_are_mermaid_text():
    assert "```mermaid\nflowchart TB\n" in markdown.render(sheet_of(document_of("rnn"), pictures=True))


def test_latex_has_a_command_for_every_sign_of_the_catalogue():
    words = [text for head in catalogue.heads() for row in (head.title, *head.facts.values()) for text in row.values()]
    words += [head.source for head in catalogue.heads()]
    left = {c for text in words for c in escape(text) if ord(c) > 0x17F and not is_chinese(c)}
    assert left <= set("–—‘’“”…")


@pytest.mark.parametrize("name", share(catalogue.names(), 8))
def test_a_latex_sheet_has_no_sign_but_by_its_command(name):
    written = latex.render(sheet_of(document_of(name), language="both"))
    assert {c for c in written if ord(c) > 0x17F and not is_chinese(c)} <= set("–—‘’“”…")


def found_by_tex(name: str) -> bool:
    return bool(subprocess.run(["kpsewhich", name], capture_output=True, text=True).stdout.strip())


@pytest.mark.parametrize(("program", "language"), [("lualatex", "en"), ("xelatex", "both")])
def test_latex_compiles(program, language, tmp_path):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (Debian: texlive-luatex, texlive-xetex, texlive-lang-chinese, "
                    "texlive-latex-extra)")
    written = latex.render(sheet_of(document_of(NAME), language=language, steps="all"), columns=2)
    if program == "lualatex" and "{ctex}" in written and not found_by_tex("luatexja.sty"):
        pytest.skip("a sheet with Chinese in it, and no luatexja.sty (Debian: texlive-lang-japanese)")
    (tmp_path / "sheet.tex").write_text(written, encoding="utf-8")
    run = subprocess.run([program, "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"], cwd=tmp_path,
                         capture_output=True, text=True, errors="replace", timeout=300)
    assert run.returncode == 0, run.stdout[-2000:]
    log = (tmp_path / "sheet.log").read_text(encoding="utf-8", errors="replace")
    assert "Missing character" not in log


def test_a_notebook_is_valid_and_its_code_runs():
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    made = json.loads(notebook.render(sheet_of(document_of("softmax_cross_entropy"), steps="all")))
    nbformat.validate(made)
    names: dict = {}
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert names["proof"].passed


def test_results_show_themselves_in_notebooks():
    from verify.api import entry

    proof = entry("softmax_cross_entropy")
    assert r"\frac{\partial L}{\partial z} = p - y" in proof._repr_latex_()
    assert '<math display="block" aria-label="∂L/∂z = p − y">' in proof._repr_html_()
    assert set(proof._repr_mimebundle_()) == {"text/plain", "text/latex", "text/html"}
    assert set(proof._repr_mimebundle_(include=["text/html"])) == {"text/html"}
