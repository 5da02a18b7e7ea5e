"""The Python code of a document: fences, cells of a notebook, listings of LaTeX. Nothing is run here."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from derive.documents.pages import notebooks
from derive.documents.pages.blocks import FENCED, blocks
from derive.documents.pages.places import Positions
from derive.documents.pages.sources import LATEX, NOTEBOOK, plain

_INFO = re.compile(r"\{?\.?(?:code-cell\}?\s+)?(?:i?python3?|py3?)\b", re.IGNORECASE)
_LISTING = re.compile(
    r"\\begin\s*\{lstlisting\}[ \t]*\[[^\]\n]*language\s*=\s*\{?Python[^\]\n]*\](?P<listing>.*?)\\end\{lstlisting\}|"
    r"\\begin\s*\{minted\}[ \t]*(?:\[[^\]\n]*\])?\{python3?\}(?P<minted>.*?)\\end\{minted\}", re.DOTALL | re.IGNORECASE)
_MAGIC = re.compile(r"^([ \t]*)[%!](?![=\s])[^\n]*", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*%%(?!time|capture|timeit\b)")
_PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?", re.MULTILINE)


@dataclass(frozen=True)
class CodeBlock:
    """Python code. Its first line is `line` of the file or, in a notebook, of cell `cell`; both count from 1."""

    text: str
    line: int
    cell: int | None = None


def code_blocks(name: str, content: str) -> list[CodeBlock]:
    """The Python blocks of the document in a file called `name`, in reading order. Of what IPython adds to Python
    (`%matplotlib inline`, `!pip`) blank lines are left; the answers of a console session are left out.

    Raises:
        UnreadableSource: for a notebook that is none.
    """
    ending, content = os.path.splitext(name)[1].lower(), plain(content)
    if ending in NOTEBOOK:
        return list(_of_notebook(name, content))
    found = _listings(content) if ending in LATEX else _fences(content)
    positions = Positions.of(content)
    return [CodeBlock(_python(text), positions.place(at)[0]) for text, at in found]


def _of_notebook(name: str, content: str) -> Iterator[CodeBlock]:
    if not notebooks.language(name, content).startswith(("python", "ipython")):
        return
    for cell in notebooks.cells(name, content):
        if cell.kind == "code" and not _CELL_MAGIC.match(cell.text):
            yield CodeBlock(_python(plain(cell.text)), 1, cell.number)


def _fences(content: str) -> Iterator[tuple[str, int]]:
    for block in blocks(content):
        if block.kind == FENCED and _INFO.match(block.info):
            yield textwrap.dedent(block.text), block.start


def _listings(content: str) -> Iterator[tuple[str, int]]:
    for found in _LISTING.finditer(content):
        which = "listing" if found["listing"] is not None else "minted"
        skipped = len(found[which]) - len(found[which].lstrip("\n"))
        yield textwrap.dedent(found[which][skipped:]), found.start(which) + skipped


def _python(text: str) -> str:
    if text.lstrip().startswith(">>>"):
        lines = (_PROMPT.sub("", x) if _PROMPT.match(x) else "" for x in text.split("\n"))
        text = "\n".join(lines)
    return _MAGIC.sub(lambda m: f"{m[1]}pass" if m[1] else "", text)
