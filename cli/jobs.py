"""One part of `derive verify` as a job: small enough to be sent to another process or machine, plain data in return."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import Any

from cli import numbers
from cli.cache import PROJECT, entry_digest, source_digest
from cli.errors import UserError
from cli.progress import SILENT
from cli.versions import installed
from derive import catalogue

# What this process runs: modules that are imported later may be newer, which `verified` looks for.
LOADED = source_digest()
_ONE = threading.Lock()         # torch's settings belong to the process, not to the thread
_used: set[str] = set()         # backends that keep what they compiled for the job before


@dataclass(frozen=True)
class Job:
    """One entry on some backends, one device and one dtype. `place` is the entry's file, from the project's folder on
    where it lies there; `sizes` are the entry's own where there are none. `drawn`: the document is wanted. `engine` and
    `content` are digests of the sources of who asks; without them nothing is compared."""

    name: str
    place: str
    backends: tuple[str, ...]
    device: str
    dtype: str
    seeds: tuple[int, ...] = numbers.SEEDS
    sizes: dict[str, list[int]] | None = None
    drawn: bool = True
    engine: str = ""
    content: str = ""

    @property
    def path(self) -> str:
        return os.path.join(PROJECT, self.place)


def place_of(path: str) -> str:
    """Where a file of the project lies on every machine; another file as it is."""
    inside = os.path.relpath(path, PROJECT)
    return path if inside.startswith(os.pardir) else inside


def sources() -> str:
    """A digest of the engine that this process runs; none where it has changed on disk since."""
    return LOADED if source_digest() == LOADED else ""


def verified(job: Job, progress: Any = SILENT) -> dict[str, Any]:
    """`{"document", "runs", "error", "versions"}`: everything afresh. What is wrong with the entry is its `error`.

    Raises:
        UserError: for a device, a library, a state of the sources, or sizes that are not there: nothing to do with the
            entry.
    """
    with _ONE:
        head = _same_entry(job)
        _forget()
        found: dict[str, Any] = {"document": None, "runs": {}, "error": None, "versions": installed()}
        progress.next(job.name)
        try:
            found["document"], study = _studied(head, job.drawn)
        except UserError as error:
            return {**found, "error": str(error)}
        if job.sizes is not None:
            study.entry.cases[:] = [_sizes(study, job.sizes)]
        try:
            found["runs"] = numbers.compared(study, job.name, job.backends, job.device, job.dtype, progress, job.seeds)
        except UserError:
            raise
        except Exception as error:
            line = " ".join(f"{head.path}: {type(error).__name__}: {error}".split())
            return {**found, "error": line}
        _used.update(job.backends)
        return found


def _forget() -> None:
    if _used:
        numbers.forget(_used)
    _used.clear()


def _same_entry(job: Job) -> catalogue.Head:
    """The head of the job's entry, from the same sources as those of who asks for it."""
    try:
        if not job.engine or sources() == job.engine and entry_digest(job.path) == job.content:
            return catalogue.read_head(job.path)
    except (OSError, catalogue.Problem):
        pass
    raise UserError(f"{job.name}: the sources of derive are not the same here and where they run (or have changed "
                    "meanwhile): install one and the same, and start the workers again")


def _studied(head: catalogue.Head, drawn: bool) -> tuple[dict[str, Any] | None, Any]:
    from cli import studies

    return studies.document_of(head) if drawn else (None, studies.study_of(head))


def _sizes(study: Any, given: dict[str, list[int]]) -> dict[str, Any]:
    from verify.given_sizes import SizesError, given_sizes

    own = study.entry.cases[0] if study.entry.cases else {}
    try:
        return given_sizes(study.page.program, own, given)
    except SizesError as error:
        raise UserError(str(error)) from error
