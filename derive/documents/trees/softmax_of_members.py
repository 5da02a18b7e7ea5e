"""The softmax of a member, α_{ti} = softmax(e_{ti}): exp(e_{ti}) over their sum, by the last index of the name on the
left, the index that is summed over, or the one that stands below softmax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.documents.trees.euler import exponential
from derive.documents.trees.members import letter_node
from derive.documents.trees.trees import Formula, changed, walk, words
from derive.reading.indices import letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_FRESH = "jkrsuvpqhg"


def over_letters(formula: Formula) -> Formula:
    """The formula with each softmax of what has an index of which it may be meant written out."""
    left = list(_letters(formula.left)) if formula.tree.kind == "relation" else []
    return replace(formula, tree=_within(formula.tree, left, words([formula.tree])))


def _within(tree: Node, letters: list[str], taken: set[str]) -> Node:
    """The tree where `letters` are known, the most likely one last."""
    def change(node: Node) -> Node | None:
        if node.kind == "big_sum":
            own = [x for s in node.parts[0] if s.kind == "lowered" for x in _words(plain(s.parts[0]))]
            return Node(node.kind, (node.parts[0], _within(node.parts[1], [*letters, *own], taken)), node.at)
        return _written_out(node, letters, taken) if node.kind == "apply" else None

    return changed(tree, change)


def _written_out(node: Node, letters: list[str], taken: set[str]) -> Node | None:
    mark, scripts, argument = node.parts
    inside = plain(argument)
    inside = inside.parts[0][0] if inside.kind == "group" and len(inside.parts[0]) == 1 else inside
    below = [x for s in scripts if s.kind == "lowered" for x in _words(plain(s.parts[0]))]
    if mark.name != "softmax" or len(scripts) != len(below) or len(below) > 1:
        return None
    own = set(_letters(inside))
    over = next((x for x in (*below, *reversed(letters)) if x in own), None)
    fresh = next((x for x in _FRESH if not any(x in letter_pieces(w) for w in taken)), None)
    if over is None or fresh is None:
        return None
    others = Node("lowered", (letter_node(fresh, node.at),), node.at)
    total = Node("big_sum", ((others,), exponential(_renamed(inside, over, fresh), node.at)), node.at)
    return Node("fraction", (exponential(inside, node.at), Node("group", ((total,),), node.at)), node.at)


def _renamed(tree: Node, letter: str, fresh: str) -> Node:
    """The tree with one index letter in place of another, also in e_{ti}."""
    def change(node: Node) -> Node | None:
        if node.kind != "ident":
            return None
        pieces = letter_pieces(node.parts[0].text)
        if letter not in pieces:
            return None
        return letter_node("".join(fresh if p == letter else p for p in pieces), node.at)

    def below(node: Node) -> Node | None:
        return changed(node, change) if node.kind == "lowered" else None

    return changed(tree, below)


def _letters(tree: Node) -> Iterator[str]:
    """The letters in indices, in their order."""
    return (x for n in walk(tree) if n.kind == "lowered" for x in _words(n))


def _words(tree: Node) -> Iterator[str]:
    return (p for n in walk(tree) if n.kind == "ident" for p in letter_pieces(n.parts[0].text)
            if len(p) == 1 and p.islower())
