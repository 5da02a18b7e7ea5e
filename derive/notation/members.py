"""How a member of a family stands in matrix notation: as a whole vector or matrix, a slice, or a scalar entry."""

from __future__ import annotations

from collections.abc import Iterable

from derive.bounds import nonnegative
from derive.expectation.laws import moment_named
from derive.expression import Ref
from derive.index import Letter, Poly
from derive.notation.layout import Layout, Name, Slice, Span
from derive.notation.letters import Signatures
from derive.notation.terms import named


class NoMatrixForm(ValueError):
    """There is no matrix form that is certainly right; index notation always is."""


def axis_letters(letters: Iterable[Letter]) -> frozenset[Letter]:
    """The letters that number rows and columns."""
    return frozenset([a for a in letters if not a.family])


def member(node: Ref, signatures: Signatures, loss: str) -> tuple[tuple[Letter, ...], Layout]:
    """The axes of a member, rows first, and its layout.

    Raises:
        NoMatrixForm: for more than two axes, a diagonal, a stride, a single row or column, or an index that may
            leave the declared range.
    """
    axes = signatures.get(node.name)
    if axes is None or len(axes) != len(node.indices):
        raise NoMatrixForm(f"{node.name} is not declared with {len(node.indices)} axes")
    places: list[tuple[Letter, Poly]] = []
    values: dict[Letter, Poly] = {}
    for axis, index in zip(axes, node.indices):
        if not axis.family:
            places.append((axis if len(axis.free) == 1 else axis.substitute(values), index))
        elif _letter(index):
            raise NoMatrixForm(f"{node.name} has an axis letter as its family index")
        values[axis] = index
    letters = tuple(a for _, index in places for a in _letter(index))
    if letters and moment_named(node.name) is not None:
        raise NoMatrixForm("a moment is written member by member")
    name = named(node, signatures, loss, whole=bool(letters))
    if not letters:
        return (), name
    if len(letters) != len(places) or len(letters) > 2 or len(set(letters)) != len(letters):
        raise NoMatrixForm(f"{node.name} with these indices is no whole vector or matrix")
    spans = tuple(_span(axis, index, letter) for (axis, index), letter in zip(places, letters))
    if not any(spans):
        return letters, name
    if not isinstance(name, Name):
        raise NoMatrixForm("a part of a Jacobian")
    return letters, Slice(name, spans)


def _letter(index: Poly) -> tuple[Letter, ...]:
    """The one axis letter of an index, which must have coefficient 1; none for a constant."""
    whole = index.letter
    if whole is not None:
        return () if whole.family else (whole,)
    found = [a for a in index.atoms() if isinstance(a, Letter) and not a.family]
    if not found and not axis_letters(index.free):
        return ()
    if len(found) != 1 or index.coefficient(found[0]) != 1 or axis_letters((index - found[0]).free):
        raise NoMatrixForm("an index that mixes axes")
    return (found[0],)


def _span(axis: Letter, index: Poly, letter: Letter) -> Span | None:
    """The part of the axis that the index runs over; None where that is all of it."""
    low, high = letter.low, letter.high
    if index.letter is None:
        offset = index - letter
        low, high = low + offset, high + offset
    if (low, high) == (axis.low, axis.high):
        return None
    if nonnegative(low - axis.low) and nonnegative(axis.high - high):
        return low, high
    raise NoMatrixForm("an index that may leave its range")
