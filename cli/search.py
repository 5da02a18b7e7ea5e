"""`derive search WORDS`: entries and facts by their names and titles in both languages. Imports nothing heavy."""

from __future__ import annotations

import sys

from cli import terminal
from cli.errors import UserError
from cli.listing import words_of
from cli.wrap import display_width, pad, wrap
from derive import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

LONGEST = 200       # characters of a query


def run(arguments: Any) -> int:
    """Print what was found. 0: something; 1: nothing, which is a line on stderr.

    Raises:
        UserError: for a query without a word, or one that is too long.
    """
    query = " ".join(arguments.words)
    words = query.casefold().split()
    if not words or len(query) > LONGEST:
        raise UserError(f"search for one word or more, {LONGEST} characters at most; see derive search --help")
    heads, problems = catalogue.scan()
    found = [(head, facts) for head in heads for facts in [matching(head, words)] if facts is not None]
    found.sort(key=lambda hf: not _has(_titles(hf[0]), words))          # by their own names first; a stable order
    if arguments.json:
        terminal.print_json({"version": 1, "query": query, "entries": [_row(*hf) for hf in found]})
    else:
        terminal.warn_of_lost_characters()
        sys.stdout.write("".join(_lines(head, facts, arguments.lang) for head, facts in found))
    for problem in problems:
        print(f"derive: {problem}", file=sys.stderr)
    if not found:
        print(f"derive: nothing is called '{query}'; derive list shows all there is", file=sys.stderr)
    return 0 if found else 1


def matching(head: catalogue.Head, words: list[str]) -> list[str] | None:
    """The facts whose names have all the words or, where the entry has some of them, the others; None where neither
    the entry nor a fact is meant."""
    whole = _titles(head)
    alone = _has(whole, words)
    facts = [key for key, fact in head.facts.items()
             if _has([key, fact["en"], fact["zh"], *([] if alone else whole)], words)]
    return facts if facts or alone else None


def _titles(head: catalogue.Head) -> list[str]:
    return [head.name, head.topic, head.section, head.source, *head.title.values()]


def _has(texts: list[str], words: list[str]) -> bool:
    together = "\n".join([*texts, *(t.replace("_", " ").replace("-", " ") for t in texts[:1])]).casefold()
    return all(word in together for word in words)


def _row(head: catalogue.Head, facts: list[str]) -> dict[str, Any]:
    return {"name": head.name, "title": head.title, "section": head.section, "topic": head.topic,
            "facts": [words_of(key, head.facts[key]) for key in facts]}


def _lines(head: catalogue.Head, facts: list[str], language: str) -> str:
    rows = [(f"{head.section}  {head.name}  ", head.title[language])]
    rows += [(f"    {key}  ", head.facts[key][language]) for key in facts]
    lines: list[str] = []
    for lead, title in rows:
        lead = pad(lead, 34)
        lines += wrap(title, terminal.width(sys.stdout), lead, " " * display_width(lead))
    return "".join(f"{line}\n" for line in lines)
