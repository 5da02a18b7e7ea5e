"""Refutations of what is no claim, or one about a case only."""

from __future__ import annotations

import re

from derive.documents.lines.items import CONDITION, DECLARED, DEFINED
from derive.documents.lines.statements import Equality, Relation
from derive.documents.lines.words import words_before
from derive.documents.pages.places import INLINE
from derive.documents.trees.indices import size_name
from derive.documents.trees.trees import walk
from verify.documents.fairness.cases_in_words import case_of
from verify.documents.fairness.points import parameters
from verify.documents.fairness.refutation import Refutation
from verify.documents.fairness.rules import Rule, collector
from verify.documents.given_numbers import is_value
from verify.documents.shape_errors import BY_SHAPES

RULES: list[Rule] = []
rule = collector(RULES)
_SEVERAL_CASES = re.compile(r"(?<![a-z])(?:max|min|relu|clip|sign)(?![a-z])|\\begin\s*\{cases|(?<![\\|])\|(?!\|)|"
                            r"\\lvert|\]_\+", re.IGNORECASE)
_ZERO_ON_THE_LEFT = re.compile(r"\s*0\s*&?\s*=")


@rule
def _condition_of_the_text(of: Refutation) -> str:
    """A sentence says "if", "with", "choose" in front of it. What has no inputs, σ'(0) = ½, sets none."""
    item = of.item
    if of.example is not None and not of.example.inputs and not of.example.sizes:
        return ""
    said = item.words.fulfils and item.words.of_a_thing         # the code norm satisfies …
    asked = item.words.condition and item.place.kind == INLINE and not item.derived
    return "a condition of the text" if asked and not said else ""


@rule
def _case_in_words(of: Refutation) -> str:
    """The sentence says in which case it holds, and the input is in another one, as far as can be told."""
    statement = of.item.statement
    if isinstance(statement, Equality) and any(isinstance(c, Relation) for c in statement.conditions):
        return ""       # it is stated for a case of its own
    case = case_of(of.item, of.text, of.example)
    return f"its sentence speaks of a case: {case}" if case else ""


@rule
def _case_without_a_formula(of: Refutation) -> str:
    """If the loss is positive, max(0, u) is u: the sentence tells a case in words, and something has several."""
    told = of.verdict.by != BY_SHAPES and words_before(of.text, of.item.place.start).case
    several = told and any(_SEVERAL_CASES.search(i.statement.piece.text) for i in of.needed)
    return "its sentence speaks of a case" if several else ""


@rule
def _zero_on_the_left(of: Refutation) -> str:
    """Nobody claims something about 0: an equation is to be solved."""
    statement = of.item.statement
    asks = isinstance(statement, Equality) and _ZERO_ON_THE_LEFT.match(statement.piece.text)
    return "0 = … asks for something" if asks else ""


@rule
def _value_at_some_inputs(of: Refutation) -> str:
    """In a sentence, o = 32 is meant with numbers that the sentence gives."""
    item = of.item
    if is_value(item) and item.place.kind == INLINE and item.name and of.given:
        return "a value that it has at some inputs only"
    return ""


@rule
def _last_member(of: Refutation) -> str:
    """Where T = 3 stands in the text, h_3 is the last member, and not one of four."""
    sizes = of.example.sizes if of.example is not None else {}
    indices = {n.parts[0].text for side in of.item.sides for s in walk(side) if s.kind in ("lowered", "picked")
               for n in walk(s) if n.kind == "number"}
    for i in of.scope:
        name = i.name or size_name(i.sides[0]) if i.sides and is_value(i) else ""
        told = i.statement.members[-1].text.strip() if name in sizes and isinstance(i.statement, Equality) else ""
        if told in indices and str(sizes[name]) != told:
            return f"the text sets {' '.join(i.statement.piece.text.split())}"
    return ""


@rule
def _condition_left_out(of: Refutation) -> str:
    """An input has a condition in the text above, D with D_{ii} = Σ_j A_{ij}, which nothing takes into account."""
    inputs = {n for i in of.needed if i.role != DECLARED for n in i.names} - of.used - parameters(of.item)
    inputs -= {n for i in of.needed if i.role == DEFINED for n in parameters(i)}
    found = [i for i in of.scope if i.role == CONDITION and i.number < of.item.number and i.name in inputs
             and not (i.setting or i.words.asked) and (i.names - {i.name} or any(i.member))
             and not (i.words.solved and i.name in of.item.derived - of.item.above)]
    computed = {i.name for i in of.needed if i.role == DEFINED}
    found += [i for i in of.scope if i.role == CONDITION and i.number < of.item.number and i.name in computed
              and i.member and not i.setting]       # A_{ij} = 0 for j > i
    return f"the text sets {' '.join(found[-1].statement.piece.text.split())}" if found else ""
