"""Names that are rows, ℝ^{1×n}: they are kept as columns, and read as their transposes."""

from __future__ import annotations

from derive.documents.trees.trees import changed, walk
from derive.reading.nodes import differential
from derive.reading.syntax import Node


def with_rows(node: Node, rows: frozenset[str]) -> Node:
    """The same tree, where names that are rows, kept as columns, are read as transposes."""
    def change(n: Node) -> Node | None:
        by = _gradient_by(n)
        if by is not None:
            group = Node("group", ((n,),), n.at)
            return Node("scripted", (group, (Node("transpose", (), n.at),)), n.at) if by in rows else n
        if differential(n) is not None or n.kind in ("nabla", "lowered"):
            return n
        base, scripts = n.parts if n.kind == "scripted" else (n, ())
        if base.kind != "name" or base.parts[0].text not in rows:
            return None
        own = [s for s in scripts if s.kind == "lowered" or (s.kind == "raised" and s.parts[0].kind == "group")]
        rest = tuple(with_rows(s, rows) for s in scripts if s not in own)
        return Node("scripted", (base, (*own, Node("transpose", (), n.at), *rest)), n.at)

    return changed(node, change) if rows else node


def _gradient_by(node: Node) -> str | None:
    """The name by which is differentiated, in ∂L/∂b and ∇_b L."""
    if node.kind == "fraction" and all(differential(p) is not None for p in node.parts):
        below = node.parts[1]
    elif node.kind == "nabla" and node.parts[0]:
        below = node.parts[0][0]
    else:
        return None
    return next((n.parts[0].text for n in walk(below) if n.kind == "name"), "")
