"""Where a backward pass is tried: sizes that tell axes apart, and values at which every part of a formula matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy

from verify.checker.declarations import Declared, Example, size_names

FIRST = (3, 4, 2, 5, 6, 7, 8, 9)
LARGER = 3
MANY = 1024
SCALES = (1.0, 0.3, 6.0)        # of normal numbers, draw by draw: ordinary ones, small ones, far ones
NEARER = (2.5, 1.0)             # in place of far ones, where these tell nothing
STRONG = 1.5                    # what arrives is larger than 1 in one of the draws
FEW, MORE = 12, 4               # draws beside those that were asked for, where there are so few numbers in each
MOST_EDGES = 10
ORIGIN = numpy.random.PCG64(20).state


@dataclass(frozen=True)
class Draw:
    """One choice of sizes and a seed. `edge` says which sizes are 1 or equal: a forward pass may refuse those. `scale`
    stretches normal numbers, and `tiny` makes positive numbers without a shape tiny. `turn` counts the draws."""

    sizes: Mapping[str, int]
    seed: int
    turn: int = 0
    scale: float = 1.0
    tiny: bool = False
    example: bool = False
    close: bool = False     # to the examples
    edge: str = ""

    @property
    def far(self) -> bool:
        """Whether numbers are so large that they may overflow, or saturate what is computed."""
        return self.scale > NEARER[0]

    def numbers(self, generator: numpy.random.Generator) -> numpy.random.Generator:
        """The generator, set to where the random numbers of this seed begin: 2^64 after those of the seed before.
        Making a generator takes ten times as long."""
        generator.bit_generator.state = ORIGIN
        generator.bit_generator.advance(self.seed << 64)    # type: ignore[attr-defined]
        return generator

    def others(self, seeds: int, turns: int) -> Iterator[Draw]:
        """This draw, then the same with other numbers, at last close to the examples, then with other sizes."""
        yield self
        nearer = [s for s in NEARER if s < self.scale]
        for scale in nearer:
            yield replace(self, scale=scale)
        for k in range(1, seeds + 1):
            yield replace(self, seed=self.seed + 1000 * k, example=False, close=k > seeds // 2,
                          scale=min([self.scale, *nearer]))
        for turn in range(1, turns + 1 if self.sizes else 1):
            yield replace(self, seed=self.seed + 1000 * turn, sizes=_distinct(list(self.sizes), turn),
                          scale=min([self.scale, *nearer]))


def plan(inputs: Mapping[str, Any], draws: int, seed: int, given: list[Mapping[str, int]] | None) -> Iterator[Draw]:
    """The draws in order: pairwise distinct sizes in other orders, then sizes of 1 and equal sizes."""
    names = size_names(inputs)
    examples = any(isinstance(d, Example) for d in inputs.values())
    more = 0 if examples or names else MORE * (_single_numbers(inputs) <= FEW)
    for k in range(draws + more):
        sizes = given[k % len(given)] if given else _distinct(names, k)
        example = examples and k == 0
        yield Draw(sizes, seed + k, k, SCALES[k % 3], tiny=k % 3 == 1, example=example)
    if names and not given:
        for k, (edge, sizes) in enumerate(_edges(inputs, names), draws):
            yield Draw(sizes, seed + k, k, edge=edge)


def _single_numbers(inputs: Mapping[str, Any]) -> int:
    """How many numbers there are in all, where no size has a name."""
    return sum(prod(s for s in d.shape if isinstance(s, int)) for d in inputs.values() if isinstance(d, Declared))


def _edges(inputs: Mapping[str, Any], names: list[str]) -> list[tuple[str, dict[str, int]]]:
    """All sizes 1; all of them equal; one of them 1, which leaves the others to tell something; and one that is equal
    to a number beside it in a shape."""
    found = [("sizes of 1", dict.fromkeys(names, 1)), ("equal sizes", dict.fromkeys(names, 3))]
    distinct = _distinct(names, 0)
    if len(names) > 1:
        found += [(f"{n} = 1", {**distinct, n: 1}) for n in names]
    beside = {(n, side) for d in inputs.values() if isinstance(d, Declared) for n in d.shape if isinstance(n, str)
              for side in d.shape if isinstance(side, int) and side > 1}
    found += [(f"{n} = {side}", {m: side if m == n else size + side * (size == side) for m, size in distinct.items()})
              for n, side in sorted(beside)]
    return found[:MOST_EDGES]


def _distinct(names: list[str], turn: int) -> dict[str, int]:
    """Pairwise distinct sizes; another order at each turn, and larger ones for a while."""
    count = len(names)
    chosen = [*FIRST, *range(10, 10 + count)][:count]
    turned = [chosen[(k + turn) % count] for k in range(count)]
    return {n: s + turn // max(count, 1) % LARGER for n, s in zip(names, turned)}


def drawn(inputs: Mapping[str, Any], draw: Draw, generator: numpy.random.Generator) -> dict[str, Any]:
    """NumPy arrays, float64 or int64, by name; what is neither declared nor an array stays as it is."""
    return {name: numpy.asarray(_declared(d, draw, generator, place)) if isinstance(d, Declared)
            else _like(d, draw, generator) if isinstance(d, Example) else d
            for place, (name, d) in enumerate(inputs.items())}


def _declared(d: Declared, draw: Draw, generator: numpy.random.Generator, place: int) -> Any:
    shape = tuple(draw.sizes[s] if isinstance(s, str) else s for s in d.shape)
    low, high = (draw.sizes[b] if isinstance(b, str) else b for b in (d.low, d.high))
    if d.integer:
        return _whole(int(low or 0), int(high or 0), shape, generator)
    normal = generator.standard_normal(shape)
    if d.simplex:
        weights = numpy.exp(normal)
        return weights / weights.sum(-1, keepdims=True)
    if low is not None and high is not None:
        return low + (high - low) * generator.uniform(0.02, 0.98, shape)
    positive = numpy.exp(normal / 2) * (1e-6 if draw.tiny and not shape and low is None else 1.0)
    if low is not None:
        return low + positive
    if high is not None:
        return high - positive
    if not d.positive and not shape:        # a number has either sign in one draw of three, whatever the others have
        normal = abs(normal) * (-1 if (draw.turn + place) % 3 == 1 else 1) * (-1) ** place
    return positive if d.positive else draw.scale * normal


def _whole(low: int, high: int, shape: tuple[int, ...], generator: numpy.random.Generator) -> Any:
    """Whole numbers; several are not all the first, where there is a choice."""
    values = numpy.asarray(generator.integers(low, max(high, low + 1), shape))
    if values.size > 1 and high - low > 1 and (values == low).all():
        values.flat[-1] = high - 1
    return values


def _like(example: Example, draw: Draw, generator: numpy.random.Generator) -> Any:
    values, kind = example.values, "fixed" if draw.example else example.kind
    if kind == "fixed":
        return values.copy()
    if draw.close and kind != "simplex":
        return numpy.asarray(values * generator.uniform(0.7, 1, values.shape))
    normal = centred(values.shape, generator)
    if kind == "simplex":
        weights = numpy.exp(normal)
        return weights / weights.sum(-1, keepdims=True)
    if kind == "positive":
        return numpy.asarray(values * numpy.exp(normal / 2))
    normal *= draw.scale * example.spread
    normal += example.mean
    return normal


def cotangents(outputs: list[Any], generator: numpy.random.Generator, turn: int) -> list[Any]:
    """A random number for each entry of each output: never ones, which hide whatever sums to a constant. Every third
    time all are larger than 1, and single ones change their sign from draw to draw."""
    found = [_uniform(getattr(o, "shape", ()), generator) for o in outputs]
    for w in found:
        if turn % 3 == 1:
            w += numpy.copysign(STRONG, w)
        if w.size == 1:
            w[...] = abs(w) * (1 - 2 * (turn % 2))
    return found


def centred(shape: tuple[int, ...], generator: numpy.random.Generator) -> Any:
    """Numbers of mean 0 and variance 1: normal ones; of many, uniform ones, which take a quarter of the time."""
    return _uniform(shape, generator) if prod(shape) > MANY else numpy.asarray(generator.standard_normal(shape))


def _uniform(shape: tuple[int, ...], generator: numpy.random.Generator) -> Any:
    if prod(shape) > MANY:      # 24 random bits are enough, and faster
        found = generator.random(shape, dtype=numpy.float32).astype(numpy.float64)
    else:
        found = numpy.asarray(generator.random(shape))
    found -= 0.5
    found *= 12 ** 0.5
    return found


def nudged(values: Mapping[str, Any], seed: int, by: float) -> dict[str, Any]:
    """The values with a random relative change of each floating entry."""
    generator = numpy.random.default_rng([seed, 22])
    return {k: numpy.asarray(v * (1 + by * generator.uniform(-1, 1, v.shape)))
            if isinstance(v, numpy.ndarray) and numpy.issubdtype(v.dtype, numpy.floating) else v
            for k, v in values.items()}
