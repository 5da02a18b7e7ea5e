"""Where a statement stands in its document: under which headings, and in which paragraph."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from derive.documents.lines.items import Item
from derive.documents.pages.places import INLINE, Place

_CHAPTER = re.compile(      # headings, and titles in bold or italics on lines of their own
    r"(?m)^(?:#{1,6}[ \t]|(?:[-*+]|\d+[.)])?[ \t]*(?P<mark>\*{1,3}|_{1,3})(?=\S)[^\n]{1,80}(?P=mark)"
    r"[^\S\n]*[:：]?[^\S\n]*$)")
_SECTION = re.compile(r"(?m)^#{1,3}[ \t]")
_PART = re.compile(r"(?m)^#{1,6}[ \t]")
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")
_AROUND_A_DISPLAY = " \t\r\n$`[\\"


class Surroundings:
    """The headings and blank lines of a text."""

    def __init__(self, text: str):
        self.text = text
        self.chapters, self.sections, self.parts, self.blanks = (
            [m.start() for m in mark.finditer(text)] for mark in (_CHAPTER, _SECTION, _PART, _BLANK_LINE))

    def tell(self, item: Item) -> None:
        """Says of an item where its place stands."""
        start = item.place.start
        item.chapter, item.section = bisect_right(self.chapters, start), bisect_right(self.sections, start)
        item.part = bisect_right(self.parts, start)
        item.paragraph = bisect_left(self.blanks, self._text_above(item.place))

    def _text_above(self, place: Place) -> int:
        """Where the text ends that a display goes on with; inside a sentence, where the formula stands."""
        if place.kind == INLINE:
            return place.start
        return len(self.text[:place.start].rstrip(_AROUND_A_DISPLAY))
