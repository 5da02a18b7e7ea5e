"""Where formulas stand in Markdown: `$…$`, `$$…$$`, `\\(…\\)`, `\\[…\\]`, `\\begin{align}…`, fences without a language
or named `math`, MyST's roles and directives, and our directives `<!-- derive: … -->`.

A place keeps positions: character k of its text is character `start + k` of the document. Marks of the page that stand
inside a formula (the `>` of a quotation, the indentation of a list) are replaced by spaces.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from derive.documents.pages.blocks import FENCED, HEADING, Block, blocks
from derive.documents.pages.spans import DISPLAY, INLINE, REMARK, Span, Spans

FENCE, DIRECTIVE = "fence", "directive"
_TITLE = re.compile(r"[ \t]*#{1,6}[ \t]+(.+?)[ \t#]*$")
_DIRECTIVE = re.compile(r"\s*derive:")
_MATH_FENCES = frozenset(["math", "latex-math", "{math}"])
_OPTIONS = re.compile(r"(?:[ \t]*:[\w-]+:[^\n]*(?:\n|$))+|[ \t]*---[ \t]*\n(?:[^\n]*\n)*?[ \t]*---[ \t]*(?:\n|$)")
_FROM_ZERO = re.compile(r"(?<!\w)[A-Za-zα-ω][₀-₉]\s*=\s*0(?![\w.]|\s*[=+*/·−-])")
_DELIMITERS = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


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
    found = (_TITLE.match(b.text) for b in blocks(text) if b.kind == HEADING)
    return next((m[1] for m in found if m), None)


def places(text: str) -> list[Place]:
    """Every place in reading order. Linear in the length of the text."""
    every = list(blocks(text))
    plain = any(b.kind == FENCED and not b.info for b in every)
    return [place for block in every for place in _in_block(block, plain)]


def _in_block(block: Block, plain: bool) -> Iterator[Place]:
    """The places in a block. Where formulas are `plain` text, in fences, a sentence may start one from zero: with
    v₀ = 0."""
    if block.kind == FENCED:
        language = block.info.lower()
        if not language:
            yield Place(FENCE, block.text, block.start)
        elif language in _MATH_FENCES or language.startswith("{math}"):
            yield Place(DISPLAY, _without_options(block.text), block.start)
        return
    if plain and not any(sign in block.text for sign in "$`\\"):
        yield from (Place(INLINE, m[0], block.start + m.start()) for m in _FROM_ZERO.finditer(block.text))
    for begin, end in _rows(block.text):
        for span in Spans(block.text, begin, end).found():
            yield from _of_span(span, block)


def _rows(text: str) -> Iterator[tuple[int, int]]:
    """The rows of a table, one by one; any other block is one."""
    lines = text.split("\n", 2)
    if len(lines) < 2 or "|" not in lines[0] or "-" not in lines[1] or not _DELIMITERS.match(lines[1]):
        yield 0, len(text)
        return
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _of_span(span: Span, block: Block) -> Iterator[Place]:
    inner, start = block.text[span.start:span.end], block.start + span.start
    if span.kind in (INLINE, DISPLAY):
        doubled = span.closing.startswith("\\\\")
        yield Place(span.kind, re.sub(r"\\(?=[_*])", " ", inner) if doubled else inner, start)
    elif span.kind == REMARK and (found := _DIRECTIVE.match(inner)):
        yield Place(DIRECTIVE, inner[found.end():], start + found.end())


def _without_options(text: str) -> str:
    """The formula of a MyST directive without its options."""
    found = _OPTIONS.match(text)
    return re.sub(r"[^\n]", " ", found[0]) + text[found.end():] if found else text
