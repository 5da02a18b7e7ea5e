"""Sums without a letter below them: ∑|w_i| runs over the one index under it that nothing else explains."""

from __future__ import annotations

from dataclasses import replace

from derive.documents.trees.bound_letters import bound_letters, index_letters
from derive.documents.trees.members import letter_node
from derive.documents.trees.trees import Formula, changed
from derive.reading.syntax import Node


def with_letters(formula: Formula) -> Formula:
    """The formula with a letter below every sum that has none, where there is just one that it can be."""
    own = index_letters(formula.left) if formula.tree.kind == "relation" else set()

    def change(node: Node) -> Node | None:
        if node.kind != "big_sum" or node.parts[0]:
            return None
        free = index_letters(node.parts[1]) - bound_letters(node.parts[1]) - own
        if len(free) != 1:
            return None
        letter = letter_node(min(free), node.at)
        lowered = Node("lowered", (letter,), node.at)
        return Node("big_sum", ((lowered,), changed(node.parts[1], change)), node.at)

    tree = changed(formula.tree, change)
    return formula if tree is formula.tree else replace(formula, tree=tree)
