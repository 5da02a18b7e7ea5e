"""A module of Python: the forward pass, the backward pass that was derived, and what hands them to autodiff."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

from derive.claims import Claim
from derive.derivation import Derivation
from derive.emission.code import EmissionError
from derive.emission.dialects import DIALECTS, Dialect
from derive.emission.functions import INDENT, WIDTH, Function
from derive.emission.identifiers import Identifiers, plain
from derive.emission.members import Stored, member
from derive.emission.numbers import Frame
from derive.emission.shapes import Argument, Shapes, arguments
from derive.emission.terms import Writer
from derive.expression import Ref, apply, letters_of, names, ref
from derive.functions import RULES
from derive.graph import closure
from derive.index import Letter
from derive.program import Equation, Program
from derive.stated import Entry, StatedPage

_IMPORTS = {"numpy": "import numpy as np", "torch": "import torch", "jax": "import jax\nimport jax.numpy as jnp"}
_SOFTMAX = '''def softmax(u, axis):
    """exp(u)/Σ exp(u) along an axis; the greatest entry is taken off first, so that nothing overflows."""
    e = np.exp(u - u.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)
'''


@dataclass(frozen=True)
class Gradient:
    """A gradient that the backward pass returns: by the argument `by`, of the members `member` of a derivative."""

    by: str
    variable: str
    member: Ref


@dataclass
class Emitted:
    """A module's text, and what its functions take and give: arguments by key, whole numbers by name."""

    text: str
    library: str
    name: str
    wrapper: str | None
    arguments: list[Argument]
    numbers: list[str]
    outputs: list[str]
    gradients: list[Gradient]


