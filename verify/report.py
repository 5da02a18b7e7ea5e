"""The numeric part as plain data: `derive verify --json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from verify.regimes import PLAIN
from verify.verdict import Check

FIELDS = ("fact", "against", "backend", "device", "dtype", "sizes", "seed", "max_relative_error", "passed", "skipped",
          "regime", "no_value", "redrawn")
AUTODIFF = frozenset({"torch.autograd", "jax.grad"})


def as_json(entries: Mapping[str, Sequence[Check]], backends: Iterable[str] = ("torch", "jax")) -> dict[str, Any]:
    """`{"version": 1, "entries": [{"name", "passed", "checks"}], "summary"}`; `entries` maps names to their checks."""
    wanted = list(backends)
    rows = [{"name": name, "passed": entry_passed(checks, wanted), "checks": [row(c) for c in checks]}
            for name, checks in entries.items()]
    return {"version": 1, "entries": rows, "summary": _summary(rows)}


def entry_passed(checks: Sequence[Check], backends: Iterable[str] = ("torch", "jax"),
                 referenced: bool = True) -> bool:
    """Whether checks were made in the plain regime, all that were made passed, and each backend was compared with an
    independent reference there (where one is due: nobody else implements what stands in a document of one's own). A
    skipped check (a device that is not there) is no pass, nor is one that told nothing: they count for nothing here."""
    made = [c for c in checks if c.skipped is None and c.no_value is None]
    plain = [c for c in made if c.regime == PLAIN.name]
    independent = {c.backend for c in plain if c.against not in AUTODIFF and c.passed}
    return bool(plain) and all(c.passed for c in made) and (independent.issuperset(backends) or not referenced)


def row(check: Check) -> dict[str, Any]:
    """The fields, and what was observed where that is what was checked."""
    found = {field: getattr(check, field) for field in FIELDS}
    return found if check.observed is None else {**found, "observed": check.observed}


def _summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    checks = [c for r in rows for c in r["checks"]]
    errors = [c["max_relative_error"] for c in checks if c["max_relative_error"] is not None]
    return {"entries": len(rows), "passed": sum(r["passed"] for r in rows),
            "failed": [r["name"] for r in rows if not r["passed"]],
            "checks": len(checks), "checks_passed": sum(c["passed"] for c in checks),
            "checks_skipped": sum(c["skipped"] is not None for c in checks),
            "checks_without_value": sum(c["no_value"] is not None for c in checks),
            "worst_relative_error": max(errors, default=None)}
