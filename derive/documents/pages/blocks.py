"""The blocks of a Markdown page, as CommonMark cuts it: prose and fences, inside quotations and lists. Indented code,
raw HTML and front matter hold no formulas.

A block keeps positions: character k of its text is character `start + k` of the page. The marks of quotations and lists
are replaced by spaces. A display (`$$`, `\\[`, `\\begin{align}`) and a remark go on where a line of theirs looks like a
list or a quotation, as in `+ b`. Linear in the length of the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from derive.documents.pages.margins import BREAK, ITEM, Margins
from derive.documents.pages.spans import OPEN, Span, Spans

PROSE, HEADING, FENCED = "prose", "heading", "fenced"
_FENCE = re.compile(r"(`{3,})[ \t]*([^`]*)$|(~{3,})[ \t]*(.*)$")
_HEADING = re.compile(r"#{1,6}(?=[ \t]|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_RAW = re.compile(r"<(pre|script|style|textarea)(?=[\s>]|$)|\{%-?[ \t]*(highlight)\b", re.IGNORECASE)
_BARRIER = re.compile(r"^[ \t>]*(?:#{1,6}[ \t]|`{3}|~{3})", re.MULTILINE)
_GAP = re.compile(r"\n[ \t]*(?=\n)")
_MATTER = {"---": ("---", "..."), "+++": ("+++",)}


@dataclass(frozen=True)
class Block:
    """A leaf of the page. `info` is what stands behind the marks that open a fence."""

    kind: str
    text: str
    start: int
    info: str = ""


def blocks(text: str) -> Iterator[Block]:
    """Prose, headings and fences in reading order."""
    return _Scanner(text).run()


class _Scanner(Margins):
    def __init__(self, text: str):
        super().__init__(text)
        self.closings: dict[str, list[int]] = {}
        self.barriers = [m.start() for m in _BARRIER.finditer(text)]
        self.gaps = [m.start() for m in _GAP.finditer(text)]

    def run(self) -> Iterator[Block]:
        self._front_matter()
        while self.number < len(self.lines):
            yield from self._block()

    def _front_matter(self) -> None:
        start, end = self.lines[0]
        closings = _MATTER.get(self.text[start:end].removeprefix("\ufeff"), ())
        for number, (start, end) in enumerate(self.lines[1:] if closings else (), 1):
            if self.text[start:end] in closings:
                self.number = number + 1
                return

    def _taken(self, start: int, end: int, parts: list[tuple[int, int]]) -> str:
        """The text from `start` to `end`, blank but for some parts."""
        found, at = [], start
        for begin, stop in parts:
            found += [re.sub(r"[^\n]", " ", self.text[at:begin]), self.text[begin:stop]]
            at = stop
        return "".join([*found, self.text[at:end]])

    # -- blocks --------------------------------------------------------------------------------------------------
    def _block(self) -> Iterator[Block]:
        at, column, kept = self.inside(self.number)
        del self.containers[kept:]
        begin, end = self.lines[self.number]
        at, column = self.opened(at, end, column)
        first, indent = self.indented(at, end, column)
        fence = _FENCE.match(self.text, first, end) if indent < 4 else None
        raw = _RAW.match(self.text, first, end)
        if first >= end and self.bare == self.number - 1 and self.containers:
            self.containers.pop()                       # an item that begins with two empty lines is empty
        if first >= end or indent > 3 or BREAK.match(self.text, first, end):
            self.number += 1
        elif fence:
            yield self._fence(fence[1] or fence[3], (fence[2] or fence[4] or "").strip())
        elif raw:
            self._raw(first, raw[1] or raw[2])
        elif _HEADING.match(self.text, first, end):
            self.number += 1
            yield Block(HEADING, self._taken(begin, end, [(first, end)]), begin)
        else:
            yield self._prose(first, alone=self.text.startswith("<!--", first))

    def _fence(self, marks: str, info: str) -> Block:
        self.number += 1
        parts: list[tuple[int, int]] = []
        closing = re.compile(rf"{marks[0]}{{{len(marks)},}}$")
        start = self.lines[self.number][0] if self.number < len(self.lines) else len(self.text)
        while self.number < len(self.lines):
            at, column, kept = self.inside(self.number)
            if kept < len(self.containers):
                break
            _, end = self.lines[self.number]
            first, indent = self.indented(at, end, column)
            self.number += 1
            if indent < 4 and closing.match(self.text, first, end):
                break
            parts.append((min(at, end), end))
        stop = max(parts[-1][1], start) if parts else start
        return Block(FENCED, self._taken(start, stop, parts), start, info)

    def _raw(self, at: int, tag: str) -> None:
        closing = re.compile(rf"</{tag}>|\{{%-?[ \t]*end{tag}", re.IGNORECASE)
        while True:
            ended = closing.search(self.text, at, self.lines[self.number][1])
            self.number += 1
            if ended or self.number >= len(self.lines):
                return
            at, _, kept = self.inside(self.number)
            if kept < len(self.containers):
                return

    def _prose(self, at: int, alone: bool) -> Block:
        """A paragraph; a remark that begins a line (`alone`) ends with the line on which it ends."""
        start = self.lines[self.number][0]
        parts: list[tuple[int, int]] = []
        while True:
            end = self.lines[self.number][1]
            parts.append((at, end))
            self._through_displays(at, parts)
            self.number += 1
            following = None if alone else self._continued()
            if following is None or self._underlines(following):
                self.number += following is not None
                return Block(PROSE, self._taken(start, parts[-1][1], parts), start)
            at = following

    def _continued(self) -> int | None:
        """Where the next line goes on with the paragraph; None where it does not."""
        if self.number >= len(self.lines):
            return None
        end = self.lines[self.number][1]
        at, column, kept = self.inside(self.number)
        first, indent = self.indented(at, end, column)
        if first >= end:
            return None
        if indent > 3:
            return first
        text, item = self.text, ITEM.match(self.text, first, end)
        lazy = kept < len(self.containers)
        if not lazy and _UNDERLINE.match(text, first, end):
            return first
        if item and (lazy or (item.end() < end and item[1] in (None, "1"))):
            return None
        starts = text[first] == ">" or text.startswith("<!--", first) or any(
            p.match(text, first, end) for p in (_FENCE, _HEADING, BREAK, _RAW))
        return None if starts else first

    def _underlines(self, first: int) -> bool:
        """Whether the next line makes the paragraph a heading."""
        end = self.lines[self.number][1]
        at, column, kept = self.inside(self.number)
        close = kept == len(self.containers) and self.indented(at, end, column)[1] < 4
        return close and bool(_UNDERLINE.match(self.text, first, end))

    def _through_displays(self, at: int, parts: list[tuple[int, int]]) -> None:
        """Goes on to the line where a display or a remark that this line leaves open is closed."""
        while True:
            opened = [s for s in Spans(self.text, at, self.lines[self.number][1]).found() if s.kind == OPEN]
            close, length = next(((c, len(s.closing)) for s in opened if (c := self._closing(s, at)) is not None),
                                 (None, 0))
            if close is None:
                return
            while self.lines[self.number][1] < close:
                self.number += 1
                margin, _, _ = self.inside(self.number)
                parts.append((min(margin, self.lines[self.number][1]), self.lines[self.number][1]))
            at = close + length

    def _closing(self, opened: Span, line: int) -> int | None:
        """Where an open display is closed: before the next heading or fence, and before an empty line unless it stands
        on a line of its own and in no list. A remark on a line of its own ends where it ends."""
        if opened.closing not in self.closings:
            self.closings[opened.closing] = [m.start() for m in re.finditer(re.escape(opened.closing), self.text)]
        found = self.closings[opened.closing]
        place = bisect_left(found, self.lines[self.number][1])
        if place == len(found):
            return None
        own_line = not self.text[line:opened.mark].strip()
        remark = opened.closing == "-->"
        barred = [] if own_line and remark else [self.barriers]
        if not own_line or (self.containers and not remark):
            barred = [self.barriers, self.gaps]
        for barriers in barred:
            k = bisect_left(barriers, opened.start)
            if k < len(barriers) and barriers[k] < found[place]:
                return None
        return found[place]
