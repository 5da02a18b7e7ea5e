"""Inverses of matrices: in `(XᵀX + λI)⁻¹ Xᵀ y`, what is inverted gets a name and a definition, and so does its inverse,
which has no definition that could be differentiated: a program says of which matrix it is the inverse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from derive.documents.names.model import Equation, Survey
from derive.documents.roles.roles import Definition
from derive.documents.trees.members import Context, Member, name_node, number_node
from derive.documents.trees.trees import changed, walk, words, written
from derive.reading.nodes import plain
from derive.reading.syntax import BINDERS, Node

_OUTSIDE = frozenset(["norm", "absolute", "inner", "apply", *BINDERS, "moment", "lowered", "raised",
                      "picked", "cases"])      # what stands in these tells nothing about the shape


@dataclass
class Inverses:
    """The inverses of a document: `of` maps the name of each to the matrix, `shapes` tell that both have one shape."""

    of: dict[str, str] = field(default_factory=dict)
    shapes: list[Definition] = field(default_factory=list)


class NoMatrix(Exception):
    """What is raised to −1 is a number."""


MOST = 4            # the largest power of an inverse
CERTAIN, LIKELY, NONE = "certain", "likely", "none"


def take_inverses(survey: Survey, which: str) -> Inverses:
    """Put names in the place of inverses, in every equation of the survey: of those that are `certain`, by what is
    declared, or that are `likely`, by a capital letter."""
    found = Inverses()
    if which == NONE:
        return found
    names: dict[str, str] = {}
    defining: list[Equation] = []
    for equation in chain(survey.equations, _as_they_come(defining)):
        members, sides = list(equation.members), list(equation.names)
        for k, side in enumerate(members):
            beside = set(_beside(side, survey))
            taken = _outermost(side, {
                id(n): base for n in _beyond_diagonals(side)
                if (base := _inverted(n, survey, LIKELY if id(n) in beside else which)) is not None
                and is_alone(base, equation, sides[k])})
            if not taken:
                continue
            for base in taken.values():
                if written(base) not in names:
                    names[written(base)] = f"inverse_{len(names) + 1}"
                    defining.append(_defined(base, names[written(base)], equation, sides[k], found))
            members[k] = changed(side, partial(_named, taken=taken, names=names))
            places = {n.at for n in walk(members[k]) if n.kind == "name"}
            inside = {n.at for base in taken.values() for n in walk(base) if n.kind == "name"}
            kept = [(m, role) for m, role in sides[k] if m.at in places - inside or m.at not in inside]
            own = {names[written(base)]: base.at for base in taken.values()}
            sides[k] = kept + [(Member(n, (), (), (), at), "value") for n, at in own.items()]
        equation.members, equation.names = tuple(members), sides
    survey.equations[:0] = reversed(defining)
    return found


def _as_they_come(equations: list[Equation]) -> Iterator[Equation]:
    """The equations of a list that grows: of (Wᵀ Ψ⁻¹ W)⁻¹, that of what is inverted holds an inverse too."""
    place = 0
    while place < len(equations):
        yield equations[place]
        place += 1


def _beyond_diagonals(side: Node) -> Iterator[Node]:
    """The nodes of a side but for what stands on a diagonal: that of diag(A 𝟏)⁻¹ is inverted entry by entry."""
    diagonals = {id(plain(n.parts[2])) for n in walk(side) if n.kind == "apply" and n.parts[0].name == "diag"}
    return (n for n in walk(side) if id(n) not in diagonals)


def _outermost(side: Node, taken: dict[int, Node]) -> dict[int, Node]:
    """The inverses that stand in no other one, with what is inverted."""
    inside = {id(inner) for n in walk(side) if id(n) in taken for inner in walk(n) if inner is not n}
    return {at: base for at, base in taken.items() if at not in inside}


def may_invert(survey: Survey) -> bool:
    """Whether something stands to the power of −1 that is likely to be a matrix."""
    return any(_inverted(n, survey, LIKELY) is not None for e in survey.equations for side in e.members
               for n in _beyond_diagonals(side))


def _defined(base: Node, name: str, equation: Equation, side: list[tuple[Member, str]], found: Inverses) -> Equation:
    matrix = f"inverted_{name.rpartition('_')[2]}"
    found.of[name] = matrix
    one, other = Member(matrix, (), (), (), base.at), Member(name, (), (), (), base.at)
    inside = {n.at for n in walk(base) if n.kind == "name"}
    nodes = name_node(matrix, base.at), name_node(name, base.at)
    made = Equation(equation.formula, (nodes[0], base), Context(), [], [
        [(one, "value")], [(m, role) for m, role in side if m.at in inside]])
    turned = Node("scripted", (nodes[0], (Node("transpose", (), base.at),)), base.at)
    for like in (turned, nodes[0]):     # both only where it is square
        shape = Equation(equation.formula, (nodes[1], like), Context(), [], [[(other, "value")], [(one, "value")]])
        found.shapes.append(Definition(name, other, shape, False))
    return made


def _beside(side: Node, survey: Survey) -> Iterator[int]:
    """The factors that stand in a product with a matrix or a vector, or with a capital letter: Q Λ Q⁻¹."""
    for node in walk(side):
        factors = node.parts[0] if node.kind == "product" else ()
        likely = [f for f in factors if any(_is_matrix(n, survey, LIKELY) or _is_vector(n, survey) for n in _base(f))]
        for factor in factors:
            if any(f is not factor for f in likely):
                yield id(factor)


def _base(node: Node) -> tuple[Node, ...]:
    """The name that a factor is, with or without scripts."""
    base = node.parts[0] if node.kind == "scripted" else node
    return (base,) if base.kind == "name" else ()


def _is_vector(node: Node, survey: Survey) -> bool:
    declared = survey.declared.get(node.parts[0].text)
    return declared is not None and len(declared.dimensions) == 1


def _inverted(node: Node, survey: Survey, which: str) -> Node | None:
    """The matrix of which a node is the inverse."""
    base, scripts = node.parts if node.kind == "scripted" else (node, ())
    if not scripts or base.kind not in ("group", "name"):
        return None
    if not (_power(scripts[0]) or _is_minus(scripts[0], "T")):
        return None
    several = len({n.parts[0].text for n in _outer(base) if _is_matrix(n, survey, LIKELY)}) > 1
    return base if several or any(_is_matrix(n, survey, which) for n in _outer(base)) else None


def _outer(node: Node) -> list[Node]:
    """A node and those below it that are neither arguments nor indices."""
    found = [node]
    for child in node.below:
        if child.kind not in _OUTSIDE:
            found += _outer(child)
    return found


def _is_matrix(node: Node, survey: Survey, which: str) -> bool:
    shown = node.parts[0].text if node.kind in ("name", "ident") else ""
    declared = survey.declared.get(shown)
    if declared is not None:
        return len(declared.dimensions) == 2
    return shown == "I" or (which == LIKELY and shown[:1].isupper() and shown not in survey.sizes)


def _power(script: Node) -> int:
    """The k of −k, where it is a small number."""
    return next((k for k in range(1, MOST + 1) if _is_minus(script, str(k))), 0)


def _is_minus(script: Node, shown: str) -> bool:
    """−1, −2, or −T"""
    inside = plain(script.parts[0]) if script.kind == "raised" else None
    if inside is None:
        return False
    if inside.kind == "number":
        return inside.parts[0].text == f"-{shown}"
    if inside.kind != "sum" or inside.parts[0] != (True,):
        return False
    return getattr(inside.parts[1][0].parts[0], "text", "") == shown if inside.parts[1][0].parts else False


def is_alone(base: Node, equation: Equation, side: list[tuple[Member, str]]) -> bool:
    """Whether a matrix depends on no letter, and no derivative stands in it."""
    inside = {n.at for n in walk(base) if n.kind == "name"}
    values = all(role == "value" for m, role in side if m.at in inside)
    return values and not words([base]) & equation.context.letters


def _named(node: Node, taken: dict[int, Node], names: dict[str, str]) -> Node | None:
    base = taken.get(id(node))
    if base is None:
        return None
    first, *rest = node.parts[1]
    turned = [Node("transpose", (), node.at)] if _is_minus(first, "T") else []
    if _power(first) > 1:
        turned = [Node("raised", (number_node(_power(first), node.at),), node.at)]
    name = name_node(names[written(base)], base.at)
    return Node("scripted", (name, (*turned, *rest)), node.at) if turned or rest else name
