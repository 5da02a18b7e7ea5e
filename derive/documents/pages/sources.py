"""Documents of every kind as one text with places: Markdown, notebooks, LaTeX.

    found = source("notes.ipynb", content)
    found.text, found.places                    what `statements` and `outline` read: one program, in reading order
    found.location(at)                          where character `at` of the text stands in the file
    found.location(*found.at(line, column))     the same for a line and column of the text
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from derive.documents.pages import latex, notebooks
from derive.documents.pages.places import Place, Positions, places

MARKDOWN, NOTEBOOK, LATEX = (".md", ".markdown", ".txt"), (".ipynb",), (".tex",)
ENDINGS = (*MARKDOWN, *NOTEBOOK, *LATEX)
UnreadableSource = notebooks.UnreadableSource


@dataclass(frozen=True)
class Location:
    """A place in a file, from 1. Of a notebook, `cell` counts all cells from 1, and the line is one of the cell."""

    cell: int | None
    line: int
    column: int

    def shown(self, name: str) -> str:
        """`notes.md:12:3`, `notes.ipynb#cell=4:2:1`"""
        return f"{name}{f'#cell={self.cell}' if self.cell is not None else ''}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Part:
    """A part of a file: its text as it was given begins at `at` in the text of the source."""

    at: int
    cell: int | None
    given: Positions


@dataclass(frozen=True)
class Source:
    """One document. `origins` says of each character of the text where it stood in the file; without it the parts stand
    in the text as they were given."""

    name: str
    text: str
    places: list[Place]
    parts: tuple[Part, ...]
    origins: Sequence[int] | None = None
    positions: Positions = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", Positions.of(self.text))

    def at(self, line: int, column: int) -> int:
        """The character at a line and column of the text."""
        return self.positions.starts[min(line, len(self.positions.starts)) - 1] + column - 1

    def location(self, at: int) -> Location:
        """Where a character of the text stands in the file."""
        part, place = self._found(at)
        return Location(part.cell, *part.given.place(place))

    def line(self, at: int) -> str:
        """The line of the file that it stands on."""
        part, place = self._found(at)
        start = part.given.starts[part.given.place(place)[0] - 1]
        return part.given.text[start:].partition("\n")[0] if start < len(part.given.text) else ""

    def _found(self, at: int) -> tuple[Part, int]:
        part = self.parts[max(0, bisect_right([p.at for p in self.parts], at) - 1)]
        if self.origins is not None:
            at = self.origins[min(at, len(self.origins) - 1)] if len(self.origins) else 0
        return part, max(0, min(at - part.at, len(part.given.text)))


def source(name: str, content: str) -> Source:
    """The document in a file called `name`, by its ending; what has no ending that is known is Markdown.

    Raises:
        UnreadableSource: for a notebook that is none.
    """
    content = plain(content)
    ending = os.path.splitext(name)[1].lower()
    if ending in NOTEBOOK:
        return _notebook(name, content)
    if ending in LATEX:
        text, origins, found = latex.document(content)
        return Source(name, text, found, (Part(0, None, Positions.of(content)),), origins)
    return Source(name, content, places(content), (Part(0, None, Positions.of(content)),))


def plain(content: str) -> str:
    """The content with one kind of line ends, and without a mark of its byte order: lines and columns stay."""
    return content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _notebook(name: str, content: str) -> Source:
    text: list[str] = []
    parts: list[Part] = []
    found: list[Place] = []
    at = 0
    for cell in notebooks.cells(name, content):
        if cell.kind != "markdown":
            continue
        own = plain(cell.text)
        parts.append(Part(at, cell.number, Positions.of(own)))
        found += [Place(p.kind, p.text, at + p.start) for p in places(own)]
        text.append(own)
        at += len(own) + 2
    return Source(name, "\n\n".join(text), found, tuple(parts) or (Part(0, None, Positions.of("")),))
