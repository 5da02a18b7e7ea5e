"""What stands on the sides of an equation, as far as its role turns on it: members of what, and whether anything is
computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derive.documents.lines.items import Item
from derive.documents.lines.statements import Equality, Range, Relation, Statement
from derive.documents.names.model import Equation
from derive.documents.names.sequences import index_letters_of
from derive.documents.roles.roles import subject
from derive.documents.trees.trees import walk
from derive.reading.syntax import BINDERS, Node


def is_behind(left: Node, standing: list[Item]) -> bool:
    """Whether it is about the member behind the last one of those that the definitions of its name are said to give."""
    ends = {end for i in standing if isinstance(i.statement, Equality) for c in i.statement.conditions
            for end in _ends_of(c)}
    inside = {id(n) for sum_of in walk(left) if sum_of.kind == "sum" for n in walk(sum_of)}
    last = {n.parts[0].text for n in walk(left) if n.kind in ("ident", "name") and id(n) not in inside}     # no A_{T−1}
    return any(re.fullmatch(rf"{re.escape(x)}\s*[-−]\s*1", end.strip()) for x in last for end in ends)


def _ends_of(condition: Statement) -> Iterator[str]:
    """Where a range ends: at n − 1 in i = 2, …, n − 1, in 2 ≤ i ≤ n − 1 and in i < n."""
    if isinstance(condition, Range) and condition.high is not None:
        yield condition.high.text
    elif isinstance(condition, Relation) and set(condition.signs) <= {"<", "≤"}:
        last = condition.members[-1].text
        yield last if condition.signs[-1] == "≤" else f"{last} - 1"


def goes_on(item: Item, before: Item) -> bool:
    """Whether the last member is what the definition gives for it, which holds up to there then."""
    above, here = before.statement, item.statement
    for condition in above.conditions if isinstance(above, Equality) and isinstance(here, Equality) else ():
        if not isinstance(condition, Range) or condition.high is None:
            continue
        last = re.sub(r"\s*[-−]\s*1\s*$", "", condition.high.text.strip())
        letter = rf"(?<![A-Za-z\\]){re.escape(condition.letter.text.strip())}(?![A-Za-z])"
        there, written = (re.sub(r"[\s&]", "", t) for t in (re.sub(letter, last.replace("\\", r"\\"), above.piece.text),
                                                           here.piece.text))
        if there == written and isinstance(above, Equality):
            before.statement = replace(above, conditions=(replace(condition, high=replace(condition.high, text=last)),))
            return True
    return False


def is_to_a_name(equation: Equation) -> bool:
    """Whether nothing but a name stands on the right side."""
    return equation.members[1].kind in ("ident", "name", "scripted")


def is_computed(side: Node) -> bool:
    """Whether something is computed: not of w_i = x_i."""
    return side.kind in ("sum", "product", "apply", "fraction", *BINDERS)


def written_left(item: Item) -> str:
    """The left side of an equation, without blanks."""
    statement = item.statement
    return re.sub(r"[\s&]", "", statement.members[0].text) if isinstance(statement, Equality) else ""


def letters_of_members(equation: Equation) -> set[str]:
    """The letters that stand as indices of the name on the left."""
    member = subject(equation)
    return {x for i in member.indices for x in index_letters_of(i)} if member is not None else set()


def left_of(equation: Equation) -> Node:
    left: Node = equation.formula.tree.parts[0][0]
    return left


def is_another_member(item: Item, standing: list[Item]) -> bool:
    """Whether it is about a member of a family that has no definition yet."""
    new = bool(item.member) and item.member not in {i.member for i in standing}
    return new and (any(item.member) or all(any(i.member) for i in standing))
