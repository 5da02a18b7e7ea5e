"""Bodies of functions of one number, so that they can be called with vectors: x σ(x) is x ⊙ σ(x) then."""

from __future__ import annotations

from derive.documents.trees.trees import changed, walk, words
from derive.reading.nodes import is_transpose
from derive.reading.syntax import BINDERS, Node

_OF_VECTORS = ("norm", "bracket", "matrix", *BINDERS)
_BESIDE = ("", "·", "×", "*")


def of_each_entry(body: Node, parameters: tuple[str, ...]) -> Node:
    """The body with ⊙ between factors that depend on its one parameter, unless it is one of vectors."""
    if len(parameters) != 1 or any(n.kind in _OF_VECTORS or n.kind == "scripted" and any(
            s.kind == "transpose" or s.kind == "raised" and is_transpose(s.parts[0]) for s in n.parts[1])
            for n in walk(body)):
        return body
    parameter = parameters[0]

    def change(node: Node) -> Node | None:
        if node.kind != "product":
            return None
        factors, marks = node.parts
        inner = tuple(changed(f, change) for f in factors)
        depends = [parameter in words([f]) for f in factors]
        made = tuple("⊙" if depends[k + 1] and any(depends[:k + 1]) and mark in _BESIDE else mark
                     for k, mark in enumerate(marks))
        return node if made == marks and inner == factors else Node("product", (inner, made), node.at)

    return changed(body, change)
