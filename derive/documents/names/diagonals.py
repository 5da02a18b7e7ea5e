"""Powers of diagonal matrices: after D = diag(d), D^{−1/2} is diag(d^{−1/2})."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.documents.lines.statements import Equality
from derive.documents.names.model import letter_of
from derive.documents.names.parsed import Parsed
from derive.documents.trees.trees import changed
from derive.reading.nodes import plain
from derive.reading.syntax import Node


def put_diagonals_in(parsed: Parsed) -> None:
    """Writes the powers of diagonal matrices that are no whole numbers as what stands on their diagonals."""
    found: dict[str, list[Node]] = {}
    for statement, formula, _ in parsed.trees:
        if isinstance(statement, Equality) and not statement.claimed and formula.left.kind == "ident" \
                and len(formula.sides) > 1:
            found.setdefault(letter_of(formula.left), []).append(plain(formula.sides[1]))
    known = {name: sides[0] for name, sides in found.items() if len(sides) == 1 and _is_diagonal(sides[0])}
    parsed.trees = [(s, replace(f, tree=changed(f.tree, lambda n: _without_power(n, known))), r)
                    for s, f, r in parsed.trees]


def _is_diagonal(node: Node) -> bool:
    return node.kind == "apply" and node.parts[0].name == "diag" and not node.parts[1]


def _without_power(node: Node, known: Mapping[str, Node]) -> Node | None:
    if _is_diagonal(node) and node.parts[2].kind == "scripted":     # diag(A 𝟏)⁻¹, with the power behind the argument
        argument, scripts = node.parts[2].parts
        node = Node("scripted", (Node("apply", (node.parts[0], (), argument), node.at), scripts), node.at)
    if node.kind != "scripted" or not node.parts[1] or not _is_broken(node.parts[1][0]):
        return None
    base, (power, *rest) = node.parts
    matrix = base if _is_diagonal(base) else known.get(letter_of(base)) if base.kind == "ident" else None
    if matrix is None:
        return None
    mark, _, entries = matrix.parts
    inner = Node("group", ((plain(entries),),), node.at)
    powers = Node("scripted", (inner, (power,)), node.at)
    made = Node("apply", (mark, (), Node("group", ((powers,),), node.at)), node.at)
    return Node("scripted", (made, tuple(rest)), node.at) if rest else made


def _is_broken(script: Node) -> bool:
    """Whether it is a power below zero, or a fraction: −1/2, 1/2, −1."""
    inside = plain(script.parts[0]) if script.kind == "raised" else None
    if inside is None:
        return False
    if inside.kind == "sum" and len(inside.parts[1]) == 1:
        inside = plain(inside.parts[1][0])
        if inside.kind == "number":
            return True
    if inside.kind == "fraction":
        return all(plain(n).kind == "number" for n in inside.parts)
    return inside.kind == "number" and not inside.parts[0].text.isdecimal()
