"""Where the greatest of some numbers is: of y = max_j x_j, 𝟏[x_i = y] is [i = argmax_j x_j], and so is [i = k] of
k = argmax_j x_j."""

from __future__ import annotations

from collections.abc import Iterable

from derive.documents.trees.members import letter_node
from derive.documents.trees.trees import Formula, changed, walk, words, written
from derive.reading.nodes import plain
from derive.reading.syntax import EXTREMES, PLACES, Node

_PLACE_OF = {EXTREMES["max"]: EXTREMES["argmax"], EXTREMES["min"]: EXTREMES["argmin"]}
_LETTERS = "jkmpq"


def with_places(tree: Node, definitions: Iterable[Formula]) -> Node:
    """The equation with conditions on places for those on what `definitions` say of the greatest and the least."""
    if tree.kind != "relation" or not any(n.kind == "relation" for m in tree.parts[0] for n in walk(m)):
        return tree
    sides = [(f.left, plain(f.sides[1])) for f in definitions if f.tree.kind == "relation"]
    said = {written(left): side for left, side in sides if side.kind in (*_PLACE_OF, *PLACES) or _of_a_vector(side)}
    members = tuple(changed(m, lambda n: _changed(n, said)) for m in tree.parts[0])
    return Node("relation", (members, tree.parts[1]), tree.at)


def _changed(node: Node, said: dict[str, Node]) -> Node | None:
    """A condition on a place, where a relation is one."""
    if node.kind != "relation" or len(node.parts[0]) != 2 or node.parts[1][0] not in "=≠":
        return None
    for one, other in (node.parts[0], node.parts[0][::-1]):
        side = said.get(written(plain(other)))
        place = _placed(plain(one), side) if side is not None else None
        if place is not None:
            return Node("relation", (place, node.parts[1]), node.at)
    return None


def _placed(one: Node, side: Node) -> tuple[Node, Node] | None:
    """The index and the place, for i and argmax_j x_j, and for x_i and max_j x_j."""
    if side.kind in PLACES:
        return (one, side) if one.kind == "ident" else None
    index = _index(one)
    if index is None:
        return None
    if side.kind not in _PLACE_OF:
        letter = letter_node(next(x for x in _LETTERS if x not in words([one])), side.at)
        kind = _PLACE_OF[EXTREMES[side.parts[0].name]]
        same = written(one.parts[0]) == written(plain(side.parts[2]))
        body = Node("scripted", (one.parts[0], (Node("lowered", (letter,), side.at),)), side.at)
        return (index, Node(kind, ((Node("lowered", (letter,), side.at),), body), side.at)) if same else None
    scripts, body = side.parts
    bound = _index(plain(body))
    same = bound is not None and written(plain(body).parts[0]) == written(one.parts[0])
    return (index, Node(_PLACE_OF[side.kind], (scripts, body), side.at)) if same else None


def _index(node: Node) -> Node | None:
    """The i of x_i"""
    if node.kind != "scripted" or node.parts[0].kind != "ident" or [s.kind for s in node.parts[1]] != ["lowered"]:
        return None
    index = plain(node.parts[1][0].parts[0])
    return index if index.kind == "ident" else None


def _of_a_vector(side: Node) -> bool:
    """Whether it is max(x)."""
    return side.kind == "apply" and side.parts[0].name in ("max", "min") and not side.parts[1] \
        and plain(side.parts[2]).kind == "ident"
