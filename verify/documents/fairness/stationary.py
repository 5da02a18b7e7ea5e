"""Refutations of what holds where a gradient is zero, or does not turn on a name at all."""

from __future__ import annotations

import re

from derive.documents.lines.items import DEFINED, Item
from derive.documents.lines.statements import Equality
from verify.documents.fairness.no_influence import may_depend
from verify.documents.fairness.refutation import Refutation
from verify.documents.fairness.rules import Rule, collector
from verify.documents.shape_errors import BY_SHAPES

RULES: list[Rule] = []
rule = collector(RULES)
_GRADIENT = re.compile(r"\s*(?:∂|∇|\\nabla|\\partial|\\[dt]?frac\s*\{\s*\\(?:partial|mathrm\s*\{\s*d))")
_MADE_OF = re.compile(r"[+⊙·]|\\(?:odot|cdot|top)|ᵀ")
_ZERO = re.compile(r"\s*(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{?\s*)?[0𝟎]\}?[\s.,;。，]*")


@rule
def _stationary_point(of: Refutation) -> str:
    """∂L/∂w = 0 says where, and not that."""
    return "a condition: where the gradient is zero" if _is_stationary(of.item) else ""


@rule
def _at_a_stationary_point(of: Refutation) -> str:
    """What comes after ∂L/∂w = 0 may be its solution."""
    item, study = of.item, of.study
    if item.derived or of.verdict.by == BY_SHAPES or not item.names:
        return ""
    by = {n for i in of.near if i.number < item.number for n in i.derived - i.above}
    computed = {i.name for i in of.needed if i.role == DEFINED}
    if item.names & computed and not item.names & by:
        return ""       # Xᵀ (y − X ŵ) = λ ŵ, where ŵ is computed, and ∂J/∂w is zero
    said = (study is None or not study.page.program.equations) \
        and any(i.number < item.number and _is_stationary(i) for i in of.near)
    return "it may be meant where the gradient is zero" if said or item.words.solved else ""


def _is_stationary(item: Item) -> bool:
    """∂L/∂w = 0"""
    statement = item.statement
    if not isinstance(statement, Equality) or len(statement.members) != 2 or not item.derived:
        return False
    left, right = (m.text.replace("&", "") for m in statement.members)
    return bool(_GRADIENT.match(left) and not _MADE_OF.search(left) and _ZERO.fullmatch(right))


@rule
def _no_influence(of: Refutation) -> str:
    """∂J/∂b is 0 where J is made of others, as far as the document tells what these are."""
    return may_depend(of.study, of.scope)
