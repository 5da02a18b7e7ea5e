"""Inputs in the order that is declared of them: p < q, products below numbers: η λ < 1, and ρ > 1 + ε."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from fractions import Fraction
from math import prod
from typing import Any

from derive.program import Below, Beyond, Program

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
    for name in dict.fromkeys(b.name for b in program.beyond):
        _put_beyond(name, program, drawn, scalar)


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


def _put_beyond(name: str, program: Program, drawn: MutableMapping[Any, Any], scalar: bool) -> None:
    """Moves a scalar behind the sums above or below which it lies; between two of them, into the middle."""
    def key(n: str) -> Any:
        return (n, ()) if scalar else n

    told = [b for b in program.beyond if b.name == name]
    if not all(key(n) in drawn for b in told for n in b.names):
        return
    ends = [(b.above, _end(b, lambda n: drawn[key(n)])) for b in told]
    lows, highs = [end for above, end in ends if above], [end for above, end in ends if not above]
    value = drawn[key(name)]
    if all(value > low for low in lows) and all(value < high for high in highs):
        return
    variable = program.variables[name]
    lows += [variable.at_least] * variable.positive
    highs += [1] * variable.below_one
    if lows and highs:
        drawn[key(name)] = (max(lows) + min(highs)) / 2
    else:
        beside = max(abs(value), Fraction(1, 2))
        drawn[key(name)] = max(lows) + beside if lows else min(highs) - beside


def _end(bound: Beyond, value: Callable[[str], Any]) -> Any:
    """The sum above or below which a name lies."""
    return bound.constant + sum(c * value(n) for n, c in bound.terms)


def keeps_beyond(program: Program, drawn: MutableMapping[Any, Any]) -> bool:
    """Whether each member that lies above or below a sum of others does so, and is positive or below one where it has
    to be: another bound may leave no room for it."""
    for b in program.beyond:
        keys = [(n, ()) for n in b.names]
        if all(k in drawn for k in keys):
            value, variable = drawn[keys[0]], program.variables[b.name]
            end = _end(b, lambda n: drawn[n, ()])
            if not (value > end if b.above else value < end) or (variable.positive and value <= 0) \
                    or (variable.below_one and value >= 1):
                return False
    return True


def in_order(program: Program) -> Iterator[str]:
    """The names of which an order, or that a product is below a number, is declared."""
    for pair in program.ordered:
        yield from pair
    for names in (*(b.names for b in program.below), *(b.names for b in program.beyond)):
        yield from names
