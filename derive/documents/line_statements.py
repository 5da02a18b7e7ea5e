"""What a line says: its parts as statements, and ranges with the equation that they stand behind."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.documents.classifying import classified
from derive.documents.lines import ends_inside, parts
from derive.documents.statements import Equality, Piece, Range, Relation, Statement

_LETTERS = re.compile(r"\s*(?:\d+\s*(?:≤|<|\\leq?)\s*)?\\?[A-Za-zτ]+\s*(?:=|≤|<|≥|>|≠|\\leq?|\\geq?|\\neq?)")
_PARENTHESES = re.compile(r"\s*(?:\\left\s*)?[(（]([^()（）]*?)(?:\\right\s*)?[)）]\s*")
_BEHIND = re.compile(r"\s*[(（]([^()（）]*(?:=|≤|<|≥|>|≠|\\leq?|\\geq?|\\neq?)[^()（）]*)[)）]\s*$")


def said_in(line: Piece, inline: bool) -> list[Statement]:
    """The statements of a line; ranges belong to the equation before them."""
    found: list[Statement] = []
    for part in parts(line):
        statement = classified(part, inline)
        if isinstance(statement, Equality):
            statement = _without_condition(statement)
        last = found[-1] if found else None
        inside = _PARENTHESES.fullmatch(part.text)
        if statement is None and inside and found:
            statement = classified(part.cut(inside.start(1), inside.end(1)), inline)       # = p_j q   (j ≥ 2)
        if statement is None:
            continue
        if isinstance(statement, (Range, Relation)) and isinstance(last, Equality) and _is_range(statement):
            found[-1] = replace(last, conditions=(*last.conditions, statement))
            found[:-1] = [_bound_too(s, statement) for s in found[:-1]]
        else:
            found.append(statement)
    return found


def _bound_too(statement: Statement, condition: Statement) -> Statement:
    """An equation in front of others, with the range that stands behind the last one, where it has its letter."""
    letter = condition.letter.text if isinstance(condition, Range) else ""
    stands = letter and re.search(rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])", statement.piece.text)
    if not isinstance(statement, Equality) or statement.conditions or not stands:
        return statement
    return replace(statement, conditions=(condition,))


def _without_condition(statement: Equality) -> Equality:
    """`W h (t ≥ 1)`: what stands in parentheses behind an equation is its condition."""
    last = statement.members[-1]
    found = _BEHIND.search(last.text)
    if found is None or not last.text[:found.start()].strip() or ends_inside(last.text[:found.start()]):
        return statement
    inside = last.cut(found.start(1), found.end(1))
    condition = classified(inside, True)
    if isinstance(condition, Equality) and len(condition.members) == 2:
        condition = Range(inside, condition.members[0], condition.members[1], condition.members[1])
    if not isinstance(condition, (Range, Relation)) or not _is_range(condition) or not _LETTERS.match(inside.text):
        return statement
    kept = last.cut(0, found.start())
    end = kept.at + len(kept.text) - statement.piece.at
    return replace(statement, piece=statement.piece.cut(0, end), members=(*statement.members[:-1], kept),
                   conditions=(*statement.conditions, condition))


def _is_range(statement: Statement) -> bool:
    """Whether it is about letters: nothing in it but names and whole numbers."""
    return bool(re.fullmatch(r"[\w\s\\{}+\-−…<>=≤≥≠.,]*", statement.piece.text))
