"""How rules are collected: in the order of their file."""

from __future__ import annotations

from collections.abc import Callable

from verify.documents.fairness.refutation import Refutation

Rule = Callable[[Refutation], str]


def collector(rules: list[Rule]) -> Callable[[Rule], Rule]:
    """A decorator that puts a rule at the end of `rules`."""
    def rule(added: Rule) -> Rule:
        rules.append(added)
        return added
    return rule
