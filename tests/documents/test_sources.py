"""Notebooks and LaTeX: which formulas stand where, and what is no document at all."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

import pytest

from derive.documents.pages.sources import Location, UnreadableSource, plain, source


def tex(text: str) -> list[str]:
    return [" ".join(p.text.split()) for p in source("a.tex", text).places]


LATEX = [
    (r"$a$ and \(b\) and $$c$$ and \[d\]", ["a", "b", "c", "d"]),
    (r"costs \$5 and \$6", []),
    *[(rf"\begin{{{e}}}a = b\end{{{e}}}", ["a = b"]) for e in (
        "equation", "equation*", "align", "align*", "gather", "multline*", "eqnarray", "displaymath", "math")],
    (r"\begin{alignat}{2} a &= b \end{alignat}", ["a &= b"]),
    (r"\begin{equation}\begin{split} a &= b \\ &= c \end{split}\end{equation}",
     [r"\begin{split} a &= b \\ &= c \end{split}"]),
    (r"\[ a \\[2pt] b \\] \]", [r"a \\[2pt] b \\]"]),
    (r"a table \\[2pt] and $x$", ["x"]),
    ("$a$ % $b$\n100\\% of $c$ \\\\% $d$", ["a", "c"]),
    ("\\begin{align}\na &= b % why\n\\intertext{and $x$}\nc\n\\end{align}", ["a &= b c"]),
    (r"$x \text{ if $y$ holds}$", [r"x \text{ if $y$ holds}"]),
    ("$a\n\nb$ $c$", ["c"]),
    ("\\begin{verbatim}\n$a$\n\\end{verbatim}\\verb|$b$| \\lstinline[x]!$c$! $d$", ["d"]),
    ("\\begin{lstlisting}[language=Python]\n$a$ % x\n\\end{lstlisting}", []),
    ("\\iffalse $a$ \\fi $b$", ["b"]),
    ("$a$\\begin{document}$b$\\end{document}$c$", ["b"]),
    ("% derive: x ∈ ℝ^n\n  %% derive: skip next\n$a$ % derive: no", ["x ∈ ℝ^n", "skip next", "a"]),
    (r"\[ open $x$", ["x"]),
    (r"\begin{align} open $x$", ["x"]),
]


@pytest.mark.parametrize(("text", "found"), LATEX, ids=[t[:40] for t, _ in LATEX])
def test_where_formulas_stand_in_latex(text, found):
    assert tex(text) == found


MACROS = [
    (r"\newcommand{\R}{\mathbb{R}}", r"x \in \R^n", r"x \in \mathbb{R}^n"),
    (r"\newcommand\R{\mathbb R}", r"\R", r"\mathbb R"),
    (r"\def\L{\mathcal{L}}", r"\L x", r"\mathcal{L} x"),
    (r"\newcommand{\a}{\alpha}", r"\a x\a", r"\alpha x\alpha"),
    (r"\newcommand{\a}{\alpha}", r"{\a}x", r"{\alpha}x"),
    (r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}", r"\pd{L}{W_{ij}} = \pd L z",
     r"\frac{\partial L}{\partial W_{ij}} = \frac{\partial L}{\partial z}"),
    (r"\newcommand{\pd}[2][L]{\frac{\partial #1}{\partial #2}}", r"\pd{W} \pd[J]{W}",
     r"\frac{\partial L}{\partial W} \frac{\partial J}{\partial W}"),
    (r"\def\d#1#2{#2 - #1}", r"\d{a}b", "b - a"),
    (r"\DeclareMathOperator{\softmax}{softmax}", r"\softmax(x)", r"\operatorname{softmax}(x)"),
    (r"\DeclareMathOperator*{\argmax}{argmax}", r"\argmax x", r"\operatorname*{argmax} x"),
    (r"\NewDocumentCommand{\norm}{m}{\|#1\|}", r"\norm{\norm{x}}", r"\|\|x\|\|"),
    (r"\newcommand{\a}{\b\b}\newcommand{\b}{c}", r"\a", "cc"),
    (r"\renewcommand{\a}{x}\providecommand{\a}{y}", r"\a", "x"),
    (r"\newcommand{\unclosed}{a", r"\unclosed", r"\unclosed"),
    (r"\newcommand{\twice}[2]{#1#2}", r"\twice{a}", r"\twice{a}"),
]


@pytest.mark.parametrize(("preamble", "text", "put_in"), MACROS, ids=[m[0][:40] for m in MACROS])
def test_macros_are_put_in(preamble, text, put_in):
    assert tex(f"{preamble}\n\\begin{{document}}\\[{text}\\]\\end{{document}}") == [put_in]


def test_columns_of_latex_are_those_of_the_file():
    text = "\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial\n#2}}\n\n  $\\pd{L}{\nW} = x$ and \\pd{L}{z} $y$"
    found = source("a.tex", text)
    first, second = found.places
    equals = first.start + first.text.index("x")
    assert found.location(first.start) == Location(None, 4, 4)
    assert found.location(equals) == Location(None, 5, 6)
    assert found.location(first.start + first.text.index("W")) == Location(None, 5, 1)
    assert found.location(second.start) == Location(None, 5, 24)
    assert found.line(equals) == "W} = x$ and \\pd{L}{z} $y$"
    assert found.location(found.at(*found.positions.place(equals))) == Location(None, 5, 6)


def test_headings_of_latex_are_headings():
    found = source("a.tex", "\\section*{A $x$}\ntext\n\\subsection{B}")
    assert [line.split() for line in found.text.split("\n")] == [["##", "A", "$x$"], ["text"], ["###", "B"]]
    assert found.location(found.places[0].start) == Location(None, 1, 14)


@pytest.mark.parametrize("unit", ["$", "$$", "\\[", "\\begin{align}", "\\begin{verbatim}", "\\verb|", "\\verb ", "%",
                                  "\n%derive:", "\\\\]", "\\[\\\\]", "\\a{", "\\a", "\\b", "\\newcommand{\\a}{",
                                  "\\def\\a#1", "{", "\\section{",
                                  "\\iffalse", "\\newcommand{\\c}[9]{x}\\c{", "\\", "$\\text{", "\n$a", "\\intertext{"])
def test_time_is_linear_in_the_length_of_latex(unit):
    started = time.process_time()
    source("a.tex", "\\newcommand{\\a}[1]{\\a{#1}\\a{#1}}\\def\\b{\\b}\n" + unit * (400_000 // len(unit)))
    assert time.process_time() - started < 10


# -- notebooks ----------------------------------------------------------------------------------------------------
def notebook(*cells: tuple[str, object], **more: object) -> str:
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": [
        {"cell_type": kind, "source": text, "metadata": {}} for kind, text in cells], **more})


def test_a_notebook_is_one_text():
    found = source("a.ipynb", notebook(("markdown", ["# T\n", "Let $x$\n", "and\n", "```"]), ("code", "$y$"),
                                       ("raw", "$r$"),
                                       ("markdown", "open fence above\n\n$$\r\nz = 1\r\n$$"), ("markdown", "")))
    assert [p.text.strip() for p in found.places] == ["x", "", "z = 1"]
    place = found.places[2]
    at = place.start + place.text.index("z")
    assert found.text[at] == "z"
    assert found.location(at) == Location(4, 4, 1)
    assert found.location(found.places[0].start).shown("a.ipynb") == "a.ipynb#cell=1:2:6"
    assert found.line(at) == "z = 1"


def test_a_notebook_without_text_has_no_places():
    found = source("a.ipynb", notebook(("code", "x")))
    assert found.places == [] and found.location(0) == Location(None, 1, 1) and found.line(0) == ""


BROKEN = [
    ("", "a.ipynb:1:1: a notebook is JSON"),
    ('{"cells": [', "a.ipynb:1:12: a notebook is JSON"),
    ("[]", "a.ipynb: a notebook is a JSON object"),
    ("{}", "a.ipynb: the notebook has no list of cells"),
    ('{"cells": {}}', "a.ipynb: the notebook has no list of cells"),
    ('{"cells": [1]}', "a.ipynb: cell 1 of the notebook is no object"),
    ('{"cells": [{"source": ""}]}', "a.ipynb: cell 1 of the notebook has no cell_type"),
    ('{"cells": [{"cell_type": "markdown"}]}', "a.ipynb: cell 1 of the notebook has no source"),
    ('{"cells": [{"cell_type": "markdown", "source": [1]}]}', "a.ipynb: cell 1 of the notebook has no source"),
    ('{"nbformat": 3, "worksheets": []}', "a.ipynb: a notebook of format 3"),
    ("[" * 200_000, "a.ipynb: a notebook is JSON, and this is nested too deeply"),
    ('{"a":' * 100_000 + "1", "a.ipynb: a notebook is JSON, and this is nested too deeply"),
    ("9" * 10_000, "a.ipynb: a notebook is JSON, and this is nested too deeply or holds a number"),
    (notebook(*[("markdown", "")] * 10_001), "a.ipynb: more than 10000 cells"),
]


@pytest.mark.parametrize(("content", "message"), BROKEN, ids=[c[:30] or "empty" for c, _ in BROKEN])
def test_what_is_no_notebook_is_told(content, message):
    with pytest.raises(UnreadableSource) as told:
        source("a.ipynb", content)
    assert str(told.value).startswith(message)


# -- Markdown -----------------------------------------------------------------------------------------------------
def test_line_ends_and_marks_of_byte_order_move_nothing():
    for newline in ("\n", "\r\n", "\r"):
        found = source("a.md", "\ufeff" + newline.join(["# T", "", "> $$", "> x", "> $$", "and $y$"]))
        assert [found.location(p.start + len(p.text) - len(p.text.lstrip())) for p in found.places] == [
            Location(None, 4, 3), Location(None, 6, 6)]


def test_telling_where_formulas_stand_imports_nothing_heavy():
    code = ("import sys, derive.documents.pages.sources, derive.documents.pages.code\n"
            "print(sorted({'sympy', 'numpy', 'flint', 'lark', 'markdown_it', 'rich'} & set(sys.modules)))")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert run.stdout == "[]\n", run.stderr


MARKS = ["$", "$$", "\\[", "\\]", "\\(", "\\)", "\\\\", "\\begin{align}", "\\end{align}", "\\begin{document}",
         "%", "{", "}", "\\end{document}", "% derive: x", "\n", "\n\n", "\\newcommand{\\a}[1]{",
         "\\newcommand{\\b}{\\a{x}}", "\\a", "\\b", "#1", "[", "]", "x = y", " ", "\\verb|", "|", "\\section{",
         "\\def\\c#1{#1#1}", "\\c", "```", "```python", "> ", "- ", "    ", "<!--", "-->", "<!-- derive: x -->",
         "`", "\r\n", "\ufeff", "\0", "\u2028", "~~~", "1. ", "|a|\n|-|\n", "---", "\t", "\\iffalse", "\\fi"]


@pytest.mark.parametrize("name", ["a.tex", "a.md"])
def test_every_character_of_any_text_has_a_place_in_the_file(name):
    for seed in range(300):
        draw = random.Random(seed)
        text = "".join(draw.choice(MARKS) for _ in range(draw.randint(1, 40)))
        found, lines = source(name, text), plain(text).split("\n")
        for at in range(len(found.text) + 1):
            place = found.location(at)
            assert 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1, seed
            assert found.line(at) == lines[place.line - 1], seed
        assert found.text.count("\n") == len(lines) - 1, seed
        assert [p.start for p in found.places] == sorted(p.start for p in found.places), seed
        assert all(p.start + len(p.text) <= len(found.text) for p in found.places), seed
