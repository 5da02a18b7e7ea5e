"""A document judged statement by statement: what takes too long can be given up without the others."""

from __future__ import annotations

from derive.documents import DocumentError, Problem
from derive.documents.places import Positions
from derive.documents.problems import Unreadable
from derive.documents.sources import source
from verify.documents.finding import Finding
from verify.documents.judge import Judge


class OneByOne:
    """The statements of a document, numbered from 0.

    Raises:
        DocumentError: for a document that cannot be taken apart.
    """

    def __init__(self, text: str):
        try:
            self._judge = Judge(source('page.md', text))
        except Unreadable as error:
            line, column = Positions.of(text).place(error.at)
            raise DocumentError([Problem(line, column, error.message)]) from error

    def unjudged(self) -> list[Finding]:
        """Every statement, as long as nothing is known about it."""
        return self._judge.unjudged()

    def finding(self, number: int) -> Finding:
        """One statement with its verdict."""
        return self._judge.judged(number)
