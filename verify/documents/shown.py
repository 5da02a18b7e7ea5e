"""A finding as lines for people: where it stands, the line with a caret, the verdict, what shows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from verify.documents.sourced import Sourced
from verify.verdict import Counterexample

WIDEST = 110


def shown(found: Sourced, path: str, why: str = "") -> list[str]:
    """`why` stands in the place of the verdict where it says more."""
    finding, location = found.finding, found.location
    about = f": {finding.subject}" if finding.subject else ""
    if finding.expected is not None:
        told = f"not refuted ({finding.verdict}), though it is said to be wrong on purpose"
        why = f"{told}: {finding.expected}" if finding.expected else told
    lines = [f"{location.shown(path)}: {why or finding.verdict}{about}", *_excerpt(found)]
    return [*lines, *_reasons(found)]


def _excerpt(found: Sourced) -> list[str]:
    """The part of the line around the statement, and a caret under its first character."""
    column, line = found.location.column - 1, found.line.expandtabs(1)
    start = max(0, min(column - WIDEST // 2, len(line) - WIDEST))
    number = f"{found.location.line:>6} | "
    margin = " " * len(number.rstrip(" |")) + " | "
    return [number + line[start:start + WIDEST], margin + " " * cells(line[start:column]) + "^"]


def cells(text: str) -> int:
    """How many columns of a terminal it takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _reasons(found: Sourced) -> Iterator[str]:
    finding = found.finding
    if finding.detail:
        yield finding.detail
    if finding.reading:
        yield f"read as: {finding.reading}"
    if finding.counterexample is not None:
        yield from _counterexample(finding.counterexample)
    if finding.correction is not None:
        yield f"correct is: {'; '.join(finding.correction['text'])}"
    yield from (f"note: {note}" for note in finding.notes)


def _counterexample(c: Counterexample) -> Iterator[str]:
    sizes = ", ".join(f"{name} = {_number(value)}" for name, value in c.sizes.items())
    yield f"counterexample{f' ({sizes})' if sizes else ''}:"
    yield from (f"    {name} = {_number(value)}" for name, value in c.inputs.items())
    yield f"    {f'{c.at}: ' if c.at else ''}left {c.left}, right {c.right}"


def _number(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_number, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {_number(v)}' for k, v in value.items())}}}"
    return str(value)
