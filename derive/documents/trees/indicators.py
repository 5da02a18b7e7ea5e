"""Indicators of values: 𝟏[z > 0], 1_{z>0} and 𝟙{z > 0} are steps, and so are the conditions of cases; between indices,
[i = j] stays what it is, and so does [k = argmax_j x_j]."""

from __future__ import annotations

from collections.abc import Collection

from derive.documents.trees.bound_letters import bound_letters
from derive.documents.trees.trees import changed, walk, words, written
from derive.reading.indices import letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import PLACES, Node
from derive.reading.tokens import Lexeme

_STRICT = {">": False, "<": True, "≥": False, "≤": True}
_CLOSED = "step≥"           # the mark of a step that is 1 at its kink


def with_steps(tree: Node) -> Node:
    """The tree with step functions in place of indicators of values."""
    indices = bound_letters(tree) | words(n for n in walk(tree) if n.kind in ("lowered", "picked"))
    below = words(s for n in walk(tree) if n.kind == "scripted" and not _is_one(n.parts[0])
                  for s in n.parts[1] if s.kind == "lowered")
    letters = frozenset(x for word in bound_letters(tree) | below for x in (word, *letter_pieces(word)))
    tree = changed(tree, _with_otherwise)
    return changed(tree, lambda n: _change(n, letters) or _without_cases(n, indices))


def _with_otherwise(node: Node) -> Node | None:
    """`a if k = c, b otherwise` for `a if k = c, b if k ≠ c`, in whichever order."""
    if node.kind != "cases" or len(node.parts[0]) != 2:
        return None
    conditions = [case.parts[1] for case in node.parts[0]]
    if any(c is None or c.kind != "relation" for c in conditions):
        return None
    signs = [c.parts[1] for c in conditions]
    same = {tuple(sorted(map(written, c.parts[0]))) for c in conditions}
    if sorted(signs) != [("=",), ("≠",)] or len(same) != 1:
        return None
    equal, other = sorted(node.parts[0], key=lambda case: case.parts[1].parts[1])
    return Node("cases", ((equal, Node(other.kind, (other.parts[0], None), other.at)),), node.at)


def _without_cases(node: Node, indices: Collection[str]) -> Node | None:
    """`x if x > 0, α x otherwise` as a sum: each case times its step, and one minus the steps of those before it."""
    if node.kind != "cases" or len(node.parts[0]) < 2:
        return None
    before: list[Node] = []
    terms: list[Node] = []
    conditions = [case.parts[1] for case in node.parts[0]]
    for k, case in enumerate(node.parts[0]):
        body, condition = case.parts
        own = None if condition is None else _steps(condition, indices)
        if own is None and (condition is not None or k < len(conditions) - 1):
            return None
        opposite = k == len(conditions) - 1 and _is_opposite(condition, conditions[:-1])
        factors = [Node("group", ((body,),), body.at), *map(_one_minus, before), *(() if opposite else own or ())]
        terms.append(Node("product", (tuple(factors), ("·",) * (len(factors) - 1)), body.at))
        if own:
            before.append(own[0] if len(own) == 1 else Node("product", (tuple(own), ("·",) * (len(own) - 1)), body.at))
    total = Node("group", ((Node("sum", ((False,) * len(terms), tuple(terms)), node.at),),), node.at)
    return changed(total, lambda n: _change(n, frozenset()))


def _steps(condition: Node, indices: Collection[str]) -> list[Node] | None:
    """The steps of a condition on values, one for each of its signs; None for one on indices."""
    place = _place(condition)
    if place is not None:
        return [place]
    members, signs = condition.parts if condition.kind == "relation" else ((), ())
    letters = words([condition])
    if not letters or letters <= set(indices) or len(signs) not in (1, 2):
        return None
    found = [_step(Node("relation", ((left, right), (sign,)), left.at))
             for left, right, sign in zip(members, members[1:], signs)]
    return [s for s in found if s is not None] if all(found) else None


def _is_opposite(condition: Node | None, before: list[Node]) -> bool:
    """Whether a condition holds wherever the one before it does not: x ≤ 0 after x > 0."""
    if condition is None or len(before) != 1 or before[0].kind != "relation" or len(before[0].parts[1]) != 1:
        return False
    (left, right), (sign,) = before[0].parts
    (own_left, own_right), own_sign = condition.parts[0], condition.parts[1][0]
    if len(condition.parts[1]) != 1 or own_sign not in _STRICT:
        return False
    same = (written(left), written(right)) == (written(own_left), written(own_right))
    turned = (written(left), written(right)) == (written(own_right), written(own_left))
    return (same and _STRICT[sign] != _STRICT[own_sign]) or (turned and _STRICT[sign] == _STRICT[own_sign])


def _one_minus(step: Node) -> Node:
    one = Node("number", (Lexeme("NUMBER", "1", step.at),), step.at)
    return Node("group", ((Node("sum", ((False, True), (one, step)), step.at),),), step.at)


