"""What stands in a line or a paragraph of Markdown: formulas, remarks and code, each with its two ends."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

INLINE, DISPLAY, REMARK, OPEN = "inline", "display", "remark", "open"
ENVIRONMENTS = ("equation", "align", "gather", "multline", "eqnarray", "alignat", "flalign", "displaymath", "math",
                "split", "aligned", "gathered", "dmath")
_NAMES = "|".join(ENVIRONMENTS)
_ATTRIBUTE = r"""\s+[A-Za-z_:@][\w.:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_TAG = re.compile(rf"<[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*+\s*/?>|<[a-z][a-z0-9+.-]{{1,31}}:[^\s<>]*>")
_LONGEST_TAG = 400
_CODE = re.compile(r"<(code|pre|kbd|tt)\b", re.IGNORECASE)
_MARK = re.compile(
    rf"\\\\[\[(]|\\begin\{{((?:{_NAMES})\*?)\}}|\\[\[(]|\\.|<!--|<|\{{math\}}(?=`)|`+|\$\$|\$", re.DOTALL)
_TICKS = re.compile(r"`+")
_IN_MATH = re.compile(r"\\.|\$|`+|<!--|\n[ \t]*\n", re.DOTALL)
_LONGEST = 4_000        # characters of a formula between single dollars
_LIKE_MATH = re.compile(r"\\[A-Za-z]|[=^_{}∈≤≥≠]")
_ENDS = {r"\\[": (DISPLAY, r"\\]"), r"\\(": (INLINE, r"\\)"), r"\[": (DISPLAY, r"\]"), r"\(": (INLINE, r"\)"),
         "$$": (DISPLAY, "$$"), "<!--": (REMARK, "-->")}


@dataclass(frozen=True)
class Span:
    """`text[start:end]` is inside, and its mark stands at `mark`. The first display or remark that is not closed
    is OPEN; `closing` is the sign that closes it."""

    kind: str
    start: int
    end: int
    mark: int
    closing: str = ""


class Spans:
    """The spans of `text[at:end]`. Linear in its length."""

    def __init__(self, text: str, at: int, end: int):
        self.text, self.begin, self.at, self.end = text, at, at, end
        self.never: set[str] = set()                            # signs that nothing closes any more
        self.ticks: dict[int, list[int]] | None = None          # where runs of backticks stand, by their length

    def found(self) -> Iterator[Span]:
        while (mark := _MARK.search(self.text, self.at, self.end)) is not None:
            sign, self.at = mark[0], mark.end()
            if sign.startswith("`"):
                self.at = self._code_end(self.at, len(sign)) or self.at
            elif sign == "$":
                yield from self._dollar()
            elif sign == "{math}":
                yield from self._role()
            elif sign == "<":
                self._tag(mark.start())
            elif sign in _ENDS:
                yield from self._closed(sign, *_ENDS[sign])
            elif mark[1]:
                yield from self._closed(sign, DISPLAY, rf"\end{{{mark[1]}}}")

    def _closed(self, sign: str, kind: str, closing: str) -> Iterator[Span]:
        start = self.at
        end = -1 if closing in self.never else self.text.find(closing, start, self.end)
        if end >= 0:
            self.at = end + len(closing)
            yield Span(kind, start, end, start - len(sign), closing)
            return
        if kind != INLINE and closing not in self.never:
            yield Span(OPEN, start, -1, start - len(sign), closing)
        self.never.add(closing)

    # -- code ----------------------------------------------------------------------------------------------------
    def _code_end(self, at: int, length: int) -> int | None:
        """Behind the next run of as many backticks."""
        if self.ticks is None:
            self.ticks = {}
            for run in _TICKS.finditer(self.text, at, self.end):
                self.ticks.setdefault(len(run[0]), []).append(run.start())
        places = self.ticks.get(length, [])
        k = bisect_left(places, at)
        return places[k] + length if k < len(places) else None

    def _role(self) -> Iterator[Span]:
        """{math}`a = b`"""
        ticks = _TICKS.match(self.text, self.at, self.end)
        assert ticks is not None
        end = self._code_end(ticks.end(), len(ticks[0]))
        if end is not None:
            self.at = end
            yield Span(INLINE, ticks.end(), end - len(ticks[0]), ticks.start())

    def _tag(self, start: int) -> None:
        """Past a tag with its attributes; of what is set as code, past its end."""
        tag = _TAG.match(self.text, start, min(self.end, start + _LONGEST_TAG))
        if tag is None:
            return
        self.at = tag.end()
        code = _CODE.match(tag[0])
        closing = f"</{code[1]}>" if code else ""
        if code and closing not in self.never:
            end = self.text.find(closing, self.at, self.end)
            if end < 0:
                self.never.add(closing)
            else:
                self.at = end + len(closing)

    # -- single dollars ------------------------------------------------------------------------------------------
    def _dollar(self) -> Iterator[Span]:
        start = self.at
        if self.text.startswith("`", start):
            end = self.text.find("`$", start + 1, min(self.end, start + _LONGEST))
            if end > start + 1 and "`" not in self.text[start + 1:end]:
                self.at = end + 2
                yield Span(INLINE, start + 1, end, start - 1)
                return
        end = self._closing_dollar(start)
        if end >= 0:
            self.at = end + 1
            yield Span(INLINE, start, end, start - 1)

    def _closing_dollar(self, start: int) -> int:
        """The end of `$…$`: no blank next to either dollar, or at both and what looks like a formula; no digit behind
        it; no empty line, no code and no remark between them."""
        for found in _IN_MATH.finditer(self.text, start, min(self.end, start + _LONGEST)):
            if found[0].startswith("`"):
                if self._code_end(found.end(), len(found[0])) is not None:
                    return -1
            elif found[0] == "$":
                return found.start() if self._is_math(start, found.start()) else -1
            elif not found[0].startswith("\\"):
                return -1
        return -1

    def _is_math(self, start: int, end: int) -> bool:
        inner = self.text[start:end]
        if not inner.strip() or self.text[end + 1:end + 2].isdigit():
            return False
        blanks = inner[0].isspace(), inner[-1].isspace()
        return not any(blanks) or (all(blanks) and bool(_LIKE_MATH.search(inner)))
