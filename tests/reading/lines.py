"""Every line that an entry prints, as expressions and as layouts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cli.formulas import NOTATIONS, Drawing
from derive.derivation import Condition, Derivation, jacobian_name
from derive.entry import Page
from derive.expectation.laws import written_out
from derive.expression import Expr, Partial, Ref, Term, map_terms, term
from derive.notation.layout import Equation
from derive.reading import Scope
from tests.studies import studied


class Line(NamedTuple):
    left: Ref
    right: Expr
    condition: Condition | None
    layout: Equation
    notation: str


class Entry(NamedTuple):
    page: Page
    derivation: Derivation
    drawing: Drawing
    scope: Scope


@lru_cache(maxsize=6)
def entry(name: str) -> Entry:
    return drawn(studied(name).page, studied(name).derivation)


def drawn(page: Page, derivation: Derivation | None = None) -> Entry:
    """A page, derived (unless that was done), with what draws its lines and what reads them."""
    if derivation is None:
        derivation = page.derive()
    program = page.program
    signatures = {**program.signatures, **derivation.signatures}
    written_out = {n: program.defined[n] for n in program.abbreviations}
    drawing = Drawing(signatures, program.loss_symbol, written_out)
    return Entry(page, derivation, drawing, Scope(signatures, program.sizes, program.functions, program.loss_symbol))


def statements(found: Entry) -> Iterator[tuple[Ref, Expr, Condition | None]]:
    """Forward equations, steps before and after, results with their cases, claims and mistakes."""
    for e in found.page.program.equations:
        yield e.left, e.body, None
    for d in found.derivation.derivatives:
        whole = Ref(d.name, d.equation.letters)
        yield whole, d.equation.body, None
        for step in d.steps:
            yield whole, step.before, None
            yield step.left, step.after, step.condition
        for case in d.cases:
            yield case.left, case.right, case.condition
    for claim in found.page.claims:
        yield claim.left, claim.right, None
    for mistake in found.page.mistakes:
        yield mistake.left, mistake.wrong, None


@lru_cache(maxsize=6)
def lines(name: str) -> list[Line]:
    return lines_of(entry(name))


def lines_of(found: Entry) -> list[Line]:
    every = dict.fromkeys(statements(found))
    return [Line(left, right, condition, found.drawing._layout(left, right, condition, notation), notation)
            for left, right, condition in every for notation in NOTATIONS]


def as_printed(e: Expr, found: Entry) -> Expr:
    """The same expression, with moments written out; derivatives not carried out that print like those with a name of
    their own have that name:
    ∂p/∂z, where the Jacobian is a family, and ∂L/∂p, where the loss is an equation."""
    signatures, loss = found.drawing.signatures, found.scope.loss
    e = written_out(e, {n: len(axes) for n, axes in signatures.items()})

    def change(t: Term) -> Expr:
        return Expr((term(t.coefficient, [(_named(n), x) for n, x in t.factors], t.binders),))

    def _named(node):
        if not isinstance(node, Partial):
            return node
        jacobian = jacobian_name(node.of.name, node.by.name)
        if jacobian in signatures:
            return Ref(jacobian, node.of.indices + node.by.indices)
        return Ref(f"∂{node.by.name}", node.by.indices) if node.of.name == loss else node

    return map_terms(e, change)
