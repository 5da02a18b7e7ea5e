"""One entry at one choice of sizes, seed and backend: the derived gradients, and what they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import blake2b
from typing import Any

import numpy

from derive.claims import Reference
from derive.derivation import Derivation
from derive.program import Program
from derive.stated import Entry, StatedPage
from verify.backends import find
from verify.backends.base import Backend, Inputs, LibraryError
from verify.blocks import Block
from verify.comparison import JUDGE, ROUNDING, SHAPES, UNIT_ROUNDOFFS, Comparison
from verify.draws import labelled
from verify.judging import Made, judged
from verify.kinks import draw_off_kinks
from verify.lowering import Lowering
from verify.regimes import PLAIN, Regime
from verify.rounding import BoundedBackend
from verify.targets import Target, fact_name, loss_of, mapped, targets, zeros
from verify.verdict import Check

REFUSED = "sizes refused"
AGAIN = 4               # other numbers that are drawn where rounding hides what is compared


@dataclass
class Run:
    """Call its methods inside the backend's session. What is derived is computed in the backend's dtype; what it is
    compared with, in float64 at the very same inputs (`judge`).

    With a `batch`, inputs that the page does not share over it have a leading batch axis, the program is mapped over
    it, and gradients of shared inputs add up over it. `change` adapts the drawn arrays (a weight's scale).
    """

    entry: Entry
    page: StatedPage
    derivation: Derivation
    backend: Backend
    case: Mapping[str, Any]
    seed: int
    batch: int = 0
    change: Callable[[str, Any], Any] = lambda key, array: array
    compiled: dict[str, Callable[..., Any]] = field(default_factory=dict)
    given: Inputs | None = None             # arrays of the backend, in place of drawn ones
    regime: Regime = PLAIN
    bounded: dict[Any, Run] = field(default_factory=dict)   # runs that bound rounding errors: alike for all libraries

    def __post_init__(self) -> None:
        self.program: Program = self.page.program
        self.sizes = labelled(self.program, self.case, 0)      # what is compiled knows the labels: no other seed
        self.targets = targets(self.page, self.derivation)
        self.redrawn = 0
        self.inputs: Inputs = self.given if self.given is not None else {
            k: mapped(lambda a, k=k: self.backend.array(self.change(k, a)), v) for k, v in self._draw().items()}
        self._known: dict[str, Any] = {}

    def at(self, seed: int, regime: Regime = PLAIN) -> Run:
        """The same with other inputs; what was compiled is used again, where the regime leaves the sizes alone."""
        case = regime.sizes(self.program, self.case)
        return replace(self, seed=seed, given=None, regime=regime, case=case,
                       compiled=self.compiled if case == self.case else {})

    # -- the same inputs elsewhere -----------------------------------------------------------------------------------
    @cached_property
    def judge(self) -> Run:
        """The run in float64, on the same device."""
        if self.backend.dtype == JUDGE:
            return self
        return self._on(find(self.backend.name, self.backend.device, JUDGE))

    @cached_property
    def rough(self) -> Run:
        """The run in float32, on the same device: how much a library's own rounding matters."""
        return self._on(find(self.backend.name, self.backend.device, "float32"))

    @cached_property
    def bounds(self) -> Run:
        """The run that bounds rounding errors; never compiled, and one for all runs at the very same inputs."""
        key = id(self.page), id(self.derivation), repr(self.case), self.batch, *self._bytes()
        if key not in self.bounded:
            self.bounded[key] = self._on(BoundedBackend())
        return self.bounded[key]

    def _bytes(self) -> Iterator[tuple[Any, ...]]:
        for name, value in sorted(self.inputs.items()):
            for place, array in sorted(value.items()) if isinstance(value, dict) else [((), value)]:
                numbers = numpy.ascontiguousarray(self.backend.numpy(array))
                yield name, place, numbers.dtype.str, numbers.shape, blake2b(numbers.tobytes(), digest_size=16).digest()

    def nudged(self, seed: int, by: float | None = None) -> Run:
        """The run at inputs that are off by this much, relatively; by a rounding error of its dtype unless it is given.
        What must sum to one does not move."""
        generator = numpy.random.default_rng([seed, self.seed])
        step = 2 * UNIT_ROUNDOFFS[self.backend.dtype] if by is None else by
        held = {n for a in self.program.assumptions for n in a.names} if by is not None else set()

        def moved(array: Any) -> Any:
            numbers = self.backend.numpy(array)
            return self.backend.given(numbers * (1 + step * generator.choice([-1, 1], numbers.shape)))
        return replace(self, given={k: v if k in held else mapped(moved, v) for k, v in self.inputs.items()})

    def _on(self, backend: Backend) -> Run:
        own = {k: mapped(lambda a: backend.given(self.backend.numpy(a)), v) for k, v in self.inputs.items()}
        return replace(self, backend=backend, given=own)

    def _draw(self) -> Inputs:
        drawn = [self._single(1000 * self.seed + k if k else self.seed) for k in range(max(self.batch, 1))]
        if not self.batch:
            return drawn[0]
        return {k: v if k in self.page.shared else _stacked([d[k] for d in drawn]) for k, v in drawn[0].items()}

    def _single(self, seed: int) -> Inputs:
        found, redrawn = draw_off_kinks(self.program, self.sizes, self.case, seed, self.regime, self.backend.dtype)
        self.redrawn += redrawn
        return found

    def once(self, name: str, make: Callable[[], Callable[..., Any]], traceable: bool = True) -> Callable[..., Any]:
        """A function of arrays, compiled at the first use. With a batch it is not: it is used once. Somebody else's
        may not be `traceable`: then it is called as it is."""
        if self.batch:
            return make()
        key = f"{self.backend.name}, {self.backend.dtype}: {name}"
        if key not in self.compiled:
            self.compiled[key] = (self.backend.compiled if traceable else self.backend.traced)(make())
        return self.compiled[key]

    def known(self, what: str, make: Callable[[], Any]) -> Any:
        """A value at these inputs, computed at the first use."""
        if what not in self._known:
            self._known[what] = make()
        return self._known[what]

    # -- values ----------------------------------------------------------------------------------------------------
    def derived(self) -> Inputs:
        """The derived gradients, by the keys of the targets."""
        def make() -> Inputs:
            found = self.once("derived", lambda: self._mapped(self._derived, self.inputs))(self.inputs)
            if not self.batch:
                return found
            return {k: mapped(lambda a: a.sum(0), v) if k in self.page.shared else v for k, v in found.items()}
        return self.known("derived", make)

    def _derived(self, inputs: Inputs) -> Inputs:
        lowering = Lowering(self.backend, self.program, self.sizes, inputs, self.derivation.equations.values())
        return {t.key: lowering.block(t.derived) for t in self.targets}

    def forward(self) -> Inputs:
        """All defined families, at the members that their equations define."""
        def make() -> Inputs:
            return self.once("forward", lambda: self._mapped(self._forward, self.inputs))(self.inputs)
        return self.known("forward", make)

    def _forward(self, inputs: Inputs) -> Inputs:
        lowering = Lowering(self.backend, self.program, self.sizes, inputs)
        return {n: lowering.block(Block(n, n, e.letters)) for n, e in self.program.defined.items()}

    def _loss(self, changed: Inputs, fixed: Inputs) -> tuple[Any, None]:
        """The loss (or Σ output · what arrives) with `changed` inputs; those of defined families are added to them."""
        added = [t.key for t in self.targets if t.added]

        def value(inputs: Inputs) -> Any:
            lowering = Lowering(self.backend, self.program, self.sizes, inputs, (), {k: inputs[k] for k in added})
            return loss_of(self.program, inputs, _Members(lowering), self.backend)
        inputs = fixed | changed
        return self.backend.total(self._mapped(value, inputs)(inputs)), None

    def leaves(self) -> Inputs:
        """The arrays by which autodiff differentiates: inputs, and zeros for defined families."""
        return {t.key: self.zeros(t) if t.added else self.inputs[t.key] for t in self.targets}

    def zeros(self, t: Target) -> Any:
        """Zeros to be added to a defined family."""
        single = zeros(self.backend, t.block, self.sizes)
        return mapped(lambda a: self.backend.stack([a] * self.batch), single) if self.batch else single

    def _mapped(self, function: Callable[[Inputs], Any], inputs: Inputs) -> Callable[[Inputs], Any]:
        """Over the batch, where there is one."""
        if not self.batch:
            return function
        return self.backend.batched(function, {k: None if k in self.page.shared else 0 for k in inputs})

    # -- comparisons -----------------------------------------------------------------------------------------------
    def against_autodiff(self) -> Iterator[Check]:
        """The lowered forward equations, differentiated by the library."""
        for t in self.targets:
            yield self.check(t.fact, self.backend.autodiff, derived_by(t.key), autodiff_by(t.key))

    def by_autodiff(self) -> Inputs:
        """The library's own gradients of the lowered forward equations, by the keys of the targets."""
        def make() -> Inputs:
            differentiate = self.once("autodiff", lambda: self.backend.gradients(self._loss))
            return differentiate(self.leaves(), self.inputs)[0] if self.targets else {}
        return self.known("autodiff", make)

    def against_reference(self, reference: Reference) -> Iterator[Check]:
        """Outputs, then the library's gradients of the reference by every input whose gradient is wanted.

        An input that the reference does not use has the gradient zero. A reference that raises fails a check that
        says so.
        """
        try:
            outputs = self.judge.of_reference(reference)[1]
        except ModuleNotFoundError as error:
            raise LibraryError(f"{error.name} is not installed: pip install 'derive[verify]'") from error
        except Exception as problem:    # whatever an entry's own code raises: it fails the entry, not the run
            yield self.raised(self.entry.name, reference, problem)
            return
        for name in outputs:
            fact = fact_name(self.page, "definition", name, name)
            check = self.check(fact, reference.against, forward_of(name), output_of(reference, name))
            yield check
            if check.no_value == SHAPES:        # a reference for other sizes: its gradients are those of something else
                return
        for t in self.differentiated():
            yield self.check(t.fact, reference.against, derived_by(t.key), gradient_of(reference, t.key))

    def differentiated(self) -> list[Target]:
        """The targets that are inputs: a reference can be differentiated by them."""
        return [t for t in self.targets if not t.added]

    def of_reference(self, reference: Reference) -> tuple[Inputs, Inputs]:
        """Gradients and outputs. Compiled unless the reference looks at the numbers that it is given."""
        def loss(changed: Inputs, fixed: Inputs) -> tuple[Any, Inputs]:
            inputs = fixed | changed
            outputs = self.outputs_of(reference, inputs)
            if not changed:
                return None, outputs
            return self.backend.total(loss_of(self.program, inputs, outputs, self.backend)), outputs

        def make() -> tuple[Inputs, Inputs]:
            leaves = {t.key: self.inputs[t.key] for t in self.differentiated()}
            if not leaves:
                return {}, loss({}, self.inputs)[1]
            return self.once(reference.against, lambda: self.backend.gradients(loss), False)(leaves, self.inputs)
        return self.known(reference.against, make)

    def outputs_of(self, reference: Reference, inputs: Inputs) -> Inputs:
        """What a reference makes of the inputs, by name."""
        arrays = {k: v for k, v in inputs.items() if k not in self.program.outputs.values()}
        given = {k: v for k, v in self.case.items() if k not in arrays} | self.labels() | arrays
        return reference.run(self.backend.library, given)

    def labels(self) -> Inputs:
        """The labels as NumPy arrays of whole numbers, one axis for each letter."""
        found = {}
        for name, label in self.program.labels.items():
            value = self.sizes.values[name]
            shape = [len(self.sizes.range(p.letter, {})) for p in label.at if p.letter is not None]
            found[name] = numpy.asarray(list(value.values()) if label.at else value).reshape(shape)
        return found

    def check(self, fact: str, against: str, made: Made, expected: Made) -> Check:
        """`made` computes what is tested, on this run and on the one that bounds its rounding errors; `expected`, what
        it is compared with, on the judge (see `verify.judging`). Where plain numbers cancel so much that rounding hides
        what is left, others are drawn, and counted."""
        run, result = self, judged(self, made, expected)
        for again in range(1, AGAIN + 1):
            if result.untold != ROUNDING or self.regime is not PLAIN or self.batch or self.given is not None:
                break
            run = self.known(f"other {again}", partial(self.at, self.seed + 1000 * again))
            result = judged(run, made, expected)
        check = run.compared(fact, against, result)
        return replace(check, redrawn=check.redrawn + (run is not self))

    def compared(self, fact: str, against: str, result: Comparison) -> Check:
        """The outcome of a comparison at this run's inputs."""
        told = self.regime is PLAIN or not result.untold
        if not told:
            return replace(self.failed(fact, against), no_value=result.untold)
        return replace(self.failed(fact, against), max_relative_error=result.error, passed=result.passed,
                       tolerance=result.tolerance)

    def raised(self, fact: str, reference: Reference, problem: Exception) -> Check:
        """A reference that raised: it fails, except at the sizes of a regime, which it may refuse."""
        failed = self.failed(fact, f"{reference.against}: {type(problem).__name__}: {problem}")
        if self.regime.size is None:
            return failed
        return replace(failed, against=reference.against, no_value=f"{REFUSED}: {problem}")

    def failed(self, fact: str, against: str) -> Check:
        """A check that nothing can pass."""
        sizes = dict(self.case) | ({"batch": self.batch} if self.batch else {})
        return Check(fact, against, self.backend.name, self.backend.device, self.backend.dtype, sizes, self.seed, None,
                     False, regime=self.regime.name, redrawn=self.redrawn)


# -- what a run computes, as functions of the run -------------------------------------------------------------------
def derived_by(key: str) -> Made:
    return lambda run: run.derived()[key]


def forward_of(name: str) -> Made:
    return lambda run: run.forward().get(name, {})


def autodiff_by(key: str) -> Made:
    return lambda run: run.by_autodiff()[key]


def gradient_of(reference: Reference, key: str) -> Made:
    return lambda run: run.of_reference(reference)[0][key]


def output_of(reference: Reference, name: str) -> Made:
    return lambda run: run.of_reference(reference)[1][name]


class _Members(Mapping):
    """The loss or the outputs of a lowered program, evaluated when they are asked for."""

    def __init__(self, lowering: Lowering):
        self.lowering, self.program = lowering, lowering.program

    def __getitem__(self, name: str) -> Any:
        arriving = self.program.outputs.get(name)
        axes = self.program.variables[arriving or name].axes
        return self.lowering.block(Block(name, name, axes))

    def __iter__(self) -> Iterator[str]:
        return iter([self.program.loss] if self.program.loss else self.program.outputs)

    def __len__(self) -> int:
        return len(list(iter(self)))


def _stacked(values: list[Any]) -> Any:
    if isinstance(values[0], dict):
        return {k: numpy.stack([v[k] for v in values]) for k in values[0]}
    return numpy.stack(values)