@dataclass
class Module:
    """Writes the module of one page in one library's dialect."""

    entry: Entry
    page: StatedPage
    derivation: Derivation
    proved: list[Claim]
    dialect: Dialect
    batch: Letter | None = None
    names: Identifiers = field(init=False)
    helpers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.program: Program = self.page.program
        if self.program.random:
            raise EmissionError("random quantities are not computed")
        self.names = Identifiers(self.dialect.taken)
        self.name = self.names.of(("module", ""), self.entry.name)
        for suffix in ("forward", "backward"):
            self.names.of(("module", suffix), f"{self.name}_{suffix}")
        self.arguments = arguments(self.program, self.batch)
        for a in self.arguments:
            self.names.of(a.key, a.key)
        self.shapes = Shapes(self.program, self.arguments, self.names)
        self.shapes.equations = self.program.defined | self.derivation.equations
        self.numbers = [n for n, s in self.program.sizes.items() if n not in self.program.labels
                        and self.shapes.source(n) is None and not self._wide(n)]

    def _wide(self, size: str) -> bool:
        """Whether a size is a width that depends on a layer."""
        every = [a for v in self.program.variables.values() for a in v.axes]
        return any(getattr(atom, "name", "") == size and getattr(atom, "at", ()) for a in every
                   for atom in a.count.atoms())

    # -- what is computed --------------------------------------------------------------------------------------------
    @property
    def outputs(self) -> list[str]:
        """The loss, the outputs or, without either, what no other equation uses."""
        if self.program.loss:
            return [self.program.loss]
        used = {n for e in self.program.equations for n in names(e.body) if n != e.name}
        return list(self.program.outputs) or [n for n in self.program.defined if n not in used]

    def gradients(self) -> list[Gradient]:
        """The wanted gradients by arguments, in the order of the arguments."""
        found = {d.of: d for d in self.derivation.derivatives if d.value is None and d.moment is None}
        chosen = []
        for a in self.arguments:
            d = found.get(a.name)
            if a.label or d is None or a.name not in self.page.wanted:
                continue
            letters = dict(zip(d.equation.letters, a.member.indices)) if a.boundary else {}
            member = Ref(d.name, [letters.get(x, x) for x in d.equation.letters])
            variable = self.names.of(f"∂{a.key}" if a.boundary else d.name, f"d{plain(a.key)}")
            chosen.append(Gradient(a.key, variable, member))
        return chosen

    def backward_equations(self, gradients: list[Gradient]) -> list[Equation]:
        """What the gradients need; a closed form that was proved stands where it needs fewer other derivatives."""
        found = dict(self.derivation.equations)

        def needed(start: Iterable[str]) -> set[str]:
            return closure(start, lambda n: names(found[n].body) & found.keys())
        for closed in filter(None, (self._closed_form(c) for c in self.proved)):
            before = needed(names(found[closed.name].body) & found.keys())
            after = needed(names(closed.body) & found.keys())
            if len(after) < len(before) and closed.name not in after:
                found[closed.name] = closed
        wanted = needed(g.member.name for g in gradients)
        return sorted([e for n, e in found.items() if n in wanted], key=lambda e: len(e.letters))

    def _at_boundaries(self, gradients: list[Gradient], equations: list[Equation]
                       ) -> tuple[list[Equation], dict[str, Ref]]:
        """Of a family of which nothing but a boundary member is needed, the equation of that member; and where each
        gradient is found, by argument."""
        found, members = {e.name: e for e in equations}, {g.by: g.member for g in gradients}
        used = {n for e in equations for n in names(e.body)}
        for g in gradients:
            name = g.member.name
            if name in used or len(letters_of(g.member)) == len(g.member.indices) or sum(
                    m.name == name for m in members.values()) > 1:
                continue
            letters = letters_of(g.member)
            own = Equation(f"∂{g.by}", letters, found.pop(name).at(g.member.indices))
            self.shapes.equations[own.name] = found[own.name] = own
            members[g.by] = own.left
        return list(found.values()), members

    def _closed_form(self, claim: Claim) -> Equation | None:
        """A claim about every member of a derivative, as its equation."""
        if not isinstance(claim.left, Ref) or claim.left.name not in self.derivation.equations:
            return None
        equation, letters = self.derivation.equations[claim.left.name], letters_of(claim.left)
        fits = len(set(letters)) == len(equation.letters) == len(claim.left.indices) and all(
            a.low == b.low and a.high == b.high for a, b in zip(letters, equation.letters))
        return Equation(equation.name, letters, claim.right) if fits else None

    # -- functions ---------------------------------------------------------------------------------------------------
    def write(self) -> Emitted:
        """Raises EmissionError for what cannot be written as array code."""
        gradients = self.gradients()
        backward, saved = self._backward(gradients) if gradients else ("", [])
        forward = self._forward(saved, bool(gradients))
        wrapper, name = self._wrapper(gradients, saved)
        parts = [*self.helpers.values(), forward, backward, wrapper]
        body = "\n\n".join(p.rstrip() + "\n" for p in parts if p)
        text = f"{self._head(body)}\n\n{body}"
        return Emitted(text, self.dialect.library, self.name, name, self.arguments, self.numbers, self.outputs,
                       gradients)

    def _function(self, known: dict[str, Stored]) -> Function:
        return Function(self.dialect, self.names, self.shapes, known, self._spelled, self._helper, self._starts)

    def _inputs(self) -> dict[str, Stored]:
        return {a.key: self.shapes.stored(a) for a in self.arguments if not a.label and not a.boundary}

    def _forward(self, saved: list[str], differentiable: bool) -> str:
        function = self._function(self._inputs())
        needed = closure([*self.outputs, *(n for n in saved if n in self.program.defined)],
                         lambda n: names(self.program.defined[n].body) & self.program.defined.keys())
        function.write([e for e in self.program.equations if e.name in needed], self._edged)
        values = [self._output(function, n) for n in self.outputs]
        parameters = [self.names.of(a.key, a.key) for a in self.arguments] + self.number_names()
        result = values[0] if len(values) == 1 else f"({', '.join(values)})"
        if differentiable:
            kept = ", ".join(self.names.of(n, n) for n in saved)
            result += f", ({kept}{',' if len(saved) == 1 else ''})"
        return self._text(f"{self.name}_forward", parameters, self._forward_words(differentiable), function, result)

    def _output(self, function: Function, name: str) -> str:
        equation = self.program.defined.get(name)
        member = equation.left if equation is not None else self.program.variables[name].member()
        return function.result(name, member)

    def _backward(self, gradients: list[Gradient]) -> tuple[str, list[str]]:
        """The text, and the names of what the forward pass must keep for it."""
        known = self._inputs()
        forward = self._function(dict(known))
        forward.write(self.program.equations, self._edged)
        known |= {n: forward._stored(n) for n in self.program.defined}
        self._kept = dict(known)
        arriving = {v: Stored(self.names.of(v, f"grad_{plain(o)}"), self.program.variables[v].axes)
                    for o, v in self.program.outputs.items()}
        function = self._function(known | arriving)
        equations, members = self._at_boundaries(gradients, self.backward_equations(gradients))
        function.write(equations, lambda name: ())
        values = [function.result(members[g.by].name, members[g.by]) for g in gradients]
        used = (function.touched - arriving.keys()) | self._size_sources(function) | {self._like_key()}
        saved = [a.key for a in self.arguments if a.key in used] + [n for n in self.program.defined if n in used]
        parameters = ["saved", *(s.variable for s in arriving.values()), *self.number_names()]
        unpack = ", ".join(self.names.of(n, n) for n in saved) + ("," if len(saved) == 1 else "")
        function.lines.insert(0, f"{unpack} = saved")
        text = self._text(f"{self.name}_backward", parameters, self._backward_words(gradients), function,
                          ", ".join(values), 1)
        return text, saved

    def _like_key(self) -> str:
        return next(a.key for a in self.arguments if not a.label and not a.outer)

    def _size_sources(self, function: Function) -> set[str]:
        found = [self.shapes.source(n) for n in function.sizes]
        return {f[0] for f in found if f is not None}

    def number_names(self) -> list[str]:
        return [self.names.of(("size", n), n) for n in self.numbers]

    def is_array(self, name: str) -> bool:
        """Whether what is saved under a name is one array, not a dict."""
        found = self._kept.get(name)
        return found is not None and not found.outer and name not in self.program.labels

    def _text(self, name: str, parameters: list[str], words: list[str], function: Function, result: str,
              preamble_at: int = 0) -> str:
        lines = list(function.lines)
        lines[preamble_at:preamble_at] = self._sizes(function)
        head = f"def {name}({', '.join(parameters)}):"
        if len(head) > WIDTH:
            head = "\n".join(textwrap.wrap(head, WIDTH, subsequent_indent=" " * len(f"def {name}(")))
        body = [*words, *lines, *_returned(result)]
        return "\n".join([head, *(f"{INDENT}{line}" if line else "" for line in body)])

    def _sizes(self, function: Function) -> list[str]:
        """Statements that read the sizes off the arguments."""
        told = {n: self.shapes.source(n) for n in function.sizes}
        lines, by_text = [], {t[1]: self.names.of(("size", n), n) for n, t in told.items() if t is not None}
        for a in self.arguments:
            variable = self.names.of(a.key, a.key)
            texts = [f"{variable}.shape[{k}]" for k in range(len(a.letters))]
            if len(texts) > 1 and all(t in by_text for t in texts):
                lines.append(f"{', '.join(by_text.pop(t) for t in texts)} = {variable}.shape")
        return lines + [f"{name} = {text}" for text, name in by_text.items()]

    # -- boundary members --------------------------------------------------------------------------------------------
    def _edged(self, name: str) -> tuple[int, ...]:
        return tuple(k for a in self.arguments if a.boundary and a.name == name
                     for k, p in enumerate(a.member.indices) if p.letter is None)

    def _starts(self, name: str, stored: Stored, frame: Frame) -> str:
        """A recurrence's dict with its boundary members: `{0: h_0}`."""
        items: list[str] = []
        several: list[str] = []
        for a in self.arguments:
            if not (a.boundary and a.name == name):
                continue
            (place,) = [k for k, p in enumerate(a.member.indices) if p.letter is None]
            others = {k: p.letter for k, p in enumerate(a.member.indices) if k in stored.outer and p.letter is not None}
            counters = {x: self.names.of(("counter", x.name), x.name) for x in others.values()}
            inner = frame.fixing(counters).spanning(tuple(x for x in a.letters if x not in counters))
            key = ", ".join(frame.number(a.member.indices[k]).text if k == place else counters[others[k]]
                            for k in stored.outer)
            key = f"({key})" if others else key
            value = member(self.shapes.stored(a), Ref(a.key, a.letters), inner).text
            loops = "".join(f" for {c} in range({frame.number(x.low).text}, {frame.number(x.high + 1).text})"
                            for x, c in counters.items())
            (several if loops else items).append(f"{key}: {value}{loops}")
        if len(several) == 1 and not items:
            return f"{{{several[0]}}}"
        return f"{{{', '.join([*items, *(f'**{{{s}}}' for s in several)])}}}"

    # -- functions of one's own --------------------------------------------------------------------------------------
    def _helper(self, name: str) -> str:
        self.helpers.setdefault(name, _SOFTMAX)
        return name

    def _spelled(self, function: str) -> str:
        """The name of an arbitrary function, which gets a definition to be replaced; or of its derivative."""
        core = function.rstrip("'")
        standing_in = self.program.functions.get(core)
        if standing_in is None or len(function) - len(core) > 1:
            raise EmissionError(f"the function '{function}' has no spelling in {self.dialect.library}")
        name = self.names.of(("function", function), function)
        if function not in self.helpers:
            u = ref("u")
            body = apply(standing_in, u) if function == core else RULES[standing_in].derivative(u)
            frame = Frame(self.dialect, "u", lambda s, f: "", lambda label: ("", ()))
            here = Stored("u", ())
            writer = Writer(lambda n: here, lambda n, held, ranges: here, self._spelled, self._helper)
            what = f"Any differentiable function; {standing_in} until you put yours here." if function == core else (
                f"The derivative of {self.names.of(('function', core), core)}: change both together.")
            value = writer.expression(body, frame).text
            self.helpers[function] = f'def {name}(u):\n    """{what}"""\n    return {value}\n'
        return name

    # -- words -------------------------------------------------------------------------------------------------------
    def _imports(self, body: str) -> str:
        standard = "".join(f"import {m}\n" for m in ("functools", "math") if f"{m}." in body)
        functional = "import torch.nn.functional as F\n" if "F." in body and self.dialect.library == "torch" else ""
        return "\n".join(filter(None, [standard, _IMPORTS[self.dialect.library] + "\n" + functional]))

    def _head(self, body: str) -> str:
        derived = f", and the backward pass that derive proved for all sizes (derive {self.entry.name} --show)"
        words = f"{self.entry.title['en']}: the forward pass" + (derived if self.page.wanted else "") + "."
        source = f"\n\nSource: {self.entry.source}." if self.entry.source else ""
        text = textwrap.fill(words, WIDTH) + source
        return f'"""{_quotable(text)}\n"""\n\n{self._imports(body)}'

    def _shape(self, letters: Iterable[Letter]) -> str:
        sides = [" ".join(re.split(r"(?<=.)(?=[+-])|(?<=[+-])", str(a.count))) for a in letters]
        return f"({', '.join(sides)}{',' if len(sides) == 1 else ''})"

    def _forward_words(self, differentiable: bool) -> list[str]:
        kept = ", and a tuple of what the backward pass needs" if differentiable else ""
        lines = [f'"""Returns {", ".join(self.names.of(n, n) for n in self.outputs)}{kept}.', "", "Shapes:"]
        return [*lines, *(INDENT + _quotable(self._described(a)) for a in self.arguments), '"""']

    def _described(self, a: Argument) -> str:
        name = self.names.of(a.key, a.key)
        if a.label:
            return f"{name}: {self._shape(a.letters)}, whole numbers that count from 0"
        if not a.outer:
            return f"{name}: {self._shape(a.letters) if a.letters else '(), a number'}"
        letter = a.letters[a.outer[0]]
        inner = [b for k, b in enumerate(a.letters) if k not in a.outer]
        shape = str(self._shape(inner)).replace(str(letter), letter.name)
        return f"{name}: dict from {letter.name} = {letter.low}…{letter.high} to arrays {shape}"

    def _backward_words(self, gradients: list[Gradient]) -> list[str]:
        of = "the loss" if self.program.loss else "a loss, from its gradient by the output"
        if len(self.program.outputs) > 1:
            of += "s"
        shown = ", ".join(self.names.of(g.by, g.by) for g in gradients)
        return textwrap.wrap(f'"""The gradients of {of}, by {shown}."""', WIDTH - 4)

    # -- autodiff ----------------------------------------------------------------------------------------------------
    def _wrapper(self, gradients: list[Gradient], saved: list[str]) -> tuple[str, str | None]:
        if not gradients or self.dialect.library == "numpy":
            return "", None
        from derive.emission.wrappers import jax_wrapper, torch_wrapper

        make = torch_wrapper if self.dialect.library == "torch" else jax_wrapper
        return make(self, gradients, saved)


def _quotable(text: str) -> str:
    """Words of an entry or a document that can stand in a docstring and do not end it."""
    return text.replace("\\", "/").replace('"', "'")


def _returned(result: str) -> list[str]:
    line = f"return {result}"
    if len(line) <= WIDTH:
        return [line]
    wrapped = textwrap.wrap(result, WIDTH - 8, break_long_words=False)
    return [f"return ({wrapped[0]}", *(f"        {w}" for w in wrapped[1:-1]), f"        {wrapped[-1]})"]


def emit(entry: Entry, page: StatedPage, derivation: Derivation, proved: list[Claim], library: str,
         batch: Letter | None = None) -> Emitted:
    """The module for one library: `numpy`, `torch` or `jax`. `proved` are claims that may stand for a derived gradient;
    `batch` is the letter of a batched page.

    Raises:
        EmissionError: for what cannot be written as array code, or an unknown library.
    """
    if library not in DIALECTS:
        raise EmissionError(f"there is no dialect {library}; there are {', '.join(DIALECTS)}")
    return Module(entry, page, derivation, proved, DIALECTS[library], batch).write()
