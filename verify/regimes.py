"""Regimes: named variations of a draw, for what ordinary numbers and pairwise distinct sizes do not show.

A gate that is nearly closed, logits that hardly differ, an ε that matters to nothing or to everything, sizes of 1:
wrong formulas may be right in all but one of these. What arrives from a loss stays random in every regime, and what is
declared about an input holds in every regime.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from derive.program import Program

Change = Callable[[Any], Any]
Case = Mapping[str, Any]

SATURATED = 6.0
LARGE = 2.0**6
SMALL = 2.0**-10
SPREAD = 2.0**-10       # of nearly equal numbers: float32 still tells them apart
EPSILON = 1e-6


def _same(x: Any) -> Any:
    return x


def _times(scale: float) -> Change:
    return lambda x: scale * x


def _nearly_equal(x: Any) -> Any:
    return x.flat[0] + SPREAD * x if x.size else x


@dataclass(frozen=True)
class Regime:
    """`free` changes the normal numbers of an array that may have any sign, and those from which probabilities are
    made; `single` changes positive numbers without axes. `size` makes other sizes of those of a case, from the least
    value of each: an entry or a reference may refuse them. `milder` is the same with less of it, for definitions that
    overflow.
    """

    name: str
    free: Change = _same
    single: Change = _same
    size: Callable[[int], int] | None = None
    milder: Regime | None = None

    def sizes(self, program: Program, case: Case) -> dict[str, Any]:
        """The sizes of a case as they are in this regime."""
        if self.size is None:
            return dict(case)
        size = {n: self.size(program.sizes[n].least if n in program.sizes else 1) for n in case}
        layers = max([s for n, s in size.items() if isinstance(case[n], int)], default=0) + 1
        return {n: size[n] if isinstance(v, int) else dict.fromkeys(range(layers), size[n]) if isinstance(v, Mapping)
                else [size[n]] * layers for n, v in case.items()}


def _scaled(name: str, scale: float, less: int = 3) -> Regime:
    """By less where a definition overflows: the exponents of an attention grow with the fourth power."""
    return Regime(name, free=_times(scale), milder=_scaled(name, scale ** 0.5, less - 1) if less else None)


PLAIN = Regime("plain")
NUMBERS = (
    _scaled("saturated", SATURATED),
    _scaled("large", LARGE),
    Regime("small", free=_times(SMALL)),
    Regime("nearly equal", free=_nearly_equal),
    Regime("tiny epsilon", single=_times(EPSILON)),
)
SIZES = (
    Regime("equal sizes", size=lambda least: max(3, least)),
    Regime("least sizes", size=lambda least: least),
)
ALL = (PLAIN, *NUMBERS, *SIZES)
NAMES = tuple(r.name for r in ALL)


def regime(name: str) -> Regime:
    """Raises ValueError for a name that is none of them."""
    for found in ALL:
        if found.name == name:
            return found
    raise ValueError(f"there is no regime '{name}'; use {', '.join(NAMES)}")


def chosen(program: Program, wanted: tuple[Regime, ...]) -> tuple[Regime, ...]:
    """Those that change anything for a program: `tiny epsilon` needs a positive number without axes."""
    single = any(v.positive and not v.below_one and not v.axes for n, v in program.variables.items()
                 if n not in program.defined)
    return tuple(r for r in wanted if r.single is _same or single)
