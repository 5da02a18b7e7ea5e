"""Where formulas stand in Markdown: `$…$`, `$$…$$`, `\\(…\\)`, `\\[…\\]`, fences without a language or named `math`,
and directives `<!-- derive: … -->`.

A place keeps positions: character k of its text is character `start + k` of the document. Marks of the page that stand
inside a formula (the `>` of a quotation, the indentation of a list) are replaced by spaces.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

INLINE, DISPLAY, FENCE, DIRECTIVE = "inline", "display", "fence", "directive"
_FENCE = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t>]*(`{3,}|~{3,})[ \t]*([^\n`]*)$")
_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t#]*$")
_MARGIN = re.compile(r"(?m)^[ \t]*(?:>[ \t]*)+")
_DIRECTIVE = re.compile(r"\s*derive:")
_MATH_FENCES = frozenset(["", "math", "latex-math", "{math}"])


@dataclass(frozen=True)
class Place:
    """A text in which formulas stand. Statements of a fence or a directive stand one on a line."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True)
class Positions:
    """Lines and columns of a document."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Positions:
        return cls(text, (0, *(m.end() for m in re.finditer("\n", text))))

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self.starts, min(at, len(self.text)))
        return line, at - self.starts[line - 1] + 1


def title(text: str) -> str | None:
    """The first heading that stands in no fence."""
    for _, line in _outside_fences(text):
        found = _HEADING.match(line)
        if found:
            return found[1]
    return None


def places(text: str) -> list[Place]:
    """Every place in reading order. Linear in the length of the text."""
    found: list[Place] = []
    prose: list[tuple[int, str]] = []
    for start, block, language in _blocks(text):
        if language is None:
            prose.append((start, block))
        elif language.strip().lower() in _MATH_FENCES:
            found.append(Place(FENCE if not language.strip() else DISPLAY, _without_margin(block), start))
    for start, block in prose:
        found += _in_prose(block, start)
    return sorted(found, key=lambda p: p.start)


def _outside_fences(text: str) -> Iterator[tuple[int, str]]:
    for start, block, language in _blocks(text):
        if language is None:
            at = start
            for line in block.splitlines(keepends=True):
                yield at, line.rstrip("\n")
                at += len(line)


def _blocks(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Fences with the text behind their opening marks, and what stands between fences (None)."""
    at = begin = 0
    opened: tuple[str, str] | None = None
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        mark = _FENCE.match(bare)
        if opened is None and mark:
            yield begin, text[begin:at], None
            opened, begin = (mark[1], mark[2]), at + len(line)
        elif opened and mark and not mark[2].strip() and mark[1].startswith(opened[0]):
            yield begin, text[begin:at], opened[1]
            opened, begin = None, at + len(line)
        at += len(line)
    yield begin, text[begin:], None if opened is None else opened[1]


# -- between fences -----------------------------------------------------------------------------------------------
_MARKS = re.compile(r"\\[\[(]|\\.|<!--|`+|\$\$|\$|\n[ \t]*\n", re.DOTALL)
_ENDS = {"$$": "$$", r"\[": r"\]", r"\(": r"\)", "<!--": "-->"}
_KINDS = {"$$": DISPLAY, r"\[": DISPLAY, r"\(": INLINE}


def _in_prose(text: str, offset: int) -> Iterator[Place]:
    at = 0
    open_ended: set[str] = set()    # marks that nothing closes: looked for once, not at each of them
    while True:
        mark = _MARKS.search(text, at)
        if mark is None:
            return
        sign, at = mark[0], mark.end()
        if sign in open_ended:
            continue
        if sign.startswith("`"):
            closing = re.compile(rf"(?<!`){sign}(?!`)").search(text, at)
            at = at if closing is None else closing.end()
            if closing is None:
                open_ended.add(sign)
        elif sign == "$":
            end = _closing_dollar(text, at)
            if end is not None:
                yield Place(INLINE, _without_margin(text[at:end]), offset + at)
                at = end + 1
        elif sign in _ENDS:
            end = text.find(_ENDS[sign], at)
            if end < 0:
                open_ended.add(sign)
                continue
            if sign in _KINDS:
                yield Place(_KINDS[sign], _without_margin(text[at:end]), offset + at)
            else:
                yield from _directive(text[at:end], offset + at)
            at = end + len(_ENDS[sign])


def _closing_dollar(text: str, at: int) -> int | None:
    """The end of `$…$`: no space inside next to either dollar, no digit behind it, no empty line between."""
    if at >= len(text) or text[at].isspace():
        return None
    for found in re.finditer(r"\\.|\$|\n[ \t]*\n", text[at:at + 4_000], re.DOTALL):
        if found[0].startswith("\n"):
            return None
        if found[0] == "$":
            end = at + found.start()
            after = text[end + 1:end + 2]
            return None if end == at or text[end - 1].isspace() or after.isdigit() else end
    return None


def _directive(text: str, start: int) -> Iterator[Place]:
    found = _DIRECTIVE.match(text)
    if found:
        yield Place(DIRECTIVE, _without_margin(text[found.end():]), start + found.end())


def _without_margin(text: str) -> str:
    return _MARGIN.sub(lambda m: " " * len(m[0]), text)
