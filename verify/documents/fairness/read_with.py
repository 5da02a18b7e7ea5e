"""Refutations that rest on what a claim was read with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.documents.functions.keys import known_as
from derive.documents.lines.items import DECLARED, DEFINED, NAMED, UNREADABLE, Item
from derive.documents.lines.statements import Equality
from derive.documents.roles.roles import LOSSES
from verify.documents.fairness.cases_in_words import fails
from verify.documents.fairness.refutation import SAYING, Refutation
from verify.documents.fairness.rules import Rule, collector
from verify.verdict import Counterexample

RULES: list[Rule] = []
rule = collector(RULES)
_FORMULAS = re.compile(r"^ {0,3}```.*?^ {0,3}```|\$\$.*?\$\$|\$[^$\n]*\$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_RANGE = re.compile(r"(?<!if )(?<!when )(?<![\w_当若.])(?:-?\d+(?:\.\d+)?\s*[<≤]\s*)?[^\W\d_](?:_\w+)?\s*[<>≤≥]\s*"
                    r"-?\d+(?:\.\d+)?(?![\d.])")


@rule
def _left_side_without_definition(of: Refutation) -> str:
    """The claim says something else of a name whose definition was left out; one of an input that something it rests
    on was computed from does not."""
    name = of.item.name
    says = [i for i in of.needed if i.role in SAYING]
    is_input = any(name in i.uses for i in says) and not any(
        i.name == name and i.role in (*SAYING, UNREADABLE) and i.number != of.item.number for i in of.scope)
    return f"{name} is not defined by what could be read" if name and not is_input and not any(
        i.name == name for i in says) else ""


@rule
def _jacobian_with_a_name(of: Refutation) -> str:
    """What a name of a Jacobian stands for is read as a gradient, which has another shape."""
    above = {j.name for j in of.needed if j.role == DEFINED and j.name not in LOSSES}
    jacobians = [i.name for i in of.needed if i.role == NAMED and above & i.above]
    return f"{jacobians[0]} is a Jacobian, and a name of one cannot be read yet" if of.study is None and jacobians \
        else ""


@rule
def _definition_further_down(of: Refutation) -> str:
    """A name may mean something else where the claim stands."""
    item = of.item
    begun = {i.name for i in of.needed if i.number < item.number and i.role == DEFINED}
    below = sorted(n for i in of.needed if i.number > item.number and i.role == DEFINED and i.name not in begun
                   and not i.words.explains for n in known_as(i.name) & item.uses)
    return f"{below[0]} is defined further down" if below else ""


@rule
def _member_of_a_family(of: Refutation) -> str:
    """u_o, where the document declares u_i, may be one of them; of what is declared itself, and beside a function η(t),
    nobody doubts it."""
    declared = {n for i in of.scope if i.role == DECLARED for n in i.declared}
    computed = {i.name for i in of.needed if i.role == DEFINED and not _is_function(i)}
    named = [n.partition("_") for n in sorted(of.item.names - of.used - declared)]
    found = [f"{base}_{label}" for base, _, label in named if len(label) == 1 and label.islower() and base in declared]
    found += [f"{base}_{label}" for base, _, label in (n.partition("_") for n in sorted(of.given - declared))
              if len(label) == 1 and label.islower() and base in computed]       # z_c beside z = W h
    return f"{found[0]} may be one of the {found[0].partition('_')[0]}" if found else ""


@rule
def _second_of_what_could_not_be_read(of: Refutation) -> str:
    """S = 0.6 behind S = ∫ f, which could not be read, may be a wrong claim: what rests on it is not refuted."""
    unread = {i.name: i.number for i in reversed(of.scope) if i.role == UNREADABLE and i.name}
    found = [i.name for i in of.needed
             if i.role == DEFINED and i is not of.item and unread.get(i.name, i.number) < i.number]
    return f"{found[0]} is defined, but not by what could be read" if found else ""


def _is_function(item: Item) -> bool:
    return isinstance(item.statement, Equality) and "(" in item.statement.members[0].text


@rule
def _range_in_words(of: Refutation) -> str:
    """The sentence says θ > 0 or 0 < a < 1 without marks of a formula, and the input is another one."""
    return next((f"the text assumes {' '.join(said[0].split())}" for said in ranges_in_words(of.text, of.example)), "")


def ranges_in_words(text: str, example: Counterexample | None) -> Iterator[re.Match[str]]:
    """The ranges in sentences to which a counterexample does not keep."""
    if example is not None and any(isinstance(v, str) for v in example.inputs.values()):
        words = _FORMULAS.sub(lambda m: " " * len(m[0]), text)
        yield from (said for said in _RANGE.finditer(words) if fails(said[0], example))
