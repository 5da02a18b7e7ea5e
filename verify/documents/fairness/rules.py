"""How rules are collected: in the order of their file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from verify.documents.fairness.refutation import Refutation

Rule = Callable[[Refutation], str]
AnyRule = TypeVar("AnyRule")        # those about a name are asked something else


def collector(rules: list[AnyRule]) -> Callable[[AnyRule], AnyRule]:
    """A decorator that puts a rule at the end of `rules`."""
    def rule(added: AnyRule) -> AnyRule:
        rules.append(added)
        return added
    return rule
