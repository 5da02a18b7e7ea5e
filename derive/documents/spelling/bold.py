"""A bold letter beside the same letter as a size: of 𝐪 ∈ ℝ^q, the vector is a name of its own, q̲; so is the loss 𝓛
beside the last layer L."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

BOLD = "sbf"            # a command of ours for the underlined letter
_BOLD = re.compile(r"\\(mathbf|boldsymbol|bm|symbf|pmb|mathcal|mathscr)"
                   r"(\s*\{\s*([A-Za-z])\s*\}|\s+([A-Za-z])(?![A-Za-z]))")
_ONE = re.compile(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])")
_SHAPE = re.compile(r"(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?)\s*\^\s*(\{[^{}]*\}|\(?[A-Za-z]\)?)")
_END = re.compile(r"(?:dots|…)\s*,?\s*([A-Z])(?![A-Za-z])|\^\s*\{?\s*[(\[]\s*([A-Z])\s*[)\]]|"
                  r"\^\s*\{?\s*(L)(?![A-Za-z])")


def bold_sizes(formulas: Iterable[str]) -> frozenset[str]:
    """The letters that are the length of an axis somewhere, or the last of a count, and bold somewhere."""
    every = list(formulas)
    lengths = {x for text in every for m in _SHAPE.finditer(text) for x in _ONE.findall(m[1])}
    lengths |= {m[1] or m[2] or m[3] for text in every for m in _END.finditer(text)}
    bold = {m[3] or m[4] for text in every if "\\" in text for m in _BOLD.finditer(text)}
    return frozenset(lengths & bold)


def told_apart(text: str, letters: Collection[str]) -> str:
    """The formula with these letters underlined where they are bold; as long as it was."""
    if not letters:
        return text
    return _BOLD.sub(lambda m: f"\\{BOLD}{m[2]}{' ' * (len(m[1]) - len(BOLD))}"
                     if (m[3] or m[4]) in letters else m[0], text)
