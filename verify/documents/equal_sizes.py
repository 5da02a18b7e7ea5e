"""Claims that have a meaning only where two sizes are equal: W_ji, where W has m rows and n columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from verify.documents.shape_errors import by_shapes
from verify.verdict import Verdict

_LEAVES = re.compile(r"(\S+\[….+…\]) may leave its range (?P<here>1…(\w+)): (?P<there>\w+ = 1…(\w+))")
_RANGES = re.compile(r"the sum over \w+ has the ranges (?P<here>1…(\w+)) and (?P<there>1…(\w+))(?= in )")
_SHAPE = re.compile(r"[^\W_]\w*")


def two_sizes(problem: str, known: Collection[str]) -> tuple[str, ...]:
    """The two sizes of the document at which the ranges end that do not fit each other; nothing for another problem."""
    found = _LEAVES.search(problem) or _RANGES.search(problem)
    ends = [found[side].partition("…")[2] for side in ("here", "there")] if found else []
    return tuple(ends) if len(set(ends)) == 2 and set(ends) <= set(known) else ()


def as_finding(problem: str) -> Verdict:
    """The verdict that a claim has no meaning where the two sizes differ."""
    found = _LEAVES.search(problem) or _RANGES.search(problem)
    assert found is not None
    return by_shapes(found[0].replace("may leave", "leaves"), found["here"], found["there"])


def is_guessed(sizes: Collection[str], inferred: Iterable[str]) -> bool:
    """Whether a shape that nobody declares has one of these sizes: `x ∈ ℝ^{n}`."""
    return any(set(sizes) & set(_SHAPE.findall(shape.partition("∈ ℝ")[2])) for shape in inferred)
