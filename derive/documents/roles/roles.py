"""What each equation of a document does: defines a name, names a derivative, or claims something."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derive.documents.names.model import LOSSES, Equation, Survey, numerator
from derive.documents.problems import Unreadable
from derive.documents.roles.held_gradients import is_derivative, with_held
from derive.documents.trees.members import Member, name_node
from derive.documents.trees.strides import stride
from derive.documents.trees.trees import walk, written
from derive.graph import closure
from derive.reading.syntax import Node

Ends = frozenset[tuple[str, str]]       # names with sizes that are the last index of each
EVERY = "every "        # begins the place of members that count in steps


@dataclass(frozen=True)
class Definition:
    """`name = right`, for all values of its letters, or (`fixed`) for one member such as h_0. `written` is the right
    side with its names, where there are gradients in it that the equation holds."""

    name: str
    member: Member
    equation: Equation
    fixed: bool
    written: tuple[Node, list[tuple[Member, str]]] | None = None

    @property
    def is_short(self) -> bool:
        """Whether the name is short for an expression with gradients, and stands in none of them itself."""
        return self.written is not None and self.name not in {m.name for m, _ in self.written[1]}


@dataclass(frozen=True)
class NamedDerivative:
    """`δ = ∂L/∂z`"""

    name: str
    member: Member
    by: str
    equation: Equation


@dataclass(frozen=True)
class Stated:
    """A claim: two sides of an equation; the left one may be a derivative."""

    equation: Equation
    left: Node
    right: Node


@dataclass
class Roles:
    definitions: list[Definition] = field(default_factory=list)
    derivatives: list[NamedDerivative] = field(default_factory=list)
    claims: list[Stated] = field(default_factory=list)
    wanted: list[Equation] = field(default_factory=list)
    assumed: list[Equation] = field(default_factory=list)
    of_steps: list[NamedDerivative] = field(default_factory=list)      # e_t = ∂ℓ_t/∂h_t, which is short for that
    holding: bool = False       # whether a gradient in a definition is held
    held: dict[str, tuple[Member, Node] | None] = field(default_factory=dict)   # … and by what it is the gradient
    problems: list[Unreadable] = field(default_factory=list)
    ends: Ends = frozenset()

    @property
    def defined(self) -> set[str]:
        return {d.name for d in self.definitions}


def roles(survey: Survey, holding: bool = False) -> Roles:
    """Sorts the equations in reading order: the first equation with a new name alone on its left defines it. `holding`:
    a gradient in a definition is a name of its own."""
    found = Roles(holding=holding, ends=ends_on_the_left(survey))
    for equation in survey.equations:
        if equation.wanted:
            found.wanted.append(equation)
        elif equation.assumed:
            found.assumed.append(equation)
        else:
            try:
                _sort(equation, found, survey)
            except Unreadable as problem:
                found.problems.append(problem)
    if holding:
        _apart_from_losses(found)
        _shorten(found)
    return found


def _apart_from_losses(found: Roles) -> None:
    """A name is one of a gradient where what is differentiated is the loss. Of ∂a/∂z and ∂L/∂w, where something else
    is differentiated that is no part of it, or of the loss ℓ_t of a step, it is short for the derivative."""
    uses: dict[str, set[str]] = {}
    for d in found.definitions:
        uses.setdefault(d.name, set()).update(m.name for m, role in d.equation.names[1] if role == "value")
    stated = [d.equation for d in found.derivatives] + [c.equation for c in found.claims] + found.wanted
    tops = {m.name for e in stated for side in e.names for m, role in side if role == "numerator"}
    tops |= {m.name for d in found.definitions if d.written for m, role in d.written[1] if role == "numerator"}
    within = {t: set(closure(uses.get(t, ()), lambda name: uses.get(name, ()))) for t in tops}
    for derivative in list(found.derivatives):
        equation = derivative.equation
        of = next((m for m, role in equation.names[1] if role == "numerator"), None)
        if of is None or of.name not in uses:
            continue
        others = {t for t in tops - {of.name} if t in uses and t not in within[of.name]}
        if of.indices or others:
            found.derivatives.remove(derivative)
            if of.name.partition("_")[0] in LOSSES:
                found.of_steps.append(replace(derivative, equation=replace(equation, names=list(equation.names))))
            _define(derivative.member, equation.members[1], equation, found)


def _shorten(found: Roles) -> None:
    """What is computed from named gradients is short for it, M = g xᵀ after g = ∂ℓ/∂h, and no part of the forward
    computation; but v_t = β v_{t−1} + g_t, and what that uses, stays as it is."""
    gradients = {d.name for d in found.derivatives} | {d.name for d in found.definitions if d.is_short}
    uses = {id(d): {m.name for m, role in d.equation.names[1] if role == "value"} for d in found.definitions}
    short: set[str] = set()
    for definition in found.definitions:
        if uses[id(definition)] & (gradients | short) and definition.name not in uses[id(definition)]:
            short.add(definition.name)
    short -= {d.name for d in found.definitions if d.fixed or d.member.indices and d.name in short and any(
        e is not d and e.name == d.name for e in found.definitions)}
    while True:
        needed = {n for d in found.definitions if d.name not in short for n in uses[id(d)]} & short
        if not needed:
            break
        short -= needed
    found.definitions = [
        replace(d, written=(d.equation.members[1], list(d.equation.names[1]))) if d.name in short and d.written is None
        else d for d in found.definitions]


def subject(equation: Equation) -> Member | None:
    """The name that stands alone on the left, with its indices."""
    left = equation.members[0]
    base = left.parts[0] if left.kind == "scripted" else left
    if base.kind != "name" or not equation.seen:
        return None
    member, role = equation.seen[0]
    return member if role == "value" and not member.rest and member.name == base.parts[0].text else None


def _sort(equation: Equation, found: Roles, survey: Survey) -> None:
    if equation.claimed:
        found.claims += [Stated(equation, equation.members[0], right) for right in equation.members[1:]]
        return
    member = subject(equation)
    if equation.update and member is not None and any(m.name == member.name for m, _ in equation.names[1]):
        member = _updated(equation, member)
    start = equation.members[0]
    rest = list(equation.members[1:])
    if member is not None and _is_new(member, found, survey) and not _is_circle(member, equation, found):
        first, *rest = rest
        by = derivative_by(first)
        if by is not None:
            found.derivatives.append(NamedDerivative(member.name, member, by, equation))
        else:
            _define(member, first, equation, found)
    elif equation.update:
        raise Unreadable("an update has one name on its left", equation.at)
    found.claims += [Stated(equation, start, right) for right in rest]


def _updated(equation: Equation, member: Member) -> Member:
    """θ := θ − α g computes a new value from the old ones: it has a name of its own."""
    new = replace(member, name=f"{member.name}_new")
    left = equation.members[0]
    base = name_node(new.name, left.at)
    moved = Node("scripted", (base, left.parts[1]), left.at) if left.kind == "scripted" else base
    equation.members = (moved, *equation.members[1:])
    equation.names[0] = [(new, "value")]
    return new


def _define(member: Member, right: Node, equation: Equation, found: Roles) -> None:
    written = None
    for node in walk(right):
        if is_derivative(node):
            written = right, list(equation.names[1])
            if not found.holding:
                raise Unreadable(f"{member.name} is defined with a derivative in it; name the derivative first: "
                                 "g = ∂L/∂W", equation.formula.at(node.at))
            right = with_held(member, equation, found.held)
            break
    found.definitions.append(Definition(member.name, member, equation, is_fixed(member, found.ends), written))


def _is_circle(member: Member, equation: Equation, found: Roles) -> bool:
    """Whether what stands on the right was computed from this name: z = log p after p = softmax(z) is a claim."""
    if member.indices:
        return False
    right = [m.name for m, role in equation.names[1] if role == "value"]
    if member.name in right:
        return False
    return member.name in closure(right, lambda name: [
        m.name for d in found.definitions if d.name == name for m, _ in d.equation.names[1]])


def _is_new(member: Member, found: Roles, survey: Survey) -> bool:
    """A name without a definition, or other members of one that has one: h_0 = … beside h_t = …, but not h_T = …
    where t runs to T."""
    if any(d.name == member.name for d in found.derivatives):
        return False
    same = [d for d in found.definitions if d.name == member.name]
    if not same:
        return True
    places = {place_of(d.member, found.ends) for d in same}
    if any(_is_last(i, j, d.equation, survey) for d in same for i, j in zip(member.indices, d.member.indices)):
        return False
    others = all(d.fixed for d in same) or is_fixed(member, found.ends)
    return place_of(member, found.ends) not in places and others and len(member.indices) > 0


def _is_last(item: Node, of: Node, equation: Equation, survey: Survey) -> bool:
    """Whether an index is the end to which the letter in a definition runs."""
    letter = of.parts[0].text if of.kind == "ident" else ""
    ranged = next((r for r in equation.ranges if r.letter == letter), survey.ranges.get(letter))
    high = ranged.high if ranged is not None else None
    name = high[0].parts[0].text if high is not None and high[0].kind == "ident" and not high[1] else ""
    return bool(name) and item.kind == "ident" and item.parts[0].text == name


def ends_on_the_left(survey: Survey) -> Ends:
    """The sizes with small letters that index a name on the left of one equation, where others are about other members
    of it: the n of v_n and of v_{2n+1} beside v_i."""
    indices: dict[tuple[str, int], set[str]] = {}
    for member in filter(None, map(subject, survey.equations)):
        for place, item in enumerate(member.indices):
            of = stride(item)
            shown = item.parts[0].text if item.kind == "ident" else of.letter if of else written(item)
            indices.setdefault((member.name, place), set()).add(shown)
    return frozenset((name, x) for (name, _), some in indices.items() if len(some) > 1
                     for x in some if x in survey.sizes and x.islower())


def place_of(member: Member, ends: Ends = frozenset()) -> tuple[str, ...]:
    """Which member it is, where indices are numbers or `ends`, or which members, where they count in steps: 2i − 1."""
    return tuple(_place(i, member.name, ends) for i in member.indices)


def _place(item: Node, name: str, ends: Ends) -> str:
    of = stride(item)
    if of is not None and (name, of.letter) not in ends:
        return f"{EVERY}{of}"
    return "" if _has_letter(item, name, ends) else written(item)


def _has_letter(item: Node, name: str, ends: Ends) -> bool:
    return any(n.kind in ("ident", "name") and n.parts[0].text.islower() and (name, n.parts[0].text) not in ends
               for n in walk(item))


def is_fixed(member: Member, ends: Ends = frozenset()) -> bool:
    """h_0, a_{0,k}: an index is no letter."""
    return not all(_has_letter(i, member.name, ends) for i in member.indices)


def derivative_by(node: Node) -> str | None:
    """The name by which is differentiated, where a side is ∂L/∂z and nothing else."""
    while node.kind in ("group", "braces") and len(node.parts[0]) == 1:
        node = node.parts[0][0]
    if numerator(node) is None or (node.kind == "nabla" and not node.parts[0]):
        return None
    below = node.parts[1] if node.kind == "fraction" else node.parts[0][0]
    return next((n.parts[0].text for n in walk(below) if n.kind == "name"), None)
