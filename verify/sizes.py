"""Concrete sizes: the value of an index polynomial, and the members of a family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from derive.index import Letter, Number, Poly, Size, exact

Letters = Mapping[Letter, int]
SizeValues = Mapping[str, Any]


class NoMember(LookupError):
    """A member or a width that does not exist at these sizes; says which."""


class Sizes:
    """Whole numbers for the sizes of a program.

    `values` maps a size to an int, and a width such as `n[l]` to a list from layer 0 on or to a dict. `reached` keeps
    the largest layer at which each width was asked for.
    """

    def __init__(self, values: SizeValues):
        self.values = dict(values)
        self.reached: dict[str, int] = {}
        self._ranges: dict[Letter, range] = {}      # of letters that run alike wherever they stand

    def size(self, size: Size, letters: Letters) -> int:
        """Raises NoMember for a size without a value, or a layer that does not exist."""
        if size.name not in self.values:
            raise NoMember(f"the size {size.name} has no value")
        value = self.values[size.name]
        if not size.at:
            return int(value)
        at = tuple(self.whole(p, letters) for p in size.at)
        if isinstance(value, Mapping):
            found = value.get(at[0] if len(at) == 1 else at)
        else:
            found = value[at[0]] if 0 <= at[0] < len(value) else None
        if found is None:
            raise NoMember(f"{size.name}[{','.join(map(str, at))}] does not exist")
        self.reached[size.name] = max(at[0], self.reached.get(size.name, 0))
        return int(found)

    def poly(self, p: Poly, letters: Letters) -> Number:
        """The value of a polynomial. Raises NoMember for a letter without a value."""
        total: Number = 0
        for monomial, c in p.terms:
            for atom in monomial:
                if isinstance(atom, Size):
                    c = c * self.size(atom, letters)
                elif atom in letters:
                    c = c * letters[atom]
                else:
                    raise NoMember(f"the letter {atom.name} has no value here")
            total = total + c
        return total

    def whole(self, p: Poly, letters: Letters) -> int:
        """The value of a polynomial that must be a whole number."""
        letter = p.letter
        found = None if letter is None else letters.get(letter)
        if found is not None:
            return found
        value = exact(self.poly(p, letters))
        if not isinstance(value, int):
            raise NoMember(f"{value} is no index")
        return value

    def range(self, letter: Letter, letters: Letters) -> range:
        """All values of a letter; empty where its low end lies above its high end."""
        found = self._ranges.get(letter)
        if found is None:
            found = range(self.whole(letter.low, letters), self.whole(letter.high, letters) + 1)
            if len(letter.free) == 1:
                self._ranges[letter] = found
        return found

    def assignments(self, letters: Iterable[Letter], given: Letters | None = None) -> Iterator[dict[Letter, int]]:
        """Every choice of values for the letters, first letter slowest; a range may depend on letters before it."""
        remaining = list(letters)
        if not remaining:
            yield dict(given or {})
            return
        first, rest = remaining[0], remaining[1:]
        for value in self.range(first, given or {}):
            yield from self.assignments(rest, {**(given or {}), first: value})

    def shown(self) -> dict[str, Any]:
        """The sizes for print: widths only as far as they were used, labels in the order of their indices."""
        return {name: list(value[:self.reached.get(name, len(value) - 1) + 1]) if isinstance(value, (list, tuple))
                else list(value.values()) if isinstance(value, Mapping) else value
                for name, value in self.values.items()}


def in_order(letters: Iterable[Letter]) -> list[Letter]:
    """Letters such that each one comes after those that its range depends on."""
    return sorted(letters, key=lambda a: (len(a.free), a.order))
