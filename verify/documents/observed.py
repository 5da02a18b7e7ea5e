"""Data that a page explains by a model with noise: after y = X w + ε, the y of a loss ‖y − X w‖² is observed, and does
not change with w."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derive.documents.functions.keys import key
from derive.documents.lines.items import DECLARED, DEFINED, SKIPPED, Item
from derive.documents.lines.statements import Law
from derive.documents.outline.outline import Outline
from derive.documents.trees.trees import walk
from derive.reading.syntax import Node
from verify.documents.outcome import Outcome
from verify.verdict import UNDECIDED, Verdict

_NOISE = frozenset(["ε", "ξ", "e"])


def with_data_held(item: Item, outline: Outline, without: frozenset[int], refuted: Outcome,
                   again: Callable[[Outline], Outcome]) -> Outcome:
    """The outcome for a derivative of something that is made of such data and, beside them, of what it is
    differentiated by; open where the claim is refuted only if the data follow the model. `again` judges it in another
    outline."""
    needed = [i for i in outline.slice(item, without=without) if i.role == DEFINED and i.number < item.number]
    above = item.above or {i.name for i in needed} & item.derived
    beside = any(i.name in above and (item.derived - above) & i.uses for i in needed)
    models = {i.number: i for i in needed if i.name not in above and _is_model(i, outline)}
    if not (beside and models):
        return refuted
    other = again(replace(outline, items=[replace(i, role=SKIPPED) if i.number in models else i
                                          for i in outline.items]))
    names = sorted({i.name for i in models.values()})
    if other.shown:
        return replace(other, reading=f"given {', '.join(names)}")
    if other.refuted:
        return refuted
    return Outcome(Verdict(UNDECIDED, detail=f"{names[0]} may be observed"))


def _is_model(item: Item, outline: Outline) -> bool:
    """Whether a name is defined as a sum with a term of noise, of which nothing else is said than its law."""
    right = item.sides[1] if len(item.sides) > 1 else None
    if right is None or right.kind != "sum":
        return False
    random = {key(n) for i in outline.items if i.scope == item.scope and i.role == DECLARED
              and isinstance(i.statement, Law) for n in i.declared}
    defined = {key(i.name) for i in outline.items if i.scope == item.scope and i.role == DEFINED}
    names = {_name(n) for n in right.parts[1]} - {""}
    return any(n in (_NOISE | random) - defined for n in names)


def _name(term: Node) -> str:
    """The name that a term is, with whatever index."""
    base = term.parts[0] if term.kind == "scripted" else term
    named = base.kind in ("name", "ident") and all(n.kind != "raised" for n in walk(term))
    return key(base.parts[0].text) if named else ""
