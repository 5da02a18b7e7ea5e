"""The words of a function's body that are products with an argument: of F(n) = 4nd² + 2n²d, the nd is n times d."""

from __future__ import annotations

from collections.abc import Collection

from derive.documents.trees.members import letter_node
from derive.documents.trees.trees import changed
from derive.reading.indices import letter_pieces
from derive.reading.syntax import Node

_LONGEST = 3            # letters; longer words are names


def spelled(body: Node, parameters: Collection[str], names: Collection[str]) -> Node:
    """The body with such words as products; those that are `names` stay, and so do labels: the max of x_max."""
    def change(node: Node) -> Node | None:
        if node.kind in ("lowered", "picked"):
            return node
        base, scripts = node.parts if node.kind == "scripted" else (node, ())
        shown = base.parts[0].text if base.kind == "ident" else ""
        pieces = letter_pieces(shown)
        if not 1 < len(pieces) <= _LONGEST or shown in names or not set(pieces) & set(parameters) \
                or any(len(p) > 1 for p in pieces):
            return None
        factors = [letter_node(p, base.at + k) for k, p in enumerate(pieces)]
        if scripts:
            factors[-1] = Node("scripted", (factors[-1], scripts), factors[-1].at)
        return Node("product", (tuple(factors), ("",) * (len(factors) - 1)), node.at)

    return changed(body, change)
