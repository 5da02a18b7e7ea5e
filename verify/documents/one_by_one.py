"""A document judged statement by statement: what takes too long can be given up without the others."""

from __future__ import annotations

from derive.documents import DocumentError, Problem
from derive.documents.outline import CLAIMED, ORDERED
from derive.documents.places import Positions
from derive.documents.problems import Unreadable
from verify.documents.finding import Finding
from verify.documents.judge import Judge
from verify.verdict import UNDECIDED


class OneByOne:
    """The statements of a document, numbered from 0.

    Raises:
        DocumentError: for a document that cannot be taken apart.
    """

    def __init__(self, text: str):
        try:
            self._judge = Judge(text)
        except Unreadable as error:
            line, column = Positions.of(text).place(error.at)
            raise DocumentError([Problem(line, column, error.message)]) from error
        self._items = [i for i in self._judge.outline.items if i.role != ORDERED]

    def unjudged(self) -> list[Finding]:
        """Every statement, as long as nothing is known about it."""
        return [self._judge._made(i, UNDECIDED) for i in self._items]

    def finding(self, number: int) -> Finding:
        """One statement with its verdict."""
        item = self._items[number]
        return self._judge._judged(item) if item.role == CLAIMED else self._judge._finding(item)
