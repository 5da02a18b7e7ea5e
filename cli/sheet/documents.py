"""The documents that a sheet is made of: from the cache, or derived and proved now.

Numbers are never run for a sheet: what was not compared is marked so.
"""

from __future__ import annotations

import gc
import sys

from cli.cache import Cache
from cli.errors import UserError
from cli.lookup import look_up
from cli.progress import Progress
from cli.sheet.evidence import kept_runs
from cli.summary import summary
from derive import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

    Wanted = list[tuple[catalogue.Head, set[str] | None]]


def wanted(names: list[str], everything: bool) -> Wanted:
    """The entries that the names stand for, each with the facts that are asked for, or None where it is the whole.

    Raises:
        UserError: for no name, an unknown one, or a file of the catalogue that cannot be read.
    """
    if everything == bool(names):
        raise UserError("name entries, facts, sections or topics; or --all for the whole catalogue")
    if everything:
        heads, problems = catalogue.scan()
        if problems:
            raise UserError(str(problems[0]))
        return [(head, None) for head in heads]
    found: dict[str, tuple[Any, set[str] | None]] = {}
    for name in names:
        asked = look_up(name, files=False)
        for head in asked.heads:
            facts = found.get(head.name, (head, set()))[1]
            whole = asked.fact is None or facts is None
            found[head.name] = head, None if whole or asked.fact is None else {*(facts or ()), asked.fact}
    return list(found.values())


def documents(chosen: Wanted, cache: Cache) -> list[tuple[dict[str, Any], set[str] | None]]:
    """Each entry's document. What the cache lacks is derived and proved now, and kept.

    Raises:
        UserError: for an entry that cannot be derived.
    """
    collecting = gc.isenabled()
    gc.disable()    # what is read has no cycles, and looking for them takes a third of the time
    try:
        kept = [cache.of(head).read(head.name) for head, _ in chosen]
    finally:
        if collecting:
            gc.enable()
    with Progress(kept.count(None)) as progress:
        return [(document if document is not None else _made(head, cache.of(head), progress), facts)
                for (head, facts), document in zip(chosen, kept)]


def _made(head: Any, cache: Cache, progress: Progress) -> dict[str, Any]:
    from cli.studies import document_of

    progress.next(head.name)
    document, _ = document_of(head)
    cache.write(head.name, document, summary(document))
    return document


def warn_of_missing_numbers(found: list[tuple[dict[str, Any], set[str] | None]], everything: bool) -> None:
    """One line on stderr where entries were not compared with other people's code: their definitions are not
    verified."""
    without = [document["name"] for document, _ in found if not kept_runs(document)]
    if without:
        names = "" if everything and len(without) > 8 else " " + " ".join(without)
        entries = "1 entry" if len(without) == 1 else f"{len(without)} entries"
        print(f"derive: numbers of {entries} not run, and marked so; first run: derive verify{names}", file=sys.stderr)
