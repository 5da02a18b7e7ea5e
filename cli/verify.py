"""`derive verify [NAME…]`: the whole check afresh: steps, claims, mistakes, and the numbers against torch and JAX."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from cli import numbers, terminal
from cli.cache import Cache
from cli.errors import UserError
from cli.lookup import look_up
from cli.plan import Part, Row, broken
from cli.selection import command, refuse_together
from cli.show import renderer_for
from cli.summary import (
    BACKENDS,
    by_reference,
    comparison_cells,
    named,
    sizes_text,
    symbolic_passed,
    tally,
    tally_text,
)
from cli.words import phrase, verdict
from derive import catalogue


def run(arguments: Any) -> int:
    """0: every entry passed; 1: something failed, or an entry cannot be used."""
    refuse_together(arguments)
    arguments.devices = list(dict.fromkeys(arguments.device or ["cpu"]))
    arguments.dtypes = list(dict.fromkeys(arguments.dtype or ["float64"]))
    heads, problems = _chosen(arguments.names)
    if arguments.mutants:
        from cli import mutants

        return mutants.run(heads, problems, arguments)
    backends = list(BACKENDS) if arguments.backend == "all" else [arguments.backend]
    absent = [b for b in backends if b not in numbers.available()]
    if absent and not arguments.executor:
        raise UserError(f"{' and '.join(absent)} not installed: pip install 'derive[verify]'"
                        + ("" if len(absent) == len(backends) else f", or --backend {_other(backends, absent)}"))
    rows = [broken(getattr(p, "path", ""), str(p)) for p in problems] + _verified(heads, backends, arguments)
    if arguments.json:
        terminal.print_json(_as_json(rows))
    else:
        terminal.warn_of_lost_characters()
        sys.stdout.write(_text(rows, arguments.lang))
    return 0 if rows and all(r["passed"] for r in rows) else 1


def _other(backends: list[str], absent: list[str]) -> str:
    return next(b for b in backends if b not in absent)


def _chosen(names: list[str]) -> tuple[list[catalogue.Head], list[catalogue.Problem]]:
    """What the names stand for, or all entries with the files that cannot be read."""
    if names:
        return list({h.name: h for name in names for h in look_up(name, files=False).heads}.values()), []
    return catalogue.scan()


def _verified(heads: list[catalogue.Head], backends: list[str], arguments: Any) -> list[Row]:
    """A row for each entry. A fault of an entry fails the entry, not the run."""
    from cli import jobs
    from cli.executors import elsewhere, through

    cache, shared = Cache.opened(), elsewhere(arguments)
    parts = [Part(head, cache, backends, arguments, shared) for head in heads]
    owners = [(part, k) for part in parts for k in range(len(part.jobs))]

    def ended(place: int, outcome: Any) -> None:
        part, k = owners[place]
        part.ended(k, outcome)

    through(arguments, jobs.verified, [part.jobs[k] for part, k in owners], len(backends) + 1, ended)
    return [part.row for part in parts if part.row is not None]


# -- JSON ---------------------------------------------------------------------------------------------------------
def _as_json(rows: list[Row]) -> Row:
    """`{"version": 1, "entries": [{"name", "passed", "error", "cached", "symbolic", "checks": […], "rerun": […]}],
    "summary": {…}}`; each check has fact, against, backend, device, dtype, sizes, seed, max_relative_error,
    passed, skipped, regime, no_value and redrawn (see `verify.verdict.Check`), and observed where it is of an
    experiment; `cached` is when a result from the cache was made, and `rerun` the commands that run what failed
    again."""
    entries = [{"name": r["name"], "passed": r["passed"], "error": r["error"], "cached": r["cached"],
                "symbolic": _symbolic(r["document"]), "checks": _checks(r), "rerun": list(_failures(r))} for r in rows]
    checks = [c for e in entries for c in e["checks"]]
    errors = [c["max_relative_error"] for c in checks if c["max_relative_error"] is not None]
    return {"version": 1, "entries": entries, "summary": {
        "entries": len(rows), "passed": sum(r["passed"] for r in rows),
        "failed": [r["name"] for r in rows if not r["passed"]],
        "checks": len(checks), "checks_passed": sum(c["passed"] for c in checks),
        "checks_skipped": sum(c["skipped"] is not None for c in checks),
        "checks_without_value": sum(c["no_value"] is not None for c in checks),
        "redrawn": sum(n for e in entries for n in _redrawn(e["checks"]).values()),
        "worst_relative_error": max(errors, default=None)}}


def _checks(row: Row) -> list[Row]:
    return [c for *_, run in row["runs"] for c in run["checks"]]


def _redrawn(checks: list[Row]) -> dict[tuple, int]:
    """The draws of an entry that were put aside at a kink; a draw serves many checks."""
    return {(c["backend"], str(c["sizes"]), c["seed"], c["regime"]): c["redrawn"] for c in checks}


def _symbolic(document: Row | None) -> Row | None:
    """How many steps, claims and mistakes there are, and how many hold."""
    if document is None:
        return None
    counts = {key.split()[0]: [good, total] for key, good, total in tally(document)}
    return {"passed": symbolic_passed(document), **counts}


def _failures(row: Row) -> dict[str, dict[str, list[str]]]:
    """What failed, by the command that runs it again: the facts by what they were compared with."""
    found: dict[str, dict[str, list[str]]] = {}
    for c in _checks(row):
        if not c["passed"] and not c["skipped"] and not c["no_value"]:
            facts = found.setdefault(command(row["name"], c), {}).setdefault(c["against"], [])
            facts += [named(c)] if named(c) not in facts else []
    return found


# -- text ---------------------------------------------------------------------------------------------------------
def _text(rows: list[Row], language: str) -> str:
    renderer = renderer_for("text", language)
    return "".join(renderer.render(block) for row in rows for block in _blocks(row, language)).lstrip("\n")


def _blocks(row: Row, language: str) -> Iterator[tuple]:
    """An entry's outcome, its proofs, a line for each reference, at which sizes and seeds, and what failed."""
    outcome = verdict("passed" if row["passed"] else "failed", language)
    if row["cached"]:
        outcome += f" ({phrase('from cache', language)}, {phrase('made', language)} {row['cached']})"
    yield ("heading", f"{row['name']}: {outcome}")
    if row["error"]:
        yield ("line", [row["error"]])
    if row["document"] is None:
        return
    yield ("line", [tally_text(row["document"], language)])
    several = len({r[1:3] for r in row["runs"]}) > 1
    groups = [(", ".join(r[:3] if several else r[:1]), g) for r in row["runs"] for g in by_reference(r[3])]
    yield ("table", [[f"{label}: {g['against']}", *comparison_cells(g, language)] for label, g in groups])
    yield from _sizes_and_seeds([g for _, g in groups], language)
    for label, group in groups:
        for reason in group["skipped"]:
            yield ("line", [f"{verdict('skipped', language)}: {label}: {reason}"])
    for again, failed in _failures(row).items():
        for against, facts in failed.items():
            yield ("line", [f"{verdict('failed', language)}: {against}: {', '.join(facts)}"])
        yield ("command", f"{phrase('run again', language)}: {again}")


def _sizes_and_seeds(groups: list[Row], language: str) -> Iterator[tuple]:
    sizes = dict.fromkeys(sizes_text(s) for g in groups for s in g["sizes"])
    seeds = sorted({s for g in groups for s in g["seeds"]})
    if seeds:
        first = f"{phrase('with sizes', language)}: {'; '.join(sizes)}. " if any(sizes) else ""
        yield ("line", [f"{first}{phrase('seeds', language)}: {_ranges(seeds)}"])


def _ranges(seeds: list[int]) -> str:
    """`0, 1`, or `0–19` where they are many."""
    if len(seeds) > 3 and seeds[-1] - seeds[0] == len(seeds) - 1:
        return f"{seeds[0]}–{seeds[-1]}"
    return ", ".join(map(str, seeds))
