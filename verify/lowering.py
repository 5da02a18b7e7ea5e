"""A program evaluated on arrays of a backend at concrete sizes: an interpreter of its equations.

Family letters (time, layer) are taken one value at a time: a member `h[t]` is an array over the other letters. Members
are evaluated when they are first asked for and kept. An evaluation is a generator that asks for the members it needs,
so that a recurrence of any length needs no deep call stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from derive.index import Letter
from derive.program import Equation, Program
from verify.backends.base import Backend
from verify.blocks import Block, blocks
from verify.grids import LoweringError, Scope
from verify.sizes import Sizes
from verify.terms import Evaluation, evaluate_expression

Key = tuple[str, tuple[int, ...]]


class Lowering:
    """The members of a program, of `equations` beside it, and of its inputs.

    `inputs` maps block keys to arrays (see `verify.draws.normal_draw`). `added` maps the names of defined families to
    blocks of the same layout that are added to them where they are defined: zeros to differentiate by.

    Raises:
        LoweringError: for what cannot be evaluated on arrays, a member that does not exist, a circular definition.
    """

    def __init__(self, backend: Backend, program: Program, sizes: Mapping[str, Any] | Sizes, inputs: Mapping[str, Any],
                 equations: Iterable[Equation] = (), added: Mapping[str, Any] | None = None):
        self.backend, self.program = backend, program
        self.sizes = sizes if isinstance(sizes, Sizes) else Sizes(sizes)
        self.equations = {e.name: e for e in program.equations} | {e.name: e for e in equations}
        self.axes = program.signatures | {e.name: e.letters for e in self.equations.values()
                                          if e.name not in program.variables}
        self.inputs, self.added = inputs, dict(added or {})
        self.blocks: dict[str, list[Block]] = {}
        for block in blocks(program):
            self.blocks.setdefault(block.name, []).append(block)
        self._members: dict[Key, Any] = {}
        self._outer: dict[str, tuple[int, ...]] = {}

    # -- what others call ------------------------------------------------------------------------------------------
    def member(self, name: str, outer: tuple[int, ...] = ()) -> Any:
        """The array of one member of a family, over its inner letters."""
        self.outer(name)
        return self._run((name, outer))

    def block(self, block: Block) -> Any:
        """All members of a block in the layout of inputs: an array, or a dict where it is ragged."""
        if not block.ragged:
            return self._stacked(block, block.fixed(self.sizes), block.axes)
        first, *rest = block.axes
        return {k: self._stacked(block, block.fixed(self.sizes) | {first: k}, tuple(rest))
                for k in self.sizes.range(first, block.fixed(self.sizes))}

    def _stacked(self, block: Block, fixed: dict[Letter, int], free: tuple[Letter, ...]) -> Any:
        outer = self.outer(block.name)
        looped = [a for k, a in enumerate(block.letters) if k in outer and a in free]
        inner = [a for k, a in enumerate(block.letters) if k not in outer]
        found = [self.member(block.name, tuple({**fixed, **letters}[block.letters[k]] for k in outer))
                 for letters in self.sizes.assignments(looped, fixed)]
        if not looped:
            return found[0]
        lengths = [len(self.sizes.range(a, fixed)) for a in looped]
        if not found:
            return self.backend.zeros([0 for _ in free])
        whole = self.backend.reshape(self.backend.stack(found), [*lengths, *self.backend.shape(found[0])])
        order = [[*looped, *inner].index(a) for a in free]
        return whole if order == sorted(order) else self.backend.transpose(whole, order)

    # -- families ----------------------------------------------------------------------------------------------------
    def outer(self, name: str) -> tuple[int, ...]:
        """The places of the letters that are taken one value at a time: family letters, letters that the shape
        depends on, and those along which there are boundary members."""
        if name not in self._outer:
            axes = self.axes.get(name)
            if axes is None:
                raise LoweringError(f"{name} is no name of this program, nor of its derivation")
            edges = {b.place for b in self.blocks.get(name, ())}
            self._outer[name] = tuple(k for k, a in enumerate(axes) if a.family or k in edges
                                      or any(a in b.free for b in axes[k + 1:]))
        return self._outer[name]

    def span(self, name: str, outer: tuple[int, ...]) -> list[range]:
        """The ranges of the inner letters of a member."""
        places, letters = self.outer(name), {}
        letters = {self.axes[name][k]: value for k, value in zip(places, outer)}
        return [self.sizes.range(a, letters) for k, a in enumerate(self.axes[name]) if k not in places]

    # -- members -----------------------------------------------------------------------------------------------------
    def _run(self, wanted: Key) -> Any:
        """Evaluate a member and what it needs, without recursion."""
        if wanted in self._members:
            return self._members[wanted]
        work: list[tuple[Key, Evaluation]] = [(wanted, self._evaluate(wanted))]
        under_way = {wanted}
        answer: Any = None
        while work:
            key, evaluation = work[-1]
            try:
                needed = evaluation.send(answer)
            except StopIteration as finished:
                answer = self._members[key] = finished.value
                under_way.discard(key)
                work.pop()
                continue
            answer = self._members.get(needed)
            if answer is None:
                if needed in under_way:
                    raise LoweringError(f"{_written(needed)} is defined by itself")
                under_way.add(needed)
                work.append((needed, self._evaluate(needed)))
        return answer

    def _evaluate(self, key: Key) -> Evaluation:
        name, outer = key
        equation = self.equations.get(name)
        fixed = self._covered(equation, outer) if equation is not None else None
        if equation is None or fixed is None:
            return self._input(key)
        inner = tuple(a for k, a in enumerate(equation.letters) if k not in self.outer(name))
        scope = Scope(self.sizes, fixed, {a: self.sizes.range(a, fixed) for a in inner})
        return self._defined(key, equation, inner, scope)

    def _defined(self, key: Key, equation: Equation, inner: tuple[Letter, ...], scope: Scope) -> Evaluation:
        value = yield from evaluate_expression(self, equation.body, inner, scope)
        if value is None:
            value = self.backend.zeros(scope.shape(inner))
        if key[0] in self.added:
            value = value + self._select(Block(key[0], key[0], equation.letters), self.added[key[0]], key)
        return value

    def _covered(self, equation: Equation, outer: tuple[int, ...]) -> dict[Letter, int] | None:
        """The values of the outer letters, where the equation defines the member."""
        fixed: dict[Letter, int] = {}
        for place, value in zip(self.outer(equation.name), outer):
            letter = equation.letters[place]
            if value not in self.sizes.range(letter, fixed):
                return None
            fixed[letter] = value
        return fixed

    def _input(self, key: Key) -> Evaluation:
        """A member of an input block. A generator like all evaluations, which asks for nothing."""
        yield from ()
        for block in self.blocks.get(key[0], ()):
            if self._holds(block, key):
                if block.key not in self.inputs:
                    raise LoweringError(f"there is no value for the input {block.key}")
                return self._select(block, self.inputs[block.key], key)
        raise LoweringError(f"{_written(key)} does not exist")

    def _holds(self, block: Block, key: Key) -> bool:
        values: dict[Letter, int] = dict(block.fixed(self.sizes))
        for place, value in zip(self.outer(key[0]), key[1]):
            letter = block.letters[place]
            if values.get(letter, value) != value:
                return False
            if place != block.place and value not in self.sizes.range(letter, values):
                return False
            values[letter] = value
        return True

    def _select(self, block: Block, stored: Any, key: Key) -> Any:
        """One member out of a stored block."""
        outer = dict(zip(self.outer(key[0]), key[1]))
        fixed = {block.letters[k]: v for k, v in outer.items()}
        indices: list[Any] = []
        for place, letter in enumerate(block.letters):
            if place == block.place:
                continue
            if place not in outer:
                indices.append(slice(None))
            elif block.ragged and letter == block.axes[0]:
                stored = stored[outer[place]]
            else:
                indices.append(outer[place] - self.sizes.whole(letter.low, fixed))
        return stored[tuple(indices)] if any(not isinstance(i, slice) for i in indices) else stored


def _written(key: Key) -> str:
    return key[0] + (f"[{','.join(map(str, key[1]))}]" if key[1] else "")
