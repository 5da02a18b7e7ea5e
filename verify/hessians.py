"""Second derivatives against those of the library: of the lowered forward equations, and of somebody else's code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from derive.claims import Reference
from derive.derivation import Derivative
from verify.backends.base import Inputs, LibraryError
from verify.blocks import Block
from verify.lowering import Lowering
from verify.runs import Run
from verify.targets import fact_name, loss_of
from verify.verdict import Check

Loss = Callable[[Run, Inputs], Any]


def hessian_checks(run: Run) -> Iterator[Check]:
    """For each second derivative by inputs: derived, against the library's own of the lowered loss."""
    def loss(r: Run, inputs: Inputs) -> Any:
        return r._loss({}, {**inputs, **{t.key: r.zeros(t) for t in r.targets if t.added}})[0]

    for d, of in _second(run):
        yield _check(run, d, of, loss, run.backend.second)


def reference_hessian_checks(run: Run, reference: Reference) -> Iterator[Check]:
    """The same of a reference. One that raises fails a check that says so."""
    def loss(r: Run, inputs: Inputs) -> Any:
        return r.backend.total(loss_of(r.program, inputs, r.outputs_of(reference, inputs), r.backend))

    for d, of in _second(run):
        try:
            yield _check(run, d, of, loss, reference.against)
        except ModuleNotFoundError as error:
            raise LibraryError(f"{error.name} is not installed: pip install 'derive[verify]'") from error
        except Exception as problem:    # whatever an entry's own code raises: it fails the entry, not the run
            yield run.raised(d.name, reference, problem)


def _second(run: Run) -> list[tuple[Derivative, str]]:
    """The second derivatives that are shown, each with the name by which the gradient was taken."""
    gradients = {d.name: d.of for d in run.derivation.derivatives if d.value is None}
    return [(d, gradients[d.value]) for d in run.derivation.derivatives
            if d.total and d.shown and d.value in gradients]


def _check(run: Run, d: Derivative, of: str, loss: Loss, against: str) -> Check:
    names = list(dict.fromkeys((of, d.of)))
    fact = fact_name(run.page, "jacobian", d.name, d.name)
    if any(n not in run.inputs or isinstance(run.inputs[n], dict) for n in names):
        return run.failed(fact, f"{against}: second derivatives are compared by inputs of one shape")

    def derived(r: Run) -> Any:
        def value(inputs: Inputs) -> Any:
            lowering = Lowering(r.backend, r.program, r.sizes, inputs, r.derivation.equations.values())
            return lowering.block(Block(d.name, d.name, d.equation.letters))
        return r.once(d.name, lambda: value)(r.inputs)

    def expected(r: Run) -> Any:
        def value(inputs: Inputs) -> Any:
            second = r.backend.hessian(lambda *arrays: loss(r, {**inputs, **dict(zip(names, arrays))}))
            return second(*(inputs[n] for n in names))
        return r.once(f"{d.name}, {against}", lambda: value, against == r.backend.second)(r.inputs)
    return run.check(fact, against, derived, expected)
