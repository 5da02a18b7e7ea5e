"""What the terminal can show: its width, colours, and characters."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any, TextIO

DEFAULT_WIDTH = 100
INFINITY = float("inf")


def width(stream: TextIO) -> int:
    """The terminal's width; COLUMNS where it is set; 100 cells where there is no terminal."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH


def colour(stream: TextIO) -> bool:
    """Colours on a terminal only, and never where NO_COLOR is set (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def unicode_output(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")


def print_json(data: dict) -> None:
    """One JSON object, in characters that stdout has. JSON has no NaN and no infinity: they become null."""
    import json

    print(json.dumps(_finite(data), ensure_ascii=not unicode_output(sys.stdout), allow_nan=False, indent=1))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and (value != value or value in (INFINITY, -INFINITY)) else value


def prepare() -> None:
    """Let a stream that lacks a character print `?` instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if not unicode_output(stream) and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def warn_of_lost_characters() -> None:
    """One line on stderr where formulas cannot be printed as they are."""
    if not unicode_output(sys.stdout):
        print(f"derive: this output is {sys.stdout.encoding}: characters that it lacks are printed as ?; "
              "set PYTHONIOENCODING=utf-8, or use --format latex", file=sys.stderr)
