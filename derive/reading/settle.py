"""A layout with every letter and size at its last value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.index import Letter, Poly
from derive.notation.layout import Condition, Layout


def settled(x: Layout, values: Mapping[Letter, Poly]) -> Layout:
    """The same layout with letters replaced, those that sums bind as well."""
    if isinstance(x, Condition):
        return settled_condition(x, values)
    return type(x)(*(_moved(getattr(x, f), values) for f in x.fields))


def settled_condition(x: Condition, values: Mapping[Letter, Poly]) -> Condition:
    """The same condition; an end that was not given is that of the letter's range."""
    letter = _letter(x.letter, values)
    return Condition(letter, letter.low if x.low is None else _moved(x.low, values),
                     letter.high if x.high is None else _moved(x.high, values))


def _moved(part: Any, values: Mapping[Letter, Poly]) -> Any:
    if isinstance(part, Poly):
        return part.substitute(values)
    if isinstance(part, Layout):
        return settled(part, values)
    if isinstance(part, tuple):
        return tuple(_moved(p, values) for p in part)
    return _letter(part, values) if isinstance(part, Letter) else part


def _letter(letter: Letter, values: Mapping[Letter, Poly]) -> Letter:
    found = values.get(letter)
    return letter if found is None or found.letter is None else found.letter
