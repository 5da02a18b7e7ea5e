"""Ranges that a sentence gives behind an equation, `G_t = r_t + γ G_{t+1}` for `t < T`, or in front of one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from derive.documents.lines import statements as said
from derive.documents.lines.items import Item
from derive.documents.pages.places import INLINE

_FOR = re.compile(r"[\s$`)\\,，]*(?:\(?\s*(?:for|when(?:ever)?|if|where|provided)(?:\s+(?:all|any|every|each))?|"
                  r"（?(?:对于?|当|若|其中)(?:所有|任意)?|[(（])[\s$`\\]*")
_SAYS = (r"(?:we|one) (?:have|has|get|gets|find|finds|obtain|obtains)|"
         r"(?:it|this|the(?: \w+){1,3}) (?:is(?: zero)?|gives|reads|vanish(?:es)?|becomes)|is|are")
_BETWEEN = re.compile(rf"[\s$`)\\]*(?:[:：,，]|时)?\s*(?:then|则|有|{_SAYS})?\s*[:：,，]?[\s$`(\[\\]*")
_LEADS = re.compile(rf"[\s$`)\\]*(?:[:：]|时|,?\s*(?:then|{_SAYS})(?![A-Za-z]))")
_COMMA_IN_FRONT = re.compile(r"[\s$`)\\]*[,，]")
_COMMA_BEHIND = re.compile(r"[\s$`)\\]*[,，]\s*\$")
_INDEX = re.compile(r"\s*[i-np-t]\s*")
_LETTER = re.compile(r"\s*[a-z]\s*")
_COMMA = re.compile(r"[\s$`)\\]*[,，、][\s$`(\\]*")
_FOR_IN_FRONT = re.compile(r"(?:\b(?:[Ff]or|[Ww]hen(?:ever)?|[Ii]f|[Ww]here)(?:\s+(?:all|any|every|each))?\s*|"
                           r"(?:对于?|当|若|如果)(?:所有|任意)?\s*)[$`(\\]*\s*$")
_VALUE = re.compile(r"(?<![A-Za-z\\_^{])\\?[A-Za-zα-ω]+")
_DERIVATIVE = re.compile(r"\s*&?\s*(?:\\[dt]?frac\s*\{\s*(?:\\partial|d)|∂|\\nabla|∇)")
_WORD = re.compile(r"\w+")
_SINGLE = re.compile(r"(?<![A-Za-z\\])[a-zτ](?![A-Za-z])")


def with_ranges_behind(items: list[Item], text: str) -> Iterator[Item]:
    """The items; the range of a letter belongs to the equation in front of it that has the letter as an index."""
    computed = _computed(items)
    for item, behind in zip(items, [*items[1:], None]):
        statement = item.statement
        if isinstance(statement, said.Equality) and behind is not None \
                and _is_told_of_values(item, behind, text, computed):
            item.statement = replace(statement, conditions=(*statement.conditions, *_told_case(behind, item, computed)))
            behind.told = True
        elif isinstance(statement, said.Equality) and behind is not None and _is_told(item, behind, text):
            told = _case(behind.statement) or behind.statement
            item.statement = replace(statement, conditions=(*statement.conditions, told))
            behind.only = item.place.start
        yield item


def with_parts_told(items: list[Item], text: str) -> Iterator[Item]:
    """The items; a range that leaves out some of a letter's values is known to, and in front of a display it is told
    for that display."""
    for item, behind in zip(items, [*items[1:], None]):
        item.partial = _leaves_some_out(item.statement)
        if item.partial and item.only is None and behind is not None and item.place.kind == INLINE != behind.place.kind:
            between = text[item.statement.piece.at + len(item.statement.piece.text):behind.statement.piece.at]
            item.only = behind.place.start if _BETWEEN.fullmatch(between) else None
        yield item


def _leaves_some_out(statement: said.Statement) -> bool:
    """Whether a range is no whole one, as t = 1, …, T and 0 ≤ t < T are."""
    if isinstance(statement, said.Range):
        ends = sorted((statement.low.text.strip(), statement.high.text.strip()), key=str.isdecimal, reverse=True)
        return ends[0] not in ("0", "1") or not _WORD.fullmatch(ends[1])
    if not isinstance(statement, said.Relation) or len(statement.members) != 3:
        return False
    low, last = statement.members[0].text.strip(), statement.members[2].text.strip()
    whole = {("0", "≤", "<"), ("0", "<", "≤"), ("0", "≤", "≤"), ("1", "≤", "≤")}
    return (low, *statement.signs) not in whole or not _WORD.fullmatch(last)


def with_letters_apart(items: list[Item], text: str) -> Iterator[Item]:
    """The items; for `i ≠ j`, and for `i = j`: what stands right behind it holds there."""
    of_display: Item | None = None      # whose statement is the case of all equations of a display
    computed = _computed(items)
    for item, before in zip(items, [None, *items]):
        statement = item.statement
        case = _case(before.statement) if before is not None and before.place.kind == INLINE else None
        if before is None or not isinstance(statement, said.Equality):
            yield item
            continue
        if of_display is not None and (item.place is not before.place or not _told_case(of_display, item, computed)):
            of_display = None
        if of_display is not None or _leads_to_values(before, item, text, computed):
            told = of_display or before
            item.statement = replace(statement, conditions=(*statement.conditions, *_told_case(told, item, computed)))
            told.told = True
            of_display = told if item.place.kind != INLINE else None
        elif case is not None and before.place is not item.place:
            between = text[case.piece.at + len(case.piece.text):statement.piece.at]
            members = case.members if isinstance(case, said.Relation) else ()
            of_values = not all(_INDEX.fullmatch(m.text) for m in members) \
                and not any(_is_index(m.text.strip(), statement.piece.text) for m in members)
            if _BETWEEN.fullmatch(between) and not of_values:
                item.statement = replace(statement, conditions=(*statement.conditions, case))
        yield item


def leading(items: list[Item], text: str) -> Iterator[Item]:
    """The items; a range of a sentence that goes on to a display, "and for 1 < t ≤ T", is told where that begins."""
    for item, behind in zip(items, [*items[1:], None]):
        if behind is not None and item.place.kind == INLINE != behind.place.kind and _bounds_twice(item.statement):
            ranged = item.statement.piece
            if _BETWEEN.fullmatch(text[ranged.at + len(ranged.text):behind.place.start]):
                item.leads = behind.place.start
        yield item


def _bounds_twice(statement: said.Statement) -> bool:
    return isinstance(statement, said.Range) or (isinstance(statement, said.Relation) and len(statement.members) > 2)


def _case(statement: said.Statement) -> said.Relation | said.Range | None:
    """The condition i ≠ j, or i = j as a range of one letter."""
    if not isinstance(statement, (said.Relation, said.Equality)) or len(statement.members) != 2 \
            or not all(_LETTER.fullmatch(m.text) for m in statement.members) \
            or not any(_INDEX.fullmatch(m.text) for m in statement.members):
        return None
    if isinstance(statement, said.Relation):
        return statement if statement.signs == ("≠",) else None
    if not all(_INDEX.fullmatch(m.text) for m in statement.members):
        return None
    if isinstance(statement, said.Equality):
        return said.Range(statement.piece, statement.members[0], statement.members[1], statement.members[1])
    return None


def _is_told(item: Item, behind: Item, text: str) -> bool:
    """Whether a sentence goes on from an equation to a range for it."""
    if behind.place.kind != INLINE or behind.place is item.place \
            or not (_case(behind.statement) or isinstance(behind.statement, (said.Range, said.Relation))):
        return False
    equation, ranged = item.statement.piece, behind.statement.piece
    if _case(behind.statement) and _LEADS.match(text[ranged.at + len(ranged.text):]):
        return False        # …; if i = j: what comes now
    between = text[equation.at + len(equation.text):ranged.at]
    follows = isinstance(behind.statement, said.Range) and _COMMA.fullmatch(between)
    letters = _SINGLE.findall(ranged.text)
    return bool(_FOR.fullmatch(between) or follows) and any(_is_index(x, equation.text) for x in letters)


def _leads_to_values(before: Item, item: Item, text: str, computed: Collection[str]) -> bool:
    """For x < 0 we have f'(x) = …"""
    ranged, equation = before.statement.piece, item.statement.piece
    return before.place.kind == INLINE and before.place is not item.place and not before.told \
        and bool(_told_case(before, item, computed)) \
        and bool(_FOR_IN_FRONT.search(text[max(0, ranged.at - 30):ranged.at])) \
        and bool(_BETWEEN.fullmatch(text[ranged.at + len(ranged.text):equation.at]))


