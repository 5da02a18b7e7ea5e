"""Sizes and inputs for checks: normal numbers as arrays, small fractions for exact arithmetic.

Both respect what the program assumes: a positive input is positive and of order one, a family that sums to one is
positive and does (and is not one-hot). The same seed gives the same numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from derive.expression import Expr, Ref, Value, walk
from derive.index import Letter, Poly, Size
from derive.program import Inverse, Program, SumsToOne, Variable
from verify.blocks import Block, Member, blocks
from verify.matrices import inverse_arrays, inverse_members
from verify.orders import put_in_order
from verify.reach import least_sizes
from verify.regimes import PLAIN, Change, Regime
from verify.sizes import Sizes, SizeValues

READABLE = [Fraction(n, 2) for n in (2, -2, 1, -1, 4, -4, 3, -3)]
MOST_DISTINCT = 5
POSITIVE = [Fraction(n, 2) for n in (1, 2, 3, 4)]

NO_CHANGE: Mapping[str, Change] = {}


# -- arrays -------------------------------------------------------------------------------------------------------
def normal_draw(program: Program, values: SizeValues, seed: int, changed: Mapping[str, Change] = NO_CHANGE,
                regime: Regime = PLAIN) -> dict[str, Any]:
    """NumPy arrays (float64) by block key: standard normal, exp(normal / 2) where positive, p / (1 + p) of that
    where below one. `changed` says what becomes of the normal numbers of a name for which nothing is declared.
    The regime changes all but what arrives from a loss.

    An array has the block's axes in their order, counted from 0. A ragged block is a dict from the value of its first
    letter to an array.
    """
    import numpy  # here, so that exact arithmetic does not wait for it

    generator = numpy.random.default_rng(seed)
    sizes = Sizes(values)

    def draw(block: Block, shape: tuple[int, ...]) -> Any:
        numbers = numpy.asarray(generator.standard_normal(shape))
        if block.name in program.outputs.values():
            return numbers
        free = regime.free(numbers)
        if block.name in _matrices(program):
            return numbers
        if block.name in _sums_to_one(program):
            weights = numpy.exp((free - free.max(axis=-1, keepdims=True)) / 2)
            return weights / weights.sum(axis=-1, keepdims=True)
        positive = numpy.exp(numbers / 2)
        if not shape and not program.variables[block.name].below_one:
            positive = regime.single(positive)
        return _within_domain(program, block.name, positive,
                              changed[block.name](free) if block.name in changed else free)

    found = {b.key: {k: draw(b, b.shape(sizes, k)) for k in sizes.range(b.axes[0], b.fixed(sizes))} if b.ragged
             else draw(b, b.shape(sizes)) for b in blocks(program)}
    for assumption in program.assumptions:
        if isinstance(assumption, Inverse):
            found |= inverse_arrays(assumption, found[assumption.of])
    put_in_order(program, found, scalar=False)
    return found


def _within_domain(program: Program, name: str, positive: Any, free: Any) -> Any:
    """The number that lies in the declared domain of a name: below one is p / (1 + p)."""
    variable = program.variables[name]
    if variable.among:
        return _nearest(variable.among, free)
    if variable.below_one:
        return positive / (1 + positive)
    return _from(variable, positive) if variable.positive else free


def _from(variable: Variable, positive: Any) -> Any:
    """A positive number as one above the least that is declared."""
    if not variable.at_least:
        return positive
    return positive + (variable.at_least if isinstance(positive, Fraction) else float(variable.at_least))


def _nearest(among: tuple[Fraction, ...], free: Any) -> Any:
    """Numbers of a set in place of any numbers, each of them with some chance."""
    if isinstance(free, Fraction):
        return among[(free.numerator * 7 + free.denominator) % len(among)]
    import numpy

    places = numpy.floor(numpy.abs(free) * 1000).astype(int) % len(among)
    return numpy.array([float(x) for x in among])[places]


def _sums_to_one(program: Program) -> frozenset[str]:
    return frozenset(a.name for a in program.assumptions if isinstance(a, SumsToOne))


def _matrices(program: Program) -> frozenset[str]:
    """Those that are orthogonal, or that have an inverse of a name."""
    return frozenset(n for a in program.assumptions if isinstance(a, Inverse) for n in a.names)


# -- small fractions ----------------------------------------------------------------------------------------------
def small_draw(program: Program, sizes: Sizes, seed: int) -> dict[Member, Fraction]:
    """Exact numbers for every member of every input: readable ones such as `3/2` and `-1` for seed 0 and below;
    sevenths and elevenths for other seeds, which agree by accident less easily."""
    generator = random.Random(seed)
    drawn: dict[Member, Fraction] = {}
    for block in blocks(program):
        members = list(block.members(sizes))
        numbers = _numbers(generator, len(members), program.variables[block.name].positive, readable=seed <= 0)
        drawn.update(zip(members, [_within_domain(program, block.name, x, x) for x in numbers]))
    for name in _sums_to_one(program):
        _normalise(drawn, name, generator, readable=seed <= 0)
    for assumption in program.assumptions:
        if isinstance(assumption, Inverse):
            drawn.update(inverse_members(assumption, drawn, generator))
    put_in_order(program, drawn)
    return drawn


def _numbers(generator: random.Random, count: int, positive: bool, readable: bool) -> list[Fraction]:
    """As many numbers, without repetition while they last."""
    if readable:
        choices = POSITIVE if positive else READABLE
        return [n for _ in range(0, count, len(choices)) for n in generator.sample(choices, len(choices))][:count]
    signs = (1,) if positive else (1, -1)
    return [generator.choice(signs) * Fraction(generator.randint(3, 19), generator.choice((7, 11)))
            for _ in range(count)]


def stretched(program: Program, drawn: dict[Member, Fraction], by: Fraction, only: str = "") -> dict[Member, Fraction]:
    """The same numbers times `by`, or those of one name `only`, as far as what is declared admits it: positive ones by
    its size, those below one towards zero or (where `by` is negative) one, probabilities all alike or (where it is
    above one) unlike."""
    if by == 1:
        return drawn
    found = dict(drawn)
    rows: dict[tuple[Any, ...], list[Member]] = {}
    for member, x in drawn.items():
        variable = program.variables[member[0]]
        if only and member[0] != only:
            continue
        if member[0] in _sums_to_one(program):
            rows.setdefault((member[0], *member[1][:-1]), []).append(member)
        elif member[0] in _matrices(program):
            continue
        elif variable.among:
            continue
        elif variable.below_one:
            found[member] = x / (1 + abs(by)) if by > 0 else 1 - x / (1 + abs(by))
        else:
            found[member] = _from(variable, (x - variable.at_least) * abs(by)) if variable.positive else x * by
    for row in rows.values():
        weights = [drawn[m]**4 if by > 1 else Fraction(1) for m in row]
        found.update({m: w / sum(weights) for m, w in zip(row, weights)})
    put_in_order(program, found)
    return found


def _normalise(drawn: dict[Member, Fraction], name: str, generator: random.Random, readable: bool) -> None:
    """Probabilities: readable ones are 1/n … n/n in some order over their sum, which is the same for every name of one
    size; others differ from name to name."""
    rows: dict[tuple[int, ...], list[Member]] = {}
    for member in drawn:
        if member[0] == name:
            rows.setdefault(member[1][:-1], []).append(member)
    for row in rows.values():
        most = len(row) if readable else 5 * len(row) + 7
        weights = generator.sample(range(1, most + 1), len(row))
        for member, weight in zip(row, weights):
            drawn[member] = Fraction(weight, sum(weights))


# -- labels -------------------------------------------------------------------------------------------------------
def labelled(program: Program, values: SizeValues, seed: int) -> Sizes:
    """The sizes, with whole numbers for the labels: a number, or a dict from indices to numbers. Where there is more
    than one class, not all are the first."""
    generator, sizes = random.Random(f"labels {seed}"), Sizes(values)
    found: dict[str, Any] = dict(values)
    for name, label in program.labels.items():
        letters = [p.letter for p in label.at]
        places = [tuple(chosen.values()) for chosen in sizes.assignments([a for a in letters if a is not None])]
        high = sizes.whole(label.high, {})
        drawn = [generator.randint(label.least, high) for _ in places]
        if places and drawn[-1] == label.least < high:
            drawn[-1] = high
        found[name] = drawn[0] if not label.at else {
            place if len(place) > 1 else place[0]: k for place, k in zip(places, drawn)}
    return Sizes(found)


# -- sizes --------------------------------------------------------------------------------------------------------
def small_sizes(program: Program, sides: Iterable[Ref | Expr] = ()) -> Iterator[dict[str, Any]]:
    """Sizes for a search: the least first, then one enlarged at a time, then all twos, then pairwise distinct ones."""
    scalars, widths = size_names(program)
    least = {n: program.sizes[n].least if n in program.sizes else 1 for n in (*scalars, *widths)}
    tried: list[dict[str, int]] = [dict(least)]
    tried += [{**least, n: least[n] + 1} for n in least]
    tried += [{n: max(v, 2) for n, v in least.items()}]
    for choice in tried:
        yield _with_widths(_long_enough(choice, program), widths, 0)
    yield from distinct_sizes(program, sides)


def distinct_sizes(program: Program, sides: Iterable[Ref | Expr] = ()) -> Iterator[dict[str, Any]]:
    """Ever larger sizes, pairwise distinct: 1, 2, 3 in every rotation, then 2, 3, 4, and so on; at most 24 sets.

    A program with many sizes would grow too large so: of more than five, neighbours differ, and three values recur.
    Sizes at which a sum would be empty, in the program or in the sides of a claim, are larger by what it takes.
    """
    needed = least_sizes(program, sides)
    scalars, widths = size_names(program)
    count = max(len(scalars), 1)
    spread = count if count <= MOST_DISTINCT else 3
    for step in range(24):
        start, turn = 1 + step // count, step % count
        chosen = [start + (k - turn) % count % spread for k in reversed(range(count))]
        least = [program.sizes[n].least if n in program.sizes else 1 for n in scalars]
        lift = max([low - c for low, c in zip(least, chosen)], default=0)
        lifted = {n: c + max(lift, 0) for n, c in zip(scalars, chosen)}
        apart = _apart({n: c + max(needed.get(n, 1) - low, 0) for (n, c), low in zip(lifted.items(), least)},
                       needed if count <= MOST_DISTINCT else {})
        yield _with_widths(_long_enough(apart, program), widths, 1 + step)


def _long_enough(sizes: dict[str, int], program: Program) -> dict[str, int]:
    """With the longer of two sizes as long as the other one, or longer where it was short of that, and with no axis
    empty of which several sizes tell the length, n − d (K − 1)."""
    found = dict(sizes)
    for _ in program.longer:
        for rest, missing in _too_short(found, program):
            if not _longest(rest):
                continue
            by = -rest.offset if all(abs(c) == 1 for m, c in rest.terms if m) else missing
            found[_longest(rest)] += max(missing, 2 * missing - int(by))
    for length in _lengths(program):
        missing = 1 - Sizes(found).whole(length, {}) if found.keys() >= {a.name for a in _sizes_in(length)} else 0
        if missing > 0 and (longest := _longest(length)):
            found[longest] += missing
    return found


def _longest(length: Poly) -> str:
    """The size with which alone a length grows: n in n − d (K − 1); empty where there is none."""
    several = [a for m, _ in length.terms for a in m]
    return next((m[0].name for m, c in length.terms if c == 1 and len(m) == 1 and several.count(m[0]) == 1), "")


def are_long_enough(sizes: Mapping[str, Any], program: Program) -> bool:
    """Whether each of the longer sizes is as long as the program says, and no axis of which several sizes tell the
    length is empty: what holds there says nothing."""
    numbers = {n: v for n, v in sizes.items() if isinstance(v, int)}
    known = (p for p in _lengths(program) if numbers.keys() >= {a.name for a in _sizes_in(p)})
    return not any(_too_short(numbers, program)) and all(Sizes(numbers).whole(p, {}) > 0 for p in known)


def _lengths(program: Program) -> Iterator[Poly]:
    """The lengths of axes that several sizes tell."""
    for length in dict.fromkeys(a.count for v in program.variables.values() for a in v.axes):
        if not length.free and len({a.name for a in _sizes_in(length)}) > 1 and not any(
                a.at for a in _sizes_in(length)):
            yield length


def _too_short(sizes: dict[str, int], program: Program) -> Iterator[tuple[Poly, int]]:
    """What is negative of what the program says is not, and how much is missing; each is asked when it comes."""
    for rest in program.longer:
        if sizes.keys() >= {a.name for a in _sizes_in(rest)}:
            missing = -Sizes(sizes).whole(rest, {})
            if missing > 0:
                yield rest, missing


def _apart(sizes: dict[str, int], enlarged: Mapping[str, int]) -> dict[str, int]:
    """Sizes that are distinct although some were enlarged."""
    found: dict[str, int] = {}
    for name in sorted(sizes, key=lambda n: n in enlarged):
        size = sizes[name]
        while enlarged.get(name, 1) > 1 and size in found.values():
            size += 1
        found[name] = size
    return {n: found[n] for n in sizes}


def edge_sizes(program: Program) -> Iterator[dict[str, Any]]:
    """The least sizes, and equal ones: what differs only there, or only elsewhere, shows."""
    scalars, widths = size_names(program)
    least = {n: program.sizes[n].least if n in program.sizes else 1 for n in (*scalars, *widths)}
    for size in ((1, 2) if least else ()):
        yield _with_widths(_long_enough({n: max(size, v) for n, v in least.items()}, program), widths, 0)


def numeric_sizes(program: Program, count: int = 2) -> list[dict[str, Any]]:
    """Sizes for a program for which nobody chose any: pairwise distinct, and above one."""
    every = list(distinct_sizes(program))
    scalars = size_names(program)[0]
    large = [s for s in every if all(s[n] > 1 for n in scalars)] or every
    return [{}] if not scalars else large[:count]


def _with_widths(sizes: dict[str, int], widths: list[str], turn: int) -> dict[str, Any]:
    """Widths for every layer that the other sizes can name: all alike for turn 0, else neighbours differ."""
    scalars = {n: v for n, v in sizes.items() if n not in widths}
    layers = max(scalars.values(), default=1) + 3
    chosen: dict[str, Any] = dict(scalars)
    for place, name in enumerate(widths):
        low = sizes.get(name, 1)
        chosen[name] = [low + (k + place + turn) % 3 if turn else low for k in range(layers)]
    return chosen


def size_names(program: Program) -> tuple[list[str], list[str]]:
    """Sizes that are numbers, and widths that depend on a layer."""
    found: dict[str, bool] = {n: False for n in program.sizes if n not in program.labels}
    letters = [a for v in program.variables.values() for a in v.axes]
    letters += [a for e in program.equations for a in e.letters]
    for letter in letters:
        for bound in (letter.low, letter.high):
            for size in _sizes_in(bound):
                found[size.name] = found.get(size.name, False) or bool(size.at)
    for node in (n for e in program.equations for n in walk(e.body) if isinstance(n, Value)):
        if isinstance(node.atom, Size) and node.atom.at:
            found[node.atom.name] = True                            # a width that is a number in a formula, and no axis
    found = {n: wide for n, wide in found.items() if n not in program.labels}
    return [n for n, w in found.items() if not w], [n for n, w in found.items() if w]


def _sizes_in(p: Poly) -> Iterator[Size]:
    for atom in p.atoms():
        if isinstance(atom, Letter):
            yield from _sizes_in(atom.low)
            yield from _sizes_in(atom.high)
        else:
            yield atom
            for inner in atom.at:
                yield from _sizes_in(inner)
