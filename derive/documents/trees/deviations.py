"""A standard deviation of which a page defines the square only: after σ² = …, σ is √(σ²)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derive.documents.trees.members import Member, member_node
from derive.reading.syntax import Node

_DEVIATIONS = frozenset("σs")


def deviations(known: Collection[str], squares: Collection[str], derived: Collection[str],
               positive: Collection[str]) -> Iterator[str]:
    """Every σ, s and σ_B of which nothing but the square is known, and which stands in no derivative: it is not
    negative. Of another letter that has to be said: q > 0."""
    for square in squares:
        name = square.removesuffix("²")
        if (name.partition("_")[0] in _DEVIATIONS or name in positive) and name not in known and name not in derived:
            yield name


def root_of_square(member: Member) -> Node:
    """√(σ_j²) for σ_j, without what stands behind it."""
    return Node("root", (member_node(member),), member.at)
