"""The in of n_{in} and C_{in}: a word below a size, also beside indices i and n."""

from __future__ import annotations

from derive.documents.trees.members import flat, letter_node, scripted_parts
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_SIZES = frozenset("nNdDC")
_WORD = "in"


def with_word(node: Node) -> Node | None:
    """The size with the word in place of a product of letters; None for anything else."""
    parts = scripted_parts(node)
    if parts is None or node.kind != "scripted" or parts[0].parts[0].text not in _SIZES or len(parts[1]) != 1:
        return None
    (script,) = parts[1]
    inside = plain(script.parts[0]) if script.kind == "lowered" else script
    if inside.kind != "product" or flat((inside,)) != _WORD:
        return None
    return Node("scripted", (parts[0], (Node("lowered", (letter_node(_WORD, inside.at),), script.at),)), node.at)
