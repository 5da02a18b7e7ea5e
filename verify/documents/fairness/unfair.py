"""A refutation held against all rules; the first that says something counts."""

from __future__ import annotations

from verify.documents.fairness import as_told, free_inputs, left_open, no_claim, read_with, stationary, unread
from verify.documents.fairness.refutation import Refutation
from verify.documents.fairness.rules import Rule

RULES: list[Rule] = [*read_with.RULES, *no_claim.RULES, *unread.RULES, *stationary.RULES, *free_inputs.RULES,
                     *left_open.RULES, *as_told.RULES]


def unfair(refutation: Refutation) -> str:
    """Why a refutation is none, in words; empty where it is one."""
    return next(filter(None, (rule(refutation) for rule in RULES)), "")
