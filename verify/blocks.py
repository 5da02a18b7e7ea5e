"""The inputs of a program in blocks: one for each input family, each set of boundary members, each arriving cotangent.

A block's key is the family's name, or a boundary member's text: `h[0]`, `h[T+1]`; with letters before the boundary
axis, these stand in it too: `h[l,0]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.index import Letter, Poly, poly
from derive.program import Equation, Program, ProgramError, plain
from verify.sizes import Letters, NoMember, Sizes

Member = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Block:
    """The members of `name` at `letters`. Where `place` is given, the letter there takes the one value `position`."""

    key: str
    name: str
    letters: tuple[Letter, ...]
    place: int | None = None
    position: Poly | None = None

    @property
    def axes(self) -> tuple[Letter, ...]:
        """The letters that are free."""
        return tuple(a for k, a in enumerate(self.letters) if k != self.place)

    def fixed(self, sizes: Sizes) -> dict[Letter, int]:
        """The value of the letter on the boundary."""
        if self.place is None or self.position is None:
            return {}
        return {self.letters[self.place]: sizes.whole(self.position, {})}

    def indices(self, letters: Letters) -> tuple[int, ...]:
        return tuple(letters[a] for a in self.letters)

    def members(self, sizes: Sizes) -> Iterator[Member]:
        for letters in sizes.assignments(self.axes, self.fixed(sizes)):
            yield self.name, self.indices(letters)

    @property
    def ragged(self) -> bool:
        """Whether the shape of a member depends on the first axis (`W[l, i, j]` with i = 1…n[l])."""
        return bool(self.axes) and any(self.axes[0] in a.free for a in self.axes[1:])

    def shape(self, sizes: Sizes, first: int | None = None) -> tuple[int, ...]:
        """The lengths of the axes; of the axes after the first, for one value of it, where `first` is given.

        Raises:
            NoMember: for a shape that depends on more than its first axis.
        """
        letters = self.fixed(sizes)
        axes = self.axes
        if first is not None:
            letters[axes[0]] = first
            axes = axes[1:]
        for k, axis in enumerate(axes):
            if any(earlier in axis.free for earlier in axes[:k]):
                raise NoMember(f"{self.key}: the range of {axis.name} depends on {axes[0].name}; only the first axis "
                               "may change the shape of the others")
        return tuple(len(sizes.range(a, letters)) for a in axes)


def blocks(program: Program) -> list[Block]:
    """All inputs, in reading order: input families, boundary members of defined families, arriving cotangents."""
    found = [Block(n, n, program.variables[n].axes) for n in program.inputs]
    for equation in program.equations:
        found += boundaries(program, equation)
    return found + [Block(n, n, program.variables[n].axes) for n in program.outputs.values()]


def boundaries(program: Program, equation: Equation) -> list[Block]:
    """The members of a defined family before and after the equation's range, innermost first."""
    found: list[Block] = []
    renamed: dict[Letter, Poly] = {}
    for place, (axis, letter) in enumerate(zip(program.variables[equation.name].axes, equation.letters)):
        axis = axis.substitute(renamed)
        renamed[program.variables[equation.name].axes[place]] = poly(letter)
        before, after = (letter.low - axis.low).constant, (axis.high - letter.high).constant
        if before is None or after is None:
            raise ProgramError(f"{equation.name}: the range of {letter.name} does not fit the axis "
                               f"{plain(axis.low)}…{plain(axis.high)}")
        positions = [letter.low - d for d in range(1, int(before) + 1)]
        positions += [letter.high + d for d in range(1, int(after) + 1)]
        earlier = [a.name for a in equation.letters[:place]]
        found += [Block(f"{equation.name}[{','.join([*earlier, plain(p)])}]", equation.name, equation.letters, place, p)
                  for p in positions]
    return found
