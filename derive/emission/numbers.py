"""Index arithmetic as source: whole numbers of Python where all letters have a value, arrays where some are axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import lcm

from derive.bounds import nonnegative
from derive.emission.code import ATOM, COMPARISON, PRODUCT, SIGN, SUM, Code, EmissionError, Labels, spread
from derive.emission.dialects import Dialect
from derive.expression import Delta, Guard
from derive.index import Label, Letter, Poly, Size, poly


@dataclass(frozen=True)
class Frame:
    """Where an expression stands: letters with a value (`fixed`, with the name of the variable that holds it) and
    letters that are axes, in order. `size` spells a size; `label` gives a label's array, which counts from 0, and its
    axes; `hoisted` gives a variable for an array that does not change. `equal` are letters that a condition around
    the expression ties to a value."""

    dialect: Dialect
    like: str
    size: Callable[[Size, Frame], str]
    label: Callable[[Label], tuple[str, Labels]]
    hoisted: Callable[[Code], str] = lambda code: code.text
    fixed: dict[Letter, str] = field(default_factory=dict)
    axes: Labels = ()
    equal: dict[Letter, Poly] = field(default_factory=dict)

    def fixing(self, values: dict[Letter, str]) -> Frame:
        return replace(self, fixed={**self.fixed, **values}, axes=tuple(a for a in self.axes if a not in values))

    def spanning(self, letters: Labels) -> Frame:
        return replace(self, axes=self.axes + tuple(a for a in letters if a not in self.axes))

    def replacing(self, letter: Letter, other: Letter) -> Frame:
        return replace(self, axes=tuple(other if a == letter else a for a in self.axes))

    def numeric(self, code: Code) -> Code:
        """Truth values as the numbers 1 and 0."""
        if not code.logical:
            return code
        word = "to" if self.dialect.library == "torch" else "astype"
        return Code(f"{code.within(ATOM)}.{word}({self.like}.dtype)", ATOM, code.labels)

    def permuted(self, code: Code, order: list[int]) -> str:
        return self.dialect.permuted(code, order)

    # -- numbers -----------------------------------------------------------------------------------------------------
    def labels(self, p: Poly) -> Labels:
        """The axes that a polynomial depends on."""
        found = set(mentioned(p))
        return tuple(a for a in self.axes if a in found)

    def number(self, p: Poly, floating: bool = False) -> Code:
        """The value of a polynomial; an array where it depends on axes."""
        divisor = lcm(*(c.denominator for _, c in p.terms)) if p.terms else 1
        code = self._whole(self._from_zero(p * divisor), floating)
        if divisor == 1:
            return code
        return replace(code, text=f"{code.within(PRODUCT)} {'/' if floating else '//'} {divisor}", strength=PRODUCT)

    def _whole(self, p: Poly, floating: bool = False) -> Code:
        """A polynomial with whole coefficients; numbers that count one axis are one range."""
        labels = self.labels(p)
        if len(labels) == 1 and p.coefficient(labels[0]) == 1 and not any(isinstance(a, Label) for a in p.atoms()):
            (letter,) = labels
            ends = (p.substitute({letter: end}) for end in (letter.low, letter.high + 1))
            low, stop = (self._whole(end).text for end in ends)
            return Code(self.dialect.arange(low, stop, self.like, floating), ATOM, labels)
        if len(labels) > 1 and not floating:
            moving = Poly({m: c for m, c in p.terms if self.labels(Poly({m: c}))})
            if moving != p and len(moving.terms) > 1:
                rest = self._whole(p - moving)
                sign, size = ("-", rest.text[1:]) if rest.text.startswith("-") and rest.strength == SIGN else (
                    "+", rest.text)
                return Code(f"{self._whole(moving).text} {sign} {size}", SUM, labels)
        code = self._written(p, labels, floating)
        if len(labels) > 1 and len(p.terms) > 1 and not p.free & self.fixed.keys():
            return Code(self.hoisted(code), ATOM, labels)
        return code

    def _written(self, p: Poly, labels: Labels, floating: bool) -> Code:
        positive = [(m, c) for m, c in p.terms if c > 0]
        negative = [(m, c) for m, c in p.terms if c < 0]
        text = ""
        for monomial, c in [*sorted(positive, key=lambda mc: not mc[0]), *sorted(negative, key=lambda mc: not mc[0])]:
            shown = self._monomial(monomial, abs(int(c)), labels, floating)
            text = f"{text} {'-' if c < 0 else '+'} {shown}" if text else f"{'-' if c < 0 else ''}{shown}"
        (m, c), *more = p.terms or (((), 0),)
        strength = SUM if more else SIGN if c < 0 else ATOM if len(m) + (abs(c) != 1) < 2 else PRODUCT
        return Code(text or "0", strength, labels, not labels)

    def _from_zero(self, p: Poly) -> Poly:
        """The polynomial with labels that count from 0, as arrays do."""
        for atom in p.atoms():
            if isinstance(atom, Label) and atom.least:
                p = _put(p, atom, poly(atom) + atom.least)
        return p

    def _monomial(self, monomial: tuple, c: int, labels: Labels, floating: bool) -> str:
        atoms = [self._atom(a, labels, floating) for a in monomial]
        return " * ".join([str(c)] * (c != 1 or not atoms) + atoms)

    def _atom(self, atom: Size | Letter, labels: Labels, floating: bool) -> str:
        if isinstance(atom, Letter):
            if atom in self.fixed:
                return self.fixed[atom]
            return self._axis(atom, labels, floating)
        if isinstance(atom, Label):
            return self._label(atom, labels)
        if any(self.labels(p) for p in atom.at):
            raise EmissionError(f"the width {atom.name} depends on an axis")
        return self.size(atom, self)

    def _axis(self, letter: Letter, labels: Labels, floating: bool) -> str:
        if letter not in self.axes:
            raise EmissionError(f"the letter {letter.name} has no value here")
        ends = self.number(letter.low).text, self.number(letter.high + 1).text
        return spread(Code(self.dialect.arange(*ends, self.like, floating), ATOM, (letter,)), labels).text

    def _label(self, label: Label, labels: Labels) -> str:
        array, axes = self.label(label)
        if not label.at:
            return array
        own = [p.letter for p in label.at]
        whole = [a for a, b in zip(own, axes)
                 if a is not None and a in self.axes and (a.low, a.high) == (b.low, b.high)]
        if len(whole) == len(own):
            return spread(Code(array, ATOM, tuple(whole)), labels).text
        if any(self.labels(p) for p in label.at):
            raise EmissionError(f"the label {label} at shifted places")
        places = [self.number(p - b.low).text for p, b in zip(label.at, axes)]
        return f"{array}[{', '.join(places)}]"

    # -- conditions --------------------------------------------------------------------------------------------------
    def certain(self, node: Guard | Delta) -> bool:
        return isinstance(node, Guard) and nonnegative(node.condition)

    def condition(self, node: Guard | Delta) -> Code:
        """A comparison: of numbers, or of arrays (which is then one of truth values)."""
        p = self._from_zero(node.condition)
        labels = self.labels(p)
        right = Poly({m: -c for m, c in p.terms if c < 0})
        left, sign = p + right, "==" if isinstance(node, Delta) else ">="
        if sign == "==" and left.letter in labels and right.offset:
            left, right = left - right.offset, right - right.offset
        if sign == ">=" and right.offset == 1 and len(right.terms) > 1:
            right, sign = right - 1, ">"
        codes = [self._whole(side) for side in (left, right)]
        shown = [spread(code, labels).within(SUM) for code in codes]
        return Code(f"{shown[0]} {sign} {shown[1]}", COMPARISON, labels, not labels, bool(labels))

    def condition_holds(self, node: Guard | Delta) -> Frame:
        """The frame where the condition holds: an equality ties a letter to a value."""
        if not isinstance(node, Delta):
            return self
        for letter in self.fixed:
            value = node.condition.solve(letter)
            if value is not None:
                return replace(self, equal={**self.equal, letter: value})
        return self


def _put(p: Poly, atom: Label, value: Poly) -> Poly:
    found = poly(0)
    for m, c in p.terms:
        piece = poly(c)
        for a in m:
            piece = piece * (value if a == atom else poly(a))
        found = found + piece
    return found


def mentioned(p: Poly) -> set[Letter]:
    """The letters that a polynomial is written with (not those of their ranges)."""
    found: set[Letter] = set()
    for atom in p.atoms():
        found |= {atom} if isinstance(atom, Letter) else set().union(*map(mentioned, atom.at), set())
    return found
