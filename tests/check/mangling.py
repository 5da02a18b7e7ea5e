"""Documents of every kind, mangled: statements of pages, in which marks are missing, doubled or moved, formulas made of
scraps of them, and now and then neighbouring lines, which take as long as all the others together."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ALPHABET = ["$", "$$", "\\", "{", "}", "^", "_", "=", "&", "\\\\", "∂", "∇", "ᵀ", "Σ", "(", ")", "[", "]", "|",
            "‖", "√", "′", "'", "\n", " ", "é", "字", "⊙", "…", "t−1", "^{^{", "\\frac", "\\partial",
            "\\sum_{i=1}^{n}", "\\begin{aligned}", "\\end{aligned}", "```", "<!-- derive: ", "-->", "∈ ℝ^n",
            "\x00", "\u202e", "\x1b[31m", "9" * 30, "⁻¹", "^{-1}", "^{-\\top}", "d", "Δ", "_{i,:}", "^{[l]}",
            "^{(t)}", "^+", "²", "½", "\\log", "E[", "\\begin{cases}", "\\end{cases}", "\\begin{bmatrix}",
            "\\left(", "\\right)", "\\text{if }", "where ", "set ", "其中", "令", "则", "，", "。", "；",
            "<!-- derive: assume ", "<!-- derive: use lstm -->", "\\newcommand{\\x}", "\\def\\x{",
            "\\label{a}", "%", "\\begin{align}", "\\end{document}", "~ N(0, σ²)", "\\mathbb{R}^{n \\times d}",
            "__import__('os')", "\ud800", "\ufeff", "\r", "←", ":=", "𝟙[", "δ_{ij}", "∞", "1/0", "0", "−1",
            "⊗"]
LATEX = "\\documentclass{article}\n\\newcommand{\\R}{\\mathbb{R}}\n\\begin{document}\n%s\n\\end{document}\n"
DISPLAYS = ("equation", "align", "gather*", "multline", "eqnarray")
STATEMENT = re.compile(r"(?ms)\$\$.*?\$\$|```.*?\n```|\S[^\n]*?(?:[.;](?= )|[。；]|$)")
PLACES = ("$$ %s $$", "$%s$", "```\n%s\n```", "\\[ %s \\]", "<!-- derive: %s -->", "%s")
LONG, ALONE = 0.01, 0.6     # of all documents: many lines, a formula alone


def texts() -> list[str]:
    """Whole pages, small documents, and documents about each part of the reader."""
    pages = [p.read_text(encoding="utf-8") for p in sorted((HERE / "pages").glob("*.md"))]
    small = [p for name in ("small_documents", "fuzzed") for path in sorted((HERE / name).glob("*.txt"))
             for p in path.read_text(encoding="utf-8").split("\n====\n")]
    return [*pages, *small]


def parts() -> list[str]:
    return (HERE / "fuzzed" / "parts.txt").read_text(encoding="utf-8").split("\n====\n")


def lines_of(rng: random.Random, texts: list[str]) -> str:
    """Some neighbouring lines of a page, its first ones kept before them so that names stand."""
    lines = rng.choice(texts).split("\n")
    start, length = rng.randrange(len(lines)), rng.randrange(3, 14)
    return "\n".join(lines[:rng.choice((0, 0, 8, 14))] + lines[start:start + length])


@cache
def statements(text: str) -> list[str]:
    """The displays, the lines of fences, each in a fence of its own, and the sentences of prose."""
    found: list[str] = []
    for made in STATEMENT.findall(text):
        first, *rest = made.split("\n")
        found += [f"{first}\n{line}\n```" for line in rest[:-1]] if first.startswith("```") else [made]
    return found or [text]


def statements_of(rng: random.Random, texts: list[str]) -> str:
    """One to four neighbouring statements of a text."""
    every = statements(rng.choice(texts))
    start = rng.randrange(len(every))
    return "\n\n".join(every[start:start + rng.choice((1, 1, 1, 2, 2, 3, 4))])


def formula(rng: random.Random, texts: list[str]) -> str:
    """A formula of marks and of scraps of statements, where formulas stand."""
    pieces = []
    for _ in range(rng.randrange(1, 9)):
        scrap = rng.choice(statements(rng.choice(texts)))
        i = rng.randrange(len(scrap))
        pieces.append(rng.choice((rng.choice(ALPHABET), scrap[i:i + rng.choice((1, 3, 8, 20))])))
    return rng.choice(PLACES).replace("%s", rng.choice(("", "", " ")).join(pieces))


def delete(rng: random.Random, text: str) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + text[i + rng.choice((1, 1, 1, 2, 5, 20)):]


def insert(rng: random.Random, text: str) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + rng.choice(ALPHABET) + text[i:]


def double(rng: random.Random, text: str) -> str:
    i = rng.randrange(len(text) + 1)
    j = i + rng.choice((1, 2, 6, 30))
    return text[:i] + text[i:j] * rng.choice((2, 2, 3, 40)) + text[j:]


def move(rng: random.Random, text: str) -> str:
    i, j = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
    k = min(len(text), j + rng.randrange(1, 12))
    return text[:i] + text[j:k] + text[i:j] + text[k:]


def swap_lines(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    rng.shuffle(lines)
    return "\n".join(lines)


def as_latex(rng: random.Random, text: str) -> str:
    """The text with its displays as environments, in a document or as the body of one."""
    display = rng.choice(DISPLAYS)
    pieces = text.split("$$")
    body = "".join(piece if k % 2 == 0 else f"\\begin{{{display}}}{piece}\\end{{{display}}}"
                   for k, piece in enumerate(pieces))
    return LATEX.replace("%s", body) if rng.random() < 0.7 else body


def as_notebook(rng: random.Random, text: str) -> str:
    """The text in cells, a line of code between them; sometimes the JSON itself is damaged."""
    cells = [{"cell_type": rng.choice(("markdown", "markdown", "code", "raw")), "metadata": {},
              "source": rng.choice((piece, piece.splitlines(keepends=True)))} for piece in text.split("\n\n")]
    made = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": rng.randrange(6)})
    return delete(rng, insert(rng, made)) if rng.random() < 0.15 else made


def document(rng: random.Random, every: list[str], newest: list[str]) -> tuple[str, str]:
    """(name of the file, its content)."""
    length = rng.random()
    if length < LONG + ALONE:
        take = lines_of if length < LONG else formula
    else:
        take = statements_of
    text = take(rng, newest if rng.random() < 0.35 else every)
    if rng.random() < 0.3 and take != formula:
        text += "\n" + take(rng, newest if rng.random() < 0.5 else every)
    kinds: list[Callable[[random.Random, str], str]] = [delete, insert, double, move]
    for _ in range(rng.randrange(7)):
        text = rng.choice(kinds)(rng, text)
    text = swap_lines(rng, text) if rng.random() < 0.05 else text
    ending = rng.choice((".md", ".md", ".md", ".md", ".tex", ".ipynb"))
    if ending == ".tex":
        return f"page{ending}", insert(rng, as_latex(rng, text)) if rng.random() < 0.3 else as_latex(rng, text)
    return f"page{ending}", as_notebook(rng, text) if ending == ".ipynb" else text
