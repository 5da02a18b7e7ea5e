"""Formulas as data: each in both notations, in every form that is printed, ready to print without SymPy.

A formula is `{"matrix": side, "index": side}`: a side for each notation. A side is
`{"left": forms, "relation": …, "right": …, "condition": … or None, "by_member": bool}`; `by_member` says that it is
written with indices. The forms are `[Unicode text, LaTeX, MathML, Typst]`; what is text and no formula has the first
only, and the rest is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from derive import notation
from derive.derivation import Condition
from derive.expectation.laws import moment_named
from derive.expression import Expr, Ref, names
from derive.index import Letter, Poly, PolyLike, poly
from derive.notation.layout import Call, Equation, Layout, Name, Number, Partial, Power, Second
from derive.notation.terms import family_name, moment_layout, named, second_layout, sides
from derive.program import Equation as DefiningEquation
from derive.rewrite import unfold

NOTATIONS = ("matrix", "index")
RELATIONS = {"=": ["=", "=", "<mo>=</mo>", "="], "≤": ["≤", r"\le", "<mo>≤</mo>", "≤"],
             "≥": ["≥", r"\ge", "<mo>≥</mo>", "≥"], "<": ["<", "<", "<mo>&lt;</mo>", "<"],
             ">": [">", ">", "<mo>&gt;</mo>", ">"]}
Forms = list[str]    # [Unicode text, LaTeX, MathML, Typst]
_COMMA = (", ", r",\; ", '<mo>,</mo><mspace width=".5em"/>', "\\, ")
_EQUALS = (" = ", " = ", "<mo>=</mo>", " = ")
_DOTS = ("…", r" \ldots ", "<mo>…</mo>", " … ")
_LISTED = ("…", r", \ldots, ", "<mo>,</mo><mo>…</mo><mo>,</mo>", "\\, …\\, ")
_TIMES = (" × ", r" \times ", "<mo>×</mo>", " × ")
_OPEN, _CLOSE = ("(", "(", "<mo>(</mo>", "("), (")", ")", "<mo>)</mo>", ")")


class Drawing:
    """Draws the formulas of one program. Each expression is drawn once, however often it stands on the page.

    `written_out` are the abbreviations that matrix notation replaces by what they stand for. What is not wanted is not
    drawn: `notations` limits the sides of a formula, and without `latex` a pair has text only.
    """

    def __init__(self, signatures: dict[str, tuple[Letter, ...]], loss: str,
                 written_out: Mapping[str, DefiningEquation] | None = None,
                 notations: tuple[str, ...] = NOTATIONS, latex: bool = True):
        self.signatures, self.loss, self.written_out = signatures, loss, written_out or {}
        self.notations, self.latex = notations, latex
        self._drawn: dict[tuple, dict[str, Any]] = {}

    def formula(self, left: Ref, right: Expr, condition: Condition | None = None,
                relation: str = "=") -> dict[str, Any]:
        """`left = right`, or with another relation, in each notation."""
        return {which: self.side(left, right, condition, which, relation) for which in self.notations}

    def side(self, left: Ref, right: Expr, condition: Condition | None, which: str,
             relation: str = "=") -> dict[str, Any]:
        """`left = right` in one notation. In matrix notation a sum over a whole range is Σ_t, as in textbooks."""
        key = (left, right, condition, which, relation)
        if key not in self._drawn:
            by_entry = relation != "=" and any(not a.family for a in self.signatures[left.name])
            layout = self._layout(left, right, condition, "index" if by_entry else which)
            by_member = which == "index" or _by_member(layout)
            self._drawn[key] = {"left": self.drawn(layout.left), "relation": RELATIONS[relation],
                                "right": self.drawn(layout.right, not by_member),
                                "condition": None if layout.condition is None else self.drawn(layout.condition),
                                "by_member": by_member}
        return self._drawn[key]

    def as_written(self, layout: Equation) -> dict[str, Any]:
        """An equation that somebody wrote, the same in each notation."""
        limits = None if layout.condition is None else self.drawn(layout.condition)
        side = {"left": self.drawn(layout.left), "relation": RELATIONS["="], "right": self.drawn(layout.right),
                "condition": limits, "by_member": False}
        return dict.fromkeys(self.notations, side)

    def _layout(self, left: Ref, right: Expr, condition: Condition | None, which: str) -> Equation:
        """In matrix notation abbreviations are written out, unless that leaves no matrix form."""
        if which == "matrix" and not self.written_out.keys().isdisjoint(names(right)):
            layout = self._equation(left, unfold(right, self.written_out), condition, which)
            if not _by_member(layout):
                return layout
        return self._equation(left, right, condition, which)

    def _equation(self, left: Ref, right: Expr, condition: Condition | None, which: str) -> Equation:
        limits = None if condition is None else (condition.letter, condition.low, condition.high)
        layout = notation.equation(left, right, self.signatures, notation=which, condition=limits, loss=self.loss)
        assert isinstance(layout, Equation)
        return layout

    def drawn(self, layout: Layout, short_sums: bool = False) -> Forms:
        if not self.latex:
            return [notation.text(layout, short_sums=short_sums), "", "", ""]
        return [form(layout, short_sums=short_sums)
                for form in (notation.text, notation.latex, notation.mathml, notation.typst)]

    def value(self, e: Expr) -> Forms:
        """An expression on its own, in index notation."""
        taken = frozenset(a.name for a in e.free)
        return self.drawn(notation.to_index(e, self.signatures, loss=self.loss, taken=taken))

    def member(self, ref: Ref) -> Forms:
        """A whole vector or matrix: `W^(l)`, `h^(0)`."""
        axes = self.signatures[ref.name]
        above = tuple(index for axis, index in zip(axes, ref.indices) if axis.family)
        return self.drawn(family_name(ref.name, self.loss, above))

    def number(self, value: PolyLike) -> Forms:
        """A number, a size or a label."""
        return self.drawn(Number(poly(value)))

    def between(self, low: PolyLike, high: PolyLike) -> Forms:
        """`1…V`"""
        return _joined(_DOTS, [self.number(low), self.number(high)])

    def entry(self, ref: Ref) -> Forms:
        """One number out of a family, with all its indices."""
        return self.drawn(named(ref, self.signatures, self.loss, whole=False))

    def name(self, name: str) -> Forms:
        """A family's name without indices: `∂L/∂W_f`, `δ_f`."""
        moment = moment_named(name)
        if moment is not None:
            return self.drawn(moment_layout(moment, self.signatures, self.loss))
        of, by = sides(name)
        if of.startswith("∂"):
            return self.drawn(second_layout(of, by, self.signatures, self.loss))
        if of:
            return self.drawn(Partial(Name(of), Name(by)))
        return self.drawn(family_name(name, self.loss))

    def use(self, used: str) -> Forms:
        """Something that a step rests on: a name of the program, or a law, which is text."""
        return self.name(used) if used in self.signatures else [used, "", "", ""]

    def ranges(self, letters: Iterable[Letter]) -> dict[str, Forms | None]:
        """`t = 1…T, r = 1…H`; the matrix notation names time, layer and batch letters only."""
        every = list(letters)
        return {"matrix": self._ranges([a for a in every if a.family]), "index": self._ranges(every)}

    def _ranges(self, letters: list[Letter]) -> Forms | None:
        if not letters:
            return None
        return _joined(_COMMA, [_joined(_EQUALS, [self.drawn(Name(a.name)), _joined(_LISTED, [self.size(a.low),
                                                  self.size(a.high)])]) for a in letters])

    def shape(self, ref: Ref) -> Forms:
        """How many rows and columns it has: `H × (D+H)`, `n[0]`; empty for a scalar."""
        counts: list[Poly] = []
        values: dict[Letter, Poly] = {}
        for axis, index in zip(self.signatures[ref.name], ref.indices):
            if not axis.family:
                counts.append(axis.substitute(values).count)
            values[axis] = index
        sides = [self.size(p) for p in counts]
        return _joined(_TIMES, [_joined(("",) * 4, [list(_OPEN), side, list(_CLOSE)])
                                if len(p.terms) > 1 and len(counts) > 1 else side for p, side in zip(counts, sides)])

    def size(self, p: Poly) -> Forms:
        return self.drawn(Number(p))


def _joined(separators: tuple[str, ...], parts: list[Forms]) -> Forms:
    """The parts side by side, in each form with its own separator; a form that a part lacks is lacking."""
    return [separator.join(form) if all(form) else "" for separator, form in zip(separators, zip(*parts))] or [""] * 4


def _by_member(layout: Equation) -> bool:
    """Whether an equation is written member by member: its left side has indices."""
    left = layout.left.of if isinstance(layout.left, (Partial, Second)) else layout.left
    if isinstance(left, Call):
        left = left.arguments[0]
    if isinstance(left, Power):
        left = left.base
    return isinstance(left, Name) and bool(left.below)
