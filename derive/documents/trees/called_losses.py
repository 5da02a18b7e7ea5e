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
    if node.kind != "product":
        return None
    factors, signs = node.parts
    for k, (first, second) in enumerate(zip(factors, factors[1:])):
        made = _without_list(first, second)
        if made is not None:
            before = (changed(n, _change) for n in factors[:k])
            kept = (*before, made, *(changed(n, _change) for n in factors[k + 2:]))
            return Node("product", (kept, (*signs[:k], *signs[k + 1:])), node.at) if len(kept) > 1 else made
    return None


def _without_list(first: Node, second: Node) -> Node | None:
    """∇J for ∇J and (w, b), ∂J/∂w for ∂J and (w)/∂w; None for other factors side by side."""
    if first.kind == "nabla" and first.parts[1].kind == "ident" and _is_list(second):
        return first
    if _is_plain(first) and second.kind == "fraction" and _is_list(second.parts[0]) \
            and differential(second.parts[1]) is not None:
        return Node("fraction", (first, second.parts[1]), first.at)
    return None


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
