"""What stands behind ∈: shapes (ℝ^{m×n}), whole numbers (ℕ), and intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.documents.lines.statements import Piece

_REALS = re.compile(r"(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?|\\R(?![a-zA-Z])|\\Reals\b|\\mathbf\s*\{\s*R\s*\}|"
                    r"R(?=\s*(?:\^|$)))\s*")
_WHOLE = re.compile(r"(?:ℕ|ℤ|\\mathbb\s*\{?\s*[NZ]\s*\}?|\\N\b|[NZ](?=\s*$))\s*(?:[_^].*)?$")
_POSITIVE = re.compile(r"(?:_|\^)\s*\{?\s*(?:\+|>\s*0|\+\+)\s*\}?\s*")
_UNIT = re.compile(r"[(\[]\s*0\s*,\s*1\s*[)\]]\s*$")
_AMONG = re.compile(r"\\?\{\s*((?:[-−+±]|\\pm)?\s*\d{1,4}(?:\s*,\s*[-−+]?\s*\d{1,4}){0,7})\s*\\?\}\s*")
_SPLIT = re.compile(r"×|\\times(?![a-zA-Z])|,")
_HIGH, _LOW = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴰᴴᴷᴸᴹᴺ", "0123456789+-abcdefghijklmnoprstuvwxyzDHKLMN"
_RAISED = str.maketrans(_HIGH, _LOW)
_RAISED_RUN = re.compile(f"[{_HIGH}×]+")


@dataclass(frozen=True)
class Kind:
    """What a name is. `dimensions` is None for a whole number, and empty for a scalar."""

    dimensions: tuple[Piece, ...] | None
    positive: bool = False
    below_one: bool = False
    among: tuple[Fraction, ...] = ()        # the numbers that it may be, where the set is finite


def kind(piece: Piece) -> Kind | None:
    """The kind behind ∈, or None where this is another set."""
    text = piece.text
    if _WHOLE.match(text):
        return Kind(None)
    if _UNIT.match(text):
        return Kind((), True, True)
    among = _AMONG.match(text)
    found = among or _REALS.match(text)
    if found is None:
        return None
    numbers = _numbers(among[1]) if among else ()
    at = found.end()
    positive = _POSITIVE.match(text, at)
    at = positive.end() if positive else at
    if not text[at:].strip():
        return Kind((), bool(positive), among=numbers)
    inside = _exponent(text, at)
    if inside is None:
        return None
    raised, start = inside
    return Kind(tuple(_dimensions(raised, piece.at + start)), bool(positive), among=numbers)


def _numbers(text: str) -> tuple[Fraction, ...]:
    """The numbers of {−1, 1} and {±1}."""
    found: list[Fraction] = []
    for item in text.split(","):
        digits = item.strip().replace("\\pm", "±").replace("−", "-").lstrip("+")
        signs = (-1, 1) if digits.startswith("±") else (1,)
        found += [Fraction(digits.lstrip("±").replace(" ", "")) * sign for sign in signs]
    return tuple(sorted(set(found)))


def _exponent(text: str, at: int) -> tuple[str, int] | None:
    """What stands in the exponent, and where; nothing may stand behind it."""
    rest = text[at:]
    run = _RAISED_RUN.match(rest)
    if run:
        return (run[0].translate(_RAISED), at) if not rest[run.end():].strip() else None
    found = re.match(r"\^\s*\{(.*)\}\s*$|\^\s*\((.*)\)\s*$|\^\s*(\\?[^\s{}()]+)\s*$", rest, re.DOTALL)
    if found is None:
        return None
    group = next(k for k in (1, 2, 3) if found[k] is not None)
    return found[group], at + found.start(group)


def _dimensions(text: str, at: int) -> Iterator[Piece]:
    """The sides, at signs outside of brackets."""
    begin = 0
    for end, following in [*_cuts(text), (len(text), 0)]:
        part = Piece(text, at).cut(begin, end)
        inner = re.fullmatch(r"\((.*)\)", part.text)
        yield Piece(inner[1], part.at + 1) if inner and inner[1].count("(") == inner[1].count(")") == 0 else part
        begin = following


def _cuts(text: str) -> list[tuple[int, int]]:
    depth, cuts = 0, []
    for found in re.finditer(rf"[({{\[]|[)}}\]]|{_SPLIT.pattern}", text):
        if found[0] in "({[":
            depth += 1
        elif found[0] in ")}]":
            depth -= 1
        elif depth == 0:
            cuts.append(found.span())
    return cuts
