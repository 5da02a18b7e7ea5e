"""What is said about a text that cannot be read: where, what was expected, and which names are near."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ReadingError(ValueError):
    """A formula that cannot be read. `line` and `column` count from 1 and point into the text as it was given."""

    def __init__(self, message: str, line: int = 1, column: int = 1, expected: tuple[str, ...] = (),
                 nearest: tuple[str, ...] = ()):
        super().__init__(f"{line}:{column}: {message}")
        self.message, self.line, self.column = message, line, column
        self.expected, self.nearest = expected, nearest


class UnknownName(ReadingError):
    """A name that is not defined; `nearest` are names that look like it."""


class ShapeMismatch(ReadingError):
    """Parts whose shapes do not fit each other."""


def nearest_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """At most three names that look like `name`, the nearest first."""
    return tuple(get_close_matches(name, sorted(set(known)), 3, 0.6))


def unknown_message(name: str, nearest: tuple[str, ...]) -> str:
    """`W_hc is not defined; W_hg is`."""
    if not nearest:
        return f"{name} is not defined"
    verb = "is" if len(nearest) == 1 else "are"
    return f"{name} is not defined; {', '.join(nearest)} {verb}"
