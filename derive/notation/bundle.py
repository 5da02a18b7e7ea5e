"""Products of vectors and matrices: factors with the same axes are multiplied entry by entry, and a sum over a shared
axis is a matrix product."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from derive.bounds import nonnegative
from derive.index import ONE, Letter, Poly, poly
from derive.notation.layout import (
    Diag,
    Divide,
    ElementwisePower,
    Identity,
    Layout,
    NormSquared,
    Number,
    Ones,
    Power,
    Product,
    Root,
    Transpose,
    chain,
    hadamard,
    transposed,
)
from derive.notation.members import NoMatrixForm
from derive.notation.terms import HALF, UNIT

Letters = tuple[Letter, ...]
TWO = poly(2)


class Bundle(NamedTuple):
    """Factors over the same axes, rows first; `below` divides."""

    letters: Letters
    above: tuple[Layout, ...]
    below: tuple[Layout, ...] = ()

    @staticmethod
    def power(letters: Letters, base: Layout, exponent: Poly) -> Bundle:
        """One factor raised to a power entry by entry; a negative power divides."""
        constant = exponent.constant
        if constant is not None and constant < 0:
            return Bundle(letters, (), (_entrywise(base, -exponent, letters),))
        return Bundle(letters, (_entrywise(base, exponent, letters),))

    @property
    def layout(self) -> Layout:
        above = hadamard(*self.above) if self.above else UNIT
        return Divide(above, hadamard(*self.below)) if self.below else above

    def turned(self, letters: Letters) -> Bundle:
        """The same factors with their axes in this order."""
        if letters == self.letters:
            return self
        return Bundle(letters, tuple(map(transposed, self.above)), tuple(map(transposed, self.below)))

    def other(self, letter: Letter) -> Letter:
        return self.letters[0] if self.letters[1] == letter else self.letters[1]

    def ending(self, letter: Letter) -> Layout:
        """The matrix with `letter` as its columns."""
        return self.laid_out((self.other(letter), letter))

    def laid_out(self, letters: Letters) -> Layout:
        """The layout with its axes in this order; (A ⊙ B)ᵀ, not Aᵀ ⊙ Bᵀ."""
        turned = self.turned(letters)
        marks = sum(isinstance(x, Transpose) for x in (*turned.above, *turned.below))
        return turned.layout if letters == self.letters or marks < 2 else transposed(self.layout)


def _entrywise(base: Layout, exponent: Poly, letters: Letters) -> Layout:
    if exponent == ONE:
        return base
    if isinstance(base, Identity):
        if exponent.constant is None:
            raise NoMatrixForm("a symbolic power of a delta")
        return base
    if len(letters) == 1:                   # a vector has no other square than the one of its entries
        return Root(base) if exponent == HALF else Power(base, exponent)
    return ElementwisePower(base, exponent)


def merge(bundles: Iterable[Bundle]) -> list[Bundle]:
    """One bundle for each set of axes."""
    merged: dict[frozenset[Letter], Bundle] = {}
    for b in bundles:
        key = frozenset(b.letters)
        seen = merged.get(key)
        turned = b if seen is None else b.turned(seen.letters)
        merged[key] = b if seen is None else Bundle(seen.letters, seen.above + turned.above, seen.below + turned.below)
    return list(merged.values())


def contract(bundles: list[Bundle], summed: Letters, out: Letters) -> tuple[list[Bundle], list[Layout]]:
    """Carry out the sums over axes. Returns what is left over the axes `out`, and the scalars that came about."""
    scalars: list[Layout] = []
    waiting = list(summed)
    while waiting:
        norm = _frobenius(bundles, waiting)
        if norm is not None:
            bundles, waiting, square = norm
            scalars.append(square)
            continue
        letter = min(waiting, key=lambda a: (sum(a in b.letters for b in bundles), _begins(a, bundles),
                                             -waiting.index(a)))
        waiting.remove(letter)
        touched = [b for b in bundles if letter in b.letters]
        place = bundles.index(touched[0]) if touched else 0
        rest = [b for b in bundles if letter not in b.letters]
        vector = next((b for b in touched if len(b.letters) == 1), None)
        matrices = [b for b in touched if len(b.letters) == 2]
        if not touched:
            scalars.append(_count(letter))
        elif not matrices and vector is not None:
            scalars.append(_inner(vector))
        elif len(matrices) == 1:
            rest.insert(place, _matrix_vector(matrices[0], vector, letter))
        elif len(matrices) == 2:
            rest.insert(place, _matrix_matrix(matrices, vector, letter, out))
        else:
            raise NoMatrixForm("an axis shared by three matrices")
        bundles = merge(rest)
    return bundles, scalars


def _begins(letter: Letter, bundles: list[Bundle]) -> bool:
    """Whether a letter stands for the rows of a matrix: M 𝟏 is shorter than Mᵀ 𝟏."""
    return any(len(b.letters) == 2 and b.letters[0] == letter for b in bundles)


def _squared(b: Bundle) -> Layout | None:
    """What `b` is the entrywise square of."""
    if b.below or len(b.above) != 1:
        return None
    (only,) = b.above
    return only.base if isinstance(only, (ElementwisePower, Power)) and only.exponent == TWO else None


def _frobenius(bundles: list[Bundle], summed: list[Letter]) -> tuple[list[Bundle], list[Letter], Layout] | None:
    """The squared norm of a matrix whose two axes are summed and touch nothing else, and what is left."""
    for b in bundles:
        squared = _squared(b) if len(b.letters) == 2 else None
        alone = all(a in summed and sum(a in other.letters for other in bundles) == 1 for a in b.letters)
        if squared is not None and alone:
            return [o for o in bundles if o is not b], [a for a in summed if a not in b.letters], \
                NormSquared(squared, True)
    return None


def _count(letter: Letter) -> Layout:
    if not nonnegative(letter.count):
        raise NoMatrixForm("a range that may be empty")
    return Number(letter.count)


def _inner(vector: Bundle) -> Layout:
    """The sum of a vector's entries: an inner product, a squared norm, or 𝟏ᵀv."""
    (letter,) = vector.letters
    last = vector.above[-1] if vector.above else None
    squared = _squared(vector)
    if squared is not None:
        return NormSquared(squared)
    if last is not None and len(vector.above) > 1:
        first = Bundle(vector.letters, vector.above[:-1]).layout
        return chain(transposed(first), Bundle(vector.letters, (last,), vector.below).layout)
    return chain(Transpose(_ones(letter)), vector.layout)