def _change(node: Node, letters: frozenset[str]) -> Node | None:
    """A step in place of an indicator, unless it is one of `letters` that are indices."""
    if node.kind == "scripted" and _is_one(node.parts[0]) and node.parts[1]:
        first, *rest = node.parts[1]
        if first.kind in ("picked", "lowered"):
            relation = _relation(first)
            step = _step(relation, letters)
            if step is not None:
                return Node("scripted", (step, tuple(rest)), node.at) if rest else step
            if first.kind == "lowered" and relation is not None and plain(first.parts[0]) is not relation:
                return Node("scripted", (node.parts[0], (_picked(relation), *rest)), node.at)
    if node.kind == "product":
        return _in_product(node, letters) or _masked(node, letters)
    return _masked(node, letters) if node.kind == "entrywise" else None


def _in_product(node: Node, letters: frozenset[str]) -> Node | None:
    factors, signs = node.parts
    for k, (one, condition) in enumerate(zip(factors, factors[1:])):
        scripts: tuple[Node, ...] = ()
        if condition.kind == "scripted":
            condition, scripts = condition.parts
        if _is_one(one) and condition.kind in ("bracket", "group") and signs[k] == "":
            relation = _relation(condition)
            step = _step(relation, letters)
            if step is None and relation is not None and condition.kind == "group":
                step = Node("scripted", (one, (_picked(relation),)), one.at)        # 1{i = j}, of indices
            if step is not None:
                step = Node("scripted", (step, scripts), one.at) if scripts else step
                rest = (*factors[:k], step, *factors[k + 2:])
                made = rest[0] if len(rest) == 1 else Node("product", (rest, (*signs[:k], *signs[k + 1:])), node.at)
                return changed(made, lambda n: _change(n, letters))
    return None


def _masked(node: Node, letters: frozenset[str]) -> Node | None:
    """δ ⊙ (z > 0), and δ * (z > 0), where the condition is a number for each entry."""
    factors, signs = node.parts
    made = [f if k == 0 or f.kind != "group" or signs[k - 1] not in ("⊙", "*", "∘") else _step(_relation(f)) or f
            for k, f in enumerate(factors)]
    if made == list(factors):
        return None
    return Node(node.kind, (tuple(changed(f, lambda n: _change(n, letters)) for f in made), signs), node.at)


def _is_one(node: Node) -> bool:
    return node.kind == "ones" or (node.kind == "number" and node.parts[0].text == "1")


def _picked(relation: Node) -> Node:
    """The brackets of [i = j]"""
    return Node("picked", ((relation,),), relation.at)


def _relation(node: Node) -> Node | None:
    items = node.parts[0] if isinstance(node.parts[0], tuple) else (plain(node.parts[0]),)
    items = tuple(plain(i) for i in items)
    return items[0] if len(items) == 1 and items[0].kind == "relation" and len(items[0].parts[0]) == 2 else None


def _step(relation: Node | None, letters: frozenset[str] = frozenset()) -> Node | None:
    """The step of a condition; None where there is none, and for one on `letters` that are indices."""
    place = _place(relation)
    if place is not None:
        return place
    if relation is None or relation.parts[1][0] not in _STRICT or words([relation]) and words([relation]) <= letters:
        return None
    (left, right), (sign, *_) = relation.parts
    return step_of(left, sign, right)


def _place(relation: Node | None) -> Node | None:
    """[k = argmax_j x_j], and one minus that for ≠; None for any other condition."""
    if relation is None or relation.kind != "relation" or len(relation.parts[1]) != 1:
        return None
    members, (sign,) = relation.parts
    if sign not in "=≠" or not any(plain(m).kind in PLACES for m in members):
        return None
    equal = Node("relation", (tuple(map(plain, members)), ("=",)), relation.at)
    bracket = Node("bracket", ((equal,),), relation.at)
    return bracket if sign == "=" else _one_minus(bracket)


def step_of(left: Node, sign: str, right: Node) -> Node:
    """step(a − b) for a > b and a ≥ b; the mark keeps the sign, for `at_ties`."""
    mark = "step" if sign in "<>" else _CLOSED
    if _STRICT[sign]:
        left, right = right, left
    difference = left if _is_zero(right) else Node("sum", ((False, True), (left, right)), left.at)
    function = Lexeme("FUNCTION", mark, difference.at, "step")
    return Node("apply", (function, (), Node("group", ((difference,),), difference.at)), difference.at)


def at_ties(tree: Node) -> Node:
    """The tree in which the step of a condition between equals is a number: at t = w, t ≤ w holds and t > w does
    not."""
    return changed(tree, _at_tie)


def _at_tie(node: Node) -> Node | None:
    if node.kind != "apply" or node.parts[0].name != "step":
        return None
    difference = plain(node.parts[2])
    members, signs = (difference.parts[1], difference.parts[0]) if difference.kind == "sum" else ((difference,), ())
    one, other, *_ = (*map(written, map(plain, members)), "")
    if (signs == (False, True) and one == other) or _is_zero(difference):
        return Node("number", (Lexeme("NUMBER", "1" if node.parts[0].text == _CLOSED else "0", node.at),), node.at)
    return None


def _is_zero(node: Node) -> bool:
    return node.kind == "number" and node.parts[0].text == "0"
