"""Claims that have a meaning only where two sizes are equal: W_ji, where W has m rows and n columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from verify.documents.outcome import Outcome
from verify.documents.shape_errors import by_shapes
from verify.documents.slices import Given
from verify.verdict import Verdict

_LEAVES = re.compile(r"(\S+\[….+…\]) may leave its range (?P<here>1…(\w+)): (?P<there>\w+ = 1…(\w+))")
_RANGES = re.compile(r"the sum over \w+ has the ranges (?P<here>1…(\w+)) and (?P<there>1…(\w+))(?= in )")
_WORD = re.compile(r"[^\W_]\w*")


def at_equal_sizes(problem: str, known: Collection[str], again: Callable[[Given], Outcome]) -> Outcome | None:
    """Refuted where a claim fails even at equal sizes, and the document says how long everything is. None for another
    claim. `known` are the sizes of the document, `again` reads the claim with parts of its interpretation given."""
    alike, outcome = tuple[str, ...](), Outcome(problem=problem)
    while more := _two_sizes(outcome.problem, known) - set(alike):
        alike = (*alike, *sorted(more))
        outcome = again({"alike": alike})
    if not alike or not outcome.refuted or _is_guessed(alike, outcome.inferred):
        return None
    return Outcome(_as_finding(problem), study=outcome.study)


def _two_sizes(problem: str, known: Collection[str]) -> set[str]:
    """The two sizes of the document at which the ranges end that do not fit each other; none for another problem."""
    found = _LEAVES.search(problem) or _RANGES.search(problem)
    ends = {found[side].partition("…")[2] for side in ("here", "there")} if found else set[str]()
    return ends if len(ends) == 2 and ends <= set(known) else set()


def _as_finding(problem: str) -> Verdict:
    """The verdict that a claim has no meaning where the two sizes differ."""
    found = _LEAVES.search(problem) or _RANGES.search(problem)
    assert found is not None
    return by_shapes(found[0].replace("may leave", "leaves"), found["here"], found["there"])


def _is_guessed(sizes: Collection[str], inferred: Iterable[str]) -> bool:
    """Whether a shape that nobody declares has one of these sizes: `x ∈ ℝ^{n}`."""
    return any(set(sizes) & set(_WORD.findall(shape.partition("∈ ℝ")[2])) for shape in inferred)
