"""The jobs of `derive verify`, and the row that comes of each entry's: plain data for text and JSON.

A row is `{name, passed, error, document, runs, cached}`: `runs` holds `(backend, device, dtype, run)`, and `cached` the
date of a result that was taken from the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli import numbers
from cli.cache import Cache, entry_digest
from cli.jobs import LOADED, Job, place_of
from cli.selection import seeds_of
from cli.summary import run_key, run_passed, runs, summary, symbolic_passed
from cli.versions import installed
from derive import catalogue
from verify.sweep import Outcome

SEEDS_PER_JOB = 32          # what a job compiles it uses for as many draws

Row = dict[str, Any]
Setting = tuple[str, str, str]          # backend, device, dtype


def broken(name: str, error: str) -> Row:
    """What cannot be used at all."""
    return {"name": name, "passed": False, "error": error, "document": None, "runs": [], "cached": None}


class Part:
    """One entry of a run: what is to be done, what came of it so far, and its row when all has come."""

    def __init__(self, head: catalogue.Head, cache: Cache, backends: list[str], arguments: Any, shared: bool):
        self.head, self.cache, self.arguments, self.shared = head, cache.of(head), arguments, shared
        self.kept = self.cache.read(head.name)
        self.settings = [(b, v, d) for v in arguments.devices for d in arguments.dtypes for b in backends]
        self.seeds = seeds_of(arguments) or numbers.SEEDS
        self.standard = arguments.sizes is None and self.seeds == numbers.SEEDS
        self.outcomes: dict[int, Outcome] = {}
        self.row = self._from_cache() if arguments.only_changed else None
        self.jobs = [] if self.row else list(self._jobs(tuple(backends)))

    def _jobs(self, backends: tuple[str, ...]) -> Iterator[Job]:
        engine, content = (LOADED, entry_digest(self.head.path)) if self.shared else ("", "")
        step = SEEDS_PER_JOB if self.shared else len(self.seeds)
        drawn = True
        for device, dtype in dict.fromkeys(s[1:] for s in self.settings):
            for start in range(0, len(self.seeds), step):
                yield Job(self.head.name, place_of(self.head.path), backends, device, dtype,
                          self.seeds[start:start + step], self.arguments.sizes, drawn, engine, content)
                drawn = False

    def ended(self, k: int, outcome: Outcome) -> None:
        """Take in what came of the k-th job; after the last one the row is there, and kept in the cache."""
        self.outcomes[k] = outcome
        if len(self.outcomes) == len(self.jobs):
            self.row = self._made()

    def _made(self) -> Row:
        outcomes = [self.outcomes[k] for k in range(len(self.jobs))]
        results = [o.value for o in outcomes if o.fault is None]
        faults = [f"{self.head.name}: {o.fault}" for o in outcomes if o.fault is not None]
        faults += [r["error"] for r in results if r["error"]]
        document = next((r["document"] for r in results if r["document"]), None)
        found: dict[Setting, Row] = {}
        for job, outcome in zip(self.jobs, outcomes):
            for backend, run in (outcome.value["runs"] if outcome.fault is None else {}).items():
                key = backend, job.device, job.dtype
                found[key] = _joined(found[key], run) if key in found else run
        if document is not None and not faults:
            self._keep(document, found, all(r["versions"] == installed() for r in results))
        passed = (not faults and document is not None and symbolic_passed(document)
                  and all(s in found and run_passed(found[s]) for s in self.settings))
        return {"name": self.head.name, "passed": passed, "error": faults[0] if faults else None, "document": document,
                "runs": [(*s, found[s]) for s in self.settings if s in found], "cached": None}

    def _keep(self, document: Row, found: dict[Setting, Row], same_libraries: bool) -> None:
        """Into the cache, beside the numbers of other devices and dtypes, what stands for the entry: not the numbers of
        other sizes or seeds, nor those of other versions of the libraries, which the key does not know."""
        if self.kept is not None:
            document["numbers"] = self.kept["numbers"]
        if not self.standard or not same_libraries:
            return
        for (backend, device, dtype), run in found.items():
            document["numbers"].setdefault(run_key(device, dtype), {})[backend] = run
        self.cache.write(self.head.name, document, summary(document))

    def _from_cache(self) -> Row | None:
        """A row of which every part passed earlier. What `auto` finds may change from day to day."""
        if self.kept is None or not symbolic_passed(self.kept):
            return None
        found = []
        for backend, device, dtype in self.settings:
            run = runs(self.kept, device, dtype).get(backend)
            if run is None or not run_passed(run) or device == "auto":
                return None
            found.append((backend, device, dtype, run))
        made = min([self.kept["made"], *(run["made"] for *_, run in found)])
        return {"name": self.head.name, "passed": True, "error": None, "document": self.kept, "runs": found,
                "cached": made}


def _joined(first: Row, more: Row) -> Row:
    """Two runs that differ in their seeds."""
    return {**more, "checks": [*first["checks"], *more["checks"]], "passed": run_passed(first) and run_passed(more)}
