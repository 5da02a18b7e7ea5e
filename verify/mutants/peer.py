"""A damaged definition beside somebody else's implementation of the right one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.claims import Reference
from derive.derivation import Derivation
from derive.program import ProgramError
from derive.stated import Entry, StatedPage
from verify.backends import Backend, BackendError, find
from verify.comparison import compare
from verify.lowering import LoweringError
from verify.runs import Run
from verify.targets import mapped

BACKENDS = ("torch", "jax")
SEEDS = (0, 1)


@dataclass
class Peer:
    """The right program at its sizes, and one of its references."""

    entry: Entry
    page: StatedPage
    derivation: Derivation
    backend: Backend
    reference: Reference

    @classmethod
    def of(cls, entry: Entry, page: StatedPage, derivation: Derivation) -> Peer | None:
        """The first reference whose library is here; None where there is none."""
        for name in BACKENDS:
            reference = next((r for r in entry.references if r.backend == name), None)
            if reference is not None:
                try:
                    return cls(entry, page, derivation, find(name), reference)
                except BackendError:
                    continue
        return None

    def __post_init__(self) -> None:
        self.runs: list[Run] = []
        self._coming = self._at_every_draw()

    def _at_every_draw(self) -> Iterator[Run]:
        for case in self.entry.cases:
            run = Run(self.entry, self.page, self.derivation, self.backend, case, SEEDS[0])
            yield from (run.at(seed) for seed in SEEDS)

    def _each(self) -> Iterator[Run]:
        yield from self.runs
        for run in self._coming:
            self.runs.append(run)
            yield run

    def other_outputs(self, page: StatedPage) -> bool | None:
        """Whether the outputs of another program differ from the reference's; None where it names members that do not
        exist, or defines a name by itself."""
        with self.backend.session():
            try:
                return any(self._differ(run, page) for run in self._each())
            except LoweringError:
                return None

    def _differ(self, run: Run, page: StatedPage) -> bool:
        expected = run.known("outputs", lambda: run.outputs_of(self.reference, run.inputs))
        found, bounds = self._with(run, page, self.derivation).forward(), run.bounds.forward()
        return not all(compare(mapped(run.backend.numpy, found[n]), mapped(run.backend.numpy, expected[n]),
                               bounds[n]).passed for n in expected)

    def other_gradients(self, page: StatedPage) -> bool:
        """Whether the gradients that are derived from another program differ from the reference's, or are refused: a
        name that is wanted and no longer matters is an error of its own."""
        try:
            derivation = page.derive()
        except ProgramError:
            return True
        with self.backend.session():
            return any(not check.passed for run in self._each()
                       for check in self._with(run, page, derivation).against_reference(self.reference))

    def _with(self, run: Run, page: StatedPage, derivation: Derivation) -> Run:
        return replace(run, page=page, derivation=derivation, compiled={}, bounded={}, given=run.inputs)
