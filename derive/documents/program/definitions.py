"""Definitions as equations of a program: read, put together where they define members one by one, and ordered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derive.bounds import nonnegative
from derive.documents.names.model import position
from derive.documents.problems import Unreadable
from derive.documents.roles.roles import Definition
from derive.documents.shapes.families import Families
from derive.documents.shapes.row_names import with_rows
from derive.expression import Expr, Ref, delta, expression, indicator, walk
from derive.graph import closure
from derive.index import Letter, Poly, poly
from derive.program import Equation
from derive.reading import ReadingError, Scope
from derive.reading.formula import read_sides
from derive.reading.syntax import Node
from derive.rewrite import contract_all


@dataclass(frozen=True)
class Line:
    """`left = right` for the letters in `left`, all of its indices being letters or numbers."""

    left: Ref
    right: Expr
    definition: Definition


def line_of(definition: Definition, scope: Scope, families: Families, rows: frozenset[str]) -> Line:
    """A definition with its meaning.

    Raises:
        Unreadable: where the right side has none, or has another shape than the left.
    """
    equation = definition.equation
    left, right = equation.members[0], with_rows(equation.members[1], rows)
    if definition.name in rows:
        group = Node("group", ((right,),), right.at)
        right = Node("scripted", (group, (Node("transpose", (), right.at),)), right.at)
    try:
        reading = read_sides(left, right, equation.formula.source, scope, families.ranges.limits(equation))
    except ReadingError as error:
        raise Unreadable(error.message, position(equation.formula.piece, error)) from None
    if reading.member is None:
        raise Unreadable("a name with letters as its indices is due on the left of a definition", equation.at)
    return _with_plain_letters(Line(reading.member, contract_all(reading.right), definition))


def _with_plain_letters(line: Line) -> Line:
    """h_{t+1} = f(h_t) for t = 0…T−1 is h_t = f(h_{t−1}) for t = 1…T."""
    values: dict[Letter, Poly] = {}
    for index in line.left.indices:
        if index.letter is None and index.constant is None and index.free:
            letter = next(iter(index.atoms() & index.free), None)
            if not isinstance(letter, Letter) or index.coefficient(letter) != 1:
                raise Unreadable("an index on the left of a definition is a letter, or a letter and a number",
                                 line.definition.equation.at)
            offset = index - letter
            moved = Letter(letter.name, letter.low + offset, letter.high + offset, letter.family)
            values[letter] = poly(moved) - offset
    left = line.left.substitute(values)
    return Line(left, line.right.substitute(values), line.definition)


def equations(lines: list[Line]) -> list[Equation]:
    """One equation for each name, in an order in which they can be computed.

    Raises:
        Unreadable: for definitions that overlap or that leave out members, and for circles.
    """
    by_name: dict[str, list[Line]] = {}
    for line in lines:
        by_name.setdefault(line.left.name, []).append(line)
    made = [_single(parts[0]) if len(parts) == 1 else _together(parts) for parts in by_name.values()]
    return _ordered(made, {n: parts[0] for n, parts in by_name.items()})


def _single(line: Line) -> Equation:
    letters = tuple(i.letter for i in line.left.indices if i.letter is not None)
    if len(letters) != len(line.left.indices) or len(set(letters)) != len(letters):
        raise Unreadable(f"one member of {line.left.name} is defined, and the others are not; define them all, or "
                         "give this one a name of its own", line.definition.equation.at)
    return Equation(line.left.name, letters, line.right)


def _together(parts: list[Line]) -> Equation:
    """h_0 = … and h_t = … for t ≥ 1 as one equation with cases; a_{0,k} and a_{t,k} too; n_0 = …, n_1 = … and so on."""
    numbers = [i.constant for p in parts for i in p.left.indices]
    if len(numbers) == len(parts) and None not in numbers and len(set(numbers)) > 1:
        return _one_by_one(parts)
    main = next((p for p in parts if not p.definition.fixed), None)
    place = next((k for p in parts for k, i in enumerate(p.left.indices) if p.definition.fixed and i.letter is None), 0)
    if main is None or any(i.letter is None for i in main.left.indices):
        raise Unreadable(f"members of {parts[0].left.name} are defined one by one; define the others with a letter",
                         parts[0].definition.equation.at)
    spans = [(a.low, a.high) if (a := p.left.indices[place].letter) else (p.left.indices[place],) * 2 for p in parts]
    whole = _joined(parts, spans)
    values: dict[Letter, Poly] = {}
    letters: list[Letter] = []
    for k, index in enumerate(main.left.indices):
        assert index.letter is not None
        own = index.letter.substitute(values)
        letters.append(Letter(own.name, *whole, own.family) if k == place else own)
        values[index.letter] = poly(letters[-1])
    body = Expr()
    for part, span in zip(parts, spans):
        body += _guarded(part, letters, letters[place], span, whole)
    return Equation(main.left.name, tuple(letters), body)


def _one_by_one(parts: list[Line]) -> Equation:
    """Every member has a definition of its own."""
    low, high = _joined(parts, [(p.left.indices[0],) * 2 for p in parts])
    letter = Letter("k", low, high, True)
    body = Expr()
    for part in parts:
        body += expression(delta(poly(letter) - part.left.indices[0])) * part.right
    return Equation(parts[0].left.name, (letter,), body)


def _joined(parts: list[Line], spans: list[tuple[Poly, Poly]]) -> tuple[Poly, Poly]:
    """The range that the parts cover, one right behind the other."""
    rest = sorted(range(len(spans)), key=lambda k: sum(not nonnegative(spans[j][0] - spans[k][0])
                                                       for j in range(len(spans))))
    for before, after in zip(rest, rest[1:]):
        if spans[after][0] != spans[before][1] + 1:
            what = "overlap" if nonnegative(spans[before][1] - spans[after][0]) else "leave members out"
            raise Unreadable(f"the definitions of {parts[0].left.name} {what}: "
                             f"{spans[before][0]}…{spans[before][1]} and {spans[after][0]}…{spans[after][1]}",
                             parts[after].definition.equation.at)
    return spans[rest[0]][0], spans[rest[-1]][1]


def _guarded(part: Line, letters: list[Letter], time: Letter, span: tuple[Poly, Poly],
             whole: tuple[Poly, Poly]) -> Expr:
    values: dict[Letter, Poly] = {}
    for index, letter in zip(part.left.indices, letters):
        if index.letter is not None:
            values[index.letter] = poly(letter)
    body = part.right.substitute(values)
    if span[0] == span[1]:
        return expression(delta(poly(time) - span[0])) * body
    if span[0] != whole[0]:
        body = indicator(poly(time) - span[0]) * body
    return body if span[1] == whole[1] else indicator(span[1] - poly(time)) * body


# -- order --------------------------------------------------------------------------------------------------------
def _ordered(made: list[Equation], lines: dict[str, Line]) -> list[Equation]:
    """The order of the document, except that what is used at the same time comes first."""
    _refuse_both_ways(made, lines)
    waiting = {e.name: _needed_now(e) & {m.name for m in made} for e in made}
    done: list[Equation] = []
    left = list(made)
    while left:
        ready = next((e for e in left if not waiting[e.name] & {x.name for x in left}), None)
        if ready is None:
            name = left[0].name
            raise Unreadable(f"{name} is defined by itself: {' → '.join(_circle(name, waiting))}",
                             lines[name].definition.equation.at)
        left.remove(ready)
        done.append(ready)
    return done


def _needed_now(e: Equation) -> set[str]:
    """The names that must be there first: not those of an earlier or a later step."""
    return {name for name, shift in _needed(e) if not shift}


def _needed(e: Equation) -> set[tuple[str, int]]:
    """The names on the right side, and whether they are those of an earlier (−1) or a later step (1)."""
    steps = [a for a in e.letters if a.family]
    found = set()
    for node in walk(e.body):
        if isinstance(node, Ref):
            shifts = [(index - step).constant for step in steps for index in node.indices if step in index.free]
            shifts += [-1 for step in steps for index in node.indices if node.name == e.name and not index.free
                       and _before(index, step)]
            moved = next((s for s in shifts if s), 0)
            found.add((node.name, (moved > 0) - (moved < 0)))
    return found


def _before(index: Poly, step: Letter) -> bool:
    """Whether a fixed member comes before all that are defined: α_0 in α_t = α_0 γ^t."""
    ahead = (step.low - index).constant
    return ahead is not None and ahead > 0


def _refuse_both_ways(made: list[Equation], lines: dict[str, Line]) -> None:
    """Names that need each other at earlier and at later steps may need themselves."""
    needed = {e.name: _needed(e) for e in made}
    reached = {name: _reached(name, needed) for name in needed}
    for name in needed:
        ring = {n for n in reached[name] if n in needed and name in reached[n]}
        signs = {shift for n in ring for m, shift in needed[n] if m in ring}
        if {1, -1} <= signs:
            raise Unreadable(f"{name} is needed for itself at earlier and at later steps; one direction can be read",
                             lines[name].definition.equation.at)


def _reached(start: str, needed: dict[str, set[tuple[str, int]]]) -> set[str]:
    def following(name: str) -> set[str]:
        return {n for n, _ in needed.get(name, ())}
    return closure(following(start), following)


def _circle(start: str, waiting: dict[str, set[str]]) -> Iterable[str]:
    path = [start]
    while len(path) < 2 or path[-1] not in path[:-1]:
        following = sorted(waiting[path[-1]])
        if not following:
            break
        path.append(following[0])
    return path[:8]
