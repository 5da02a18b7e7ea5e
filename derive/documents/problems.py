"""What is wrong with a document, and where."""

from __future__ import annotations

from dataclasses import dataclass

from derive.index import Poly


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a document from being read: `line` and `column` count from 1. `shapes` says that the parts
    of a claim have shapes that do not fit each other."""

    line: int
    column: int
    message: str
    shapes: bool = False


class DocumentError(ValueError):
    """A document that has no meaning as a program. Its problems come in reading order; `guesses` says how many shapes
    there are for its names that are about equally good."""

    guesses: int = 1

    def __init__(self, problems: list[Problem]):
        cleaned = [Problem(p.line, p.column, _printable(p.message), p.shapes) for p in problems]
        self.problems = sorted(cleaned, key=lambda p: (p.line, p.column))
        super().__init__("; ".join(f"{p.line}:{p.column}: {p.message}" for p in self.problems))


def _printable(text: str) -> str:
    """A message may quote the document: no control characters, no marks that turn the line round."""
    return "".join(c if c.isprintable() else "?" for c in text)


class Unreadable(ValueError):
    """One problem on its way up: `at` is a position in the document's text. Of an index that may leave its range,
    `distance` is how far it is from the end."""

    def __init__(self, message: str, at: int, shapes: bool = False, distance: Poly | None = None):
        super().__init__(message)
        self.message, self.at, self.shapes, self.distance = message, at, shapes, distance
