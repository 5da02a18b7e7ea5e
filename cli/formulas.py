"""Formulas as data: each in both notations, as Unicode text and as LaTeX, ready to print without SymPy.

A formula is `{"matrix": side, "index": side}`; a side is `{"left": [text, latex], "right": …, "condition": … or None}`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from derive import notation
from derive.derivation import Condition
from derive.expression import Expr, Ref, expression
from derive.index import Letter, Poly
from derive.notation.layout import Equation, Layout, Name, Number

Pair = list[str]    # [Unicode text, LaTeX]


class Drawing:
    """Draws the formulas of one program. Each expression is drawn once, however often it stands on the page."""

    def __init__(self, signatures: dict[str, tuple[Letter, ...]], loss: str):
        self.signatures, self.loss = signatures, loss
        self._drawn: dict[tuple, dict[str, Any]] = {}

    def formula(self, left: Ref, right: Expr, condition: Condition | None = None) -> dict[str, Any]:
        """`left = right` in both notations."""
        key = (left, right, condition)
        if key not in self._drawn:
            index = _side(self._layout(left, right, condition, "index"), short_sums=False)
            layout = self._layout(left, right, condition, "matrix")
            whole = notation.text(layout.right) == index["right"][0]    # there is no matrix form
            self._drawn[key] = {"matrix": index if whole else _side(layout, short_sums=True), "index": index}
        return self._drawn[key]

    def _layout(self, left: Ref, right: Expr, condition: Condition | None, which: str) -> Equation:
        limits = None if condition is None else (condition.letter, condition.low, condition.high)
        layout = notation.equation(left, right, self.signatures, notation=which, condition=limits, loss=self.loss)
        assert isinstance(layout, Equation)
        return layout

    def value(self, e: Expr) -> Pair:
        """An expression on its own, in index notation."""
        return drawn(notation.to_index(e, self.signatures, loss=self.loss, taken=frozenset(a.name for a in e.free)))

    def member(self, ref: Ref) -> Pair:
        """A member by itself, in matrix notation: `W^(l)`, `h^(0)`."""
        return self.formula(ref, expression(ref))["matrix"]["left"]

    def name(self, name: str) -> Pair:
        """A family's name without indices: `∂L/∂W_f`, `δ_f`."""
        if name.startswith("∂"):
            return drawn(Name(name[1:], loss=self.loss))
        return drawn(Name(name))

    def use(self, used: str) -> Pair:
        """Something that a step rests on: a name of the program, or a law, which is text."""
        return self.name(used) if used in self.signatures else [used, ""]

    def ranges(self, letters: Iterable[Letter]) -> dict[str, Pair | None]:
        """`t = 1…T, r = 1…H`; the matrix notation names time, layer and batch letters only."""
        every = list(letters)
        return {"matrix": self._ranges([a for a in every if a.family]), "index": self._ranges(every)}

    @staticmethod
    def _ranges(letters: list[Letter]) -> Pair | None:
        if not letters:
            return None
        rows = [(a.name, size(a.low), size(a.high)) for a in letters]
        return [", ".join(f"{n} = {low[0]}…{high[0]}" for n, low, high in rows),
                r",\; ".join(rf"{n} = {low[1]}, \ldots, {high[1]}" for n, low, high in rows)]

    def shape(self, letters: Iterable[Letter]) -> Pair:
        """The axes of a name that are no family letters: `H × (D+H)`; empty for a scalar."""
        counts = [a.count for a in letters if not a.family]
        sides = [[f"({t})" if len(p.terms) > 1 and len(counts) > 1 else t for t in size(p)] for p in counts]
        return [" × ".join(s[0] for s in sides), r" \times ".join(s[1] for s in sides)]


def _side(layout: Equation, short_sums: bool) -> dict[str, Any]:
    """With `short_sums`, a sum over a whole range is Σ_t, as in textbooks."""
    return {"left": drawn(layout.left), "right": drawn(layout.right, short_sums),
            "condition": None if layout.condition is None else drawn(layout.condition)}


def drawn(layout: Layout, short_sums: bool = False) -> Pair:
    return [notation.text(layout, short_sums=short_sums), notation.latex(layout, short_sums=short_sums)]


def size(p: Poly) -> Pair:
    return drawn(Number(p))
