"""Members with a layer and a sample, a^{[2](i)}, where the samples of a layer are the columns of a matrix A^{[2]}."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.documents.names.model import letter_of
from derive.documents.trees.members import letter_node
from derive.documents.trees.trees import Formula, changed, walk, written
from derive.reading.nodes import plain
from derive.reading.syntax import Node


def with_columns(formula: Formula, matrices: Iterable[Node], rows: set[str]) -> Formula:
    """The formula with A^{[2]}_{:,i} in place of a^{[2](i)}, as far as A^{[2]} is one of the `matrices`, and with Y_i
    in place of y^{(i)} where Y is one of the `rows`; where such a Y stands beside it, A^{[2]} is a row too."""
    layers = {written(m) for m in matrices if m.kind == "scripted"}
    found = [n for n in walk(formula.tree) if _layered(n) is not None]
    if not found:
        return formula
    row = any(_sampled(n, rows) is not None for n in walk(formula.tree))

    def change(node: Node) -> Node | None:
        label = _sampled(node, rows)
        if label is not None:
            return _entry(letter_node(letter_of(node).upper(), node.at), (label,), node.at)
        both = _layered(node)
        if both is None:
            return None
        whole = letter_node(letter_of(node).upper(), node.at)
        layer = Node("raised", (Node("braces", ((both[0],),), node.at),), node.at)
        if written(Node("scripted", (whole, (layer,)), node.at)) not in layers:
            return None
        items = (both[1],) if row else (Node("everything", (), node.at), both[1])
        return _entry(whole, items, node.at, layer)

    tree = changed(formula.tree, change)
    return formula if tree is formula.tree else replace(formula, tree=tree)


def _entry(whole: Node, items: tuple[Node, ...], at: int, *above: Node) -> Node:
    return Node("scripted", (whole, (*above, Node("lowered", (Node("braces", (items,), at),), at))), at)


def _layered(node: Node) -> tuple[Node, Node] | None:
    """The [2] and the i of a^{[2](i)}."""
    inside = _raised(node)
    if inside is None or inside.kind != "product" or [f.kind for f in inside.parts[0]] != ["bracket", "group"]:
        return None
    layer, sample = inside.parts[0]
    return (layer, sample.parts[0][0]) if len(sample.parts[0]) == 1 else None


def _sampled(node: Node, rows: set[str]) -> Node | None:
    """The i of y^{(i)}, where Y is a row."""
    script = node.parts[1][0] if node.kind == "scripted" and len(node.parts[1]) == 1 else None
    letter = letter_of(node)
    if script is None or script.kind != "raised" or letter.upper() not in rows or not letter.islower():
        return None
    inside = script.parts[0]
    while inside.kind == "braces" and len(inside.parts[0]) == 1:
        inside = inside.parts[0][0]
    return inside.parts[0][0] if inside.kind == "group" and len(inside.parts[0]) == 1 else None


def _raised(node: Node) -> Node | None:
    script = node.parts[1][0] if node.kind == "scripted" and len(node.parts[1]) == 1 else None
    return plain(script.parts[0]) if script is not None and script.kind == "raised" else None
