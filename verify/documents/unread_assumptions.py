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
    statement, scope = item.statement, (i for i in slices.outline.items if i.scope == item.scope)
    given = set(outcome.study.page.program.inputs) if outcome.study is not None else set()
    said = [i.statement for i in unread_assumptions(scope, given, item)]
    cases = tuple(Case(s.piece, s.members, s.signs) for s in said if isinstance(s, Relation) and set(s.signs) <= TESTED)
    if not cases or not isinstance(statement, Equality):
        return item, outcome
    under = replace(item, statement=replace(statement, conditions=(*statement.conditions, *cases)))
    found = Attempt(slices, under, [under if i is item else i for i in needed], layout).outcome()
    return (under, found) if found.refuted or found.shown else (item, outcome)

