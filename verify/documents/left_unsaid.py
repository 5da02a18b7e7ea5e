"""Formulas that are read, and of which the page does not say enough: what an arbitrary function p is, how random names
are drawn, and what a schematic member, `prod` or dots, stands for. They are open, and have a meaning."""

from __future__ import annotations

import re

_NO_FUNCTION = re.compile(r"(?:it rests on [^:]+: )?(\S+) is no function that is known here; define it: .*")
_CALLED = re.compile(r"(?:it rests on [^:]+: )?(\S+) is called with another .+, which does not stand in what it is")
_LETTER = re.compile(r"\W?[A-Za-zα-ωΑ-Ω][\u0300-\u036f\u20d6\u20d7]*(?:_[\w,]{1,12})?\W?")
_MOMENT = re.compile(r"(?:Var|E|Cov|𝔼) is not defined(?:; .*)?")
_DOTS = re.compile(r"what the dots stand for cannot be told from the members beside them; write .*")
_SCHEMATIC = frozenset(["prod"])
NO_LAW = "nothing tells how the names in it are drawn: write x ~ N(0, σ²)"


def left_unsaid(problem: str) -> str:
    """What is not said, in words; empty where a problem keeps the formula from being read."""
    if problem == NO_LAW or _MOMENT.fullmatch(problem):
        return NO_LAW
    if _DOTS.fullmatch(problem):
        return problem
    found = _NO_FUNCTION.fullmatch(problem) or _CALLED.fullmatch(problem)
    if found is None:
        return ""
    if found[1] in _SCHEMATIC:
        return f"{found[1]} stands for products that are not written out"
    return f"{found[1]} is an arbitrary function here: nothing says what it is" if _LETTER.fullmatch(found[1]) else ""
