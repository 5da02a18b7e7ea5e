"""Letters that count: time, layers, steps of a recurrence, and letters that stand for the same."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from derive.documents.names.model import Equation
from derive.documents.trees.members import Member
from derive.documents.trees.strides import stride
from derive.documents.trees.trees import walk
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import BINDERS, Node

SEQUENCES = frozenset("tτl")


def sequences(definitions: list[Equation]) -> frozenset[str]:
    """The letters of time and layers, of recurrences, and of sums from one of those."""
    found = SEQUENCES | {x for e in definitions for x in recurrences(e)}
    return found | {x for e in definitions for x, _ in _from_a_sequence(e, found)}


def recurrences(equation: Equation) -> Iterator[str]:
    """The letters of its recurrence: k in w_k = w_{k−1} − η g, and in w_{k+1} = w_k − η g."""
    sides = [[m for m, role in side if role == "value"] for side in equation.names[:2]]
    for left in sides[0][:1] if len(sides) == 2 else ():
        for right in sides[1]:
            if right.name == left.name:
                yield from (x for a, b in zip(left.indices, right.indices)
                            if a.kind == "ident" and plain(b).kind == "sum" or _is_next(plain(a)) and b.kind == "ident"
                            for x in index_letters_of(a) if index_letters_of(b) == [x])


def steps_from_zero(definitions: Iterable[Equation], equations: Iterable[Equation], declared: Iterable[Member]
                    ) -> Iterator[tuple[int, str]]:
    """The equations v_{t+1} = … of a family of which v_0 is declared, or stands in one of the `equations`, and others
    with that letter, by their `id`: in them it counts from 0."""
    every = [(e, e.names[0][0][0]) for e in definitions if e.names and e.names[0]]
    standing = [*declared, *(m for e in equations for side in e.names for m, _ in side)]
    first = {(m.name, place) for m in standing
             for place, i in enumerate(m.indices) if i.kind == "number" and i.parts[0].text == "0"}
    steps = [(e, (m.name, place), x) for e, m in every for place, i in enumerate(m.indices) if _is_next(plain(i))
             for x in index_letters_of(i)]
    letters = {x for _, where, x in steps if where in first}
    yield from ((id(e), x) for e, _, x in steps if x in letters)


def _is_next(index: Node) -> bool:
    """Whether an index is t + 1."""
    if index.kind != "sum" or any(index.parts[0]) or len(index.parts[1]) != 2:
        return False
    kinds = [(n.kind, n.parts[0].text) for n in index.parts[1] if n.kind in ("ident", "name", "number")]
    return len(kinds) == 2 and ("number", "1") in kinds


def is_shifted(names: Container[str], equations: Iterable[Equation]) -> bool:
    """Whether one of some names stands somewhere with an index such as t − 1: it may be computed from its own past."""
    return any(m.name in names and plain(i).kind == "sum" for e in equations for side in e.names for m, _ in side
               for i in m.indices)


def gives_back(equation: Equation, name: str, between: Container[str], equations: Iterable[Equation]) -> bool:
    """Whether an equation for the members of a name tells them by what is computed from the same members: that is made
    of x_t, and not of x_{t−1} alone, as is y_{t+1} of x_t, and the equation looks at more than its past steps, y_{t−1},
    as x_{t+1} = y_t does not.
    """
    own = [m for m, _ in equation.names[1] if m.name in between]
    if _is_ahead(equation.names[0]) and not _is_ahead((m, "") for m in own):
        return False
    past = [m for m in own if any(_is_past(i) for i in m.indices)]
    made = [m for e in equations if [(m.name in between, role) for m, role in e.names[0]] == [(True, "value")]
            if not _is_ahead(e.names[0]) and e.formula.left.kind != "apply"
            for m, _ in e.names[1] if m.name == name and m.indices]
    return len(past) < len(own) and any(all(i.kind == "ident" or stride(i) for i in m.indices) for m in made)


def _is_ahead(members: Iterable[tuple[Member, str]]) -> bool:
    """Whether one of some members is that of t + 1."""
    return any(_is_next(plain(i)) for m, _ in members for i in m.indices)


def _is_past(index: Node) -> bool:
    """t − 1"""
    inner = plain(index)
    return inner.kind == "sum" and any(plain(part).kind == "number" for part in inner.parts[1]) and not stride(inner)


def alike(definitions: Iterable[Equation], known: frozenset[str]) -> dict[str, str]:
    """Letters that stand where a letter of time stands elsewhere, the s of u_{s,k} beside u_{t,k}, and that of
    Σ_{s=1}^{t}."""
    places: dict[tuple[str, int], set[str]] = {}
    for member, _ in (n for e in definitions for n in e.seen):
        for place, item in enumerate(member.indices):
            if item.kind == "ident":
                places.setdefault((member.name, place), set()).add(item.parts[0].text)
    found = {x: by for e in definitions for x, by in _from_a_sequence(e, known) if by in "tτ" and x != by}
    for letters in places.values():
        beside = sorted(letters & (known - {"l"}))
        found.update({x: beside[0] for x in letters - known if beside and x.islower()})
    return found


def index_letters_of(node: Node) -> list[str]:
    """The single small letters in an index."""
    return [p for n in walk(node) if n.kind in ("ident", "name") for p in letter_pieces(n.parts[0].text)
            if len(letter_pieces(n.parts[0].text)) == 1 and p.islower()]


def nodes_of(equation: Equation) -> Iterator[Node]:
    for side in equation.members:
        yield from walk(side)


def _from_a_sequence(equation: Equation, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The k of Σ_{k=t}^{T} and of Σ_{k=1}^{t}, and the t, which counts what k counts."""
    for node in nodes_of(equation):
        scripts = node.parts[0] if node.kind in BINDERS else ()
        highest = {x for s in scripts if s.kind == "raised" for x in _letters_alone(plain(s.parts[0]))}
        for item in (i for s in scripts if s.kind == "lowered" for i in arguments(s.parts[0]) if i.kind == "relation"):
            first, low = item.parts[0][:2]
            by = (set(index_letters_of(low)) | highest) & known
            if first.kind == "ident" and by:
                yield first.parts[0].text, min(by)


def _letters_alone(node: Node) -> list[str]:
    """The letters of an index that stand in it as they are: t in t − 1, but no l in n_l."""
    return index_letters_of(node) if all(n.kind != "scripted" for n in walk(node)) else []
