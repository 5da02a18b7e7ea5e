"""One entry at one choice of sizes, seed and backend: the derived gradients, and what they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy

from derive.derivation import Derivation
from derive.entry import Entry, Page, Reference
from derive.program import Program
from verify.backends.base import Backend, Inputs, LibraryError
from verify.blocks import Block
from verify.comparison import relative_error, tolerance
from verify.draws import labelled, normal_draw
from verify.lowering import Lowering
from verify.targets import Target, fact_name, loss_of, mapped, targets, zeros
from verify.verdict import Check


@dataclass
class Run:
    """Call its methods inside the backend's session.

    With a `batch`, inputs that the page does not share over it have a leading batch axis, the program is mapped over
    it, and gradients of shared inputs add up over it. `change` adapts the drawn arrays (a weight's scale).
    """

    entry: Entry
    page: Page
    derivation: Derivation
    backend: Backend
    case: Mapping[str, Any]
    seed: int
    batch: int = 0
    change: Callable[[str, Any], Any] = lambda key, array: array
    compiled: dict[str, Callable[..., Any]] = field(default_factory=dict)
    inputs: Inputs = field(init=False)

    def __post_init__(self) -> None:
        self.program: Program = self.page.program
        self.sizes = labelled(self.program, self.case, 0)      # what is compiled knows the labels: no other seed
        self.targets = targets(self.page, self.derivation)
        self.inputs = {k: mapped(lambda a, k=k: self.backend.array(self.change(k, a)), v)
                       for k, v in self._draw().items()}

    def at(self, seed: int) -> Run:
        """The same with other inputs; what was compiled is used again."""
        return replace(self, seed=seed)

    def _draw(self) -> Inputs:
        first = normal_draw(self.program, self.case, self.seed)
        if not self.batch:
            return first
        more = [first] + [normal_draw(self.program, self.case, 1000 * self.seed + k) for k in range(1, self.batch)]
        return {k: v if k in self.page.shared else _stacked([draw[k] for draw in more]) for k, v in first.items()}

    def once(self, name: str, make: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
        """A function of arrays, compiled at the first use. With a batch it is not: it is used once."""
        if self.batch:
            return make()
        if name not in self.compiled:
            self.compiled[name] = self.backend.compiled(make())
        return self.compiled[name]

    # -- values ----------------------------------------------------------------------------------------------------
    def derived(self) -> Inputs:
        """The derived gradients, by the keys of the targets."""
        found = self.once("derived", lambda: self._mapped(self._derived, self.inputs))(self.inputs)
        if not self.batch:
            return found
        return {k: mapped(lambda a: a.sum(0), v) if k in self.page.shared else v for k, v in found.items()}

    def _derived(self, inputs: Inputs) -> Inputs:
        lowering = Lowering(self.backend, self.program, self.sizes, inputs, self.derivation.equations.values())
        return {t.key: lowering.block(t.derived) for t in self.targets}

    def forward(self) -> Inputs:
        """All defined families, at the members that their equations define."""
        return self.once("forward", lambda: self._mapped(self._forward, self.inputs))(self.inputs)

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
    def against_autodiff(self, derived: Inputs) -> Iterator[Check]:
        """The lowered forward equations, differentiated by the library."""
        expected = self.by_autodiff()
        for t in self.targets:
            yield self.check(t.fact, self.backend.autodiff, derived[t.key], expected[t.key])

    def by_autodiff(self) -> Inputs:
        """The library's own gradients of the lowered forward equations, by the keys of the targets."""
        differentiate = self.once("autodiff", lambda: self.backend.gradients(self._loss))
        return differentiate(self.leaves(), self.inputs)[0] if self.targets else {}

    def against_reference(self, reference: Reference, derived: Inputs) -> Iterator[Check]:
        """Outputs, then the library's gradients of the reference by every input whose gradient is wanted.

        An input that the reference does not use has the gradient zero. A reference that raises fails a check that
        says so.
        """
        chosen = [t for t in self.targets if not t.added]
        try:
            expected, outputs = self.of_reference(reference, chosen)
        except ModuleNotFoundError as error:
            raise LibraryError(f"{error.name} is not installed: pip install 'derive[verify]'") from error
        except Exception as problem:    # whatever an entry's own code raises: it fails the entry, not the run
            yield self.check(self.entry.name, f"{reference.against}: {type(problem).__name__}: {problem}", {}, {})
            return
        forward = self.forward()
        for name, value in outputs.items():
            fact = fact_name(self.page, "definition", name, name)
            yield self.check(fact, reference.against, forward.get(name, {}), value)
        for t in chosen:
            yield self.check(t.fact, reference.against, derived[t.key], expected[t.key])

    def of_reference(self, reference: Reference, chosen: list[Target]) -> tuple[Inputs, Inputs]:
        """Gradients and outputs. Not compiled: a reference may look at the numbers that it is given."""
        def loss(changed: Inputs, fixed: Inputs) -> tuple[Any, Inputs]:
            inputs = fixed | changed
            outputs = self.outputs_of(reference, inputs)
            if not chosen:
                return None, outputs
            return self.backend.total(loss_of(self.program, inputs, outputs, self.backend)), outputs
        if not chosen:
            return {}, loss({}, self.inputs)[1]
        return self.backend.gradients(loss)({t.key: self.inputs[t.key] for t in chosen}, self.inputs)

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

    def check(self, fact: str, against: str, found: Any, expected: Any) -> Check:
        error = relative_error(mapped(self.backend.numpy, found), mapped(self.backend.numpy, expected))
        sizes = dict(self.case) | ({"batch": self.batch} if self.batch else {})
        passed = error is not None and error <= tolerance(self.backend.dtype, sizes)
        return Check(fact, against, self.backend.name, self.backend.device, self.backend.dtype, sizes, self.seed, error,
                     passed)


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
