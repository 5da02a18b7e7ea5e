"""What the formats share: spans of text and formulas, and an equation as LaTeX."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any


def plain(spans: list) -> str:
    """The spans as one text: formulas by their Unicode form."""
    return "".join(s if isinstance(s, str) else s[0] for s in spans)


def escaped(spans: list, escape: Callable[[str], str]) -> str:
    """Text through `escape`, formulas in dollars. A law has no LaTeX: it is text."""
    return "".join(f"${s[1]}$" if not isinstance(s, str) and s[1] else escape(plain([s])) for s in spans)


def ranges_of(row: dict[str, Any], side: dict[str, Any]) -> list[str] | None:
    """The ranges of the letters that an equation shows: all of them where it is written with indices."""
    return row["ranges"]["index" if side["by_member"] else "matrix"]


def limits(side: dict[str, Any], ranges: list[str] | None) -> list[str] | None:
    """What is printed behind an equation: its condition, or else the range of its letters."""
    return side["condition"] or ranges


def latex_equation(side: dict[str, Any], ranges: list[str] | None = None, with_left: bool = True) -> str:
    """`left = right`, or `= right`, with its condition or range behind it."""
    left = side["left"][1] + " " if with_left else ""
    note = limits(side, ranges)
    return f"{left}{side['relation'][1]} {side['right'][1]}" + (rf" \qquad ({note[1]})" if note else "")


def text_equation(side: dict[str, Any], ranges: list[str] | None = None, with_left: bool = True) -> str:
    """The same as Unicode text."""
    left = side["left"][0] + " " if with_left else ""
    note = limits(side, ranges)
    return f"{left}{side['relation'][0]} {side['right'][0]}" + (f"    ({note[0]})" if note else "")
