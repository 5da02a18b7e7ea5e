"""What a line says: its parts as statements, and ranges with the equation that they stand behind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from derive.documents.lines.classifying import classified, with_its_set
from derive.documents.lines.lines import ends_inside, parts
from derive.documents.lines.listed_relations import one_for_each
from derive.documents.lines.marks import relations
from derive.documents.lines.statements import Equality, Piece, Range, Relation, Statement

_LETTERS = re.compile(r"\s*(?:[-−]?\d+\s*(?:≤|<|\\leq?)\s*)?(?:\\?[A-Za-zτ]+|[|‖][^|‖]+[|‖]|\\l[vV]ert.*?\\r[vV]ert)\s*"
                      r"(?:=|≤|<|≥|>|≠|\\leq?|\\geq?|\\neq?)")
_PARENTHESES = re.compile(r"\s*(?:\\left\s*)?[(（]([^()（）]*?)(?:\\right\s*)?[)）]\s*")
_MEMBER = re.compile(r"∈|\\in(?![A-Za-z])")
_DRAWN = re.compile(r"[~∼]|\\sim(?![A-Za-z])")
_SEVERAL = re.compile(r"(?P<letters>\\?\w+(?:\s*,\s*\\?\w+)+)\s*=\s*(?P<low>[^,=]+?)\s*,\s*"
                      r"(?:…|\.\.\.|\\[lc]?dots)\s*,\s*(?P<high>[^,=]+)")
_SET = (r"\s*(?:∈|\\in(?![A-Za-z]))\s*\\?\{\s*(?P<low>[01])\s*,\s*"
        r"(?:\d\s*,\s*){0,2}(?:…|\.\.\.|\\[lc]?dots)\s*,\s*(?P<high>[^,={}]{1,20})\\?\}")
_FROM_A_SET = re.compile(rf"(?P<letters>[ci-np-tτ](?:\s*,\s*[i-np-tτ])*){_SET}")
_A_CLASS = re.compile(rf"(?P<letters>y){_SET}")         # y ∈ {1, …, K}
_BEHIND = re.compile(r"\s*[(（]([^()（）]*(?:=|≤|<|≥|>|≠|\\leq?|\\geq?|\\neq?)[^()（）]*)[)）]\s*$")
_FAR = 400      # characters of a condition with its parentheses


def said_in(line: Piece, inline: bool) -> list[Statement]:
    """The statements of a line; ranges belong to the equation before them."""
    found: list[Statement] = []
    for part in one_for_each(parts(line), line):
        part, counted = _without_its_range(part)
        if counted:
            found += [s for s in (classified(part, inline), *counted) if s is not None]
            continue
        part, declared = _without_declarations(part)
        found += [s for p in parts(declared) if (s := classified(p, inline)) is not None] if declared else []
        inside = _PARENTHESES.fullmatch(part.text)
        within = part.cut(inside.start(1), inside.end(1)) if inside else part
        ranges = _ranges_of_several(within)
        if ranges:
            found = _bound(found, ranges)
            continue
        several = _conditions(within) if inside and found else []
        if len(several) > 1:
            found = _bound(found, several)
            continue
        part, members = with_its_set(part)
        found += members
        statement = classified(part, inline)
        if isinstance(statement, Equality):
            statement = _without_condition(statement)
        if statement is None and inside and found:
            statement = classified(within, inline)          # = p_j q   (j ≥ 2)
        if isinstance(statement, (Range, Relation)) and _is_range(statement):
            found = _bound(found, [statement])
        elif statement is not None:
            found.append(statement)
    return found


def _without_declarations(part: Piece) -> tuple[Piece, Piece | None]:
    """`z = W x + b (W ∈ ℝ^{m×n}, x ∈ ℝ^n)` as the equation, and what is declared in the parentheses behind it."""
    text = part.text.rstrip()
    depth, at = 0, len(text)
    while at and (depth or at == len(text)):
        at -= 1
        depth += (text[at] in ")）") - (text[at] in "(（")
    inside = text[at + 1:-1]
    if depth or text[-1:] not in (")", "）") or not _MEMBER.search(inside) or not relations(text[:at]):
        return part, None
    return part.cut(0, at), part.cut(at + 1, len(text) - 1)


def _behind(text: str) -> re.Match[str] | None:
    """The condition in parentheses at the end of a text."""
    return _BEHIND.search(text, max(0, len(text) - _FAR))


def _without_its_range(part: Piece) -> tuple[Piece, list[Statement]]:
    """`w_i ∈ ℝ^d (i = 1, …, C)` and `q_i ~ N(0, 1) (i = 1, …, d)` as what they say, and the range behind it."""
    found = _behind(part.text)
    before = part.text[:found.start()] if found else ""
    if found is None or not (_MEMBER.search(before) or _DRAWN.search(before)) or "=" in before:
        return part, []
    inside = classified(part.cut(found.start(1), found.end(1)), True)
    return (part.cut(0, found.start()), [inside]) if isinstance(inside, Range) else (part, [])


def _ranges_of_several(piece: Piece) -> list[Range] | list[Relation]:
    """`i, j = 1, …, K`, `i ∈ {1, …, n}`, and the class y of `y ∈ {1, …, K}`"""
    found = _SEVERAL.fullmatch(piece.text) or _FROM_A_SET.fullmatch(piece.text) or _A_CLASS.fullmatch(piece.text)
    if found is None:
        return []
    low, high = (piece.cut(*found.span(name)) for name in ("low", "high"))
    if found.re is _A_CLASS:
        said = Piece(f"{low.text}≤{found['letters']}≤{high.text}".ljust(len(piece.text)), piece.at)
        return [Relation(said, (low, piece.cut(*found.span("letters")), high), ("≤", "≤"))]
    letters = [piece.cut(m.start() + found.start("letters"), m.end() + found.start("letters"))
               for m in re.finditer(r"\\?\w+", found["letters"])]
    return [Range(piece, letter, low, high) for letter in letters]


def _bound(found: list[Statement], ranges: Sequence[Range | Relation]) -> list[Statement]:
    """The statements with the ranges that stand behind them, which belong to the equation before them, if there is
    one."""
    for statement in ranges:
        last = found[-1] if found else None
        if isinstance(last, Equality) and not _is_about_others(statement, last):
            found = [_bound_too(s, statement) for s in found[:-1]] + [
                replace(last, conditions=(*last.conditions, statement))]
        else:
            found = [*found, statement]
    return found


def _is_about_others(statement: Range | Relation, equation: Equality) -> bool:
    """Whether 0 < β_1 < 1 stands behind m_0 = 0, in which there is no β_1."""
    if not isinstance(statement, Relation):
        return False
    names = [m.text.strip() for m in statement.members if not re.fullmatch(r"[\s\d.]*", m.text)]
    return len(names) == 1 and len(statement.members) == 3 and names[0] not in equation.piece.text


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
    found = _behind(last.text)
    if found is None or not last.text[:found.start()].strip() or ends_inside(last.text[:found.start()]):
        return statement
    conditions = _conditions(last.cut(found.start(1), found.end(1)))
    if not conditions:
        return statement
    kept = last.cut(0, found.start())
    end = kept.at + len(kept.text) - statement.piece.at
    return replace(statement, piece=statement.piece.cut(0, end), members=(*statement.members[:-1], kept),
                   conditions=(*statement.conditions, *conditions))


def _conditions(inside: Piece) -> list[Range | Relation]:
    """The conditions that stand in parentheses: t ≥ 1, or 1 ≤ i ≤ n, 1 ≤ j ≤ n; none where not all of it is one."""
    made: list[Range | Relation] = []
    for part in parts(inside):
        condition = classified(part, True)
        if isinstance(condition, Equality) and len(condition.members) == 2:
            condition = Range(part, condition.members[0], condition.members[1], condition.members[1])
        if not isinstance(condition, (Range, Relation)) or not _is_range(condition) or not _LETTERS.match(part.text):
            return []
        made.append(condition)
    return made


def _is_range(statement: Statement) -> bool:
    """Whether it is about letters: nothing in it but names and whole numbers."""
    return bool(re.fullmatch(r"[\w\s\\{}|‖+\-−…<>=≤≥≠.,]*", statement.piece.text))
