"""One term on arrays: a product of labelled arrays, summed over the labels that are not wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy

from verify.backends.base import Backend
from verify.grids import Labels, Scope, aligned

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Product:
    """A scale, arrays of NumPy that do not depend on inputs, and arrays of the backend, with their labels. A scale is
    `divided` where a division made it: 3 · 1/3 is one here, and is rounded where it is computed in another order."""

    backend: Backend
    scale: float = 1.0
    constants: list[tuple[Any, Labels]] = field(default_factory=list)
    arrays: list[tuple[Any, Labels]] = field(default_factory=list)
    divided: bool = False

    def contract(self, out: Labels, summed: Labels, scope: Scope) -> Any:
        """The array with axes `out`; labels in `summed` are summed over, also where no factor has them."""
        operands = [(self.backend.array(values), labels) for values, labels in self.constants] + self.arrays
        present = {a for _, labels in operands for a in labels}
        scale = self.scale
        for a in summed:
            if a not in present:
                scale *= len(scope.spans[a])
        for a in out:
            if a not in present:
                operands.append((self.backend.array(numpy.ones(len(scope.spans[a]))), (a,)))
        result = self._multiply(operands, out) if operands else None
        if result is None:
            return self.backend.array(scale)
        return self.backend.scaled(result, scale, self.divided)

    def _multiply(self, operands: Sequence[tuple[Any, Labels]], out: Labels) -> Any:
        if all(labels == out for _, labels in operands):
            result = operands[0][0]
            for array, _ in operands[1:]:
                result = result * array
            return result
        names = {a: LETTERS[k] for k, a in enumerate(dict.fromkeys(a for _, labels in operands for a in labels))}
        pattern = ",".join("".join(names[a] for a in labels) for _, labels in operands)
        return self.backend.einsum(f"{pattern}->{''.join(names[a] for a in out)}", [array for array, _ in operands])


def powered(backend: Backend, array: Any, labels: Labels, exponent: Any, exponent_labels: Labels,
            scope: Scope) -> tuple[Any, Labels]:
    """`array ** exponent`, where the exponent may depend on letters that the array does not have."""
    if not exponent_labels:
        return backend.power(array, plain_number(exponent)), labels
    union = scope.labels([*labels, *exponent_labels])
    order = sorted(range(len(labels)), key=lambda k: union.index(labels[k]))
    wide = backend.reshape(backend.transpose(array, order) if labels else array,
                           [len(scope.spans[a]) if a in labels else 1 for a in union])
    return backend.power(wide, backend.array(aligned(exponent, exponent_labels, union))), union


def plain_number(value: Any) -> Any:
    """An int where the number is whole, else a float."""
    number = float(value)
    return int(number) if number.is_integer() else number
