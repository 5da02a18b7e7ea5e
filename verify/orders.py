"""Inputs in the order that is declared of them: p < q."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from fractions import Fraction
from typing import Any

from derive.program import Program


def put_in_order(program: Program, drawn: MutableMapping[Any, Any], scalar: bool = True) -> None:
    """Makes the greater of two scalars greater where it is not, within what else is declared of it. `scalar` says that
    the keys are members, and not names."""
    for _ in program.ordered:
        for below, above in program.ordered:
            low, high = ((n, ()) if scalar else n for n in (below, above))
            if low in drawn and high in drawn and not drawn[low] < drawn[high]:
                one = program.variables[above].below_one
                drawn[high] = (drawn[low] + 1) / 2 if one else drawn[low] + max(abs(drawn[high]), Fraction(1, 2))


def in_order(program: Program) -> Iterator[str]:
    """The names of which an order is declared."""
    for pair in program.ordered:
        yield from pair
