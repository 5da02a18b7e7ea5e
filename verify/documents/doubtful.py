"""Claims that are refuted with a second definition which may itself be a wrong claim about the first one."""

from __future__ import annotations

from collections.abc import Callable

from derive.documents.lines.items import DEFINED, Item
from derive.documents.outline.outline import Outline
from verify.documents.outcome import Outcome
from verify.verdict import UNDECIDED, Verdict


def undoubted(item: Item, outline: Outline, without: frozenset[int], refuted: Outcome,
              again: Callable[[frozenset[int]], Outcome]) -> Outcome:
    """The outcome; open where the claim is refuted with such a definition only. `again` judges it without some."""
    doubtful = [i for i in outline.slice(item, without=without)
                if i.doubtful and i.role == DEFINED and i.number < item.number]
    if not doubtful or again(frozenset(i.number for i in doubtful)).refuted:
        return refuted
    shown = " ".join(doubtful[-1].statement.piece.text.split())
    return Outcome(Verdict(UNDECIDED, detail=f"{shown} may define {doubtful[-1].name} anew, or be wrong"))
