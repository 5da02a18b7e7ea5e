"""The derived gradients against automatic differentiation, and against implementations that nobody here wrote."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from derive.derivation import Derivation
from derive.entry import Entry, Page, Reference
from derive.program import Program
from verify import backends as library
from verify.backends import Backend, BackendError, DeviceError, DtypeError, LibraryError
from verify.blocks import Block
from verify.comparison import relative_error, tolerance
from verify.draws import normal_draw
from verify.lowering import Lowering
from verify.sizes import Sizes
from verify.targets import Target, fact_name, leaves, loss_of, mapped, outputs_of, targets
from verify.verdict import Check

BATCH = 3
NO_REFERENCE = "no independent reference"
Progress = Callable[[int, int], Any]


def checks(entry: Entry, page: Page, derivation: Derivation, *, backends: Iterable[str] = ("torch", "jax"),
           device: str = "cpu", dtype: str = "float64", seeds: Iterable[int] = (0, 1),
           progress: Progress | None = None) -> list[Check]:
    """Every comparison of an entry, at each of its sizes and seeds, on each backend.

    The derived gradients, lowered, against the backend's autodiff of the lowered forward equations: every wanted
    gradient, by boundary members and intermediate names too; once over a batch where inputs are shared over it. Then
    outputs and gradients against each of the entry's references for the backend; an entry without one fails a check.
    `progress(done, total)` is called after each size and seed.

    With device `auto`, CUDA where it is, else the CPU and a skipped check that says why.

    Raises:
        LibraryError, DeviceError, DtypeError: for a backend that cannot be used; one clear line each.
    """
    names, chosen = list(backends), list(seeds)
    total, done = len(names) * len(entry.cases) * len(chosen), 0
    found: list[Check] = []
    for name in names:
        backend, absent = _open(name, device, dtype)
        found += absent
        with backend.session():
            for case in entry.cases:
                for seed in chosen:
                    run = Run(entry, page, derivation, backend, case, seed)
                    found += run.checks(batched=case is entry.cases[0] and seed == chosen[0])
                    done += 1
                    if progress is not None:
                        progress(done, total)
    return [_with_versions(c) for c in found]


def _open(name: str, device: str, dtype: str) -> tuple[Backend, list[Check]]:
    if device != "auto":
        return _with_autodiff(library.find(name, device, dtype)), []
    try:
        return _with_autodiff(library.find(name, "cuda", dtype)), []
    except DeviceError as absent:
        skipped = Check("device", "cuda", name, "cuda", dtype, {}, 0, None, False, str(absent))
        return _with_autodiff(library.find(name, "cpu", dtype)), [skipped]


def _with_autodiff(backend: Backend) -> Backend:
    if not backend.autodiff:
        raise LibraryError(f"{backend.name} has no automatic differentiation; use torch or jax")
    return backend


@dataclass
class Run:
    """One entry at one choice of sizes, seed and backend. With `batch`, inputs that are not shared over the batch have
    a leading batch axis."""

    entry: Entry
    page: Page
    derivation: Derivation
    backend: Backend
    case: dict[str, Any]
    seed: int
    batch: int = 0
    inputs: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.program: Program = self.page.program
        self.sizes = Sizes(self.case)
        self.targets = targets(self.page, self.derivation)
        self.inputs = {k: mapped(self.backend.array, v) for k, v in self.draw().items()}

    def draw(self) -> dict[str, Any]:
        return normal_draw(self.program, self.case, self.seed)

    # -- comparisons -----------------------------------------------------------------------------------------------
    def checks(self, batched: bool) -> Iterator[Check]:
        derived = self.derived()
        yield from self.against_autodiff(derived)
        yield from jacobian_checks(self)
        references = [r for r in self.entry.references if r.backend == self.backend.name]
        for reference in references:
            yield from self.against_reference(reference, derived)
        if not references:
            yield self.check(self.entry.name, NO_REFERENCE, None)
        if batched and self.page.shared:
            yield from Batched(self.entry, self.page, self.derivation, self.backend, self.case, self.seed,
                               BATCH).against_autodiff()

    def against_autodiff(self, derived: dict[str, Any]) -> Iterator[Check]:
        """The lowered forward equations, differentiated by the library."""
        expected = self.backend.gradients(self.loss, leaves(self.backend, self.targets, self.inputs, self.sizes))
        for t in self.targets:
            yield self.check(t.fact, self.backend.autodiff, self.error(derived[t.key], expected[t.key]))

    def against_reference(self, reference: Reference, derived: dict[str, Any]) -> Iterator[Check]:
        """Outputs, then the library's gradients of the reference by every input whose gradient is wanted."""
        chosen = [t for t in self.targets if not t.added]
        try:
            outputs = reference.run(self.backend.library, self.inputs)
            forward = self.forward(outputs)
            expected = self.backend.gradients(lambda changed: self.reference_loss(reference, changed),
                                              {t.key: self.inputs[t.key] for t in chosen})
        except ModuleNotFoundError as error:
            raise LibraryError(f"{error.name} is not installed: pip install 'derive[verify]'") from error
        except Exception as problem:
            yield self.check(self.entry.name, f"{reference.against} ({type(problem).__name__}: {problem})", None)
            return
        for name, value in outputs.items():
            yield self.check(fact_name(self.page, "definition", name, name), reference.against,
                             self.error(forward[name], value))
        for t in chosen:
            yield self.check(t.fact, reference.against, self.error(derived[t.key], expected[t.key]))
