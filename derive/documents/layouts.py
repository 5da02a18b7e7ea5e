"""How derivatives lie: conventions under which a claim may be read beside the one of the contract (reading 1).

The contract's own: a gradient has the shape of what it is taken by, a Jacobian ∂y/∂x has a row for each entry of y.
`ROWS`: gradients are rows, so that ∂L/∂x = ∂L/∂y ∂y/∂x. `COLUMNS`: Jacobians are transposed, so that
∂L/∂x = ∂y/∂x ∂L/∂y. `TURNED`: the right side is the transpose of what the contract means.
"""

from __future__ import annotations

from derive.documents.trees import changed, walk
from derive.program import Program
from derive.reading.nodes import differential
from derive.reading.syntax import Node

ROWS, COLUMNS, TURNED = "rows", "columns", "turned"
LAYOUTS = (TURNED, ROWS, COLUMNS)
WORDS = {TURNED: "numerator layout: the gradient is transposed", ROWS: "numerator layout: gradients are rows",
         COLUMNS: "denominator layout: Jacobians are transposed"}


def laid_out(side: Node, layout: str, program: Program, right: bool) -> Node:
    """A side of a claim, read under a convention."""
    if layout == TURNED:
        return turned(side) if right else side
    if layout not in (ROWS, COLUMNS):
        return side

    def change(node: Node) -> Node | None:
        if not is_derivative(node):
            return None
        return turned(node) if _of_a_number(node, program) == (layout == ROWS) else node

    return changed(side, change)


def turned(node: Node) -> Node:
    """The transpose."""
    return Node("scripted", (Node("group", ((node,),), node.at), (Node("transpose", (), node.at),)), node.at)


def is_derivative(node: Node) -> bool:
    """∂L/∂W, ∇_W L"""
    both = node.kind == "fraction" and all(differential(p) is not None for p in node.parts)
    return both or node.kind == "nabla"


def _of_a_number(node: Node, program: Program) -> bool:
    above = node.parts[0] if node.kind == "fraction" else node.parts[1]
    name = next((n.parts[0].text for n in walk(above) if n.kind in ("name", "ident")), "")
    variable = program.variables.get(name)
    return variable is None or not any(not a.family for a in variable.axes)
