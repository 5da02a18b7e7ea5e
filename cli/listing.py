"""`derive list`: every entry, its facts, and what the cache knows about their verdicts. Imports nothing heavy."""

from __future__ import annotations

import sys

from cli import terminal
from cli.cache import Cache
from cli.words import phrase, verdict
from cli.wrap import display_width, pad, wrap
from derive import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any


# What rests on floating-point numbers of other people's code, as one of the three answers of `--json`.
VERIFIED = {"agrees": "verified", "observed": "verified"}


def run(arguments: Any) -> int:
    """Print the catalogue. A file that cannot be read is a line on stderr, and status 1."""
    heads, problems = catalogue.scan()
    cache = Cache.opened()
    summaries = {head.name: cache.of(head).read_summary(head.name) or {} for head in heads}
    if arguments.json and arguments.summary:
        terminal.print_json({"version": 1, "sections": _counted(heads, summaries, "section"),
                             "kinds": _counted(heads, summaries, "kind")})
    elif arguments.json:
        _print_json(heads, summaries)
    else:
        terminal.warn_of_lost_characters()
        sys.stdout.write((_counts if arguments.summary else _table)(heads, summaries, arguments.lang))
    for problem in problems:
        print(f"derive: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _print_json(heads: list[catalogue.Head], summaries: dict[str, dict[str, Any]]) -> None:
    entries = [{"name": h.name, "title": h.title, "section": h.section,
                "facts": [_fact(key, fact, summaries[h.name]) for key, fact in h.facts.items()]} for h in heads]
    terminal.print_json({"version": 1, "entries": entries})


def _counted(heads: list[catalogue.Head], summaries: dict[str, dict[str, Any]], by: str) -> dict[str, dict[str, int]]:
    """How many facts there are of each verdict, by section or by kind."""
    found: dict[str, dict[str, int]] = {}
    for head in heads:
        for key, fact in head.facts.items():
            counts = found.setdefault(head.section if by == "section" else fact["kind"], {})
            known = summaries[head.name].get("facts", {}).get(key, "not run")
            counts[known] = counts.get(known, 0) + 1
    return found


def _counts(heads: list[catalogue.Head], summaries: dict[str, dict[str, Any]], language: str) -> str:
    """A line for each section, one for each kind, and one for all."""
    sections, kinds = (_counted(heads, summaries, by) for by in ("section", "kind"))
    every: dict[str, int] = {}
    for counts in sections.values():
        for known, n in counts.items():
            every[known] = every.get(known, 0) + n
    rows = [[group, f"{sum(counts.values())} {phrase('facts', language)}",
             ", ".join(f"{n} {verdict(known, language)}" for known, n in counts.items())]
            for group, counts in [*sections.items(), *sorted(kinds.items()), (phrase("all", language), every)]]
    widths = [max(map(display_width, column)) for column in list(zip(*rows))[:-1]]
    return "".join("  ".join([*map(pad, cells, widths), last]) + "\n" for *cells, last in rows) if heads else ""


def words_of(key: str, fact: dict[str, str]) -> dict[str, Any]:
    """What a fact is called, as data."""
    return {"id": key, "kind": fact["kind"], "title": {"en": fact["en"], "zh": fact["zh"]}}


def _fact(key: str, fact: dict[str, str], summary: dict[str, Any]) -> dict[str, Any]:
    known = summary.get("facts", {}).get(key, "not run")
    return {**words_of(key, fact), "verdict": VERIFIED.get(known, known)}


def _table(heads: list[catalogue.Head], summaries: dict[str, dict[str, Any]], language: str) -> str:
    rows = [[h.section, h.name, f"{len(h.facts)} {phrase('facts', language)}",
             verdict(summaries[h.name].get("verdict", "not run"), language), h.title[language]] for h in heads]
    if not rows:
        return ""
    widths = [max(map(display_width, column)) for column in zip(*rows)][:-1]
    lines = []
    for *cells, title in rows:
        lead = "  ".join(map(pad, cells, widths)) + "  "
        lines += wrap(title, terminal.width(sys.stdout), lead, " " * display_width(lead))
    return "".join(f"{line}\n" for line in lines)
