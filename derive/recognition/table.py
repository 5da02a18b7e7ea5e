"""The forms of the catalogue: of each entry the formulas that a fact speaks of, and its known mistakes.

They are kept in `forms.json`, a line for each entry with a digest of its file, since making them takes seconds. An
entry that has changed since is read anew; `python -m derive.recognition.table` writes the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from hashlib import blake2b
from typing import Any

from derive import catalogue
from derive.catalogue import Head
from derive.recognition import forms
from derive.recognition.forms import Form

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "forms.json")
LEAST_WEIGHT = 3
LEAST_OF_MISTAKES = 2
MOST_OF_ENTRY = 160
PLAIN, GRADIENT, EITHER = "n", "g", "e"       # what stands on the left: a name, a derivative, a derivative with a name


class Row:
    """One formula: its entry, the name on its left side, the fact, and of a mistake why people write it."""

    __slots__ = ("entry", "formula", "fact", "left", "why", "key", "weight", "size", "_encoded", "_form")

    def __init__(self, entry: str, data: list[Any]):
        self.entry = entry
        self.formula, self.fact, self.left, self.why, self.key, self.weight, self.size, self._encoded = data
        self._form: Form | None = None

    @property
    def form(self) -> Form:
        if self._form is None:
            self._form = forms.decoded(self._encoded)
        return self._form


class Known:
    """What is said of an entry: its name, its titles, its facts."""

    __slots__ = ("name", "title", "facts")

    def __init__(self, name: str, title: dict[str, str], facts: dict[str, dict[str, str]]):
        self.name, self.title, self.facts = name, title, facts


class Table:
    """All rows, by the digest of their keys and by entry."""

    def __init__(self) -> None:
        self.entries: dict[str, Known] = {}
        self.by_key: dict[str, list[Row]] = {}
        self.by_entry: dict[str, list[Row]] = {}

    def add(self, entry: Known, rows: Iterable[list[Any]]) -> None:
        self.entries[entry.name] = entry
        for row in (Row(entry.name, r) for r in rows):
            self.by_key.setdefault(row.key, []).append(row)
            self.by_entry.setdefault(entry.name, []).append(row)

    def entries_with(self, row: Row) -> int:
        """How many entries have a formula that looks like this one."""
        return len({r.entry for r in self.by_key[row.key] if not r.why})

    def alike(self, form: Form) -> list[Row]:
        return self.by_key.get(key(form), [])


def key(form: Form) -> str:
    return digest_of(form.key.encode())


def digest_of(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()


@cache
def table() -> Table:
    """The table of the catalogue as it is now."""
    kept = {line[0]: line for line in _kept()}
    found = Table()
    for path in catalogue.files(catalogue.FOLDER):
        try:
            with open(path, "rb") as file:
                digest = digest_of(file.read())
            _, name, title, facts, rows = kept.get(digest) or line_of(catalogue.read_head(path), digest)
        except (OSError, catalogue.Problem):
            continue
        found.add(Known(name, title, facts), rows)
    return found


def _kept() -> list[list[Any]]:
    try:
        with open(FILE, encoding="utf-8") as file:
            return [line for line in map(json.loads, file) if len(line) == 5]
    except (OSError, ValueError, TypeError):
        return []


def line_of(head: Head, digest: str) -> list[Any]:
    """An entry as a line of the file."""
    facts = {name: {k: fact[k] for k in ("kind", "en", "zh")} for name, fact in head.facts.items()}
    return [digest, head.name, head.title, facts, list(rows_of(head))]


def rows_of(head: Head) -> Iterator[list[Any]]:
    """The rows of one entry, from its page."""
    from derive.recognition.reading import formulas

    seen: set[tuple[Any, ...]] = set()
    try:
        found = list(formulas(head))
    except catalogue.Problem:
        return
    for formula, fact, left, why, form in found:
        weight = forms.weight(form)
        identity = (formula, fact, str(why), forms.same(form))
        least = LEAST_OF_MISTAKES if why else LEAST_WEIGHT
        if weight >= least and identity not in seen and len(seen) < MOST_OF_ENTRY:
            seen.add(identity)
            yield [formula, fact, left, why, key(form), weight, form.size, forms.encoded(form)]


def lines(names: Collection[str] | None = None) -> Iterator[str]:
    """The file as it should be, by name; of some entries, if they are named."""
    for head in sorted(catalogue.heads(), key=lambda h: h.name):
        if names is not None and head.name not in names:
            continue
        with open(head.path, "rb") as file:
            digest = digest_of(file.read())
        yield json.dumps(line_of(head, digest), ensure_ascii=False, separators=(",", ":")) + "\n"


def write() -> None:
    """Bring the file up to date."""
    made = list(lines())
    with open(FILE, "w", encoding="utf-8") as file:
        file.writelines(made)


if __name__ == "__main__":
    write()
