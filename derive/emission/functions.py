"""One function of Python: the equations in the order of their schedule, loops and all."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from derive.emission.code import ATOM, CHOICE, Code, EmissionError, ordered, sum_of
from derive.emission.dialects import Dialect
from derive.emission.identifiers import Identifiers
from derive.emission.members import Stored
from derive.emission.numbers import Frame, mentioned
from derive.emission.schedule import Block, Loop, ends, schedule
from derive.emission.shapes import Shapes, width
from derive.emission.terms import Writer
from derive.expression import Ref, expression, letters_of, walk
from derive.index import Label, Letter, Poly, Size
from derive.program import Equation

INDENT = "    "
WIDTH = 110


@dataclass
class Function:
    """Writes statements. `known` are the families that stand already; `starts` gives the boundary members of a
    recurrence, as a dict."""

    dialect: Dialect
    names: Identifiers
    shapes: Shapes
    known: dict[str, Stored]
    spelled: Callable[[str], str]
    helper: Callable[[str], str]
    starts: Callable[[str, Stored, Frame], str] = lambda name, stored, frame: "{}"
    lines: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)              # of what stood already
    sizes: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._own: dict[str, Stored] = {}
        self._stacks: dict[str, str] = {}
        self._open: set[str] = set()
        self._places: dict[str, str] = {}
        self._writer = Writer(self._stored, self._stacked, self.spelled, self.helper)

    @property
    def frame(self) -> Frame:
        return Frame(self.dialect, self.shapes.like, self._size, self._label, self._hoisted)

    # -- equations ---------------------------------------------------------------------------------------------------
    def write(self, equations: Iterable[Equation], edged: Callable[[str], tuple[int, ...]]) -> None:
        """Statements for all of them. `edged` gives the places along which a family has boundary members."""
        every = list(equations)
        plan = schedule(every, lambda e: tuple(sorted({*edged(e.name), *_shaping(e.letters), *self._picking(e)})))
        for e in every:
            self._own[e.name] = Stored(self.names.of(e.name, e.name), self.shapes.axes(e), plan.outer[e.name])
        for block in plan.blocks:
            self._open = _names_of(block) if isinstance(block, Loop) else set()
            started = [self._start(name) for name in sorted(self._open, key=list(self._own).index)]
            written = self._block(block, {})
            self.lines += started + written
        self._open = set()
        self.lines = _shared(self.lines)

    def _picking(self, e: Equation) -> set[int]:
        """The places of letters that pick members of different shapes."""
        found: set[Letter] = set()
        for node in walk(e.body):
            if isinstance(node, Ref):
                stored = self.known.get(node.name)
                axes = stored.axes if stored is not None else self._equations[node.name].letters
                found |= {a for k in _shaping(axes) for a in mentioned(node.indices[k])}
        return {k for k, a in enumerate(e.letters) if a in found}

    def _start(self, name: str) -> str:
        return f"{self._own[name].variable} = {self.starts(name, self._own[name], self.frame)}"

    def _block(self, block: Block, fixed: dict[str, dict[int, str]]) -> list[str]:
        if isinstance(block, Equation):
            return self._equation(block, fixed.get(block.name, {}))
        letters = {n: self._letter(block, n) for n in block.places}
        low, high = ends(letters.values())
        counter = self.names.of(("counter", next(iter(letters.values())).name), next(iter(letters.values())).name)
        inner = {n: {**fixed.get(n, {}), **({block.places[n]: counter} if n in block.places else {})}
                 for n in {*fixed, *block.places}}
        frame = self._frame_of(block, fixed)
        first, last = frame.number(low).text, frame.number(high)
        stop = frame.number(high + 1).text
        before = frame.number(low - 1).text
        span = f"range({last.text}, {before}, -1)" if block.backward else f"range({first}, {stop})"
        body: list[str] = []
        open_condition = ""
        for part in block.body:
            condition = self._narrower(part, letters, low, high, counter, frame)
            written = self._block(part, inner)
            if condition and condition != open_condition:
                body.append(f"if {condition}:")
            body += [INDENT + line for line in written] if condition else written
            open_condition = condition
        return [f"for {counter} in {span}:", *(INDENT + line for line in body)]

    def _letter(self, loop: Loop, name: str) -> Letter:
        return self._equations[name].letters[loop.places[name]]

    @property
    def _equations(self) -> dict[str, Equation]:
        return self.shapes.equations

    def _frame_of(self, loop: Loop, fixed: dict[str, dict[int, str]]) -> Frame:
        name = next(iter(loop.places))
        letters = self._equations[name].letters
        return self.frame.fixing({letters[k]: text for k, text in fixed.get(name, {}).items()})

    def _narrower(self, part: Block, letters: dict[str, Letter], low: Poly, high: Poly, counter: str, frame: Frame
                  ) -> str:
        """The condition under which a part of a loop's body is computed, where its range is shorter than the loop's."""
        own = [letters[n] for n in _names_of(part) if n in letters]
        if not own:
            return ""
        start, end = ends(own)
        found = [f"{counter} >= {frame.number(start).text}"] if start != low else []
        found += [f"{counter} <= {frame.number(end).text}"] if end != high else []
        return " and ".join(found)

    def _equation(self, e: Equation, fixed: dict[int, str]) -> list[str]:
        frame = self.frame.fixing({e.letters[k]: text for k, text in fixed.items()})
        frame = frame.spanning(tuple(a for k, a in enumerate(e.letters) if k not in fixed))
        stored = self._own[e.name]
        target = stored.variable + (f"[{', '.join(fixed[k] for k in stored.outer)}]" if stored.outer else "")
        parts = [self._writer.guarded(t, frame) for t in e.body.terms]
        if not any(conditions for _, _, conditions in parts):
            return self._assigned(target, self._whole(self._writer.expression(e.body, frame), frame))
        certain = [(sign, code) for sign, code, conditions in parts if not conditions]
        first = self._whole(sum_of(certain, frame), frame) if certain else self._zeros(frame)
        lines = self._assigned(target, first)
        for sign, code, conditions in parts:
            if conditions:
                total = sum_of([(1, Code(target, ATOM, frame.axes)), (sign, code)], frame)
                lines.append(f"if {' and '.join(conditions)}:")
                lines += [INDENT + line for line in self._assigned(target, total)]
        return lines

    def _assigned(self, target: str, value: Code) -> list[str]:
        line = f"{target} = {value.text}"
        return [line] if len(line) <= WIDTH else _broken(target, value.text)

    def _whole(self, value: Code, frame: Frame) -> Code:
        """The value with all axes of the frame, as an array of numbers."""
        value = ordered(value, frame)
        if value.labels == frame.axes and not value.whole and not value.logical:
            return value if value.strength > CHOICE else sum_of([(1, self._zeros(frame)), (1, value)], frame)
        return sum_of([(1, self._zeros(frame)), (1, value)], frame)

    def _zeros(self, frame: Frame) -> Code:
        sides = [frame.number(a.count).text for a in frame.axes]
        return Code(self.dialect.zeros(sides, self.shapes.like), ATOM, frame.axes)

    # -- results -----------------------------------------------------------------------------------------------------
    def result(self, name: str, member: Ref) -> str:
        """Members as one array or, where their shapes differ, as a dict. Boundary members have one index that is no
        letter."""
        stored = self._stored(name)
        if stored.ragged and all(p.letter is not None for p in member.indices):
            return stored.variable
        free = letters_of(member)
        frame = self.frame.spanning(free)
        return ordered(self._writer.expression(expression(member), frame), frame).text

    # -- what the writer asks for ------------------------------------------------------------------------------------
    def _stored(self, name: str) -> Stored:
        if name in self._own:
            return self._own[name]
        if name not in self.known:
            raise EmissionError(f"{name} is not known where it is used")
        self.touched.add(name)
        return self.known[name]

    def _stacked(self, name: str, held: dict[int, str], ranges: dict[int, tuple[Poly, Poly]]) -> Stored:
        """The members that a dict keeps, as one array over `ranges`, but for the places that have a value; written
        once, before what is written now, where nothing of it changes."""
        stored = self._stored(name)
        letters = {k: Letter(stored.axes[k].name, low, high) for k, (low, high) in ranges.items()}
        text = self._stack(stored, letters, held)
        axes = tuple(letters.get(k, a) for k, a in enumerate(stored.axes) if k not in held)
        if held or name in self._open:
            return Stored(text, axes)
        if text not in self._stacks:
            self._stacks[text] = self.names.of(("stack", text), f"{stored.variable}_all")
            self.lines += self._assigned(self._stacks[text], Code(text))
        return Stored(self._stacks[text], axes)

    def _stack(self, stored: Stored, letters: dict[int, Letter], values: dict[int, str]) -> str:
        if not letters:
            return f"{stored.variable}[{', '.join(values[k] for k in stored.outer)}]"
        (place, letter), *rest = letters.items()
        counter = self.names.of(("counter", letter.name), letter.name)
        while counter in values.values():
            counter += "_"
        inner = self._stack(stored, dict(rest), {**values, place: counter})
        low, stop = self.frame.number(letter.low).text, self.frame.number(letter.high + 1).text
        axis = sum(k not in values for k in range(place))
        return self.dialect.stack(f"[{inner} for {counter} in range({low}, {stop})]", axis)

    def _hoisted(self, code: Code) -> str:
        """A variable for an array of places, written before what is written now."""
        if code.text not in self._places:
            self._places[code.text] = self.names.of(("places", code.text), "place")
            self.lines += self._assigned(self._places[code.text], code)
        return self._places[code.text]

    def _size(self, size: Size, frame: Frame) -> str:
        if not size.at:
            self.sizes[size.name] = None
            return self.names.of(("size", size.name), size.name)
        name, key, place = width(size, self.known)
        self.touched.add(name)
        return f"{self.known[name].variable}[{frame.number(key).text}].shape[{place}]"

    def _label(self, label: Label) -> tuple[str, tuple[Letter, ...]]:
        self.touched.add(label.name)
        return self.names.of(label.name, label.name), self.shapes.label_axes(label)


def _names_of(block: Block) -> set[str]:
    if isinstance(block, Equation):
        return {block.name}
    return set().union(*(_names_of(b) for b in block.body))


def _shaping(letters: tuple[Letter, ...]) -> set[int]:
    """The places of letters that the ranges of others depend on."""
    return {k for k, a in enumerate(letters) if any(a in b.free for b in letters[k + 1:])}


def _shared(lines: list[str]) -> list[str]:
    """What one line computes is not computed again by a later one: a sum stands under its name."""
    kept = list(lines)
    for k, line in enumerate(kept):
        target, _, text = line.partition(" = ")
        if target.isidentifier() and text.endswith(")") and _is_atom(text):
            pattern = re.compile(rf"(?<![\w.)\]]){re.escape(text)}")
            kept[k + 1:] = [pattern.sub(target, later) for later in kept[k + 1:]]
    return kept


def _is_atom(text: str) -> bool:
    """Whether no operator stands outside of the brackets, and every bracket is closed: no line goes on."""
    depth = 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == " " and depth == 0:
            return False
    return depth == 0 and "(" in text and not text.startswith("-")


def _broken(target: str, text: str) -> list[str]:
    """A long sum over several lines, one for each of its parts."""
    parts, depth, start = [], 0, 0
    for k, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if depth == 0 and text[k:k + 3] in (" + ", " - ") and k:
            parts.append(text[start:k])
            start = k + 1
    parts.append(text[start:])
    margin = " " * (len(target) + 4)
    width = min(WIDTH - len(margin), len(text) - 1)                 # two lines at least
    lines = [piece for part in parts for piece in textwrap.wrap(
        part, width, break_long_words=False, break_on_hyphens=False)]
    return [f"{target} = ({lines[0]}", *(margin + p for p in lines[1:-1]), f"{margin}{lines[-1]})"]
