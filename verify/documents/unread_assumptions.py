"""A claim that is refuted, where the text assumes what nothing draws inputs for, yᵀs > 0: the claim is taken for the
inputs with which that holds."""

from __future__ import annotations

from dataclasses import replace

from derive.documents.lines.items import Item
from derive.documents.lines.statements import Case, Equality, Relation
from verify.documents.attempts import Attempt
from verify.documents.fairness.unread import unread_assumptions
from verify.documents.outcome import Outcome
from verify.documents.slices import Slices

TESTED = frozenset("<>≤≥")


def with_assumptions(item: Item, needed: list[Item], layout: str, outcome: Outcome, slices: Slices
                     ) -> tuple[Item, Outcome]:
    """The claim under these assumptions and what comes of it; as they were where there are none, or none that can be
    tested."""
    scope = (i for i in slices.outline.items if i.scope == item.scope)
    given = set(outcome.study.page.program.inputs) if outcome.study is not None else set()
    said = [i.statement for i in unread_assumptions(scope, given, item)]
    cases = tuple(Case(s.piece, s.members, s.signs) for s in said if isinstance(s, Relation) and set(s.signs) <= TESTED)
    if not cases or not isinstance(item.statement, Equality):
        return item, outcome
    under = _under(item, cases)
    known = [_under(i, cases) if i.number == item.number else i for i in needed]
    found = Attempt(slices, under, known, layout).outcome()
    return (under, found) if found.refuted or found.shown else (item, outcome)


def _under(item: Item, cases: tuple[Case, ...]) -> Item:
    """An equation, where these hold; the ranges that stand above it stay."""
    statement = item.statement
    if not isinstance(statement, Equality):
        return item
    return replace(item, statement=replace(statement, conditions=(*statement.conditions, *cases)))

