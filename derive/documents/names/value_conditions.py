"""Conditions on values behind a claim: `f'(x) = f(x) + α (x < 0)`. Such a claim says nothing of other values, so both
sides are taken times the step of the condition. What bounds an index, a size or a positive constant is none of these.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from derive.documents.names.model import one_by_one
from derive.documents.trees.bound_letters import bound_letters
from derive.documents.trees.indicators import step_of
from derive.documents.trees.trees import walk, words
from derive.reading.syntax import Node

_ORDER = frozenset("<>≤≥")
_NUMBERS = frozenset(["0", "1"])        # values that are tried lie on both sides of these


def is_of_values(condition: Node, tree: Node, sizes: Collection[str]) -> bool:
    """Whether a condition is about values of an equation: about names in it that are no index and no size, and more
    than that one of them is positive."""
    if condition.kind != "relation" or not set(condition.parts[1]) <= _ORDER or is_of_a_positive(condition):
        return False
    letters = _values(condition)
    indices = bound_letters(tree) | words(n for n in walk(tree) if n.kind in ("lowered", "picked"))
    return bool(letters & _values(tree)) and not letters & (indices | set(sizes)) \
        and words([condition]) - letters <= words([tree]) and all(map(_is_tried, condition.parts[0]))


def where(tree: Node, steps: Sequence[Node]) -> Node:
    """The equation, each side times some steps; 0 stays what it is, a vector beside a gradient."""
    if tree.kind != "relation" or not steps:
        return tree
    sides = tuple(side if _is_zero(side) else
                  Node("product", ((Node("group", ((side,),), side.at), *steps), ("*",) * len(steps)), side.at)
                  for side in tree.parts[0])
    return Node("relation", (sides, tree.parts[1]), tree.at)


def _is_zero(side: Node) -> bool:
    return side.kind == "number" and not float(side.parts[0].text)


def _values(tree: Node) -> set[str]:
    """The words that stand in a tree, without those that are indices or exponents only."""
    return words([tree]) if tree.kind == "ident" else set().union(*(
        _values(n) for n in tree.below if n.kind not in ("lowered", "picked", "raised")))


def steps_of(condition: Node) -> list[Node]:
    """The steps of a condition, one for each of its signs."""
    members, signs = condition.parts
    return [step_of(left, sign, right) for left, sign, right in zip(members, signs, members[1:])]


def is_of_a_positive(condition: Node) -> bool:
    """0 < β < 1, ε > 0"""
    bounds = [(sign, by.parts[0].text) for of, sign, by in one_by_one(condition)
              if of.kind == "ident" and by.kind == "number"]
    return len(bounds) == len(condition.parts[1]) and any(s in ">≥" and n == "0" for s, n in bounds) and all(
        (n == "0" and s in ">≥") or (n == "1" and s in "<≤") for s, n in bounds)


def _is_tried(member: Node) -> bool:
    """Whether values on both sides of it are among those that are tried."""
    return all(n.parts[0].text in _NUMBERS for n in walk(member) if n.kind == "number")
