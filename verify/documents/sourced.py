"""Documents of every kind judged: each statement with its verdict and where it stands in the file."""

from __future__ import annotations

from dataclasses import dataclass

from derive.documents.lines.items import Item
from derive.documents.pages.sources import Location, Source, UnreadableSource, source
from derive.documents.problems import Unreadable
from verify.documents.finding import Finding
from verify.documents.judge import Judge

MOST_CHARACTERS = 1_000_000


class SourceError(ValueError):
    """A document that cannot be taken apart, and why."""


@dataclass(frozen=True)
class Sourced:
    """A finding, where it stands in the file, and the line of the file. The finding's own line and column are those of
    the text that `derive.documents.pages.sources` makes of the file."""

    finding: Finding
    location: Location
    line: str


class SourceJudge(Judge):
    """Judges what `source` made of a file, each statement once."""

    def __init__(self, found: Source):
        super().__init__(found)
        self.known: dict[int, Sourced] = {}

    def statements(self) -> list[Sourced]:
        """Every statement in reading order, as long as nothing is known about it."""
        return [self._sourced(i, f) for i, f in zip(self.items, self.unjudged())]

    def sourced(self, number: int) -> Sourced:
        """The statement of this number with its verdict."""
        if number not in self.known:
            self.known[number] = self._sourced(self.items[number], self.judged(number))
        return self.known[number]

    def _sourced(self, item: Item, made: Finding) -> Sourced:
        return Sourced(made, self.source.location(item.at), self.source.line(item.at))


def sourced(name: str, content: str) -> SourceJudge:
    """A judge for the document in a file called `name`.

    Raises:
        SourceError: for what is no document of its kind, is too long, or has too many statements.
    """
    try:
        found = source(name, content)
    except UnreadableSource as error:
        raise SourceError(str(error)) from None
    if len(found.text) > MOST_CHARACTERS:
        raise SourceError(f"{name}: more than {MOST_CHARACTERS} characters; split the document")
    try:
        return SourceJudge(found)
    except Unreadable as error:
        raise SourceError(f"{found.location(error.at).shown(name)}: {error.message}") from None
