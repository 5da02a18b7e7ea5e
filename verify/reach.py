"""How large sizes must be that no sum, and no range of a letter, is empty: of Σ_{i=1}^{n−4}, n is 5 at least.

Where a sum has no terms at every size that is tried, a claim about it agrees with anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil

from derive.expression import Expr, Ref, expression, subterms
from derive.index import Letter, Size
from derive.program import Program


def least_sizes(program: Program, sides: Iterable[Ref | Expr] = ()) -> dict[str, int]:
    """The least value of each size for which every range that ends at it, and at nothing else, holds something."""
    found: dict[str, int] = {}
    for letter in _letters(program, sides):
        parts = dict((letter.high - letter.low + 1).terms)
        fixed = parts.pop((), 0)
        (atoms, steps), *others = parts.items() or [((), 0)]
        size = atoms[0] if len(atoms) == 1 else None
        if not others and isinstance(size, Size) and not size.at and size.name not in program.labels and steps > 0:
            found[size.name] = max(found.get(size.name, 1), ceil((1 - fixed) / steps))
    return found


def _letters(program: Program, sides: Iterable[Ref | Expr]) -> Iterator[Letter]:
    """The letters of axes and equations, and those over which sums run."""
    for variable in program.variables.values():
        yield from variable.axes
    for equation in program.equations:
        yield from equation.letters
    for side in (*(e.body for e in program.equations), *map(expression, sides)):
        for term in subterms(side):
            yield from term.binders
