"""The numeric part: runs the comparisons with torch and JAX, and keeps them in the document, by device and dtype."""

from __future__ import annotations

from cli.errors import UserError
from cli.summary import BACKENDS, run_key, runs
from cli.versions import installed
from cli.words import phrase

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from collections.abc import Iterable
    from typing import Any

SEEDS = (0, 1)          # of the inputs, where nobody asks for others
_LIBRARIES = {"torch": ("torch", "numpy"), "jax": ("jax", "jaxlib", "flax", "optax", "numpy")}


def available() -> list[str]:
    """The backends that are installed; nothing is imported."""
    found = installed()
    return [b for b in BACKENDS if b in found]


def missing(document: dict[str, Any], device: str, dtype: str) -> list[str]:
    """The installed backends that the document has no numbers for."""
    return [b for b in available() if b not in runs(document, device, dtype)]


def not_run_line(command: str, absent: list[str], language: str) -> str:
    """What is printed where there are no numbers: what to run, and before that, what to install."""
    def say(key: str) -> str:
        return phrase(key, language)

    if absent:
        return (f"{say('not run with')} {', '.join(absent)}; {say('install')} pip install 'derive[verify]', "
                f"{say('then')} {command}")
    return f"{say('numbers not run')}: {command}"


def require_device(device: str, dtype: str) -> None:
    """Look for a device that was asked for by name, before anything is printed.

    Raises:
        UserError: where a backend that is installed does not have it.
    """
    from verify import backends

    for backend in available():
        try:
            backends.find(backend, device, dtype)
        except backends.BackendError as error:
            raise UserError(" ".join(str(error).split())) from error


def run(document: dict[str, Any], study: Any, backends: list[str], device: str, dtype: str, progress: Any) -> None:
    """Compare with each backend and put the results into the document.

    Raises:
        UserError: where the device is absent or a library is not installed.
    """
    made = compared(study, document["name"], backends, device, dtype, progress)
    document["numbers"].setdefault(run_key(device, dtype), {}).update(made)


def compared(study: Any, name: str, backends: Iterable[str], device: str, dtype: str, progress: Any,
             seeds: Iterable[int] = SEEDS) -> dict[str, dict[str, Any]]:
    """The comparisons with each backend, at the sizes of the study's entry.

    Raises:
        UserError: where the device is absent or a library is not installed.
    """
    from cli.document import now
    from verify import numeric, report

    made = {}
    for backend in backends:
        progress.next(f"{name}, {backend}")
        try:
            checks = numeric.checks(study.entry, study.page, study.derivation, backends=(backend,), device=device,
                                    dtype=dtype, seeds=seeds, progress=progress.step)
        except numeric.BackendError as error:    # an absent device, a library that is missing or broken
            raise UserError(" ".join(str(error).split())) from error
        made[backend] = {"made": now(), "versions": _versions(backend), "checks": [report.row(c) for c in checks],
                         "passed": report.entry_passed(checks, [backend], study.entry.referenced)}
    return made


def forget(backends: Iterable[str]) -> None:
    """Give back what the libraries keep of the comparisons."""
    from verify import numeric

    numeric.forget(backends)


def _versions(backend: str) -> dict[str, str]:
    found = installed()
    return {name: found[name] for name in _LIBRARIES[backend] if name in found}
