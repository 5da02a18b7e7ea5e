"""Sizes that are multiples of a number: where letters run to d/2, d = 2 h."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from math import lcm

from derive.documents.lines.statements import Equality, Range, Statement

_STYLED = r"\\(?:text|textrm|mathrm|operatorname)\s{0,9}\{\s{0,9}"
_SIZE = (rf"[A-Za-z](?:_(?:\{{\s{{0,9}}(?:{_STYLED})?[A-Za-z]{{1,12}}\s{{0,9}}\}}{{1,2}}|"
         rf"{_STYLED}[A-Za-z]{{1,12}}\s{{0,9}}\}}|[A-Za-z](?![A-Za-z])))?")
_RATIO = (rf"(?:(?<![A-Za-z\\])(?P<a>{_SIZE})\s{{0,9}}/\s{{0,9}}(?P<b>[2-9])(?![\d.])"
          rf"|\\[dt]?frac\s{{0,9}}\{{?\s{{0,9}}(?P<c>{_SIZE})\s{{0,9}}\}}?\s{{0,9}}\{{?\s{{0,9}}(?P<d>[2-9])(?![\d.]))")
_END = re.compile(rf"\s{{0,9}}{_RATIO}\s{{0,9}}\}}?\s{{0,9}}(?:[-−]\s{{0,9}}1\s{{0,9}})?")
_OF_A_SUM = re.compile(r"(?:\\sum|\\prod|[Σ∑∏])\s{0,9}_\s{0,9}(?:\{[^{}]{1,30}\}|\w)\s{0,9}\^\s{0,9}\{([^{}]{1,9}|"
                       r"\s{0,9}\\[dt]?frac\s{0,9}\{[^{}]{1,9}\}\s{0,9}\{[^{}]{1,9}\}[^{}]{0,9})\}")
_IN_STEPS = re.compile(r"[_(\[{,]\s{0,9}([2-9])\s{0,9}\\?,?\s{0,9}([a-z])\s{0,9}[-+−}\])]")
_STYLE = re.compile(r"\\[a-z]+")
_WORD = re.compile(r"[A-Za-z]+")
_LETTERS = "hmrpqsuvwgMKH"


def divided_sizes(stream: Sequence[Statement]) -> dict[str, int]:
    """The sizes of which some ranges end at a part, such as d/2, or by which an index that counts in steps is
    divided, as in 10000^{2i/d}; with the number of which each is a multiple."""
    found: dict[str, int] = {}
    for written, step in _found(stream):
        size = "_".join(_WORD.findall(_STYLE.sub("", written)))
        found[size] = lcm(found.get(size, 1), step)
    return found


def _found(stream: Iterable[Statement]) -> Iterator[tuple[str, int]]:
    for statement in stream:
        conditions = statement.conditions if isinstance(statement, Equality) else ()
        ends = [s.high.text for s in (statement, *conditions) if isinstance(s, Range)]
        if isinstance(statement, Equality):
            ends += _OF_A_SUM.findall(statement.piece.text)
            yield from _by_steps(statement)
        for match in filter(None, map(_END.fullmatch, ends)):
            yield match["a"] or match["c"], int(match["b"] or match["d"])


def _by_steps(equation: Equality) -> Iterator[tuple[str, int]]:
    left, *right = (m.text for m in equation.members)
    for step, letter in _IN_STEPS.findall(left[-60:]):
        index = rf"{step}\s{{0,9}}{letter}\s{{0,9}}"
        ratio = re.compile(rf"(?<![\d.]){index}/\s{{0,9}}({_SIZE})(?![A-Za-z_])|"
                           rf"\\[dt]?frac\s{{0,9}}\{{\s{{0,9}}{index}\}}\s{{0,9}}\{{\s{{0,9}}({_SIZE})\s{{0,9}}\}}")
        for side in right:
            yield from ((a or b, int(step)) for a, b in ratio.findall(side))


def free_letters(taken: Collection[str]) -> Iterator[str]:
    """Letters for what the document does not name."""
    return (x for x in _LETTERS if x not in taken)
