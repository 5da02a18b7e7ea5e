"""Index arithmetic on whole ranges: the values of a polynomial for all values of the letters that become array axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy

from derive.expression import Delta, Guard
from derive.index import Letter, Poly, Size, poly
from verify.sizes import Sizes

Labels = tuple[Letter, ...]


class LoweringError(ValueError):
    """A program that cannot be evaluated on arrays; says where, and why."""


@dataclass(frozen=True)
class Mask:
    """A condition, decided for all values of its letters."""

    labels: Labels
    values: Any


@dataclass(frozen=True)
class Scope:
    """Letters with one value (`fixed`), letters that are array axes (`spans`), and the conditions that hold around the
    expression in question: where one of them fails, it is not used."""

    sizes: Sizes
    fixed: dict[Letter, int]
    spans: dict[Letter, range] = field(default_factory=dict)
    masks: tuple[Mask, ...] = ()

    def fixing(self, letter: Letter, value: int) -> Scope:
        return replace(self, fixed={**self.fixed, letter: value})

    def spanning(self, spans: dict[Letter, range]) -> Scope:
        return replace(self, spans={**self.spans, **spans})

    def under(self, masks: Iterable[Mask]) -> Scope:
        return replace(self, masks=(*self.masks, *masks))

    def labels(self, letters: Iterable[Letter]) -> Labels:
        """Those of the letters that are array axes, in a fixed order."""
        wanted = set(letters)
        return tuple(a for a in self.spans if a in wanted)

    def shape(self, labels: Labels) -> tuple[int, ...]:
        return tuple(len(self.spans[a]) for a in labels)

    def value(self, p: Poly) -> Any:
        """The value of a polynomial in fixed letters."""
        return self.sizes.poly(p, self.fixed)

    def grid(self, p: Poly, labels: Labels) -> Any:
        """The values of a polynomial over the axes `labels`, broadcast to all of them."""
        axes: dict[Any, Any] = {a: numpy.arange(s.start, s.stop).reshape([-1 if a == b else 1 for b in labels])
                for a, s in self.spans.items() if a in labels}
        total: Any = 0
        for monomial, c in p.terms:
            numbers = [axes[a] if a in axes else self._atom(a, labels) for a in monomial]
            total = total + reduce(lambda x, y: x * y, numbers, c if isinstance(c, int) else float(c))
        return numpy.broadcast_to(numpy.asarray(total), self.shape(labels))

    def _atom(self, atom: Letter | Size, labels: Labels) -> Any:
        """A fixed letter, a size, or a label at places that depend on the axes."""
        if isinstance(atom, Letter) or not any(a in labels for p in atom.at for a in mentioned(p)):
            return self.value(Poly({(atom,): 1}))
        places = [self.grid(p, labels) for p in atom.at]
        return numpy.vectorize(lambda *at: self.sizes.size(atom.placed(tuple(poly(int(k)) for k in at)), {}))(*places)

    def mask(self, condition: Guard | Delta) -> Mask:
        labels = self.labels(mentioned(condition.condition))
        values = self.grid(condition.condition, labels)
        return Mask(labels, values == 0 if isinstance(condition, Delta) else values >= 0)

    def used(self, labels: Labels) -> Any:
        """Where over `labels` something is used: no condition around excludes the place. None: everywhere."""
        near = [m for m in self.masks if not set(m.labels).isdisjoint(labels)]
        if not near:
            return None
        union = self.labels([*labels, *(a for m in near for a in m.labels)])
        used = reduce(lambda a, b: a & b, (aligned(m.values, m.labels, union) for m in near))
        used = numpy.broadcast_to(used, self.shape(union)).any(axis=tuple(
            k for k, a in enumerate(union) if a not in labels))
        rest = [a for a in union if a in labels]
        return numpy.transpose(used, [rest.index(a) for a in labels])

    def unguarded(self, labels: Labels, bad: Any) -> bool:
        """Whether a place that is bad over `labels` is used."""
        if not bad.any():
            return False
        used = self.used(labels)
        return used is None or bool((bad & used).any())


def mentioned(p: Poly) -> Iterator[Letter]:
    """The letters that a polynomial is written with (not those of their ranges)."""
    for atom in p.atoms():
        if isinstance(atom, Letter):
            yield atom
        else:
            for inner in atom.at:
                yield from mentioned(inner)


def aligned(values: Any, labels: Labels, wanted: Labels) -> Any:
    """An array over `labels` with its axes as in `wanted`, of length one where it has none."""
    order = sorted(range(len(labels)), key=lambda k: wanted.index(labels[k]))
    moved = numpy.transpose(values, order)
    lengths = {labels[k]: values.shape[k] for k in order}
    return moved.reshape([lengths.get(a, 1) for a in wanted])


def index_grids(scope: Scope, indices: Sequence[Poly], lows: Sequence[int], lengths: Sequence[int],
                where: str) -> tuple[Labels, list[Any]]:
    """Array indices, counted from 0, for the members at `indices` over the letters they mention.

    Places outside the range are moved into it where a condition excludes them.

    Raises:
        LoweringError: for a place outside the range that is used.
    """
    labels = scope.labels(a for p in indices for a in mentioned(p))
    found = []
    for p, low, length in zip(indices, lows, lengths):
        places = scope.grid(p, labels) - low
        if not numpy.array_equal(places, numpy.round(places)):
            raise LoweringError(f"{where}: an index is no whole number")
        outside = (places < 0) | (places >= length)
        if scope.unguarded(labels, outside):
            raise LoweringError(f"{where}: an index leaves its range {low}…{low + length - 1}")
        found.append(numpy.clip(places, 0, max(length - 1, 0)).astype(int))
    return labels, found
