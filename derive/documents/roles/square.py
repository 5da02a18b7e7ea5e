"""What tells that a matrix is square: it has the shape of its transpose."""

from __future__ import annotations

from derive.documents.names.model import Equation
from derive.documents.roles.roles import Definition
from derive.documents.trees.members import Context, Member, name_node
from derive.documents.trees.trees import Formula
from derive.reading.syntax import Node


def square(name: str, at: int, formula: Formula) -> Definition:
    """A side that the program does not keep; it stands at `at` in a formula."""
    member, node = Member(name, (), (), (), at), name_node(name, at)
    turned = Node("scripted", (node, (Node("transpose", (), at),)), at)
    shape = Equation(formula, (node, turned), Context(), [], [[(member, "value")], [(member, "value")]])
    return Definition(name, member, shape, False)
