"""Ranks of names that nobody declares: what a piece of an equation rules out would have failed as a whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from derive.documents import DocumentError, read_document
from derive.documents.shapes import equation_ranks
from derive.documents.shapes.equation_ranks import _Trials

PAGES = sorted((Path(__file__).parent / "pages").glob("*.md"))
SEED = int(os.environ.get("SEED", "0"))
CHOSEN = [p for k, p in enumerate(PAGES) if (k + SEED) % 4 == 0]
LINES = ["h_t = tanh(W h_{t-1} + U x_t + b)", "y = (A x + b) ⊙ c / (d + e)", "z = xᵀ A y + k * b",
         "u = σ(V · [p, q] + b)"]


def read(text: str) -> tuple:
    equation_ranks._REMEMBERED.clear()
    try:
        found = read_document(text, "page").entry
    except DocumentError as error:
        return tuple((p.line, p.column, p.message) for p in error.problems)
    axes = {n: [str(a.count) for a in v.axes] for n, v in found.page().program.variables.items()}
    return [line.partition("^")[0] for line in found.inferred], sorted((n, len(a)) for n, a in axes.items())


@pytest.mark.parametrize("text", [p.read_text(encoding="utf-8") for p in CHOSEN] + [f"```\n{x}\n```" for x in LINES])
def test_pieces_rule_out_what_has_no_meaning_and_nothing_else(text, monkeypatch):
    fewer = read(text)
    monkeypatch.setattr(_Trials, "_fit", lambda self, choice: True)
    assert read(text) == fewer


def test_they_rule_out_most(monkeypatch):
    tried = []
    whole = _Trials._tried
    monkeypatch.setattr(_Trials, "_tried", lambda self, *given: tried.append(1) or whole(self, *given))
    read(f"```\n{LINES[1]}\n```")
    some, _ = len(tried), tried.clear()
    monkeypatch.setattr(_Trials, "_fit", lambda self, choice: True)
    read(f"```\n{LINES[1]}\n```")
    assert 0 < some < len(tried)
