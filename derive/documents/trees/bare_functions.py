"""Functions without their arguments: beside dσ/dx, and beside σ'(x), σ (1 − σ) is σ(x) (1 − σ(x))."""

from __future__ import annotations

from dataclasses import replace

from derive.documents.trees.rewriting import after_d
from derive.documents.trees.trees import Formula, OpenVocabulary, changed, walk
from derive.functions import RULES
from derive.reading.nodes import differential, plain
from derive.reading.syntax import Node


def with_arguments(formula: Formula, vocabulary: OpenVocabulary) -> Formula:
    """The formula, where a known function that stands alone above a derivative, and is no name of the document, has
    the letter below as its argument; where it stands alone beside its derivative at a letter, that one."""
    functions = vocabulary.functions
    found: dict[str, Node] = {}
    for node in walk(formula.tree):
        above, below = map(_of, node.parts) if node.kind == "fraction" else (None, None)
        shown = above.parts[0].text if above is not None and above.kind == "ident" else ""
        if below is not None and below.kind == "ident" and functions.get(shown) in RULES \
                and shown not in vocabulary.taken:
            found[shown] = below
        at = _of_a_derivative(node)
        if at is not None and functions.get(node.parts[0].text[:-1]) in RULES and any(
                n.kind == "ident" and n.parts[0].text == node.parts[0].text[:-1] for n in walk(formula.tree)):
            found[node.parts[0].text[:-1]] = at
    if not found:
        return formula

    def change(node: Node) -> Node | None:
        shown = node.parts[0].text if node.kind in ("ident", "apply") else ""
        if shown not in found:
            return None
        mark = replace(node.parts[0], kind="FUNCTION", name=functions[shown])
        value = Node("apply", (mark, (), Node("group", ((found[shown],),), node.at)), node.at)
        if node.kind == "ident":
            return value
        if any(n.kind == "ident" and n.parts[0].text == shown for n in walk(node.parts[2])):       # σ(1 − σ)
            return Node("product", ((value, changed(node.parts[2], change)), ("",)), node.at)
        return None

    return replace(formula, tree=changed(formula.tree, change))


def _of_a_derivative(node: Node) -> Node | None:
    """The z of σ'(z)"""
    if node.kind != "apply" or node.parts[1] or not node.parts[0].text.endswith("'"):
        return None
    inside = plain(node.parts[2])
    return inside if inside.kind == "ident" else None


def _of(node: Node) -> Node | None:
    return differential(node) or after_d(node)
