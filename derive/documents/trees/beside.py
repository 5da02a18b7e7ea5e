"""Two columns side by side, which have no product: what may have been meant by it.

A way is one sign or two: what is meant by the first two columns that stand side by side, and by those after them. With
a mark in front, W u v is W (u v), and (W u) v without it. TURNED is what is meant by A xᵀ and x A.
"""

from __future__ import annotations

from derive.documents.trees.trees import changed
from derive.reading.algebra import COLUMNS_FIRST, ENTRYWISE, INNER, OUTER, TURNED
from derive.reading.syntax import Node

_SIGNS = (ENTRYWISE, INNER, OUTER, ENTRYWISE + OUTER, ENTRYWISE + INNER)
WAYS = (*_SIGNS, *(COLUMNS_FIRST + signs for signs in _SIGNS))


def multiplied(side: Node, way: str) -> Node:
    """A side where columns side by side are multiplied in this way."""
    return changed(side, lambda node: _with_signs(node, way)) if way else side


def _with_signs(node: Node, way: str) -> Node | None:
    if node.kind != "product" or "" not in node.parts[1]:
        return None
    factors = tuple(multiplied(f, way) for f in node.parts[0])
    signs = tuple(s or way for s in node.parts[1])
    if way == TURNED:       # A xᵀ B y is A (xᵀ B y): only what stands at an end has no other meaning
        first = next((k for k, f in enumerate(factors[:-1]) if f.kind != "number"), len(factors))
        ends = {len(signs) - 1, first if first < len(signs) and factors[first].kind in ("name", "ident") else -1}
        signs = tuple(new if k in ends else old for k, (new, old) in enumerate(zip(signs, node.parts[1])))
    return Node("product", (factors, signs), node.at)
