"""Sizes that somebody asks for: checked against what the program says about its sizes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from derive.program import Program
from verify.blocks import Block, blocks
from verify.draws import labelled, size_names
from verify.sizes import NoMember, Sizes

MOST = 1000                 # of one size: recurrences are unrolled, and second derivatives have size² columns
MOST_ENTRIES = 1_000_000    # of one array


class SizesError(ValueError):
    """Sizes that the program does not have; one clear line."""


def given_sizes(program: Program, own: Mapping[str, Any], given: Mapping[str, list[int]]) -> dict[str, Any]:
    """The sizes of the program: those given, and for the others its own. A width has a number for every layer.

    Raises:
        SizesError: names the size, and what it may be.
    """
    scalars, widths = size_names(program)
    for name, numbers in given.items():
        _require(program, name, numbers, scalars, widths)
    chosen = {**own, **{n: v[0] if n in scalars else v for n, v in given.items()}}
    lacking = [n for n in (*scalars, *widths) if n not in chosen]
    if lacking:
        raise SizesError(f"{program.name} needs a size for {' and '.join(lacking)}")
    _require_arrays(program, chosen)
    return {n: chosen[n] for n in (*own, *(n for n in chosen if n not in own))}


def _require(program: Program, name: str, numbers: list[int], scalars: list[str], widths: list[str]) -> None:
    known = [*scalars, *widths]
    if name not in known:
        close = difflib.get_close_matches(name.lower(), [n.lower() for n in known], 1, 0.6)
        like = [n for n in known if n.lower() in close]
        hint = f"did you mean {like[0]}?" if like else f"it has {', '.join(known)}" if known else "it has none"
        raise SizesError(f"{program.name} has no size '{name}'; {hint}")
    if name in scalars and len(numbers) > 1:
        raise SizesError(f"the size {name} of {program.name} is one whole number")
    least = program.sizes[name].least if name in program.sizes else 1
    for number in numbers:
        if not least <= number <= MOST:
            raise SizesError(f"the size {name} of {program.name} lies between {least} and {MOST}; {number} does not")


def _require_arrays(program: Program, chosen: Mapping[str, Any]) -> None:
    """Every array exists at these sizes, holds something, and can be computed with."""
    try:
        sizes = labelled(program, chosen, 0)
        arrays = [*blocks(program), *(Block(n, n, e.letters) for n, e in program.defined.items())]
        counts = {b.key: _entries(b, sizes) for b in arrays}
    except NoMember as error:
        raise SizesError(f"{program.name} has no such sizes: {error}; a width needs a number for every layer, from "
                         "layer 0 on, such as n=4:5:3") from error
    for key, count in counts.items():
        if not 0 < count <= MOST_ENTRIES:
            raise SizesError(f"at these sizes {key} of {program.name} has {count} entries; there may be "
                             f"{MOST_ENTRIES} at most, and none is too few")


def _entries(block: Block, sizes: Sizes) -> int:
    if not block.ragged:
        return _product(block.shape(sizes))
    return sum(_product(block.shape(sizes, k)) for k in sizes.range(block.axes[0], block.fixed(sizes)))


def _product(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count
