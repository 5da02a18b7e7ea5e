"""The derived gradients against automatic differentiation, and against implementations that nobody here wrote."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from derive.derivation import Derivation
from derive.stated import Entry, StatedPage
from verify.backends import Backend, BackendError, DeviceError, DtypeError, LibraryError, find
from verify.comparison import JUDGE
from verify.experiments import experiments
from verify.grids import LoweringError
from verify.hessians import hessian_checks, reference_hessian_checks
from verify.jacobians import jacobian_checks
from verify.regimes import NAMES, PLAIN, Regime, chosen, regime
from verify.runs import REFUSED, Run
from verify.sizes import NoMember
from verify.targets import fact_name, not_derived
from verify.total_checks import total_checks
from verify.verdict import Check

NO_REFERENCE = "no independent reference"
RESIZED_ON = "torch"        # JAX would compile everything again for other sizes
Progress = Callable[[int, int], Any]


def checks(entry: Entry, page: StatedPage, derivation: Derivation, *, backends: Iterable[str] = ("torch", "jax"),
           device: str = "cpu", dtype: str = "float64", seeds: Iterable[int] = (0, 1),
           regimes: Iterable[str] = NAMES, progress: Progress | None = None) -> list[Check]:
    """Every comparison of an entry, at each of its sizes and seeds, on each backend; then with the first seed in each
    other regime (see `verify.regimes`): in those of numbers at each of its sizes, in those of sizes once, on torch.
    Its experiments are run with each seed, in float64 on the CPU.

    The derived gradients, lowered, against the backend's autodiff of the lowered forward equations: every wanted
    gradient, by boundary members and intermediate names too, every Jacobian, every total and every second derivative.
    Then outputs, gradients and second derivatives by inputs against each of the entry's references for the backend; an
    entry without one fails a check. `progress(done, total)` is called after each size and seed.

    With the device `auto`: CUDA where it is, else the CPU, and a skipped check that says why.

    Raises:
        LibraryError, DeviceError, DtypeError: for a backend that cannot be used; one clear line each.
    """
    names, drawn = list(backends), list(seeds)
    plan = _plan(page, drawn, [regime(n) for n in regimes])
    total, done = len(names) * len(entry.cases) * len(plan), 0
    found: list[Check] = []
    bounded: dict[Any, Run] = {}
    for name in names:
        backend, absent = _open(name, device, dtype)
        made = list(absent)
        with backend.session():
            for case in entry.cases:
                run = Run(entry, page, derivation, backend, case, seed=0, bounded=bounded)
                for seed, variant in plan:
                    if variant.size is None or (case is entry.cases[0] and name == RESIZED_ON):
                        made += _regime_checks(run, seed, variant)
                    done += 1
                    if progress is not None:
                        progress(done, total)
            for seed in drawn if (backend.device, backend.dtype) == ("cpu", JUDGE) else ():
                made += experiments(entry.experiments, backend, seed)
        used = versions([name])
        found += [replace(c, versions=used) for c in made]
    return found


def real_size(entry: Entry, page: StatedPage, derivation: Derivation, sizes: Mapping[str, Any], batch: int, *,
              backends: Iterable[str] = ("torch", "jax"), device: str = "cpu", dtype: str = "float64",
              seed: int = 0) -> list[Check]:
    """The references of each backend on a whole batch at sizes of practice, boundary members included.

    The references must take inputs with a leading batch axis. Shared inputs with axes are scaled by 1/√n, n the last
    axis, as weights are in practice: larger ones saturate every gate.
    """
    def scaled(key: str, array: Any) -> Any:
        return array / array.shape[-1] ** 0.5 if key in page.shared and array.ndim else array

    found: list[Check] = []
    bounded: dict[Any, Run] = {}
    for backend in backends:
        opened = _with_autodiff(find(backend, device, dtype))
        with opened.session():
            run = Run(entry, page, derivation, opened, sizes, seed, batch, scaled, bounded=bounded)
            found += [replace(c, versions=versions([backend])) for r in entry.references if r.backend == backend
                      for c in run.against_reference(r)]
    return found


def forget(backends: Iterable[str] = ("torch", "jax")) -> None:
    """Give back the memory that functions compiled for earlier checks take: of a whole catalogue it is gigabytes."""
    for name in backends:
        find(name).forget()


def versions(backends: Iterable[str] = ("torch", "jax")) -> dict[str, str]:
    """The versions of Python, NumPy and the backends' libraries, those that are installed."""
    found = {"python": platform.python_version()}
    for name in dict.fromkeys([*backends, "numpy"]):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _open(name: str, device: str, dtype: str) -> tuple[Backend, list[Check]]:
    if device != "auto":
        return _with_autodiff(find(name, device, dtype)), []
    try:
        return _with_autodiff(find(name, "cuda", dtype)), []
    except DeviceError as absent:
        skipped = Check("device", "cuda", name, "cuda", dtype, {}, 0, None, False, str(absent))
        return _with_autodiff(find(name, "cpu", dtype)), [skipped]


def _with_autodiff(backend: Backend) -> Backend:
    if not backend.autodiff:
        raise LibraryError(f"{backend.name} has no automatic differentiation; use torch or jax")
    return backend


def _plan(page: StatedPage, seeds: list[int], regimes: list[Regime]) -> list[tuple[int, Regime]]:
    """The draws at one choice of sizes: what was compiled for the first serves all of those with its sizes."""
    wanted = chosen(page.program, tuple(regimes))
    return [(s, r) for r in wanted for s in (seeds if r is PLAIN else seeds[:1])]


def _regime_checks(run: Run, seed: int, variant: Regime) -> list[Check]:
    """Other sizes than those of a case may be refused by the formulas: then there is one check, which says so."""
    try:
        return list(_compared(run.at(seed, variant)))
    except (LoweringError, NoMember) as problem:
        if variant.size is None:
            raise
        return [replace(run.failed(run.entry.name, run.backend.autodiff), regime=variant.name, seed=seed,
                        sizes=variant.sizes(run.program, run.case), no_value=f"{REFUSED}: {problem}")]


def _compared(run: Run) -> Iterator[Check]:
    yield from run.against_autodiff()
    for name in not_derived(run.page, run.derivation):
        yield run.failed(fact_name(run.page, "gradient", name, run.page.wanted[name]), run.backend.autodiff)
    yield from jacobian_checks(run)
    yield from total_checks(run)
    yield from hessian_checks(run)
    references = [r for r in run.entry.references if r.backend == run.backend.name]
    for reference in references:
        yield from run.against_reference(reference)
        yield from reference_hessian_checks(run, reference)
    if not references and run.entry.referenced and run.regime is PLAIN:
        yield run.failed(run.entry.name, NO_REFERENCE)


__all__ = ["BackendError", "DeviceError", "DtypeError", "LibraryError", "NO_REFERENCE", "checks", "forget",
           "real_size", "versions"]
