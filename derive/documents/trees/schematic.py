"""What dots in a call stand for: tanh'(…) is meant at the place where the document calls tanh."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.documents.trees.bound_letters import bound_letters, index_letters
from derive.documents.trees.trees import Formula, changed, walk
from derive.reading.nodes import plain
from derive.reading.syntax import BINDERS, Node


def filled(formulas: Iterable[Formula]) -> list[Formula]:
    """The formulas, where each f'(…) has the one argument with which f is called in a definition; under a sum or a
    product, for the letter that it binds."""
    every = list(formulas)
    return [replace(f, tree=_filled(f.tree, None, every)) if any(map(_is_dotted, walk(f.tree))) else f for f in every]


def _is_dotted(node: Node) -> bool:
    return node.kind == "apply" and plain(node.parts[2]).kind == "dots"


def _filled(tree: Node, letter: Node | None, every: list[Formula]) -> Node:
    def change(node: Node) -> Node | None:
        if node.kind in BINDERS:
            names = bound_letters(Node(node.kind, (node.parts[0], Node("dots", (), node.at)), node.at))
            own = next((n for s in node.parts[0] for n in walk(s) if n.kind == "ident" and n.parts[0].text in names),
                       letter)
            return Node(node.kind, (node.parts[0], _filled(node.parts[1], own, every)), node.at)
        if not _is_dotted(node):
            return None
        argument = _argument(node.parts[0].text.rstrip("'"), letter, every)
        return None if argument is None else Node("apply", (*node.parts[:2], argument), node.at)

    return changed(tree, change)


def _argument(function: str, letter: Node | None, every: list[Formula]) -> Node | None:
    """What the one call of a function in a definition is applied to."""
    found = [(f, n.parts[2]) for f in every if f.tree.kind == "relation" for n in walk(f.tree)
             if n.kind == "apply" and n.parts[0].text == function and not _is_dotted(n)]
    if len(found) != 1:
        return None
    formula, argument = found[0]
    letters = index_letters(formula.tree.parts[0][0])
    if letter is None or len(letters) != 1:
        return argument
    moved, (old,) = letter, letters
    return changed(argument, lambda n: moved if n.kind == "ident" and n.parts[0].text == old else None)
