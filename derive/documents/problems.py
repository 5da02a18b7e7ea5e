"""What is wrong with a document, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a document from being read: `line` and `column` count from 1."""

    line: int
    column: int
    message: str


class DocumentError(ValueError):
    """A document that has no meaning as a program. Its problems come in reading order."""

    def __init__(self, problems: list[Problem]):
        self.problems = sorted(problems, key=lambda p: (p.line, p.column))
        super().__init__("; ".join(f"{p.line}:{p.column}: {p.message}" for p in self.problems))


class Unreadable(ValueError):
    """One problem on its way up: `at` is a position in the document's text."""

    def __init__(self, message: str, at: int):
        super().__init__(message)
        self.message, self.at = message, at
