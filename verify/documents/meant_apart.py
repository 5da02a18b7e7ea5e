"""Other readings of a claim that is refuted: 𝟏 for the identity beside a matrix, x and x_i for different things, and a
loss of the last c for ∂L/∂c_{t−1} = ∂L/∂c_t ⊙ f_t, or a gradient along the c alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from derive.documents.lines.items import DECLARED, DEFINED, SKIPPED, Item
from derive.documents.lines.statements import Equality, Piece, Statement
from derive.documents.outline.outline import Outline
from verify.documents.outcome import Outcome
from verify.verdict import UNDECIDED, Verdict

Again = Callable[[Item, Outline], Outcome]
_ONE = r"(?:\\(?:mathbf|boldsymbol|bm|mathbb|mathbbm)\s*(?:\{\s*1\s*\}|1)|𝟏|𝟙)"
_ADDED = re.compile(rf"(?:(?<=[(\[=])|(?<=[+−-]))\s*{_ONE}(?=\s*[+−-])|(?<=[+−-])\s*{_ONE}(?=\s*[)\]])")
_FROM_ITS_MEMBER = re.compile(r"(?<![A-Za-z\\])([a-z])\s*[-−]\s*\1\s*_|(?<![A-Za-z\\])([a-z])\s*_\s*(?:\w|\{\w\})\s*"
                              r"[-−]\s*\2(?![A-Za-z_])(?!\s*_)")
_FRESH = "χξζυ"


def otherwise_meant(item: Item, outline: Outline, refuted: Outcome, text: str, again: Again) -> Outcome:
    """The outcome where one of these readings shows the claim, or leaves it open; `again` judges an item in another
    outline."""
    changed = _with_identity(item)
    if changed is not None:
        other = again(changed, replace(outline, items=[changed if i.number == item.number else i
                                                       for i in outline.items]))
        if other.shown:
            return replace(other, reading=other.reading or "𝟏 is the identity matrix")
    letter = _apart(item, outline)
    fresh = next((x for x in _FRESH if x not in text), "")
    if letter and fresh:
        apart = [_renamed(i, letter, fresh) for i in outline.items]
        other = again(next(i for i in apart if i.number == item.number), replace(outline, items=apart))
        if other.shown:
            return replace(other, reading=other.reading or f"{letter} is none of the {letter}_i")
        if not other.refuted:
            return Outcome(Verdict(UNDECIDED, detail=f"{letter} and the {letter}_i may be different things"))
    stepwise = _stepwise(item, outline)
    if stepwise:
        last = replace(outline, elsewhere=replace(outline.elsewhere, last=outline.elsewhere.last | {stepwise}))
        alone = replace(last, items=[replace(i, role=SKIPPED) if i.role == DEFINED and i.name != stepwise
                                     and i.scope == item.scope else i for i in outline.items])
        for outer, reading in ((last, f"for a loss of the last {stepwise}"), (alone, f"along {stepwise} alone")):
            other = again(item, outer)
            if other.shown:
                return replace(other, reading=reading)
    return refuted


def _with_identity(item: Item) -> Item | None:
    """The claim with I for a 𝟏 that is added; None where there is none."""
    if not isinstance(item.statement, Equality) or not _ADDED.search(item.statement.piece.text):
        return None
    return replace(item, statement=_changed(item.statement, lambda text: _ADDED.sub(
        lambda m: " " * (len(m[0]) - 1) + "I", text)))


def _apart(item: Item, outline: Outline) -> str:
    """The x of (x − x_i)², of which nothing says what it is."""
    found = _FROM_ITS_MEMBER.search(item.statement.piece.text)
    letter = (found[1] or found[2]) if found else ""
    known = {n for i in outline.items if i.scope == item.scope and i.role in (DECLARED, DEFINED)
             for n in (*i.declared, i.name)}
    return letter if letter not in known else ""


def _renamed(item: Item, letter: str, fresh: str) -> Item:
    alone = re.compile(rf"(?<![A-Za-z\\_{{^]){letter}(?![A-Za-z])(?!\s*_)|(?<=[({{]){letter}(?=\s*[-−,)])(?!\s*_)")
    return replace(item, statement=_changed(item.statement, lambda text: alone.sub(fresh, text)))


def _stepwise(item: Item, outline: Outline) -> str:
    """The c of a gradient of an arbitrary loss by c_{t−1} that is made of the one by c_t, where c_t is computed from
    c_{t−1}; empty for another claim."""
    statement = item.statement
    if not isinstance(statement, Equality) or len(item.derived - item.above) != 1:
        return ""
    (name,) = item.derived - item.above
    sides = [len(re.findall(r"\\partial|∂", m.text)) for m in statement.members[:2]]
    every = [i for i in outline.slice(item, wide=True) if i.role == DEFINED]
    steps = [i for i in every if i.name == name and name in i.uses]
    unfit = len(sides) < 2 or min(sides) < 2 or not steps or any(i.name in item.above for i in every)
    return "" if unfit else name


def _changed(statement: Statement, change: Callable[[str], str]) -> Statement:
    """A statement with another text, which is as long."""
    if not isinstance(statement, Equality):
        return statement
    return replace(statement, piece=_piece(statement.piece, change),
                   members=tuple(_piece(m, change) for m in statement.members))


def _piece(piece: Piece, change: Callable[[str], str]) -> Piece:
    return replace(piece, text=change(piece.text))
