"""A claim that is refuted, where the text assumes what nothing draws inputs for, yᵀs > 0, or says "for b > 0" in words:
the claim is taken for the inputs with which that holds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from derive.documents.lines.classifying import classified
from derive.documents.lines.items import Item
from derive.documents.lines.statements import Case, Equality, Piece, Relation
from verify.documents.attempts import Attempt
from verify.documents.fairness.read_with import ranges_in_words
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
    relations = [s for s in said if isinstance(s, Relation) and set(s.signs) <= TESTED]
    if not relations or not isinstance(item.statement, Equality):
        return item, outcome
    under, found = _under(item, needed, relations, layout, slices)
    return (under, found) if found.refuted or found.shown else (item, outcome)


def with_ranges(item: Item, needed: list[Item], layout: str, outcome: Outcome, slices: Slices) -> tuple[Item, Outcome]:
    """The claim, refuted with an input that keeps to the ranges that sentences tell: with b > 0, the text says; as it
    was where there is none."""
    example = outcome.verdict.counterexample if outcome.verdict is not None else None
    pieces = [Piece(said[0], item.at) for said in ranges_in_words(slices.source.text, example)]
    said = [s for s in map(partial(classified, inline=False), pieces) if isinstance(s, Relation)]
    if not pieces or len(said) < len(pieces):
        return item, outcome
    under, found = _under(item, needed, said, layout, slices)
    return (under, found) if found.refuted else (item, outcome)


def _under(item: Item, needed: list[Item], relations: list[Relation], layout: str, slices: Slices
           ) -> tuple[Item, Outcome]:
    """An equation where these hold, and what comes of it; the ranges that stand above it stay."""
    cases = [Case(s.piece, s.members, s.signs) for s in relations]

    def with_cases(i: Item) -> Item:
        statement = i.statement
        if i.number != item.number or not isinstance(statement, Equality):
            return i
        return replace(i, statement=replace(statement, conditions=(*statement.conditions, *cases)))

    under = with_cases(item)
    return under, Attempt(slices, under, [with_cases(i) for i in needed], layout).outcome()
