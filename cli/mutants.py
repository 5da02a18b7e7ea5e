"""`derive verify --mutants [NAME…]`: every line of the entries damaged on purpose, and what noticed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from cli import terminal
from cli.errors import UserError
from cli.show import renderer_for
from cli.words import phrase, verdict
from derive import catalogue

KINDS = ("claim", "step", "definition")
OUTCOMES = ("killed", "equivalent", "without a value", "passed a false line", "survived")

Row = dict[str, Any]


def run(heads: list[catalogue.Head], problems: list[catalogue.Problem], arguments: Any) -> int:
    """0: nothing survived; 1: something did, or an entry cannot be used."""
    from cli.executors import through

    rows = [_broken(getattr(p, "path", ""), str(p)) for p in problems]
    outcomes = through(arguments, damaged, heads)
    rows += [o.value or _broken(h.name, o.fault or "") for h, o in zip(heads, outcomes)]
    if arguments.json:
        terminal.print_json(_as_json(rows))
    else:
        terminal.warn_of_lost_characters()
        renderer = renderer_for("text", arguments.lang)
        text = "".join(renderer.render(b) for row in rows for b in _blocks(row, arguments.lang)).lstrip("\n")
        sys.stdout.write(text)
    return 0 if rows and all(r["passed"] for r in rows) else 1


def damaged(head: catalogue.Head, progress: Any) -> Row:
    """One entry. A fault of the entry fails the entry, not the run."""
    from cli.studies import faults_of
    from verify.mutants import mutants

    progress.next(head.name)
    try:
        with faults_of(head):
            found = mutants(catalogue.load_file(head), progress.step)
    except UserError as error:
        return _broken(head.name, str(error))
    counts = {kind: {o: found.counts[kind, o] for o in OUTCOMES} for kind in KINDS}
    survivors = [{"kind": s.kind, "line": s.line, "way": s.way, "damaged": s.damaged, "outcome": s.outcome}
                 for s in found.survivors]
    return {"name": head.name, "passed": found.passed, "error": None, "counts": counts, "survivors": survivors}


def _broken(name: str, error: str) -> Row:
    return {"name": name, "passed": False, "error": error, "counts": {}, "survivors": []}


def _as_json(rows: list[Row]) -> Row:
    """`{"version": 1, "entries": [{"name", "passed", "error", "counts": {kind: {outcome: n}}, "survivors":
    [{"kind", "line", "way", "damaged", "outcome"}]}], "summary": {"entries", "passed", "failed": [name], outcome: n}}`
    """
    sums = {o: sum(c[o] for r in rows for c in r["counts"].values()) for o in OUTCOMES}
    return {"version": 1, "entries": rows, "summary": {
        "entries": len(rows), "passed": sum(r["passed"] for r in rows),
        "failed": [r["name"] for r in rows if not r["passed"]], **sums}}


def _blocks(row: Row, language: str) -> Iterator[tuple]:
    """An entry's outcome, a line of counts for each kind, and every survivor."""
    yield ("heading", f"{row['name']}: {verdict('passed' if row['passed'] else 'failed', language)}")
    if row["error"]:
        yield ("line", [row["error"]])
    rows = [[phrase(f"damaged {kind}", language), _counted(counts, language)]
            for kind, counts in row["counts"].items() if any(counts.values())]
    if rows:
        yield ("table", rows)
    for s in row["survivors"]:
        yield ("line", [f"{phrase(s['outcome'], language)}: {s['line']} = {s['damaged']} "
                        f"({phrase(s['way'], language)})"])


def _counted(counts: dict[str, int], language: str) -> str:
    return ", ".join(f"{n} {phrase(outcome, language)}" for outcome, n in counts.items() if n)
