"""Inequalities about what the document defines: f(x) ≥ 1 after f(x) = (x − 1)² + 1 is a claim, and x > 0 is none.

Only a proof shows one. It is refuted where it stands alone in a display or on a line, and no words make it a condition:
elsewhere it may say where something else holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from derive.claims import ORDER
from derive.documents.functions.keys import keys
from derive.documents.lines import statements as said
from derive.documents.lines.items import CLAIMED, CONDITION, DEFINED, Item
from derive.documents.outline.outline import Outline
from derive.documents.pages.places import FENCE, INLINE
from derive.documents.pages.sources import Source
from derive.documents.roles.roles import LOSSES
from verify.documents.outcome import Outcome
from verify.documents.readings import Readings
from verify.verdict import PROVED

_CALLED = re.compile(r"\s*(\\?[^\W\d_]+)(?:'|′|\^\{?\\prime+\}?)*\s*(?:\\left\s*)?\(")
_NUMBER = re.compile(r"[-−]?(?:[\d.½¼⅓/\s{}]|\\[dt]?frac)+")
_MARKS = "$`\\[]() \t\r\n.,;。，；"


class Bounds:
    """Judges the inequalities of one document. None of them is assumed where one of them is claimed."""

    def __init__(self, outline: Outline, source: Source):
        self.outline, self.source = outline, source
        self.numbers = {i.number for i in outline.items if _is_about_definitions(i, outline)}

    @cached_property
    def readings(self) -> Readings:
        items = [replace(i, role=CONDITION) if i.number in self.numbers else i for i in self.outline.items]
        return Readings(replace(self.outline, items=items), self.source)

    def judged(self, item: Item) -> Outcome | None:
        """What becomes of an inequality; None where it claims nothing, or where nothing is known of it."""
        if item.number not in self.numbers:
            return None
        bounds = list(_one_by_one(item))
        found = [self.readings.judged(one) for one in bounds]
        if found and all(o.verdict is not None and o.verdict.verdict == PROVED for o in found):
            return found[0]
        if item.words.condition or item.words.asked or not _stands_alone(item, self.source.text):
            return None
        return next((o for one, o in zip(bounds, found) if o.refuted and _is_no_case(one)), None)


def _is_no_case(bound: Item) -> bool:
    """Whether an inequality is about a function or a loss, and a number: z > 0, |e| ≤ δ and f(x) > 0 tell a case from
    another, unless the last one is said to follow."""
    assert isinstance(bound.statement, said.Equality)
    sides = [m.text.strip() for m in bound.statement.members]
    numbers = [s for s in sides if _NUMBER.fullmatch(s)]
    others = [s for s in sides if s not in numbers]
    if len(numbers) != 1 or not (_CALLED.match(others[0]) or others[0] in LOSSES):
        return False
    return bound.words.conclusion or bool(re.search("[1-9½¼⅓]", numbers[0]))


def _is_about_definitions(item: Item, outline: Outline) -> bool:
    """Whether it is an inequality about a name or a function that stands on the left of an equation above."""
    if not isinstance(item.statement, said.Relation) or item.letter:
        return False
    above = [i for i in outline.items if i.number < item.number and i.scope == item.scope]
    if keys(item.uses) & keys(i.name for i in above if i.role == DEFINED):
        return True
    called = {c[1] for m in item.statement.members if (c := _CALLED.match(m.text))}
    return any(c[1] in called for i in above if isinstance(i.statement, said.Equality)
               and (c := _CALLED.match(i.statement.members[0].text)))


def _one_by_one(item: Item) -> Iterator[Item]:
    """Each inequality of 0 < p < 1, as a claim."""
    relation = item.statement
    if not isinstance(relation, said.Relation) or not set(relation.signs) <= set(ORDER):
        return
    for left, sign, right in zip(relation.members, relation.signs, relation.members[1:]):
        start, end = left.at - relation.piece.at, right.at + len(right.text) - relation.piece.at
        uses = item.uses | {c[1].lstrip("\\") for m in (left, right) if (c := _CALLED.match(m.text))}
        claim = said.Equality(relation.piece.cut(start, end), (left, right), relation=sign)
        yield replace(item, statement=claim, role=CLAIMED, problem="", uses=frozenset(uses))


def _stands_alone(item: Item, text: str) -> bool:
    """Whether nothing else stands in its display, or on its line in a fence."""
    if item.place.kind == INLINE:
        return False
    whole, piece = item.place.text, item.statement.piece
    if item.place.kind == FENCE:
        start, end = text.rfind("\n", 0, piece.at) + 1, text.find("\n", piece.at + len(piece.text))
        whole = text[start:end if end >= 0 else len(text)]
    return whole.strip(_MARKS) == piece.text.strip(_MARKS)
