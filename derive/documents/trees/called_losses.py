"""A loss that is written with what it depends on, and is not defined as a function: in ∂J(w, b)/∂w, J is meant."""

from __future__ import annotations

from derive.documents.trees.members import scripted_parts
from derive.documents.trees.trees import changed
from derive.reading.nodes import differential, plain
from derive.reading.syntax import Node


def without_arguments(tree: Node) -> Node:
    """The tree, where the names in parentheses behind what is differentiated are left out."""
    return changed(tree, _change)


def _change(node: Node) -> Node | None:
    if node.kind == "fraction":
        above = _called(plain(node.parts[0]))
        if above is not None and differential(node.parts[1]) is not None:
            return Node("fraction", (above, node.parts[1]), node.at)
        return None
    if node.kind != "product" or len(node.parts[0]) < 2:
        return None
    first, second, *rest = node.parts[0]
    made = None
    if first.kind == "nabla" and first.parts[1].kind == "ident" and _is_list(second):
        made = first
    elif _is_plain(first) and second.kind == "fraction" and _is_list(second.parts[0]) \
            and differential(second.parts[1]) is not None:
        made = Node("fraction", (first, second.parts[1]), node.at)
    if made is None:
        return None
    factors = (made, *(changed(n, _change) for n in rest))
    return Node("product", (factors, node.parts[1][1:]), node.at) if rest else made


def _called(above: Node) -> Node | None:
    """The ∂J of ∂J(w)."""
    factors: tuple[Node, ...] = above.parts[0] if above.kind == "product" else ()
    return factors[0] if len(factors) == 2 and _is_plain(factors[0]) and _is_list(factors[1]) else None


def _is_plain(node: Node) -> bool:
    """Whether it is ∂J, of one letter or word."""
    of = differential(node) if node.kind == "differential" else None
    return of is not None and of.kind == "ident"


def _is_list(node: Node) -> bool:
    """Whether names stand in parentheses, and nothing else."""
    return node.kind == "group" and all(scripted_parts(item) is not None for item in node.parts[0])
