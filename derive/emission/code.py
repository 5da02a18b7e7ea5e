"""Pieces of Python source: an expression with its precedence, and the letters that its axes stand for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from derive.index import Letter

CHOICE, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(7)
Labels = tuple[Letter, ...]


class EmissionError(ValueError):
    """What cannot be written as code; says what, and where it stands."""


@dataclass(frozen=True)
class Code:
    """Source of an expression. `strength` is the precedence of its outermost operator. `labels` are the letters that
    its axes stand for; a number has none. `whole` marks numbers of Python, made of sizes and loop counters, `logical`
    arrays of truth values."""

    text: str
    strength: int = ATOM
    labels: Labels = ()
    whole: bool = False
    logical: bool = False

    def within(self, strength: int) -> str:
        """The text, in parentheses where an operator of this precedence would tear it apart."""
        return self.text if self.strength >= strength else f"({self.text})"

    def over(self, labels: Labels) -> Code:
        return replace(self, labels=labels)


def union(parts: Iterable[Code], order: Labels) -> Labels:
    """Those letters of `order` that any part has."""
    present = {a for p in parts for a in p.labels}
    return tuple(a for a in order if a in present)


def spread(code: Code, labels: Labels) -> Code:
    """The array with an axis of length one for each of `labels` that it lacks behind its first own one; its own axes
    are in their order already."""
    if not code.labels:
        return code
    wanted = labels[labels.index(code.labels[0]):]
    if wanted == code.labels:
        return code
    places = ", ".join(":" if a in code.labels else "None" for a in wanted)
    return replace(code, text=f"{code.within(ATOM)}[{places}]", strength=ATOM)


class Axes(Protocol):
    """What is needed to bring arrays into one order of axes: the order, and how a library permutes axes."""

    @property
    def axes(self) -> Labels: ...

    def permuted(self, code: Code, order: list[int]) -> str: ...


def ordered(code: Code, frame: Axes) -> Code:
    """The array with its axes in the order of the frame."""
    wanted = union([code], frame.axes)
    if wanted == code.labels:
        return code
    text = frame.permuted(code, [code.labels.index(a) for a in wanted])
    return replace(code, text=text, strength=ATOM, labels=wanted)


def together(parts: list[Code], frame: Axes) -> tuple[list[Code], Labels]:
    """Arrays made ready for one elementwise operation, and the axes of what comes out: those that all of them have, in
    the order that they have, where this is one."""
    own = {p.labels for p in parts if p.labels}
    if len(own) < 2:
        return parts, next(iter(own), ())
    labels = union(parts, frame.axes)
    return [spread(ordered(p, frame), labels) for p in parts], labels


def sum_of(parts: list[tuple[int, Code]], frame: Axes) -> Code:
    """Signed parts, added. Where the first is subtracted and another is not, that one goes first."""
    if len(parts) == 1:
        sign, part = parts[0]
        return part if sign > 0 else replace(part, text=f"-{part.within(PRODUCT)}", strength=SIGN, logical=False)
    first = next((k for k, (sign, _) in enumerate(parts) if sign > 0), 0)
    parts = [parts[first], *parts[:first], *parts[first + 1:]]
    codes, labels = together([p for _, p in parts], frame)
    text = ""
    for (sign, _), code in zip(parts, codes):
        shown = code.within(SUM if sign > 0 else PRODUCT)
        text += f" {'-' if sign < 0 else '+'} {shown}" if text else f"{'-' if sign < 0 else ''}{shown}"
    return Code(text, SUM, labels, all(p.whole for p in codes))


def quotient(over: list[Code], under: list[Code], frame: Axes) -> Code:
    """A product, divided by a product. Numbers are multiplied before arrays are, small arrays before large ones."""
    if len(over) == 1 and not under:
        return over[0]
    over, under = _small_first(over, under, frame)
    codes, labels = together([*over, *under], frame)
    whole = all(p.whole for p in codes)
    over, under = codes[:len(over)], codes[len(over):]
    top = _product(over) if over else "1"
    if not under:
        return Code(top, PRODUCT, labels, whole, bool(codes) and all(p.logical for p in codes))
    bottom = under[0].within(POWER) if len(under) == 1 else f"({_product(under)})"
    return Code(f"{top} / {bottom}", PRODUCT, labels, whole)


def _small_first(over: list[Code], under: list[Code], frame: Axes) -> tuple[list[Code], list[Code]]:
    """Factors that lack axes of the largest one, as one factor; the large ones after it."""
    most = max((set(c.labels) for c in [*over, *under]), key=len, default=set())
    above, below = ([c for c in side if set(c.labels) != most] for side in (over, under))
    over_large, under_large = ([c for c in side if set(c.labels) == most] for side in (over, under))
    if not over_large and not under_large:
        return over, under
    if above:
        return [quotient(above, below, frame), *over_large], under_large
    return (over_large, [quotient(below, [], frame), *under_large]) if below else (over, under)


def _product(factors: list[Code]) -> str:
    return " * ".join(p.within(SIGN if k else PRODUCT) for k, p in enumerate(factors))
