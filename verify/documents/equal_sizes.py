"""Claims that have a meaning only where two sizes are equal: W_ji, where W has m rows and n columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from derive.documents.lines.items import Item
from derive.documents.outline.outline import Outline
from derive.documents.trees.bound_letters import bound_letters
from derive.reading.syntax import walk
from verify.documents.outcome import Outcome
from verify.documents.shape_errors import by_shapes
from verify.documents.slices import Given
from verify.verdict import Verdict

_END = r"1…[\w+-]+"
_LEAVES = re.compile(rf"(\S+\[….+…\]) may leave its range (?P<here>{_END}): (?P<there>\w+ = {_END})")
_RANGES = re.compile(rf"the sum over \w+ has the ranges (?P<here>{_END}) and (?P<there>{_END})(?= in )")
_WORD = re.compile(r"[^\W\d]\w*")

Groups = tuple[frozenset[str], ...]     # sizes that are taken to be one


def at_equal_sizes(problem: str, item: Item, outline: Outline, again: Callable[[Given], Outcome]) -> Outcome | None:
    """Refuted where a claim fails even at equal sizes, or has a sum of its own that leaves a range at others. None for
    another claim. `again` reads the claim with parts of its interpretation given."""
    known = outline.sizes | {n.parts[0].text for i in outline.items if i.scope == item.scope for side in i.sides
                             for n in walk(side) if n.kind in ("ident", "name")}
    alike, outcome = Groups(), Outcome(problem=problem)
    while (more := _with_pairs(alike, _pairs(outcome.problem, known))) != alike:
        alike = more
        outcome = again({"alike": alike})
    fails = outcome.refuted or (outcome.shown and _leaves_by_its_own_sum(problem, item))
    return Outcome(_as_finding(problem), study=outcome.study) if alike and fails else None


def _leaves_by_its_own_sum(problem: str, item: Item) -> bool:
    """Whether the letter that leaves a range runs as far as a sum in the claim itself says."""
    found = _LEAVES.search(problem)
    letter = found["there"].partition(" ")[0] if found is not None else ""
    return any(letter in bound_letters(n) for side in item.sides for n in walk(side)
               if n.kind == "big_sum" and any(s.kind == "raised" for s in n.parts[0]))


def _pairs(problem: str, known: Collection[str]) -> list[tuple[str, str]]:
    """The sizes of the document that differ in the ends of two ranges which do not fit each other, H − p + 1 and
    W − q + 1; none for another problem."""
    found = _LEAVES.search(problem) or _RANGES.search(problem)
    ends = [found[side].partition("…")[2] for side in ("here", "there")] if found else ["", ""]
    names = [_WORD.findall(end) for end in ends]
    if _WORD.sub("", ends[0]) != _WORD.sub("", ends[1]) or not {n for side in names for n in side} <= set(known):
        return []
    return [(a, b) for a, b in zip(*names) if a != b]


def _with_pairs(alike: Groups, pairs: Iterable[tuple[str, str]]) -> Groups:
    for pair in map(frozenset, pairs):
        if not any(pair <= g for g in alike):
            alike = (*(g for g in alike if not g & pair), pair.union(*(g for g in alike if g & pair)))
    return alike


def _as_finding(problem: str) -> Verdict:
    """The verdict that a claim has no meaning where the two sizes differ."""
    found = _LEAVES.search(problem) or _RANGES.search(problem)
    assert found is not None
    return by_shapes(found[0].replace("may leave", "leaves"), found["here"], found["there"])
