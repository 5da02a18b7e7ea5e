"""Derivations and references that are wrong on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from derive import catalogue
from derive.derivation import Derivation
from derive.entry import Entry, Page, Reference
from derive.expression import Expr
from derive.program import Equation


@cache
def derived(name: str) -> tuple[Entry, Page, Derivation]:
    """An entry, its page and its derivation."""
    entry = catalogue.load(name)
    page = entry.page()
    return entry, page, page.derive()


def with_body(derivation: Derivation, name: str, change: Callable[[Expr], Expr]) -> Derivation:
    """The derivation with another right side for the derivative called `name`."""
    assert any(d.name == name for d in derivation.derivatives)
    return Derivation(derivation.program, [
        replace(d, equation=Equation(d.name, d.equation.letters, change(d.equation.body))) if d.name == name else d
        for d in derivation.derivatives])


def with_reference(entry: Entry, backend: str, change: Callable) -> Entry:
    """The entry with one reference, whose values pass through `change` first."""
    original = next(r for r in entry.references if r.backend == backend)
    wrong = Reference(backend, original.against, lambda library, v: original.run(library, change(dict(v))))
    return replace(entry, references=[wrong], cases=entry.cases[:1])
