"""In what order equations are computed, and which of them in a loop: recurrences, and members of different shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from derive.emission.code import EmissionError
from derive.emission.numbers import mentioned
from derive.expression import Ref, walk
from derive.graph import closure
from derive.index import Letter, Poly, poly
from derive.program import Equation

Places = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Loop:
    """Equations computed for one value of a letter after the other; `places` says which of their letters it is."""

    places: dict[str, int]
    backward: bool
    body: tuple[Block, ...]


Block = Equation | Loop


@dataclass
class Schedule:
    """The blocks in order, and the places of the letters that are taken one value at a time, by name."""

    blocks: tuple[Block, ...] = ()
    outer: Places = field(default_factory=dict)


def schedule(equations: Iterable[Equation], one_by_one: Callable[[Equation], tuple[int, ...]]) -> Schedule:
    """Order equations by what they need. `one_by_one` gives the places of letters that need a loop for another reason
    than a recurrence.

    Raises:
        EmissionError: for a recurrence that no loop over one letter, nor loops inside of each other, can follow.
    """
    known = {e.name: e for e in equations}
    blocks = tuple(_plan(known, dict.fromkeys(known, ()), one_by_one))
    outer: Places = dict.fromkeys(known, ())
    for block in blocks:
        _collect(block, outer)
    return Schedule(blocks, outer)


def _plan(equations: dict[str, Equation], held: Places, one_by_one: Callable[[Equation], tuple[int, ...]]
          ) -> Iterable[Block]:
    """Blocks for equations inside loops over the letters at the places `held`."""
    needs = {name: {r.name for r in _uses(e, equations, held)} for name, e in equations.items()}
    done: set[str] = set()
    while len(done) < len(equations):
        name = _ready(needs, done)
        group = {n for n in closure([name], lambda n: needs[n]) if name in closure([n], lambda m: needs[m])}
        if group == {name} and name not in needs[name]:
            yield _single(equations[name], held[name], one_by_one)
        else:
            members = {n: e for n, e in equations.items() if n in group}
            yield _recurrence(members, held, one_by_one)
        done |= group


def _ready(needs: dict[str, set[str]], done: set[str]) -> str:
    """The first name whose needs are met, but for names that need it in turn."""
    for name in needs:
        if name not in done:
            reached = closure([name], lambda n: needs[n])
            if all(n in done or name in closure([n], lambda m: needs[m]) for n in reached):
                return name
    raise AssertionError("a finite graph has a first component")


def _uses(e: Equation, equations: dict[str, Equation], held: Places) -> Iterable[Ref]:
    """The members of `equations` that a right side uses within the same round of the loops around it."""
    for node in walk(e.body):
        if isinstance(node, Ref) and node.name in equations:
            places = zip(held[e.name], held[node.name])
            if all(node.indices[k] == poly(e.letters[own]) for own, k in places):
                yield node


def _single(e: Equation, held: tuple[int, ...], one_by_one: Callable[[Equation], tuple[int, ...]]) -> Block:
    block: Block = e
    for place in reversed([k for k in one_by_one(e) if k not in held]):
        block = Loop({e.name: place}, False, (block,))
    return block


def _recurrence(equations: dict[str, Equation], held: Places, one_by_one: Callable[[Equation], tuple[int, ...]]
                ) -> Loop:
    first = next(iter(equations.values()))
    for place in range(len(first.letters)):
        found = _followed(first, place, equations, held)
        if found is not None:
            places, backward = found
            inner = {name: (*held[name], places[name]) for name in equations}
            return Loop(places, backward, tuple(_plan(equations, inner, one_by_one)))
    raise EmissionError(f"{first.name}: no loop follows the recurrence of {', '.join(equations)}")


def _followed(first: Equation, place: int, equations: dict[str, Equation], held: Places
              ) -> tuple[dict[str, int], bool] | None:
    """The places of one loop's letter in all equations, and whether it runs backward."""
    places, work, shifts = {first.name: place}, [first], set()
    while work:
        e = work.pop()
        own = e.letters[places[e.name]]
        for node in _uses(e, equations, held):
            shift = _shift(node, own, places.get(node.name))
            if shift is None:
                return None
            if node.name not in places:
                places[node.name] = shift[0]
                work.append(equations[node.name])
            shifts.add(shift[1])
    if any(places[n] in held[n] for n in places) or not shifts - {0} or (min(shifts) < 0 < max(shifts)):
        return None
    return (places, max(shifts) > 0) if len(places) == len(equations) else None


def _shift(node: Ref, letter: Letter, place: int | None) -> tuple[int, int] | None:
    """The place of the index that is the letter plus a whole number, and that number."""
    for k in range(len(node.indices)) if place is None else [place]:
        distance = (node.indices[k] - letter).constant
        if distance is not None and letter in mentioned(node.indices[k]):
            return k, int(distance)
    return None


def _collect(block: Block, outer: Places) -> None:
    if isinstance(block, Loop):
        for name, place in block.places.items():
            outer[name] = tuple(sorted({*outer[name], place}))
        for inner in block.body:
            _collect(inner, outer)


def ends(letters: Iterable[Letter]) -> tuple[Poly, Poly]:
    """The least and the greatest end of ranges that differ by whole numbers."""
    every = list(letters)
    low, high = every[0].low, every[0].high
    for a in every[1:]:
        below, above = (low - a.low).constant, (a.high - high).constant
        if below is None or above is None:
            raise EmissionError(f"a loop over {a.low}…{a.high} and {low}…{high}")
        low, high = (a.low if below > 0 else low), (a.high if above > 0 else high)
    return low, high
