"""Which entries of the catalogue the headings of a page name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from derive.recognition.table import Known

_HEADING = re.compile(      # headings, and titles in bold or italics on lines of their own
    r"(?m)^(?:(?P<level>#{1,6})[ \t](?P<text>[^\n]{1,200})"
    r"|(?P<mark>\*{1,3})(?P<title>\S[^\n]{0,78}?)(?P=mark)[ \t]?[:：]?$)")


class Headings:
    """The headings of one text."""

    def __init__(self, text: str, entries: Iterable[Known]):
        every = list(entries)
        self._found = list(_HEADING.finditer(text))
        self._starts = [m.start() for m in self._found]
        self._words = {e.name: [_word(w) for w in set(_called(e, every)) if w] for e in every}
        self._named: dict[int, dict[str, int]] = {}

    def names(self, at: int, entry: str) -> int:
        """How near above a place a heading names the entry: the nearest one counts most, those around it less."""
        return self._at(at).get(entry, 0)

    def named(self, at: int) -> set[str]:
        """The entries that the headings above a place name."""
        return set(self._at(at))

    def _at(self, at: int) -> dict[str, int]:
        last = bisect_right(self._starts, at)
        if last not in self._named:
            around = self._around(last)
            found = {e: max((len(around) - k for k, text in enumerate(around) if any(w.search(text) for w in words)),
                            default=0) for e, words in self._words.items()} if around else {}
            self._named[last] = {e: near for e, near in found.items() if near}
        return self._named[last]

    def _around(self, last: int) -> list[str]:
        """The last one of some headings, and those of higher levels around it."""
        found: list[str] = []
        level = 9
        for m in reversed(self._found[:last]):
            own = len(m["level"]) if m["level"] else 9 - min(len(m["mark"]), 2)
            if own < level:
                level = own
                found.append(_plain(m["text"] or m["title"]))
            if level == 1:
                break
        return found



def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z]){re.escape(text)}(?![a-z])")


def _called(entry: Known, every: Iterable[Known]) -> Iterator[str]:
    """What headings call an entry; one about a side of another one is called as that is, too."""
    yield entry.name.replace("_", " ").lower()
    yield from (other.name.replace("_", " ") for other in every if entry.name.startswith(f"{other.name}_"))
    for say in ("en", "zh"):
        title = _plain(entry.title[say])
        yield re.split("[,，、]", short(title))[0]
        yield from re.findall(r"[(（]([a-z0-9]{2,})[)）]", title)


def _plain(text: str) -> str:
    return text.lower().replace("-", " ").replace("ization", "isation")


def short(title: str) -> str:
    """A title without what stands in parentheses."""
    return re.split(r"[(（:：]", title)[0].strip(" ,，")
