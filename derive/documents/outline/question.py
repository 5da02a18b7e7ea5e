"""An equation of a page of which it is asked what it does there."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.documents.lines.items import DEFINED, NAMED, Item
from derive.documents.names.model import Equation
from derive.documents.outline.equation_forms import left_of
from derive.documents.roles.roles import derivative_by
from derive.reading.syntax import Node


@dataclass
class Question:
    """An equation of which the role is asked. `function` is the one that it is about, `values` are the names on its
    right side, `right` those that a definition would use."""

    item: Item
    equation: Equation
    function: str
    condition: bool = False     # the words in front of it set one
    values: frozenset[str] = frozenset()
    right: set[str] = field(default_factory=set)

    @property
    def left(self) -> Node:
        return left_of(self.equation)

    @property
    def itself(self) -> bool:
        """Whether the name on the left stands on the right too."""
        return self.item.name in self.values

    @property
    def defining(self) -> str:
        return NAMED if not self.function and derivative_by(self.equation.members[1]) else DEFINED
