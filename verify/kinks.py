"""Draws off the kinks: where a relu, a step or a max comes within rounding of its kink, its derivative is nobody's.

Such a draw is put aside for another, and counted; the same seed puts aside the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy

from derive.expression import Apply, walk
from derive.functions import RULES
from derive.program import Program
from verify.blocks import Block
from verify.comparison import UNIT_ROUNDOFFS
from verify.domains import inside
from verify.draws import normal_draw
from verify.grids import LoweringError
from verify.lowering import Lowering
from verify.regimes import PLAIN, Regime
from verify.rounding import BoundedBackend, rounded
from verify.sizes import Sizes

MOST_REDRAWN = 8
APART = 1_000_003           # between the seeds of a draw and of the one in its place


def draw_off_kinks(program: Program, sizes: Sizes, case: Mapping[str, Any], seed: int, regime: Regime = PLAIN,
                   dtype: str = "float64") -> tuple[dict[str, Any], int]:
    """A draw at which no argument lies within rounding of a kink, and how many were put aside for it. Where all of
    `MOST_REDRAWN` lie on one (two names for one number tie at every draw) it is the first of them."""
    changed, regime = inside(program, sizes, case, seed, regime, dtype)
    drawn = normal_draw(program, case, seed, changed, regime)
    if not _has_kinks(program):
        return drawn, 0
    found, redrawn = drawn, 0
    while _at_a_kink(program, sizes, found, dtype):
        redrawn += 1
        if redrawn == MOST_REDRAWN:
            return drawn, redrawn
        found = normal_draw(program, case, seed + APART * redrawn, changed, regime)
    return found, redrawn


def _has_kinks(program: Program) -> bool:
    used = {n.function for e in program.equations for n in walk(e.body) if isinstance(n, Apply)}
    return any(name in _KINKED for name in used | set(program.functions.values()))


def _at_a_kink(program: Program, sizes: Sizes, drawn: dict[str, Any], dtype: str) -> bool:
    backend = _Kinks(UNIT_ROUNDOFFS[dtype])
    inputs = {k: {n: backend.given(a) for n, a in v.items()} if isinstance(v, dict) else backend.given(v)
              for k, v in drawn.items()}
    lowering = Lowering(backend, program, sizes, inputs)
    try:
        with numpy.errstate(all="ignore"):
            for name, equation in program.defined.items():
                lowering.block(Block(name, name, equation.letters))
    except LoweringError:       # it is told where the values are needed
        return False
    return backend.met


class _Kinks(BoundedBackend):
    """Evaluates with error bounds, and notes whether a kink was met."""

    def __init__(self, unit: float) -> None:
        super().__init__()
        self.unit, self.met = unit, False
        plain = BoundedBackend.functions
        self.functions = {**plain, **{name: self._watched(plain[name]) for name in _KINKED}}

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def applied(*arguments: Any) -> Any:
            sides = [rounded(a) for a in arguments]
            gap = sides[0] if len(sides) == 1 else sides[0] - sides[1]
            error = sum(s.error for s in sides)
            self.met |= bool((abs(gap.value) <= self.unit * error).any())
            return function(*arguments)
        return applied


_KINKED = frozenset(n for n, rule in RULES.items() if rule.kink)
