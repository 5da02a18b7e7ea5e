"""The inputs of a user's functions read as those of an entry of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy

from derive.claims import Mistake
from derive.expression import letters_of
from derive.index import Letter, Size, poly
from derive.program import Equation, ProgramError
from verify.backends import find
from verify.blocks import Block
from verify.checker.report import Call
from verify.grids import LoweringError
from verify.lowering import Lowering
from verify.sizes import NoMember, Sizes
from verify.targets import targets

if TYPE_CHECKING:
    from verify.checker.recognition import Known

CLOSE = 1e-7


@dataclass
class Reading:
    """An entry with the user's inputs."""

    known: Known
    call: Call
    chosen: Mapping[str, str]           # the user's name by the key of the entry's block
    values: Mapping[str, Any]           # sizes and labels
    omitted: Mapping[str, float] = field(default_factory=dict)

    def taking(self, block: Block, name: str) -> Reading | None:
        """The same with one more input read as a block; None where it cannot be."""
        given = numpy.asarray(self.call.inputs[name])
        values = _unified(block, given.shape, self.values) if given.dtype.kind == "f" else None
        return None if values is None else replace(self, chosen={**self.chosen, block.key: name}, values=values)

    def labelled(self, names: list[str]) -> Iterator[Reading]:
        """The same with whole numbers, which count from 0, as labels, which count from their least on."""
        found = dict(self.values)
        for (label, at), name in zip(self.known.program.labels.items(), names):
            given = numpy.asarray(self.call.inputs[name])
            if given.dtype.kind not in "iu" or given.ndim > 1 or given.ndim != len(at.at):
                return
            whole = [int(k) + at.least for k in given.ravel()]
            found[label] = dict(enumerate(whole, 1)) if given.ndim else whole[0]
        yield replace(self, values=found)

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """Arrays by the key of the block.

        Raises:
            NoMember: where the size of one that was omitted is not known.
        """
        sizes = Sizes(self.values)
        return {b.key: numpy.asarray(self.call.inputs[self.chosen[b.key]], dtype=float) if b.key in self.chosen
                else numpy.full(b.shape(sizes), self.omitted[b.key]) for b in self.known.inputs}

    def fits(self) -> bool:
        """Whether the shapes are those of the entry, and the outputs have its values."""
        sizes, program = Sizes(self.values), self.known.program
        try:
            if any(b.shape(sizes) != self.inputs[b.key].shape for b in self.known.inputs):
                return False
            lowering = Lowering(find("numpy"), program, sizes, self.inputs)
            made = [lowering.block(Block(n, n, program.defined[n].letters)) for n in self._outputs()]
        except (NoMember, LoweringError, ProgramError):
            return False
        return len(made) == len(self.call.outputs) and all(map(_same, made, self.call.outputs))

    def _outputs(self) -> list[str]:
        program = self.known.program
        return [program.loss] if program.loss else list(program.outputs)

    def mistake(self) -> dict[str, str] | None:
        """What makes a returned gradient what it is, where the right ones are others."""
        right = self._gradients(())
        wrong = {key: self.call.returned[name] for key, name in self.chosen.items()
                 if key in right and name in self.call.returned
                 and not _same(right[key], self.call.returned[name])}
        for m in self.known.page.mistakes if wrong else ():
            equation = self._put_in(m)
            if equation is None:
                continue
            found = self._gradients((equation,))
            if any(_same(found[key], value) for key, value in wrong.items() if key in found):
                return m.why
        return None

    def _put_in(self, m: Mistake) -> Equation | None:
        """A mistake as an equation of the backward pass; None where it is about single members, or about something
        else."""
        right = self.known.derivation.equations.get(m.left.name)
        if right is None or any(p.letter is None for p in m.left.indices):
            return None
        letters = letters_of(m.left)
        whole = all((a.low, a.high) == (b.low, b.high) for a, b in zip(letters, right.letters))
        return Equation(m.left.name, letters, m.wrong) if whole else None

    def _gradients(self, changed: Sequence[Equation]) -> dict[str, Any]:
        """The gradients by the key of the input, with some equations changed."""
        known, program = self.known, self.known.program
        arriving = dict(zip(program.outputs.values(), self.call.arriving))
        scale = 1.0 if program.outputs and not program.loss else float(numpy.asarray(self.call.arriving[0]))
        equations = {**known.derivation.equations, **{e.name: e for e in changed}}
        lowering = Lowering(find("numpy"), program, Sizes(self.values), {**self.inputs, **arriving},
                            equations.values())
        found = {}
        for t in targets(known.page, known.derivation):
            if t.key in self.inputs:
                try:
                    found[t.key] = scale * lowering.block(t.derived)
                except (NoMember, LoweringError):
                    continue
        return found


def _unified(block: Block, shape: tuple[int, ...], values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The sizes with those that this shape gives; None where it is no shape of the block."""
    if len(shape) != len(block.axes):
        return None
    found = dict(values)
    for axis, length in zip(block.axes, shape):
        size = _single(axis)
        if size is not None and size not in found:
            found[size] = length
        try:
            if len(Sizes(found).range(axis, block.fixed(Sizes(found)))) != length:
                return None
        except NoMember:
            continue            # a sum of sizes: looked at once these are known
    return found


def _single(axis: Letter) -> str | None:
    """The size that an axis counts up to, where it is one."""
    atoms = axis.count.atoms()
    size = next(iter(atoms)) if len(atoms) == 1 else None
    return size.name if isinstance(size, Size) and axis.count == poly(size) else None


def _same(a: Any, b: Any) -> bool:
    a, b = numpy.asarray(a, dtype=float), numpy.asarray(b, dtype=float)
    return a.shape == b.shape and bool(abs(a - b).max(initial=0) <= CLOSE * abs(b).max(initial=1e-300))
