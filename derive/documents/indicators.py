"""Indicators of values: 𝟏[z > 0], 1_{z>0} and 𝟙{z > 0} are steps; between indices, [i = j] stays what it is."""

from __future__ import annotations

from derive.documents.trees import changed
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme

_STRICT = {">": False, "<": True, "≥": False, "≤": True}


def with_steps(tree: Node) -> Node:
    """The tree with step functions in place of indicators of values."""
    return changed(tree, _change)


def _change(node: Node) -> Node | None:
    if node.kind == "scripted" and _is_one(node.parts[0]) and node.parts[1]:
        first, *rest = node.parts[1]
        if first.kind in ("picked", "lowered"):
            step = _step(_relation(first))
            if step is not None:
                return Node("scripted", (step, tuple(rest)), node.at) if rest else step
    if node.kind == "product":
        return _in_product(node)
    return None


def _in_product(node: Node) -> Node | None:
    factors, signs = node.parts
    for k, (one, condition) in enumerate(zip(factors, factors[1:])):
        scripts: tuple[Node, ...] = ()
        if condition.kind == "scripted":
            condition, scripts = condition.parts
        if _is_one(one) and condition.kind in ("bracket", "group") and signs[k] == "":
            step = _step(_relation(condition))
            if step is not None:
                step = Node("scripted", (step, scripts), one.at) if scripts else step
                rest = (*factors[:k], step, *factors[k + 2:])
                made = rest[0] if len(rest) == 1 else Node("product", (rest, (*signs[:k], *signs[k + 1:])), node.at)
                return changed(made, _change)
    return None


def _is_one(node: Node) -> bool:
    return node.kind == "ones" or (node.kind == "number" and node.parts[0].text == "1")


def _relation(node: Node) -> Node | None:
    items = node.parts[0] if isinstance(node.parts[0], tuple) else (plain(node.parts[0]),)
    return items[0] if len(items) == 1 and items[0].kind == "relation" and len(items[0].parts[0]) == 2 else None


def _step(relation: Node | None) -> Node | None:
    """step(a − b) for a > b."""
    if relation is None or relation.parts[1][0] not in _STRICT:
        return None
    left, right = relation.parts[0]
    if _STRICT[relation.parts[1][0]]:
        left, right = right, left
    zero = right.kind == "number" and right.parts[0].text == "0"
    difference = left if zero else Node("sum", ((False, True), (left, right)), left.at)
    mark = Lexeme("FUNCTION", "step", relation.at, "step")
    return Node("apply", (mark, (), Node("group", ((difference,),), relation.at)), relation.at)
