"""The margins of a Markdown page: which quotations and lists a line stands in, and where its own text begins."""

from __future__ import annotations

import re

DEEPEST = 32            # quotations and lists one inside another; marks further inside are text
BREAK = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
ITEM = re.compile(r"(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)")
_QUOTE = 0              # a list stands in `containers` with the width of its margin, a quotation with this
_INDENT = 40            # columns of a margin that are told apart
_BLANKS = re.compile(r"[ \t]*")


class Margins:
    """The lines of a page, and the containers that are open at line `number`."""

    def __init__(self, text: str):
        self.text = text
        self.lines: list[tuple[int, int]] = []          # where each begins, and where the blanks at its end do
        at = 0
        for line in text.split("\n"):
            self.lines.append((at, at + len(line.rstrip())))
            at += len(line) + 1
        self.number = 0
        self.bare = -2                                  # the last line that is nothing but the mark of an item
        self.containers: list[int] = []

    def indented(self, at: int, end: int, column: int) -> tuple[int, int]:
        """Where the text of a line begins, and how far it is set in, from a column on."""
        first = _BLANKS.match(self.text, at, min(end, at + _INDENT)).end()    # type: ignore[union-attr]
        if "\t" not in self.text[at:first]:
            return first, first - at
        reached = column
        for character in self.text[at:first]:
            reached += 4 - reached % 4 if character == "\t" else 1
        return first, reached - column

    def skipped(self, at: int, end: int, column: int, width: int) -> tuple[int, int]:
        """Past some columns of blanks; of a tab that is wider, a part is left."""
        target = column + width
        while column < target and at < end:
            step = 4 - column % 4 if self.text[at] == "\t" else 1
            if self.text[at] not in " \t" or column + step > target:
                break
            at, column = at + 1, column + step
        return at, target

    def inside(self, number: int) -> tuple[int, int, int]:
        """Where a line stands inside the open containers, at which column, and how many of them go on in it."""
        (at, end), column = self.lines[number], 0
        for k, width in enumerate(self.containers):
            first, indent = self.indented(at, end, column)
            if width == _QUOTE:
                if first >= end or indent > 3 or self.text[first] != ">":
                    return at, column, k
                at, column = self._past_quote(first, end, column + indent)
            elif at < end:
                if indent < width:
                    return at, column, k
                at, column = self.skipped(at, end, column, width)
        return at, column, len(self.containers)

    def _past_quote(self, at: int, end: int, column: int) -> tuple[int, int]:
        at, column = at + 1, column + 1
        return self.skipped(at, end, column, 1) if self.text[at:at + 1] in (" ", "\t") and at < end else (at, column)

    def opened(self, at: int, end: int, column: int) -> tuple[int, int]:
        """Past the marks that open quotations and lists."""
        while at < end and len(self.containers) < DEEPEST:
            first, indent = self.indented(at, end, column)
            item = ITEM.match(self.text, first, end)
            if indent > 3 or (item and BREAK.match(self.text, first, end)):
                break
            if self.text[first] == ">":
                self.containers.append(_QUOTE)
                at, column = self._past_quote(first, end, column + indent)
            elif item:
                self.bare = self.number if item.end() >= end else self.bare
                marked, reached = item.end(), column + indent + len(item[0])
                _, gap = self.indented(marked, end, reached)
                gap = gap if 1 <= gap <= 4 and marked < end else 1
                self.containers.append(indent + len(item[0]) + gap)
                at, column = self.skipped(marked, end, reached, gap)
            else:
                break
        return at, column
