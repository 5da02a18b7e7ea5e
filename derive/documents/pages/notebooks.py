"""Jupyter notebooks (nbformat 4): their cells in order. Read with the standard library; nothing in them is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_CELLS = 10_000


class UnreadableSource(ValueError):
    """A file that is not what its ending says. The message names the file."""


@dataclass(frozen=True)
class Cell:
    """`number` counts all cells from 1; `kind` is markdown, code or raw."""

    number: int
    kind: str
    text: str


def cells(name: str, content: str) -> Iterator[Cell]:
    """Every cell.

    Raises:
        UnreadableSource: for what is no notebook of format 4, with the cell that is wrong.
    """
    for number, cell in enumerate(_listed(name, _notebook(name, content)), 1):
        if not isinstance(cell, dict):
            raise UnreadableSource(f"{name}: cell {number} of the notebook is no object")
        kind, text = cell.get("cell_type"), cell.get("source")
        if isinstance(text, list) and all(isinstance(line, str) for line in text):
            text = "".join(text)
        if not isinstance(kind, str):
            raise UnreadableSource(f"{name}: cell {number} of the notebook has no cell_type")
        if not isinstance(text, str):
            raise UnreadableSource(f"{name}: cell {number} of the notebook has no source that is text")
        yield Cell(number, kind, text)


def language(name: str, content: str) -> str:
    """The language of the code cells, in lower case; python where the notebook does not say."""
    found: Any = _notebook(name, content).get("metadata")
    for keys in (("language_info", "name"), ("kernelspec", "language")):
        said = found
        for key in keys:
            said = said.get(key) if isinstance(said, dict) else None
        if isinstance(said, str):
            return said.lower()
    return "python"


def _notebook(name: str, content: str) -> dict:
    try:
        found = json.loads(content)
    except json.JSONDecodeError as error:
        raise UnreadableSource(f"{name}:{error.lineno}:{error.colno}: a notebook is JSON: {error.msg}") from None
    except (ValueError, RecursionError):
        raise UnreadableSource(f"{name}: a notebook is JSON, and this is nested too deeply or holds a number that is "
                               "too long") from None
    if not isinstance(found, dict):
        raise UnreadableSource(f"{name}: a notebook is a JSON object with cells")
    version = found.get("nbformat")
    if isinstance(version, int) and version < 4:
        raise UnreadableSource(f"{name}: a notebook of format {version}; jupyter nbconvert --to notebook makes it one "
                               "of format 4")
    return found


def _listed(name: str, found: dict) -> list:
    listed = found.get("cells")
    if not isinstance(listed, list):
        raise UnreadableSource(f"{name}: the notebook has no list of cells")
    if len(listed) > MOST_CELLS:
        raise UnreadableSource(f"{name}: more than {MOST_CELLS} cells; split the notebook")
    return listed
