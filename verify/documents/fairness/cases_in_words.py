"""A sentence may say in which case a claim holds: "f'(x) = 1 for x > 0", "if a = b > 0 then …", "… otherwise".

What such a case is was perhaps not read, or read for another claim of the sentence. An input outside of it refutes
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.documents.lines.items import Item
from derive.documents.pages.places import INLINE
from derive.notation.names import GREEK
from verify.documents.fairness.properties import SENTENCE
from verify.verdict import Counterexample

_FORMULA = re.compile(r"\$([^$]*)\$|\\\((.*?)\\\)", re.DOTALL)
_ORDER = re.compile(r"[<>≤≥]|\\(?:le|ge|leq|geq|lt|gt|leqslant|geqslant)(?![A-Za-z])")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^][]*\]|\|[^|]*\|")       # 𝟏[a > 0] tells of no case
_PART = re.compile(r"([<>≤≥=≠]|\\(?:leqslant|geqslant|leq|geq|le|ge|lt|gt|neq|ne)(?![A-Za-z]))")
_OTHERWISE = re.compile(r"\b(?:otherwise|elsewhere)\b|否则|其他情况|其它情况|其余")
_HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "≤": lambda a, b: a <= b, "≥": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "≠": lambda a, b: a != b}
_SAME = {"lt": "<", "gt": ">", "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥",
         "ne": "≠", "neq": "≠"}


def case_of(item: Item, text: str, example: Counterexample | None = None) -> str:
    """The case that the sentence of a claim speaks of, and in which the input is not for certain; empty for none."""
    if item.place.kind != INLINE:
        return ""
    sentence, start = _sentence(text, item.at)
    for formula in _FORMULA.finditer(sentence):
        inside = formula[1] or formula[2] or ""
        own = formula.start() <= item.at - start < formula.end()
        if not own and _ORDER.search(_BRACKETS.sub("", inside)) and not _holds(inside, example):
            return " ".join(inside.split())
    otherwise = _OTHERWISE.search(sentence)
    return otherwise[0] if otherwise else ""


def _sentence(text: str, at: int) -> tuple[str, int]:
    """The sentence that stands at a place, and where it begins."""
    start = 0
    for end in SENTENCE.finditer(text):
        if end.end() > at:
            return text[start:end.end()], start
        start = end.end()
    return text[start:], start


def _holds(relation: str, example: Counterexample | None) -> bool:
    """Whether a chain such as 0 < β_1, β_2 ≤ 1 is about single numbers and holds for the input; a name to which the
    input gives no value makes no difference."""
    return example is not None and all(a is not None and b is not None and _HOLDS[sign](a, b)
                                       for a, sign, b in _compared(relation, example))


def fails(relation: str, example: Counterexample) -> bool:
    """Whether a chain fails for the input, as far as it is about numbers to which the input gives values."""
    return any(a is not None and b is not None and not _HOLDS[sign](a, b)
               for a, sign, b in _compared(relation, example))


def _compared(relation: str, example: Counterexample) -> Iterator[tuple[Fraction | None, str, Fraction | None]]:
    """What stands beside each sign of a chain, as numbers."""
    operands = [[_value(name, example) for name in part.split(",") if _matters(name, example)]
                for part in _PART.split(relation)[::2]]
    signs = [_SAME.get(sign.lstrip("\\"), sign) for sign in _PART.split(relation)[1::2]]
    yield from ((a, sign, b) for several, sign, others in zip(operands, signs, operands[1:])
                for a in several for b in others)


def _value(written: str, example: Counterexample) -> Fraction | None:
    """A number, or the value of a name that is one number."""
    name = _name(written)
    found = {**{k: str(v) for k, v in example.sizes.items()}, **example.inputs}.get(name, name)
    try:
        return Fraction(found) if isinstance(found, str) else None
    except (ValueError, ZeroDivisionError):
        return None


def _matters(written: str, example: Counterexample) -> bool:
    name = _name(written)
    return not name.isidentifier() or name in example.inputs or name in example.sizes


def _name(written: str) -> str:
    """A name as inputs are called: β_1."""
    base, *below = written.strip(" \t\n\\").replace("{", "").replace("}", "").split("_")
    return "_".join([GREEK.get(base, base), *below])
