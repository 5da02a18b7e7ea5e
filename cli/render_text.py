"""Blocks as plain text for a terminal. No markup is read: what is in a formula is printed as it is."""

from __future__ import annotations

from collections.abc import Callable

from cli.spans import plain, text_equation
from cli.words import verdict
from cli.wrap import display_width, pad, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

_COLOURS = {"bold": "1", "dim": "2", "good": "32", "bad": "31", "name": "36;1"}
_GOOD = frozenset({"proved", "verified", "refuted", "passed"})


class TextRenderer:
    """Turns each block into lines of at most `width` cells."""

    def __init__(self, width: int = 100, colour: bool = False, language: str = "en"):
        self.width, self.colour, self.language = max(width, 20), colour, language
        self._draw: dict[str, Callable[..., list[str]]] = {
            "title": self.title, "heading": self.heading, "name": self.name, "line": self.line, "bullet": self.bullet,
            "equation": self.equation, "step": self.step, "table": self.table, "command": self.command}

    def render(self, block: tuple) -> str:
        kind, *payload = block
        return "".join(f"{line}\n" for line in self._draw[kind](*payload))

    @staticmethod
    def start() -> str:
        return ""

    finish = start

    def paint(self, text: str, style: str) -> str:
        return f"\033[{_COLOURS[style]}m{text}\033[0m" if self.colour and text else text

    def title(self, text: str, source: str) -> list[str]:
        return [*(self.paint(line, "bold") for line in wrap(text, self.width, prose=True)),
                *wrap(source, self.width, prose=True)]

    def heading(self, text: str) -> list[str]:
        return ["", self.paint(text, "bold")]

    def name(self, spans: list) -> list[str]:
        return ["", *(self.paint(line, "name") for line in wrap(plain(spans), self.width, "  ", prose=True))]

    def line(self, spans: list) -> list[str]:
        return wrap(plain(spans), self.width, "    ", "    ", prose=True)

    def command(self, text: str) -> list[str]:
        """In one line, however long: it is to be copied."""
        return [f"    {text}"]

    def bullet(self, spans: list) -> list[str]:
        return wrap(plain(spans), self.width, "  - ", "    ", prose=True)

    def equation(self, side: dict[str, Any], ranges: list[str] | None, judged: str) -> list[str]:
        return self._with_mark("  ", text_equation(side, ranges), judged)

    def step(self, number: int, rule: list, uses: list, judged: str, side: dict[str, Any], chained: bool,
             before: dict[str, Any] | None) -> list[str]:
        words = plain([*rule, *([" · ", *uses] if uses else [])])
        lines = self._with_mark("  ", f"{number}. {words}", judged)
        return lines + wrap(text_equation(side, None, with_left=not chained), self.width, "       ", "         ")

    def _with_mark(self, indent: str, text: str, judged: str) -> list[str]:
        """The text with its verdict at the right margin, on a line of its own where there is no room."""
        mark = f"{'✓' if judged in _GOOD else '✗'} {verdict(judged, self.language)}" if judged else ""
        lines = wrap(text, self.width, indent, indent + "    ")
        if mark:
            room = self.width - display_width(lines[-1]) - display_width(mark)
            painted = self.paint(mark, "good" if judged in _GOOD else "bad")
            if room >= 2:
                lines[-1] += " " * room + painted
            else:
                lines.append(" " * max(self.width - display_width(mark), 0) + painted)
        return lines

    def table(self, rows: list[list[str]]) -> list[str]:
        columns = [max(map(display_width, column)) for column in zip(*rows)]
        if sum(columns) + 2 * len(columns) + 4 > self.width:
            texts = [", ".join(filter(None, row)) for row in rows]
            return [line for text in texts for line in wrap(text, self.width, "    ", "      ", prose=True)]
        return ["    " + "  ".join(map(pad, row, columns)).rstrip() for row in rows]

