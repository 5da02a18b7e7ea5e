"""Which known mistake explains a wrong gradient: the forward pass is looked for in the catalogue, by its values.

An entry is recognised where its inputs can be read as the user's, one to one and by shape, and its outputs have the
same values then. Its mistakes are put into its backward pass one at a time; what comes out is compared with what the
user's backward pass returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from typing import Any

import numpy

from derive import catalogue
from derive.derivation import Derivation
from derive.program import Program
from derive.stated import Entry, StatedPage
from verify.blocks import Block, blocks
from verify.checker.readings import Reading
from verify.checker.report import Call, Explanation

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
    page: StatedPage

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


def _plain(name: str) -> str:
    lower = name.lower().replace("_", "").replace("[0]", "0")
    return WRITTEN.get(lower, lower)
