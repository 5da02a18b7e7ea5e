"""Which known mistake explains a wrong gradient: the forward pass is looked for in the catalogue, by its values.

An entry is recognised where its inputs can be read as the user's, one to one and by shape, and its outputs have the
same values then. Its mistakes are put into its backward pass one at a time; what comes out is compared with what the
user's backward pass returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import islice
from typing import Any

import numpy

from derive import catalogue
from derive.derivation import Derivation
from derive.entry import Entry, Mistake, Page
from derive.expression import letters_of
from derive.index import Letter, Size, poly
from derive.program import Equation, Program, ProgramError
from verify.backends import find
from verify.blocks import Block, blocks
from verify.checker.report import Call, Explanation
from verify.grids import LoweringError
from verify.lowering import Lowering
from verify.sizes import NoMember, Sizes
from verify.targets import targets

CLOSE = 1e-7
READINGS = 200          # ways of reading the inputs that are tried for one entry
OMITTED = 2             # inputs of an entry that a forward pass may do without: a mask, a bias, an initial state
SMALL = (1e-5, 1e-6, 1e-8, 1e-12)       # what people write for an ε that is no input
WRITTEN = {"eps": "epsilon", "weight": "w", "bias": "b", "target": "y", "label": "y", "labels": "y", "logits": "z"}

Arrays = Mapping[str, Any]


def explained(call: Call) -> Explanation | None:
    """The first entry that the forward pass is; None where the catalogue does not have it."""
    for read in _slices(call):
        for known in _catalogue():
            for reading in known.readings(read):
                return Explanation(known.entry.name, known.entry.title, reading.mistake())
    return None


@cache
def _catalogue() -> list[Known]:
    """Every entry whose inputs are arrays or numbers; read once."""
    found = []
    for head in catalogue.scan()[0]:
        try:
            known = Known(entry := catalogue.load_file(head), entry.page())
        except Exception:       # a broken entry is not what the user asks about
            continue
        if known.usable:
            found.append(known)
    return found


def _slices(call: Call) -> Iterator[Call]:
    """The call as it is; then one example of a batch, along the first or the last axis that all outputs share."""
    yield call
    for place in (0, -1):
        lengths = {o.shape[place] if o.ndim else 0 for o in call.outputs}
        if len(lengths) != 1 or (length := lengths.pop()) < 2:
            continue

        def sliced(a: Any, length: int = length, place: int = place) -> Any:
            return a.take(0, place) if getattr(a, "ndim", 0) and a.shape[place] == length else a

        def each(arrays: Arrays) -> Arrays:
            return {n: sliced(a) for n, a in arrays.items()}

        own = {n: g for n, g in call.returned.items()
               if numpy.ndim(call.inputs[n]) and call.inputs[n].shape[place] == length and numpy.ndim(g)}
        yield Call(each(call.inputs), [sliced(o) for o in call.outputs], [sliced(w) for w in call.arriving], each(own))


@dataclass
class Known:
    """An entry of the catalogue."""

    entry: Entry
    page: Page

    @property
    def program(self) -> Program:
        return self.page.program

    @cached_property
    def inputs(self) -> list[Block]:
        return [b for b in blocks(self.program) if b.name not in self.program.outputs.values()]

    @property
    def usable(self) -> bool:
        return bool(self.page.mistakes and not self.program.random and (self.program.loss or self.program.outputs)
                    and not any(b.ragged for b in self.inputs))

    @cached_property
    def derivation(self) -> Derivation:
        return self.page.derive()

    def readings(self, call: Call) -> Iterator[Reading]:
        """The ways of reading the call's inputs as this entry's at which the outputs are the same."""
        names = [n for n, v in call.inputs.items() if isinstance(v, (numpy.ndarray, float, int))]
        over = len(self.inputs) + len(self.program.labels) - len(names)
        if not 0 <= over <= OMITTED:
            return
        for reading in islice(self._read(self.inputs, names, over, Reading(self, call, {}, {})), READINGS):
            if reading.fits():
                yield reading

    def _read(self, remaining: list[Block], names: list[str], over: int, so_far: Reading) -> Iterator[Reading]:
        """Each block as one of these inputs, those of the same name first; `over` of them as none."""
        if not remaining:
            yield from so_far.labelled(names)
            return
        block, *rest = remaining
        for name in sorted(names, key=lambda n: _plain(n) != _plain(block.key)):
            reading = so_far.taking(block, name)
            if reading is not None:
                yield from self._read(rest, [n for n in names if n != name], over, reading)
        if over:
            for value in SMALL if self.program.variables[block.name].positive else (0.0,):
                omitted = {**so_far.omitted, block.key: value}
                yield from self._read(rest, names, over - 1, replace(so_far, omitted=omitted))


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


def _plain(name: str) -> str:
    lower = name.lower().replace("_", "").replace("[0]", "0")
    return WRITTEN.get(lower, lower)


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


def _same(a: Any, b: Any) -> bool:
    a, b = numpy.asarray(a, dtype=float), numpy.asarray(b, dtype=float)
    return a.shape == b.shape and bool(abs(a - b).max(initial=0) <= CLOSE * abs(b).max(initial=1e-300))
