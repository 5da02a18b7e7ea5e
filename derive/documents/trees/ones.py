"""A plain 1 behind a factor: in L 1 = 0 and aᵀ 1 it is the vector of ones, since nobody multiplies by the number so."""

from __future__ import annotations

from derive.documents.trees.trees import changed
from derive.reading.syntax import Node

_FACTORS = frozenset(["ident", "name", "scripted", "group"])


def with_ones(tree: Node) -> Node:
    return changed(tree, _change)


def _change(node: Node) -> Node | None:
    if node.kind != "product":
        return None
    factors, signs = node.parts
    places = {k for k in range(1, len(factors)) if signs[k - 1] == "" and factors[k - 1].kind in _FACTORS
              and factors[k].kind == "number" and factors[k].parts[0].text == "1"}
    if not places:
        return None
    kept = tuple(Node("ones", (), f.at) if k in places else changed(f, _change) for k, f in enumerate(factors))
    return Node("product", (kept, signs), node.at)
