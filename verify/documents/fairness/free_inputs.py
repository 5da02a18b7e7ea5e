"""Refutations by values of a name that may mean something."""

from __future__ import annotations

from derive.documents.functions.keys import key
from verify.documents.fairness.free_names import meaning_of
from verify.documents.fairness.refutation import SAYING, Refutation
from verify.documents.fairness.rules import Rule, collector

RULES: list[Rule] = []
rule = collector(RULES)


@rule
def _definition_with_a_gradient(of: Refutation) -> str:
    """What is computed with gradients is held, and gets values of its own."""
    said = {n for i in of.needed if i.role in SAYING for n in (i.name, key(i.name))    # Q_1 = … says nothing of Q, nor
            if n == i.name or n not in i.uses}                                          # d_k = d/h of d
    held = of.given & said & set(of.study.page.program.inputs) if of.study is not None else set()
    return f"{min(held)} would be an input: its definition holds a gradient" if held else ""


@rule
def _free_name(of: Refutation) -> str:
    """A name to which the input gives a value may mean something."""
    return next(filter(None, (meaning_of(name, of) for name in of.free)), "")
