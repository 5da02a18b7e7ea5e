"""Formulas of the catalogue that one of a page may be, and how much its names are like theirs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from derive.recognition import forms
from derive.recognition.forms import DERIVATIVE, Form
from derive.recognition.matching import Match
from derive.recognition.table import EITHER, GRADIENT, PLAIN, Row


@dataclass(frozen=True)
class Recognised:
    """`renaming` leads from names of the page to those of the entry. `difference` says how the two differ, and is empty
    where they are the same."""

    entry: str
    formula: str
    fact: str
    title: dict[str, str]
    renaming: dict[str, str] = field(default_factory=dict)
    difference: dict[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As it stands in the machine form."""
        return {"entry": self.entry, "formula": self.formula, "fact": self.fact, "title": self.title,
                "renaming": self.renaming, "difference": self.difference or None, "guess": True}


@dataclass
class Candidate:
    row: Row
    match: Match

    @property
    def alike(self) -> float:
        """How many names are the same, whatever their accents and cases: the left side counts for three."""
        pairs = list(self.match.renaming.items())
        left = self.row.form.parts[0].data
        return sum((3 if theirs == left else 1) * _likeness(mine, theirs) for mine, theirs in pairs) / (len(pairs) + 2)


def sides_fit(form: Form, row: Row) -> bool:
    """A derivative is none of a value."""
    left = form.parts[0]
    is_derivative = left.kind == forms.NAME and left.data.startswith(DERIVATIVE)
    is_jacobian = is_derivative and "/" in left.data
    return row.left == (GRADIENT if is_derivative else PLAIN) or row.left == EITHER and not is_jacobian


def _likeness(mine: str, theirs: str) -> float:
    if mine == theirs:
        return 1.0
    if mine.startswith(DERIVATIVE) != theirs.startswith(DERIVATIVE):
        return 0.0
    if mine.startswith(DERIVATIVE):
        return 0.6
    plain = [without_accents(t) for t in (mine, theirs)]
    return 0.8 if plain[0] == plain[1] else 0.3 if plain[0][:1] == plain[1][:1] else 0.0


def without_accents(name: str) -> str:
    """In small letters, without accents and marks of scripts."""
    kept = (c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return "".join(kept).lower().replace(",", "").replace("_", "")
