"""Determinants: in det(I + u vᵀ), what is in the parentheses gets a name and a definition, and so does its determinant,
which has values and no derivatives: a program says of which matrix it is the determinant. That of a small matrix that
is written out is written out as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations

from derive.derivation import jacobian_name
from derive.documents.names.model import Equation, Survey
from derive.documents.roles.inverses import is_alone
from derive.documents.roles.roles import Definition
from derive.documents.roles.square import square
from derive.documents.trees.members import Context, Member, name_node
from derive.documents.trees.trees import changed, walk, written
from derive.reading.nodes import differential, operand, plain
from derive.reading.syntax import Node

_NAMES = "determinant", "matrix"
MOST_ROWS = 3           # of a matrix whose determinant is written out


@dataclass
class Determinants:
    """`of` maps the name of each determinant to the matrix, `shapes` tell that this is square."""

    of: dict[str, str] = field(default_factory=dict)
    shapes: list[Definition] = field(default_factory=list)


def take_determinants(survey: Survey) -> Determinants:
    """Put names in the place of determinants, in every equation of the survey."""
    found = Determinants()
    names: dict[str, str] = {}
    defining: list[Equation] = []
    jacobians = dict(_named_jacobians(survey))
    for equation in survey.equations:
        members, sides = list(equation.members), list(equation.names)
        for k, side in enumerate(members):
            taken = {id(n): base for n in walk(side) if (base := _determined(n, survey)) is not None
                     and (_jacobian(base, jacobians) or is_alone(base, equation, sides[k]))}
            for base in taken.values():
                if written(base) not in names:
                    names[written(base)] = f"{_NAMES[0]}_{len(names) + 1}"
                    jacobian = _jacobian(base, jacobians)
                    entries = _entry_by_entry(base, names[written(base)], survey)
                    if jacobian:
                        found.of[names[written(base)]] = jacobian
                    elif entries is not None:
                        defining.append(entries)
                    else:
                        defining += _defined(base, names[written(base)], equation, sides[k], found)
            if taken:
                members[k] = changed(side, partial(_named, taken=taken, names=names))
                inside = {n.at for base in taken.values() for n in walk(base) if n.kind == "name"}
                own = {names[written(base)]: base.at for base in taken.values()}
                sides[k] = [(m, role) for m, role in sides[k] if m.at not in inside]
                sides[k] += [(Member(n, (), (), (), at), "value") for n, at in own.items()]
        equation.members, equation.names = tuple(members), sides
    survey.equations[:0] = defining
    return found


def _determined(node: Node, survey: Survey) -> Node | None:
    """The matrix of which a node is the determinant: det A, and log |Σ| of what is declared as a square matrix."""
    if node.kind == "apply" and node.parts[0].name == "det" and not node.parts[1]:
        return plain(operand(node.parts[2])[0])
    if node.kind != "apply" or node.parts[0].name != "log":
        return None
    inner = plain(operand(node.parts[2])[0])
    of = plain(inner.parts[0]) if inner.kind == "absolute" else None
    declared = survey.declared.get(of.parts[0].text) if of is not None and of.kind == "name" else None
    if declared is None or len(declared.dimensions) != 2:
        return None
    return of if len({d.piece.text.strip() for d in declared.dimensions}) == 1 else None


def _named_jacobians(survey: Survey) -> Iterator[tuple[str, str]]:
    """The J of J = ∂y/∂z, and what it is."""
    for equation in survey.equations:
        left = equation.members[0] if equation.members else None
        for right in equation.members[1:] if left is not None and left.kind == "name" else ():
            jacobian = _jacobian(right, {})
            if left is not None and jacobian:
                yield left.parts[0].text, jacobian


def _jacobian(base: Node, named: Mapping[str, str]) -> str:
    """The name of the Jacobian ∂y/∂z of two names without indices; `named` are those with names of their own."""
    if base.kind == "name":
        return named.get(base.parts[0].text, "")
    ends = [differential(p) for p in base.parts] if base.kind == "fraction" else []
    shown = [plain(e).parts[0].text for e in ends if e is not None and plain(e).kind == "name"]
    return jacobian_name(*shown) if len(shown) == 2 else ""


def _entry_by_entry(base: Node, name: str, survey: Survey) -> Equation | None:
    """The definition of the determinant of a matrix that is written out, a d − b c, which has derivatives too."""
    of = base.parts[0].text if base.kind == "name" else ""
    defining = [e for e in survey.equations if len(e.members) > 1 and e.members[0].kind == "name"
                and e.members[0].parts[0].text == of]
    matrix = plain(defining[0].members[1]) if len(defining) == 1 else base
    if matrix.kind != "matrix" or not of:
        return None
    rows = [row.parts[0] for row in matrix.parts]
    if len(rows) > MOST_ROWS or any(len(row) != len(rows) for row in rows):
        return None
    value = Node("sum", tuple(zip(*_expanded(rows, base.at))), base.at)
    left = [(Member(name, (), (), (), base.at), "value")]
    return Equation(defining[0].formula, (name_node(name, base.at), value), Context(), [], [left, defining[0].names[1]])


def _expanded(rows: Sequence[tuple[Node, ...]], at: int) -> Iterator[tuple[bool, Node]]:
    """Whether a minus stands before each product, and the product: one entry of each row and each column."""
    for order in permutations(range(len(rows))):
        turns = sum(a > b for k, b in enumerate(order) for a in order[:k])
        factors = tuple(Node("group", ((row[k],),), at) for row, k in zip(rows, order))
        yield turns % 2 == 1, factors[0] if len(rows) == 1 else Node("product", (factors, ("",) * (len(rows) - 1)), at)


def _defined(base: Node, name: str, equation: Equation, side: list[tuple[Member, str]],
             found: Determinants) -> list[Equation]:
    """The definition of the matrix, where it is no name of its own."""
    if base.kind == "name":
        matrix, made = base.parts[0].text, []
    else:
        matrix = f"{_NAMES[1]}_{name.rpartition('_')[2]}"
        inside = {n.at for n in walk(base) if n.kind == "name"}
        made = [Equation(equation.formula, (name_node(matrix, base.at), base), Context(), [], [
            [(Member(matrix, (), (), (), base.at), "value")], [(m, role) for m, role in side if m.at in inside]])]
    found.of[name] = matrix
    found.shapes.append(square(matrix, base.at, equation.formula))
    return made


def _named(node: Node, taken: dict[int, Node], names: dict[str, str]) -> Node | None:
    base = taken.get(id(node))
    if base is None:
        return None
    name = name_node(names[written(base)], base.at)
    argument, outside = operand(node.parts[2])
    value = Node("scripted", (name, outside), node.at) if outside else name
    if node.parts[0].name == "det":
        return value
    return Node("apply", (*node.parts[:2], Node("group", ((value,),), node.at)), node.at)