def _is_told_of_values(item: Item, behind: Item, text: str, computed: Collection[str]) -> bool:
    """f'(x) = … for x < 0"""
    equation, ranged = item.statement.piece, behind.statement.piece
    between = text[equation.at + len(equation.text):ranged.at]
    after = text[ranged.at + len(ranged.text):]
    return behind.place is not item.place and item.place.kind == INLINE == behind.place.kind \
        and bool(_told_case(behind, item, computed)) and bool(_FOR.fullmatch(between)) \
        and not _LEADS.match(after) and not (_COMMA_IN_FRONT.match(between) and _COMMA_BEHIND.match(after))


def _computed(items: list[Item]) -> frozenset[str]:
    """The names that stand alone on the left side of an equation."""
    lefts = (i.statement.members[0].text.strip(" &") for i in items if isinstance(i.statement, said.Equality))
    return frozenset(left for left in lefts if _VALUE.fullmatch(left))


def _told_case(told: Item, item: Item, computed: Collection[str]) -> tuple[said.Relation, ...]:
    """The condition of an equation, where it is about a name of the left side that is no index, or, where that is a
    derivative, about one that is computed: ∂ℓ/∂w = −y x for y s < 1. Empty for any other."""
    condition, equation = told.statement, item.statement
    if not isinstance(condition, said.Relation) or not isinstance(equation, said.Equality) \
            or not set(condition.signs) <= set("<>≤≥"):
        return ()
    left = equation.members[0].text
    words = {n for m in condition.members for n in _VALUE.findall(m.text)}
    names = words.union(*(w for w in words if len(w) == 2 and w.isascii()))        # y s < 1
    free = [n for n in names if not _is_index(n, equation.piece.text)]
    if _DERIVATIVE.match(left) and any(n in computed for n in free):
        return (said.Case(condition.piece, condition.members, condition.signs),)
    return (condition,) if any(_standing(n, left) for n in free) else ()


def _standing(name: str, formula: str) -> bool:
    """Whether a letter stands in a formula, and in no script."""
    name = rf"{re.escape(name)}(?![A-Za-z])"
    return bool(re.search(rf"(?:(?<![A-Za-z\\_^{{])|(?<=\\partial\s)|(?<=[\s{{]d)){name}", formula))


def _is_index(letter: str, formula: str) -> bool:
    """Whether a letter stands below a name in a formula, or above one in parentheses."""
    letter = re.escape(letter)
    alone = rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])"
    return bool(re.search(rf"_\s*(?:{letter}|\{{[^{{}}]*{alone})|\^\s*\{{?\s*[(\[][^()\[\]]*{alone}", formula))
