"""A counterexample as it is printed: few, small, readable numbers, at which the two sides still certainly differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from fractions import Fraction
from typing import Any

from derive.index import Letter
from derive.program import Program
from verify import outcomes
from verify.balls import Undefined
from verify.blocks import Block, Member, blocks
from verify.evaluator import Evaluator
from verify.orders import in_order
from verify.sizes import NoMember
from verify.verdict import Counterexample

SIMPLER = [Fraction(n) for n in ("0", "1", "-1", "2", "-2", "1/2", "-1/2")]
MOST_WORK = 2000        # members and slopes that are evaluated again, in all
MOST_TRIES = 200
DIGITS = (6, 12, 24, 50)

Sides = tuple[Any, Any]
Compare = Callable[[Evaluator], "Sides | None"]
Found = tuple[Evaluator, dict[Letter, int], Sides]


def simplest(evaluator: Evaluator, sides: Sides, compare: Compare) -> tuple[Evaluator, Sides]:
    """The same sizes with numbers that are easier to read: zeros where nothing else is needed, else 1, −1, 2, ½.

    `compare` gives both sides where they certainly differ. Each number that was read is tried in turn, whole families
    first; what is declared about them holds. The work is bounded, and the same each time.
    """
    search = _Simpler(evaluator, sides, compare)
    for members, value in search.proposals():
        if search.work > MOST_WORK or search.tries >= MOST_TRIES:
            break
        search.consider(members, value)
    return search.evaluator, search.sides


class _Simpler:
    def __init__(self, evaluator: Evaluator, sides: Sides, compare: Compare):
        self.evaluator, self.sides, self.compare = evaluator, sides, compare
        self.program = evaluator.program
        self.work = self.tries = 0

    def proposals(self) -> Iterator[tuple[list[Member], Fraction]]:
        read = self.evaluator.read
        families = [[m for m in b.members(self.evaluator.sizes) if m in read] for b in self._free_blocks()]
        for value in (Fraction(0), Fraction(1)):
            yield from ((members, value) for members in families if len(members) > 1)
        for member in (m for members in families for m in members):
            yield from (([member], value) for value in SIMPLER)

    def _free_blocks(self) -> list[Block]:
        bound = {n for a in self.program.assumptions for n in a.names} | {*self.program.random, *in_order(self.program)}
        return [b for b in blocks(self.program) if b.name not in bound]

    def consider(self, members: list[Member], value: Fraction) -> None:
        """Take the value for these members where they have a less simple one and the sides still differ."""
        inputs = self.evaluator.inputs
        changed = [m for m in members if _plainness(inputs[m]) > _plainness(value)]
        if not changed or not allowed(self.program, changed[0][0], value):
            return
        found = copy(self.evaluator)
        found.start({**inputs, **dict.fromkeys(changed, value)})
        self.tries += 1
        try:
            sides = self.compare(found)
        except (Undefined, NoMember):
            sides = None
        self.work += found.work
        if sides is not None and _visible(sides):
            self.evaluator, self.sides = found, sides


def _plainness(value: Fraction) -> int:
    return SIMPLER.index(value) if value in SIMPLER else len(SIMPLER)


def allowed(program: Program, name: str, value: Fraction) -> bool:
    """Whether a number lies in what is declared about a name."""
    variable = program.variables[name]
    if variable.among:
        return value in variable.among
    return (value > 0 or not variable.positive) and (value < 1 or not variable.below_one) \
        and (value > variable.at_least or not variable.at_least)


def smaller(sizes: Mapping[str, Any], least: Mapping[str, int], found: Found,
            tried: Callable[[dict[str, Any]], Found | None]) -> Found:
    """Each size at its least value, or at one more, where the sides still differ there."""
    chosen = dict(sizes)
    for name in [n for n, v in sizes.items() if isinstance(v, int)]:
        for value in range(least.get(name, 1), min(chosen[name], least.get(name, 1) + 2)):
            better = tried({**chosen, name: value})
            if better is not None:
                found, chosen[name] = better, value
                break
    return found


# -- what is printed ----------------------------------------------------------------------------------------------
def counterexample(evaluator: Evaluator, at: str, sides: Sides, seed: int) -> Counterexample:
    """The inputs that were read, and both values."""
    left, right = _digits(*sides)
    names: dict[str, Any] = {name: text for name, (text, _) in evaluator.functions.items()}
    read = {member[0] for member in evaluator.read}
    names |= {n: outcomes.law_text(evaluator, v) for n, v in evaluator.program.random.items() if n in read}
    for block in blocks(evaluator.program):
        if block.name in evaluator.program.random:
            continue
        if any(member in evaluator.read for member in block.members(evaluator.sizes)):
            names[block.key] = _nested(block, evaluator, ())
    return Counterexample(evaluator.sizes.shown(), names, at, left, right, seed)


def _visible(sides: Sides) -> bool:
    left, right = (side.str(DIGITS[0], radius=False) for side in sides)
    return bool(left != right)


def _digits(left: Any, right: Any) -> tuple[str, str]:
    """Both values to six digits, or as many as it takes to see that they differ; an interval with its ends where it
    is wide."""
    if any(_wide(side) for side in (left, right)):
        return _interval(left), _interval(right)
    for digits in DIGITS:
        texts = (left.str(digits, radius=False), right.str(digits, radius=False))
        if texts[0] != texts[1]:
            break
    return ("0" if texts[0].startswith("0e") else texts[0], "0" if texts[1].startswith("0e") else texts[1])


def _wide(value: Any) -> bool:
    return bool(value.rad() > 1e-30 and value.rad() > 1e-6 * abs(value.mid()))


def _interval(value: Any) -> str:
    middle, radius = float(value.mid()), float(value.rad())
    return f"{middle:.3g} ± {radius:.1g}" if _wide(value) else f"{middle:.6g}"


def _nested(block: Block, evaluator: Evaluator, values: tuple[int, ...]) -> Any:
    """The numbers of a block as nested lists of text."""
    letters = block.fixed(evaluator.sizes) | dict(zip(block.axes, values))
    if len(values) == len(block.axes):
        return str(evaluator.inputs[block.name, block.indices(letters)])
    return [_nested(block, evaluator, (*values, k)) for k in evaluator.sizes.range(block.axes[len(values)], letters)]
