"""What a name on the command line stands for: an entry, a fact, a section, or a topic. Imports nothing heavy."""

from __future__ import annotations

from cli.errors import UserError, nearest_line
from derive import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any


class Found:
    """The pages that a name stands for, and the fact, where it is one of a single page."""

    def __init__(self, heads: list[Any], fact: str | None = None):
        self.heads, self.fact = heads, fact


def look_up(name: str, files: bool = True) -> Found:
    """An entry before a fact, a fact before a section, a section before a topic; with `files`, a document by its ending
    or its path.

    Raises:
        UserError: with the nearest names, or for a file that cannot be read.
    """
    from cli.files import File, is_file

    try:
        return Found([catalogue.find(name)])
    except catalogue.Problem as problem:
        raise UserError(str(problem)) from problem
    except catalogue.UnknownEntry as unknown:
        if files and is_file(name):
            return Found([File(name)])
        found = _of_many(name, unknown.heads)
        if found is None:
            alike = unknown.nearest or catalogue.nearest(name, _names(unknown.heads))
            raise UserError(nearest_line(f"there is no entry, fact, section or topic '{name}'", alike,
                                         "see derive search or derive list")) from unknown
        return found


def _of_many(name: str, heads: list[catalogue.Head]) -> Found | None:
    holding = [head for head in heads if name in head.facts]
    if holding:
        return Found(holding, name)
    section = [h for h in heads if h.section == name or h.section.startswith(f"{name}.")]
    chosen = section or [h for h in heads if h.topic == name]
    return Found(chosen) if chosen else None


def _names(heads: list[catalogue.Head]) -> list[str]:
    return list(dict.fromkeys([f for h in heads for f in h.facts] + [n for h in heads for n in (h.topic, h.section)]))
