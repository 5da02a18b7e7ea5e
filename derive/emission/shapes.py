"""What arrays a program takes, and which of their axes tell the sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.bounds import nonnegative
from derive.emission.code import EmissionError, Labels
from derive.emission.identifiers import Identifiers
from derive.emission.members import Stored
from derive.expression import Ref
from derive.index import Label, Letter, Poly, Size, poly
from derive.program import Equation, Program, plain


@dataclass(frozen=True)
class Argument:
    """An input: the members of `name` at `member`, in an array of their free letters. `key` tells it apart: `x`, or
    `h[0]` for a boundary member."""

    key: str
    name: str
    member: Ref
    letters: Labels
    label: bool = False

    @property
    def boundary(self) -> bool:
        return len(self.letters) < len(self.member.indices)

    @property
    def outer(self) -> tuple[int, ...]:
        """The places of letters that the ranges of others depend on: such an argument is a dict."""
        return tuple(k for k, a in enumerate(self.letters) if any(a in b.free for b in self.letters[k + 1:]))


def arguments(program: Program, batch: Letter | None = None) -> list[Argument]:
    """All inputs in reading order, boundary members after the other inputs, labels last. Keys do not name the letter of
    a batch."""
    found = [Argument(n, n, program.variables[n].member(), program.variables[n].axes) for n in program.inputs]
    for equation in program.equations:
        for member in program.boundary(equation.name):
            indices = [p.letter.name if p.letter is not None else plain(p) for p in member.indices]
            fixed = next(k for k, p in enumerate(member.indices) if p.letter is None)
            before = [x for x, p in zip(indices[:fixed], member.indices) if batch is None or p.letter != batch]
            key = f"{equation.name}[{','.join([*before, indices[fixed]])}]"
            at = {equation.letters[fixed]: member.indices[fixed]}
            places = [p if p.letter is None else poly(p.letter.substitute(at)) for p in member.indices]
            letters = tuple(p.letter for p in places if p.letter is not None)
            found.append(Argument(key, equation.name, Ref(equation.name, places), letters))
    return found + [Argument(n, n, Ref(n, label.at), tuple(p.letter for p in label.at if p.letter is not None), True)
                    for n, label in program.labels.items()]


@dataclass
class Shapes:
    """The axes of everything that is computed, and where sizes are found. `like` names an array argument."""

    program: Program
    arguments: list[Argument]
    names: Identifiers
    equations: dict[str, Equation] = field(default_factory=dict)

    @property
    def like(self) -> str:
        found = next((a for a in self.arguments if not a.label and not a.outer), None)
        if found is None:
            raise EmissionError("there is no array among the inputs")
        return self.names.of(found.key, found.key)

    def axes(self, e: Equation) -> Labels:
        variable = self.program.variables.get(e.name)
        return e.letters if variable is None else variable.axes

    def stored(self, a: Argument) -> Stored:
        return Stored(self.names.of(a.key, a.key), a.letters, a.outer)

    def label_axes(self, label: Label) -> Labels:
        return next(a.letters for a in self.arguments if a.label and a.key == label.name)

    # -- sizes -------------------------------------------------------------------------------------------------------
    def source(self, size: str) -> tuple[str, str] | None:
        """The argument that tells a size, and how: `x.shape[0]`, `len(W)`."""
        for a in self.arguments:
            variable = self.names.of(a.key, a.key)
            for place, letter in enumerate(a.letters):
                shift = (letter.count - poly(Size(size, (), self._least(size)))).constant
                if shift is None or (a.outer and place != 0) or a.outer[1:]:
                    continue
                text = f"len({variable})" if a.outer else f"{variable}.shape[{place}]"
                return a.key, text + (f" {'-' if shift > 0 else '+'} {abs(int(shift))}" if shift else "")
        return None

    def _least(self, size: str) -> int:
        declared = self.program.sizes.get(size)
        return declared.least if declared is not None else 1


def width(size: Size, known: Mapping[str, Stored]) -> tuple[str, Poly, int]:
    """A family kept by index whose member tells the width of a layer: its name, the index, the axis.

    Raises:
        EmissionError: where there is none.
    """
    for name, stored in known.items():
        if len(stored.outer) != 1:
            continue
        letter = stored.axes[stored.outer[0]]
        for place, axis in enumerate(stored.inner):
            at = _width_at(axis, size.name)
            key = None if at is None else size.at[0] - (at - letter)
            if key is not None and nonnegative(key - letter.low) and nonnegative(letter.high - key):
                return name, key, place
    raise EmissionError(f"no input tells the width {size}")


def _width_at(axis: Letter, name: str) -> Poly | None:
    """`l − 1` where an axis is as long as the width n[l − 1]."""
    atoms = axis.count.atoms()
    (atom, *rest) = atoms or [None]
    if rest or not isinstance(atom, Size) or atom.name != name or axis.count != poly(atom) or len(atom.at) != 1:
        return None
    return atom.at[0]
