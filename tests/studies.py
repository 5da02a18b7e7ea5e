"""Entries, studied once for the tests that look at them one after the other. Do not change what you get."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import pytest

from cli import formulas
from cli.document import document
from derive import catalogue, notation
from verify.study import Study, study

SEED = int(os.environ.get("SEED", "0"))
PARTS = int(os.environ.get("PARTS", "5"))   # so many runs with consecutive seeds cover every entry; PARTS=1 takes all
PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")


def share(names: list[str], parts: int = PARTS) -> list[str]:
    """The entries that the tests of single entries look at in this run: one of so many parts."""
    return [name for k, name in enumerate(names) if k % parts == SEED % parts]


@lru_cache(maxsize=6)
def studied(name: str, folder: str | None = None) -> Study:
    """An entry of the catalogue, or of another folder."""
    return study(catalogue.load(name, folder))


@lru_cache(maxsize=6)
def printed(name: str) -> tuple[dict, list[tuple[Any, ...]]]:
    """The document of an entry, and (left, right, layout, drawing) of all that is printed for it, where letters that
    look alike have different names."""
    found: list[tuple[Any, ...]] = []
    distinct: list[tuple[Any, ...]] = []
    names_apart, real = notation._distinct, formulas.Drawing._layout

    def record_names(left, right, condition):
        distinct.append(names_apart(left, right, condition))
        return distinct[-1]

    def record(self, left, right, condition, which):
        layout = real(self, left, right, condition, which)
        found.append((*distinct[-1][:2], layout, self))
        return layout

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(notation, "_distinct", record_names)
        patched.setattr(formulas.Drawing, "_layout", record)
        return document(studied(name)), found
