"""Findings for people: the line, a caret below the column, the verdict and why. No markup is read."""

from __future__ import annotations

from cli.findings import Report, clean, expected, fails, guess, headline, is_plain, joined, message, reasons, summary
from cli.render_text import TextRenderer
from cli.wrap import display_width

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

GUTTER = 6                  # cells for the number of a line


class TextReport:
    """Lines of at most `width` cells, as far as words allow."""

    def __init__(self, strict: bool, language: str, width: int, colour: bool, verbose: bool):
        self.strict, self.language, self.verbose = strict, language, verbose
        self.draw = TextRenderer(width, colour, language)

    def render(self, reports: list[Report]) -> str:
        lines = [line for report in reports for row in report.findings for line in self._row(report, row)]
        return joined([*lines, summary(reports, self.strict, self.language)])

    def _row(self, report: Report, row: dict[str, Any]) -> list[str]:
        if is_plain(row, self.strict):
            return [self._head(report, row), *self._guess(row)] if self.verbose else []
        lines = [self._head(report, row)]
        if report.source is not None:
            lines += self._excerpt(report.source.line(row), row)
        lines += [line for text in reasons(row, self.language) for line in self.draw.bullet([text])]
        return [*lines, *self._guess(row), ""]

    def _guess(self, row: dict[str, Any]) -> list[str]:
        """What the formula looks like, so that nobody takes it for a verdict."""
        said = guess(row, self.language)
        return [self.draw.paint(line, "dim") for line in self.draw.bullet([said])] if said else []

    def _head(self, report: Report, row: dict[str, Any]) -> str:
        style = "bad" if fails(row, self.strict) else "good" if is_plain(row, self.strict) else "bold"
        mark = "✗" if style == "bad" else "✓" if style == "good" else "?"
        why = f" ({reasons(row, self.language)[0]})" if style == "good" and expected(row) else ""
        return f"{report.place(row)}: " + self.draw.paint(f"{mark} {headline(row, self.language)}", style) + why

    def _excerpt(self, line: str, row: dict[str, Any]) -> list[str]:
        text, before = window(line, row["column"] - 1, self.draw.width - GUTTER - 3)
        return [f"{row['line']:>{GUTTER}} | {text}", f"{'':>{GUTTER}} | {' ' * before}{self.draw.paint('^', 'bad')}"]


def window(line: str, at: int, room: int) -> tuple[str, int]:
    """The part of a line around a character that fits into so many cells, and the cells that stand before it."""
    at = min(max(at, 0), len(line))
    left, right = clean(line[max(at - room, 0):at]), clean(line[at:at + room])
    cut_left = at > room or display_width(left) > room * 3 // 4
    if cut_left:
        left = "…" + _last(left, room // 2 - 1)
    before, left_over = display_width(left), room - display_width(left)
    if at + room < len(line) or display_width(right) > left_over:
        right = _first(right, left_over - 1) + "…"
    return (left + right).rstrip(), before


def _first(text: str, cells: int) -> str:
    """As much of the start as fits."""
    for end, c in enumerate(text):
        cells -= display_width(c)
        if cells < 0:
            return text[:end]
    return text


def _last(text: str, cells: int) -> str:
    return _first(text[::-1], cells)[::-1]


def concise(reports: list[Report], strict: bool, language: str, verbose: bool) -> str:
    """A line for each finding, as compilers write them."""
    lines = [f"{report.place(row)}: {message(row, language)}" for report in reports for row in report.findings
             if verbose or not is_plain(row, strict)]
    return joined([*lines, summary(reports, strict, language)])
