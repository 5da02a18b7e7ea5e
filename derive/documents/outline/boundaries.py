"""Where a recursion begins: h_0 or h_1 before the first step, A_{T+1} or V_T behind the last one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from derive.documents.lines import statements as said
from derive.documents.lines.items import Item
from derive.documents.names.model import Equation, Range
from derive.documents.names.sequences import index_letters_of
from derive.documents.roles.roles import subject
from derive.documents.shapes.letter_ranges import usual_length
from derive.documents.trees.series import End, index_end
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_LETTER = re.compile(r"(?<![A-Za-z\\])[a-zτ](?![A-Za-z])")


def begins(equation: Equation, recursion: Equation, ranges: Mapping[str, Range]) -> bool:
    """Whether an equation gives the member with which a recursion begins: the one right before its first step where it
    looks back, the one right behind its last step where it looks ahead. `ranges` are those of the page."""
    return any(index_end(item) in _outer(recursion, letter, _ranged(recursion, letter, ranges))
               for item, letter in _members(equation, recursion))


def is_given(equation: Equation, steps: Equation, ranges: Mapping[str, Range]) -> bool:
    """Whether the range that is stated for a definition holds the member that an equation is about: V_0 where V_t is
    defined for t = 0, …, T − 1."""
    for item, letter in _members(equation, steps):
        ranged = _ranged(steps, letter, ranges)
        low, own = _end(ranged.low) if ranged is not None else None, index_end(item)
        if low is not None and own is not None and not (low.word or own.word) and own.more >= low.more:
            return True
    return False


def is_before(equation: Equation) -> bool:
    """Whether h_0 = … defines a member before those of h_t = …: its index is 0."""
    member = subject(equation)
    found = [n for n in member.indices if n.kind == "number"] if member is not None else []
    label = member.name.rpartition("_")[2] if member is not None else ""
    return any(float(n.parts[0].text) < 1 for n in found) or label == "0"


def without_those_beside(ranges: Mapping[str, Range], items: Iterable[Item]) -> dict[str, Range]:
    """The ranges of a page without those of letters that are told behind single equations only: 1 − β^t for t ≥ 0."""
    told = [i.statement for i in items if isinstance(i.statement, (said.Relation, said.Range))]
    behind = {id(c) for i in items if isinstance(i.statement, said.Equality) for c in i.statement.conditions}
    beside, alone = ({x for s in told if (id(s) in behind) == is_beside for x in _LETTER.findall(s.piece.text)}
                     for is_beside in (True, False))
    return {x: r for x, r in ranges.items() if x not in beside - alone}


def is_of_fixed_members(equation: Equation) -> bool:
    """Whether members of its own family on the right have numbers, and the one on the left has none: x_t = a x_0."""
    left = subject(equation)
    if left is None or not left.indices or any(i.kind == "number" for i in left.indices):
        return False
    own = [m.indices for m, _ in equation.names[1] if m.name == left.name]
    return bool(own) and all(its and all(i.kind == "number" for i in its) for its in own)


def _members(equation: Equation, steps: Equation) -> Iterator[tuple[Node, str]]:
    """The index without letters on the left of an equation, with the letter that stands there in a definition."""
    new, of = subject(equation), subject(steps)
    if new is not None and of is not None and len(new.indices) == len(of.indices):
        for item, step in zip(new.indices, of.indices):
            letters = index_letters_of(step)
            if step.kind == "ident" and letters and not index_letters_of(item):
                yield item, letters[0]


def _ranged(equation: Equation, letter: str, ranges: Mapping[str, Range]) -> Range | None:
    return next((r for r in equation.ranges if r.letter == letter), ranges.get(letter))


def _outer(recursion: Equation, letter: str, ranged: Range | None) -> set[End]:
    """The members that a recursion needs and does not give."""
    of = subject(recursion)
    name = of.name if of is not None else ""
    shifts = {_shift(i, letter) for m, role in recursion.names[1] if m.name == name and role == "value"
              for i in m.indices}
    found: set[End] = set()
    low, high = (_end(ranged.low), _end(ranged.high)) if ranged is not None else (None, None)
    if low is None and (ranged is None or ranged.low is None):
        low = End("", 1)
    found |= {low.after(s) for s in shifts if s < 0 and low is not None}
    own = any(r.letter == letter and r.high is not None for r in recursion.ranges)
    lasts = {high} if own else {high, End(usual_length(letter), 0)}     # the page may say t < T of something else
    return found | {last.after(s) for s in shifts if s > 0 for last in lasts if last is not None}


def _shift(item: Node, letter: str) -> int:
    end = index_end(item)
    return end.more if end is not None and end.word == letter else 0


def _end(given: tuple[Node, int] | None) -> End | None:
    end = index_end(plain(given[0])) if given is not None else None
    return end.after(given[1]) if end is not None and given is not None else None