def _matrix_vector(matrix: Bundle, vector: Bundle | None, letter: Letter) -> Bundle:
    right = _ones(letter) if vector is None else vector.layout
    return Bundle((matrix.other(letter),), (chain(matrix.ending(letter), right),))


def _matrix_matrix(pair: list[Bundle], vector: Bundle | None, letter: Letter, out: Letters) -> Bundle:
    first, second = pair
    ends = (first.other(letter), second.other(letter))
    if out and (ends[1] == out[0] or (len(out) == 2 and ends[0] == out[1])):
        first, second, ends = second, first, (ends[1], ends[0])
    middle = () if vector is None else (Diag(vector.layout),)
    return Bundle(ends, (chain(first.ending(letter), *middle, transposed(second.ending(letter))),))


def assemble(bundles: list[Bundle], out: Letters) -> Layout | None:
    """The vector or matrix over `out`; None where nothing depends on these axes.

    A matrix with a vector over its rows is `diag(u) M`; vectors alone make an outer product.
    """
    found = {frozenset(b.letters): b for b in bundles}
    if not found:
        return None
    if len(out) == 1:
        return bundles[0].layout
    row, column = out
    u, v, m = (found.get(frozenset(key)) for key in ((row,), (column,), out))
    if m is None:
        left = _ones(row) if u is None else u.layout
        right = _ones(column) if v is None else v.layout
        return chain(left, transposed(right))
    matrix = m.turned(out).layout
    sides = [None if b is None else b.layout for b in (u, v)]
    if isinstance(matrix, Identity):
        present = [s for s in sides if s is not None]
        return Diag(hadamard(*present)) if present else matrix
    return chain(*(() if sides[0] is None else (Diag(sides[0]),)), matrix,
                 *(() if sides[1] is None else (Diag(sides[1]),)))


def ones(out: Letters) -> Layout:
    """The vector or matrix of ones over `out`."""
    if len(out) == 1:
        return _ones(out[0])
    return Product((_ones(out[0]), Transpose(_ones(out[1]))))


def _ones(letter: Letter) -> Ones:
    return Ones((letter.low, letter.high))
