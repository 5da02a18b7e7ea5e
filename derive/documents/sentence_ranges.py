"""Ranges that a sentence gives behind an equation: `G_t = r_t + γ G_{t+1}` for `t < T`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derive.documents import statements as said
from derive.documents.outline import Item
from derive.documents.places import INLINE

_FOR = re.compile(r"[\s$`)\\,，]*(?:\(?\s*(?:for|when(?:ever)?|if|where|provided)(?:\s+(?:all|any|every|each))?|"
                  r"（?(?:对于?|当|若|其中)(?:所有|任意)?|[(（])[\s$`\\]*")
_COMMA = re.compile(r"[\s$`)\\]*[,，、][\s$`(\\]*")
_SINGLE = re.compile(r"(?<![A-Za-z\\])[a-zτ](?![A-Za-z])")


def with_ranges_behind(items: list[Item], text: str) -> Iterator[Item]:
    """The items; the range of a letter belongs to the equation in front of it that has the letter as an index."""
    for item, behind in zip(items, [*items[1:], None]):
        statement = item.statement
        if isinstance(statement, said.Equality) and behind is not None and _is_told(item, behind, text):
            item.statement = replace(statement, conditions=(*statement.conditions, behind.statement))
            behind.only = item.place.start
        yield item


def _is_told(item: Item, behind: Item, text: str) -> bool:
    """Whether a sentence goes on from an equation to a range for it."""
    if item.place.kind != INLINE or behind.place.kind != INLINE or behind.place is item.place \
            or not isinstance(behind.statement, (said.Range, said.Relation)):
        return False
    equation, ranged = item.statement.piece, behind.statement.piece
    between = text[equation.at + len(equation.text):ranged.at]
    follows = isinstance(behind.statement, said.Range) and _COMMA.fullmatch(between)
    letters = _SINGLE.findall(ranged.text)
    return bool(_FOR.fullmatch(between) or follows) and any(_is_index(x, equation.text) for x in letters)


def _is_index(letter: str, formula: str) -> bool:
    """Whether a letter stands below a name in a formula, or above one in parentheses."""
    alone = rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])"
    return bool(re.search(rf"_\s*(?:{letter}|\{{[^{{}}]*{alone})|\^\s*\{{?\s*[(\[][^()\[\]]*{alone}", formula))
