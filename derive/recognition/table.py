"""The forms of the catalogue: of each entry the formulas that a fact speaks of, and its known mistakes.

They are kept in `forms.json`, a line for each entry with a digest of its file. An entry that has changed since is read
anew; `python -m derive.recognition.table` writes the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from typing import Any

from derive import catalogue
from derive.catalogue import Head
from derive.recognition import forms
from derive.recognition.forms import Form, NoForm

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


class Table:
    """All rows, by the digest of their keys and by entry."""

    def __init__(self, rows: Iterable[Row]):
        self.by_key: dict[str, list[Row]] = {}
        self.by_entry: dict[str, list[Row]] = {}
        for row in rows:
            self.by_key.setdefault(row.key, []).append(row)
            self.by_entry.setdefault(row.entry, []).append(row)

    def alike(self, form: Form) -> list[Row]:
        return self.by_key.get(key(form), [])


def key(form: Form) -> str:
    return blake2b(form.key.encode(), digest_size=8).hexdigest()


@cache
def table() -> Table:
    """The table of the catalogue as it is now."""
    kept = _kept()
    rows: list[Row] = []
    for head in catalogue.heads():
        digest, found = kept.get(head.name, ("", []))
        if digest != digest_of(head):
            found = list(rows_of(head))
        rows += [Row(head.name, r) for r in found]
    return Table(rows)


def _kept() -> dict[str, tuple[str, list[list[Any]]]]:
    try:
        with open(FILE, encoding="utf-8") as file:
            return {row[0]: (row[1], row[2]) for row in map(json.loads, file)}
    except (OSError, ValueError, IndexError):
        return {}


def digest_of(head: Head) -> str:
    with open(head.path, "rb") as file:
        return blake2b(file.read(), digest_size=8).hexdigest()


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
        if weight >= (LEAST_OF_MISTAKES if why else LEAST_WEIGHT) and identity not in seen and len(seen) < MOST_OF_ENTRY:
            seen.add(identity)
            yield [formula, fact, left, why, key(form), weight, form.size, forms.encoded(form)]


def write() -> None:
    """Bring the file up to date."""
    kept = _kept()
    lines = []
    for head in sorted(catalogue.heads(), key=lambda h: h.name):
        digest = digest_of(head)
        rows = list(rows_of(head))
        lines.append(json.dumps([head.name, digest, rows], ensure_ascii=False, separators=(",", ":")))
    with open(FILE, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(f"{len(lines)} entries ({len(lines) - len(kept)} more than before)")


if __name__ == "__main__":
    write()
