"""Sides of claims about names of which none is defined: (A B)ᵀ = Bᵀ Aᵀ. They tell the shapes of those names as the
right sides of definitions do, so each gets a name, which the program does not keep. A claim that mixes known names with
one that stands nowhere above has no meaning, and the letter is named (reading 15 of the contract).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derive.documents.functions.keys import known_as
from derive.documents.names.macros import is_body
from derive.documents.names.model import Equation
from derive.documents.roles.roles import Definition, Roles
from derive.documents.trees.members import Member, member_node, name_node
from derive.reading.indices import arguments
from derive.reading.nodes import differential, plain
from derive.reading.syntax import Node

_MARK = "‹"


def is_side(name: str) -> bool:
    """Whether a name stands for a side of a claim."""
    return name.startswith(_MARK)


def is_hidden(name: str) -> bool:
    """Whether a name stands for a side of a claim, or for what a function of the document is."""
    return is_side(name) or is_body(name)


def shapes_of_gradients(roles: Roles, asking: bool) -> Iterator[Definition]:
    """g has the shape of h, after g = ∂ℓ/∂h and where g stands in definitions, or in claims that tell lengths
    (`asking`)."""
    used = {m.name for d in roles.definitions for m, _ in d.equation.seen}
    used |= {m.name for c in roles.claims for side in c.equation.names for m, _ in side} if asking else set()
    for named in [*roles.derivatives, *roles.of_steps]:
        equation = named.equation
        node = plain(equation.members[1])
        if named.name not in used or node.kind not in ("fraction", "nabla"):
            continue
        by = differential(node.parts[1]) if node.kind == "fraction" else arguments(node.parts[0][0].parts[0])[0]
        if by is None or equation.members[0].kind not in ("name", "scripted"):
            continue
        below = [(m, "value") for m, role in equation.names[1] if role == "denominator"]
        own = Equation(equation.formula, (equation.members[0], by), equation.context, equation.ranges,
                       [[(named.member, "value")], below])
        yield Definition(named.name, named.member, own, False)


def shapes_of_held(roles: Roles, declared: Collection[str]) -> Iterator[Definition]:
    """The gradient ∂L/∂W that a definition D = −η ∂L/∂W holds has the shape of W, if W stands anywhere else."""
    known = {*declared} | roles.defined | {m.name for d in roles.definitions for m, role in d.equation.seen
                                        if role == "value"}
    for definition in roles.definitions:
        for held in (roles.held.get(m.name) for m, _ in definition.equation.names[1]):
            if held is None:
                continue
            gradient, by = held
            name = (by.parts[0] if by.kind == "scripted" else by).parts[0].text
            if name not in known:
                continue
            below = [(m, "value") for m, role in (definition.written or (None, []))[1]
                     if role == "denominator" and m.name == name]
            own = Equation(definition.equation.formula, (member_node(gradient), by), definition.equation.context,
                           definition.equation.ranges, [[(gradient, "value")], below])
            yield Definition(gradient.name, gradient, own, False)


def _are_tied(members: list[Member], told: set[str], used: set[str]) -> bool:
    """Whether one letter is the index of several names, where nothing tells the range of any of them, or of one that
    is not `used` in definitions: Var(w_i x_i)."""
    names: dict[str, set[str]] = {}
    for member in members:
        for index in member.below:
            if index.kind == "ident":
                names.setdefault(index.parts[0].text, set()).add(member.name)
    return any(len(n) > 1 and (len(n - told) > 1 or n - told - used) for n in names.values())


def unexplained_sides(roles: Roles, declared: set[str], above: Collection[str] = (),
                      positive: Collection[str] = ()) -> Iterator[Definition]:
    """Definitions of the sides of those claims that speak of no name which is declared or defined, or of no unknown one
    but those that stand `above`, in formulas that say nothing about them; and of the numbers in the others of which
    the document says no more than that they are `positive`."""
    known = declared | roles.defined | {m.name for d in roles.definitions for m, _ in d.equation.seen}
    known |= {d.name for d in roles.derivatives}
    plain_ones = [d for d in roles.definitions if not is_hidden(d.name)]
    told = declared | {d.name for d in plain_ones} | {d.name for d in roles.derivatives}
    used = {m.name for d in plain_ones for m, _ in d.equation.seen}
    for claim in roles.claims:
        equation = claim.equation
        for member in {m.name: m for side in equation.names for m, _ in side if m.name in positive}.values():
            if member.name not in known and not (member.above or member.below):
                yield _hidden(equation, name_node(member.name, member.at), [(member, "value")])
        members = [m for side in equation.names for m, _ in side]
        new = {m.name for m in members} - known
        if any(role != "value" for side in equation.names for _, role in side):
            continue
        if not new and not _are_tied(members, told, used):
            continue
        if new and len(new) < len({m.name for m in members}) and any(known_as(n).isdisjoint(above) for n in new):
            continue
        for side, names in zip(equation.members, equation.names):
            yield _hidden(equation, side, names)


def _hidden(equation: Equation, side: Node, names: list[tuple[Member, str]]) -> Definition:
    name = f"{_MARK}{equation.at}.{side.at}"
    member = Member(name, (), (), (), side.at)
    own = Equation(equation.formula, (name_node(name, side.at), side), equation.context, equation.ranges,
                   [[(member, "value")], names])
    return Definition(name, member, own, False)
