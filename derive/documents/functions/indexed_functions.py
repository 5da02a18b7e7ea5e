"""Matrices that depend on a number below their name: R_m, a rotation by m θ, is a function of m, so that R_{n−m} is
another value of it."""

from __future__ import annotations

from dataclasses import replace

from derive.documents.lines.statements import Equality
from derive.documents.names.sizes import Trees
from derive.documents.trees.members import scripted_parts
from derive.documents.trees.trees import changed, walk
from derive.reading.indices import arguments
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import Lexeme


def as_functions(trees: Trees, declared: set[str]) -> tuple[Trees, set[str]]:
    """The trees with calls R(m) in place of R_m, and the names of these functions. What is `declared` with a shape is a
    family of its own."""
    found = {name for statement, formula, ranges in trees if isinstance(statement, Equality) and not statement.claimed
             and not ranges for name in [indexed_function(formula.tree)] if name} - declared
    if not found:
        return trees, set()
    return [(s, replace(f, tree=changed(f.tree, lambda n: _call(n, found))), r) for s, f, r in trees], found


def indexed_function(tree: Node) -> str:
    """The name of a matrix that is written out with the letter below its name as a number in it; empty for any other
    equation."""
    members: tuple[Node, ...] = tree.parts[0] if tree.kind == "relation" else ()
    index = _index(members[0]) if len(members) == 2 else None
    if index is None or index.kind != "ident" or not any(n.kind == "matrix" for n in walk(members[1])):
        return ""
    letter, (base, _) = index.parts[0].text, members[0].parts
    inside = [n for script in walk(members[1]) if script.kind in ("lowered", "picked") for n in walk(script)]
    is_index = any(n.kind == "ident" and n.parts[0].text == letter for n in inside)
    stands = any(n.kind == "ident" and n.parts[0].text == letter for n in walk(members[1]))
    own = any(n.kind == "ident" and n.parts[0].text == base.parts[0].text for n in walk(members[1]))
    return base.parts[0].text if stands and not is_index and not own else ""


def _index(node: Node) -> Node | None:
    """The one index below a name."""
    parts = scripted_parts(node)
    if parts is None or not parts[1] or parts[1][0].kind != "lowered":
        return None
    items = arguments(parts[1][0].parts[0])
    return plain(items[0]) if len(items) == 1 else None


def _call(node: Node, names: set[str]) -> Node | None:
    index = _index(node)
    if index is None or node.parts[0].parts[0].text not in names:
        return None
    base, (_, *rest) = node.parts
    mark = Lexeme("FUNCTION", base.parts[0].text, base.at, base.parts[0].text)
    argument = Node("group", ((index,),), node.at)
    behind = Node("scripted", (argument, tuple(rest)), node.at) if rest else argument
    return Node("apply", (mark, (), behind), node.at)
