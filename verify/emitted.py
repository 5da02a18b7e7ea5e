"""Emitted code, run as it stands: its outputs, its backward pass, and what autodiff makes of its wrapper.

They are compared with the forward definition as the library differentiates it, and with the entry's references.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from derive.claims import EQUAL
from derive.emission import EmissionError, Emitted, batched, emit
from verify import backends
from verify.backends.base import Backend, Inputs
from verify.comparison import compare
from verify.numeric import Progress, versions
from verify.proof import prove
from verify.runs import Run
from verify.steps import Checker
from verify.study import Study
from verify.targets import mapped
from verify.verdict import PROVED, Check

JUDGES = {"numpy": "torch", "torch": "torch", "jax": "jax"}      # NumPy has no autodiff


def emitted(study: Study, library: str) -> Emitted:
    """The code of a study's page; closed forms stand in it only where they were proved.

    Raises:
        EmissionError: for what cannot be written as array code.
    """
    proved = [c for c, v in study.claims if v.verdict == PROVED and c.relation == EQUAL]
    return emit(study.entry, study.page, study.derivation, proved, library)


def emitted_batch(study: Study, library: str) -> Emitted:
    """The code for a whole batch: every step and closed form proved anew with the letter of the batch.

    Raises:
        EmissionError: as `emitted`, and where a step of the batch's own derivation is not proved.
    """
    page, letter = batched(study.page)
    derivation = Checker(page.derive()).judge()
    if any(s.verdict != PROVED for d in derivation.derivatives for s in d.steps):
        raise EmissionError("a step with a batch is not proved")
    proved = [c for c in page.claims if c.relation == EQUAL and prove(c, derivation, []).verdict == PROVED]
    return emit(study.entry, page, derivation, proved, library, letter)


def checks(study: Study, code: Emitted, *, device: str = "cpu", dtype: str = "float64", seeds: Iterable[int] = (0, 1),
           batch: int = 0, progress: Progress | None = None) -> list[Check]:
    """Every comparison of the emitted text, at each of the entry's sizes; with a `batch`, of code for one, against the
    definition mapped over as many examples. `progress(done, total)` is called after each.

    Raises:
        LibraryError, DeviceError, DtypeError: for a library that cannot be used.
    """
    judge = backends.find(JUDGES[code.library], device, dtype)
    if code.library == "numpy":
        backends.find("numpy", dtype=dtype)
    found: list[Check] = []
    with judge.session():
        runner = Runner(code, judge)
        for done, case in enumerate(study.entry.cases):
            run = Run(study.entry, study.page, study.derivation, judge, case, seed=0, batch=batch)
            for seed in seeds:
                found += runner.compared(run.at(seed))
            if progress is not None:
                progress(done + 1, len(study.entry.cases))
    used = versions(dict.fromkeys([code.library, judge.name]))
    return [replace(c, versions=used) for c in found]


class Runner:
    """The functions of one emitted module."""

    def __init__(self, code: Emitted, judge: Backend):
        self.code, self.judge = code, judge
        self.space: dict[str, Any] = {"__name__": f"emitted_{code.name}"}
        exec(compile(code.text, f"<{code.name} for {code.library}>", "exec"), self.space)    # our own text

    def compared(self, run: Run) -> Iterator[Check]:
        """The comparisons at one choice of sizes and inputs."""
        program, given = run.program, self.given(run)
        numbers = [run.case[n] for n in self.code.numbers]
        result = self.called("forward", numbers)(*given)
        outputs, saved = result if self.code.gradients else (result, None)
        outputs = dict(zip(self.code.outputs, outputs if len(self.code.outputs) > 1 else [outputs]))
        forward = run.judge.forward()
        for name, value in outputs.items():
            yield self.check(run, name, "definition", value, forward[name], run.bounds.forward()[name])
        if not self.code.gradients:
            yield from self.of_references(run, outputs, {})
            return
        arriving = [self.own(run.inputs[v]) for v in program.outputs.values()]
        returned = self.called("backward", numbers)(saved, *arriving)
        gradients = {g.by: value for g, value in zip(
            self.code.gradients, returned if len(self.code.gradients) > 1 else [returned])}
        expected, bound = run.judge.by_autodiff(), run.bounds.derived()
        for by, value in gradients.items():
            yield self.check(run, f"∂{by}", self.judge.autodiff, value, expected[by], bound[by])
        if self.code.library != "numpy":
            for by, value in self.by_wrapper(run, given, numbers, arriving).items():
                yield self.check(run, f"∂{by} by {self.code.wrapper}", self.judge.autodiff, value, expected[by],
                                 bound[by])
        yield from self.of_references(run, outputs, gradients)

    def of_references(self, run: Run, outputs: Inputs, gradients: Inputs) -> Iterator[Check]:
        """Outputs and gradients against implementations that nobody here wrote. Those take one example."""
        if run.batch:
            return
        for reference in run.entry.references:
            if reference.backend == self.judge.name:
                expected, values = run.judge.of_reference(reference)
                for name in outputs.keys() & values.keys():
                    yield self.check(run, name, reference.against, outputs[name], values[name],
                                     run.bounds.forward()[name])
                for by, value in gradients.items():
                    yield self.check(run, f"∂{by}", reference.against, value, expected[by], run.bounds.derived()[by])

    def called(self, which: str, numbers: list[Any]) -> Callable[..., Any]:
        """The forward or the backward pass with its numbers; compiled as a whole where the library does that: operation
        by operation, JAX takes ten times as long."""
        function = self.space[f"{self.code.name}_{which}"]
        return self.compiled(lambda *arrays: function(*arrays, *numbers))

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function if self.code.library == "numpy" else self.judge.compiled(function)

    # -- arrays ------------------------------------------------------------------------------------------------------
    def own(self, value: Any) -> Any:
        """An array of the judge as one of the code's library."""
        if self.code.library != "numpy":
            return value
        return mapped(lambda a: self.judge.numpy(a).astype(self.judge.dtype), value)

    def given(self, run: Run) -> list[Any]:
        """The arguments in order; labels count from 0."""
        labels = run.labels()
        found = []
        for a in self.code.arguments:
            if not a.label:
                found.append(self.own(run.inputs[a.key]))
                continue
            places = labels[a.key] - run.program.labels[a.key].least
            found.append(places if self.code.library == "numpy" else self.judge.whole(places))
        return found

    def by_wrapper(self, run: Run, given: list[Any], numbers: list[Any], arriving: list[Any]) -> Inputs:
        """The library's autodiff of the sum of output times what arrives, through the wrapper."""
        function = self.space[self.code.wrapper or ""]
        wanted = [g.by for g in self.code.gradients]
        keys = [a.key for a in self.code.arguments]

        def loss(changed: Inputs, fixed: Inputs) -> tuple[Any, None]:
            outputs = function(*(changed.get(k, fixed[k]) for k in keys), *numbers)
            outputs = outputs if len(self.code.outputs) > 1 else [outputs]
            if run.program.loss:
                return outputs[0], None
            return sum(self.judge.total(y * v) for y, v in zip(outputs, arriving)), None
        arrays = dict(zip(keys, given))
        return self.compiled(self.judge.gradients(loss))({k: arrays[k] for k in wanted}, arrays)[0]

    def check(self, run: Run, fact: str, against: str, found: Any, expected: Any, bound: Any) -> Check:
        """`expected` and `bound` come from the run's judge and from its bounds."""
        plain = mapped(self.judge.numpy, found) if self.code.library != "numpy" else found
        result = compare(plain, mapped(run.judge.backend.numpy, expected), bound, run.backend.dtype)
        return replace(run.compared(fact, against, result), backend=self.code.library)
