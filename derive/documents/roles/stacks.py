"""Stacks such as [h_{t−1}, x_t] in definitions: each gets a name of its own, which print writes out again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.documents.names.model import Equation
from derive.documents.roles.roles import Definition
from derive.documents.trees.members import Context, Member, letter_node, member_node
from derive.documents.trees.trees import changed, walk, written
from derive.reading.indices import letter_pieces
from derive.reading.syntax import Node

_NAMES = "zsuvcde"


def with_names(definitions: list[Definition], taken: set[str]) -> tuple[list[Definition], set[str]]:
    """The definitions with those of their stacks before them, and the names of the stacks. A stack under a sum that
    binds a letter of it stays."""
    found: dict[str, Definition] = {}
    result: list[Definition] = []
    for definition in definitions:
        equation = definition.equation
        for stack, letters in _stacks(equation):
            key = written(stack)
            if key not in found:
                name = next(n for n in _unused(taken | {d.name for d in found.values()}))
                found[key] = _definition(name, stack, letters, equation)
                result.append(found[key])
        sides = (equation.members[0], _replaced(equation.members[1], found), *equation.members[2:])
        names = [equation.names[0], _names(equation, sides[1], found), *equation.names[2:]]
        moved = Equation(equation.formula, sides, equation.context, equation.ranges, names)
        result.append(replace(definition, equation=moved))
    return result, {d.name for d in found.values()}


def _stacks(equation: Equation) -> Iterator[tuple[Node, list[str]]]:
    """The stacks of the right side, each with the letters on which it depends."""
    within = {id(item) for n in walk(equation.members[1]) if n.kind == "bracket" for item in n.parts[0]}
    for node in walk(equation.members[1]):
        if node.kind == "bracket" and len(node.parts[0]) > 1 and not _is_matrix(node) and id(node) not in within:
            letters = dict.fromkeys(p for n in walk(node) if n.kind == "ident" for p in letter_pieces(n.parts[0].text)
                                    if p in equation.context.letters)
            if all(x in equation.context.left for x in letters):
                yield node, list(letters)


def _is_matrix(node: Node) -> bool:
    """[[a, b], [c, d]]"""
    return all(item.kind == "bracket" for item in node.parts[0])


def _definition(name: str, stack: Node, letters: list[str], equation: Equation) -> Definition:
    items = tuple(letter_node(n, stack.at) for n in letters)
    member = Member(name, (), items, (), stack.at)
    left = member_node(member)
    inside = {n.parts[0].text for n in walk(stack) if n.kind == "name"}
    names = [[(member, "value")],
             [(m, role) for m, role in equation.names[1] if m.name in inside and _within(m, stack)]]
    context = Context(equation.context.bound, frozenset(letters))
    own = Equation(equation.formula, (left, stack), context, equation.ranges, names)
    return Definition(name, member, own, False)


def _within(member: Member, stack: Node) -> bool:
    return any(n.at == member.at for n in walk(stack) if n.kind == "name")


def _replaced(node: Node, found: dict[str, Definition]) -> Node:
    def change(n: Node) -> Node | None:
        definition = found.get(written(n)) if n.kind == "bracket" and len(n.parts[0]) > 1 else None
        return None if definition is None else member_node(replace(definition.member, at=n.at))
    return changed(node, change)


def _names(equation: Equation, side: Node, found: dict[str, Definition]) -> list[tuple[Member, str]]:
    """The names of a side whose stacks have become names."""
    places = {n.at for n in walk(side) if n.kind == "name"}
    kept = [(m, role) for m, role in equation.names[1] if m.at in places]
    own = {d.name: d.member for d in found.values()}
    added = {n.parts[0].text: n.at for n in walk(side) if n.kind == "name" and n.parts[0].text in own}
    return kept + [(Member(n, (), own[n].below, (), at), "value") for n, at in added.items()]


def _unused(taken: set[str]) -> Iterator[str]:
    yield from (n for n in _NAMES if n not in taken)
    k = 1
    while True:
        if f"z_{k}" not in taken:
            yield f"z_{k}"
        k += 1
