"""Inputs in the order that is declared of them: p < q, and products below numbers: η λ < 1."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from fractions import Fraction
from math import prod
from typing import Any

from derive.program import Below, Program

_MOST_HALVES = 60


def put_in_order(program: Program, drawn: MutableMapping[Any, Any], scalar: bool = True) -> None:
    """Makes the greater of two scalars greater where it is not, within what else is declared of it, and a factor of a
    product that is not below its number less. `scalar` says that the keys are members, and not names."""
    for _ in program.ordered:
        for below, above in program.ordered:
            low, high = ((n, ()) if scalar else n for n in (below, above))
            if low in drawn and high in drawn and not drawn[low] < drawn[high]:
                one = program.variables[above].below_one
                drawn[high] = (drawn[low] + 1) / 2 if one else drawn[low] + max(abs(drawn[high]), Fraction(1, 2))


    for bounded in program.below:
        _put_below(bounded, program, drawn, scalar)


def _put_below(below: Below, program: Program, drawn: MutableMapping[Any, Any], scalar: bool) -> None:
    """Makes one factor less, if possible one that stands in no order."""
    keys = {n: (n, ()) if scalar else n for n in below.names}
    if not all(k in drawn for k in keys.values()):
        return
    product = prod(drawn[keys[n]] for n in below.names)
    if product < below.limit:
        return
    ordered = {n for pair in program.ordered for n in pair}
    name = min(keys, key=lambda n: (n in ordered, below.names.count(n)))
    for _ in range(_MOST_HALVES):
        if product < below.limit:
            return
        drawn[keys[name]] = drawn[keys[name]] / 2
        product = product / 2**below.names.count(name)


def in_order(program: Program) -> Iterator[str]:
    """The names of which an order, or that a product is below a number, is declared."""
    for pair in program.ordered:
        yield from pair
    for below in program.below:
        yield from below.names
