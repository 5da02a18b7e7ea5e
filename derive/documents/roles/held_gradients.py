"""Gradients in definitions, which are held: each has a name, and nothing is derived through it."""

from __future__ import annotations

from derive.documents.functions.derivatives import EXPRESSIONS
from derive.documents.names.model import LOSSES, Equation, numerator
from derive.documents.problems import Unreadable
from derive.documents.trees.members import Member, member_node
from derive.documents.trees.trees import changed, walk
from derive.reading.indices import arguments
from derive.reading.nodes import differential, plain
from derive.reading.syntax import Node


def is_derivative(node: Node) -> bool:
    return node.kind == "nabla" or differential(node) is not None or numerator(node) is not None or _is_second(node)


def _is_second(node: Node) -> bool:
    return node.kind == "fraction" and plain(node.parts[0]).kind == "second"


def _outer(node: Node) -> tuple[Node, list[Node]]:
    """x yᵀ, which has the shape of ∂²L/∂x∂yᵀ, and the names in it."""
    below = plain(node.parts[1])
    factors = below.parts[0] if below.kind == "product" else (below, below)
    names = [next((n for n in walk(f) if n.kind == "name"), f) for f in factors[:2]]
    turned = Node("scripted", (names[1], (Node("transpose", (), node.at),)), node.at)
    return Node("group", ((Node("product", ((names[0], turned), ("",)), node.at),),), node.at), names


def _shaped_like(gradient: Member, node: Node) -> tuple[Member, Node] | None:
    """The name of ∂L/∂W and W; None where it is no gradient of a loss by a name."""
    above = numerator(node) if node.kind == "fraction" else node.parts[1] if node.kind == "nabla" else None
    of = plain(above) if above is not None else None
    if of is None or of.kind != "name" or of.parts[0].text.partition("_")[0] not in LOSSES:
        return None
    by = differential(node.parts[1]) if node.kind == "fraction" else next(
        (arguments(s.parts[0])[0] for s in node.parts[0] if s.kind == "lowered"), None)
    return (gradient, by) if by is not None and plain(by).kind in ("name", "scripted") else None


def with_held(member: Member, equation: Equation, held: dict[str, tuple[Member, Node] | None]) -> Node:
    """The right side with a name in place of each gradient: for the shapes of v_t = β v_{t−1} + ∇J(θ) that is enough,
    and nothing is derived through it. The names are added to `held`, each with by what it differentiates a loss, which
    has its shape."""
    own: list[tuple[Member, str]] = []

    def change(node: Node) -> Node | None:
        if not is_derivative(node):
            return None
        if _is_second(node):
            outer, names = _outer(node)
            own.extend((Member(n.parts[0].text, (), (), (), n.at), "value") for n in names)
            return outer
        by = [n.parts[0].text for n in walk(node) if n.kind == "name"]
        if any(name in EXPRESSIONS for name in by):     # ∇f(w_t) of a known f is not free to be anything
            raise Unreadable("the gradient of a formula in a definition; write it out", equation.at)
        spoken = [n.parts[0].text for n in walk(node) if n.kind in ("name", "ident")]      # ∂E/∂w is no ∂E/∂b
        gradient = Member("_".join(("grad", *spoken)), member.above, member.below, (), node.at)
        own.append((gradient, "value"))
        held.setdefault(gradient.name, _shaped_like(gradient, node))
        return member_node(gradient)

    right = changed(equation.members[1], change)
    inside = {id(n) for node in walk(equation.members[1]) if is_derivative(node) for n in walk(node)}
    outside = {n.at for n in walk(equation.members[1]) if id(n) not in inside}
    kept = [(m, role) for m, role in equation.names[1] if role == "value" and m.at in outside]
    equation.members = (equation.members[0], right, *equation.members[2:])
    equation.names[1] = kept + own
    return right
