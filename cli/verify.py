"""`derive verify [NAME…]`: the whole check afresh: steps, claims, mistakes, and the numbers against torch and JAX."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from cli import numbers, terminal
from cli.cache import Cache
from cli.errors import UserError
from cli.show import find, renderer_for
from cli.summary import (
    BACKENDS,
    by_reference,
    comparison_cells,
    run_passed,
    runs,
    summary,
    symbolic_passed,
    tally,
    tally_text,
)
from cli.words import verdict
from derive import catalogue

Row = dict


def run(arguments: Any) -> int:
    """0: every entry passed; 1: something failed, or an entry cannot be used."""
    heads, problems = _chosen(arguments.names)
    if arguments.mutants:
        from cli import mutants

        return mutants.run(heads, problems, arguments)
    backends = list(BACKENDS) if arguments.backend == "all" else [arguments.backend]
    absent = [b for b in backends if b not in numbers.available()]
    if absent:
        raise UserError(f"{' and '.join(absent)} not installed: pip install 'derive[verify]'"
                        + ("" if len(absent) == len(backends) else f", or --backend {_other(backends, absent)}"))
    rows = [_broken(p) for p in problems] + _verified(heads, backends, arguments)
    if arguments.json:
        terminal.print_json(_as_json(rows))
    else:
        terminal.warn_of_lost_characters()
        sys.stdout.write(_text(rows, arguments.lang))
    return 0 if rows and all(r["passed"] for r in rows) else 1


def _other(backends: list[str], absent: list[str]) -> str:
    return next(b for b in backends if b not in absent)


def _chosen(names: list[str]) -> tuple[list[catalogue.Head], list[catalogue.Problem]]:
    """The named entries, or all of them with the files that cannot be read."""
    if names:
        return [find(name) for name in dict.fromkeys(names)], []
    return catalogue.scan()


def _broken(problem: Exception) -> Row:
    path = getattr(problem, "path", "")
    return {"name": path, "passed": False, "error": str(problem), "document": None, "runs": {}}


def _verified(heads: list[catalogue.Head], backends: list[str], arguments: Any) -> list[Row]:
    from cli.progress import Progress

    cache = Cache.opened()
    with Progress(len(heads) * (len(backends) + 1)) as progress:
        return [_verify(head, backends, arguments, cache, progress) for head in heads]


def _verify(head: catalogue.Head, backends: list[str], arguments: Any, cache: Cache, progress: Any) -> Row:
    """One entry afresh. A fault of the entry fails the entry, not the run."""
    from cli.studies import document_of

    progress.next(head.name)
    try:
        document, study = document_of(head)
    except UserError as error:
        return {"name": head.name, "passed": False, "error": str(error), "document": None, "runs": {}}
    kept = cache.read(head.name)
    if kept is not None:
        document["numbers"] = kept["numbers"]
    try:
        numbers.run(document, study, backends, arguments.device, arguments.dtype, progress)
    except UserError:    # the device or the library: nothing to do with the entry
        raise
    except Exception as error:
        line = " ".join(f"{head.path}: {type(error).__name__}: {error}".split())
        return {"name": head.name, "passed": False, "error": line, "document": document, "runs": {}}
    cache.write(head.name, document, summary(document))
    made = {b: r for b, r in runs(document, arguments.device, arguments.dtype).items() if b in backends}
    passed = symbolic_passed(document) and all(map(run_passed, made.values()))
    return {"name": head.name, "passed": passed, "error": None, "document": document, "runs": made}


# -- JSON ---------------------------------------------------------------------------------------------------------
def _as_json(rows: list[Row]) -> Row:
    """`{"version": 1, "entries": [{"name", "passed", "error", "symbolic", "checks": […]}], "summary": {…}}`; each
    check has fact, against, backend, device, dtype, sizes, seed, max_relative_error, passed and skipped."""
    entries = [{"name": r["name"], "passed": r["passed"], "error": r["error"], "symbolic": _symbolic(r["document"]),
                "checks": [c for run in r["runs"].values() for c in run["checks"]]} for r in rows]
    checks = [c for e in entries for c in e["checks"]]
    errors = [c["max_relative_error"] for c in checks if c["max_relative_error"] is not None]
    return {"version": 1, "entries": entries, "summary": {
        "entries": len(rows), "passed": sum(r["passed"] for r in rows),
        "failed": [r["name"] for r in rows if not r["passed"]],
        "checks": len(checks), "checks_passed": sum(c["passed"] for c in checks),
        "checks_skipped": sum(c["skipped"] is not None for c in checks),
        "worst_relative_error": max(errors, default=None)}}


def _symbolic(document: Row | None) -> Row | None:
    """How many steps, claims and mistakes there are, and how many hold."""
    if document is None:
        return None
    counts = {key.split()[0]: [good, total] for key, good, total in tally(document)}
    return {"passed": symbolic_passed(document), **counts}


# -- text ---------------------------------------------------------------------------------------------------------
def _text(rows: list[Row], language: str) -> str:
    renderer = renderer_for("text", language)
    return "".join(renderer.render(block) for row in rows for block in _blocks(row, language)).lstrip("\n")


def _blocks(row: Row, language: str) -> Iterator[tuple]:
    """An entry's outcome, its proofs, and a line for each reference."""
    outcome = verdict("passed" if row["passed"] else "failed", language)
    yield ("heading", f"{row['name']}: {outcome}")
    if row["error"]:
        yield ("line", [row["error"]])
    if row["document"] is None:
        return
    yield ("line", [tally_text(row["document"], language)])
    groups = [(backend, g) for backend, run in row["runs"].items() for g in by_reference(run)]
    yield ("table", [[f"{backend}: {g['against']}", *comparison_cells(g, language)] for backend, g in groups])
    for backend, group in groups:
        for reason in group["skipped"]:
            yield ("line", [f"{verdict('skipped', language)}: {backend}: {reason}"])
        for fact in dict.fromkeys(group["failed"]):
            yield ("line", [f"{verdict('failed', language)}: {group['against']}: {fact}"])
