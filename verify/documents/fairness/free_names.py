"""Names to which an input gives a value, and of which the document seems to say nothing: what they may mean.

A rule is a function with `@rule`: it says in words why the input is none, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.documents.functions.keys import key, known_as
from derive.documents.lines.items import ASSUMED, DEFINED, Item
from derive.documents.pages.places import FENCE
from verify.documents.as_number import SIZES, is_no_size
from verify.documents.fairness.refutation import Refutation
from verify.documents.fairness.rules import collector

Rule = Callable[[str, Refutation], str]

RULES: list[Rule] = []
rule = collector(RULES)
_OPERATORS = frozenset(["E", "Var", "Cov", "e", "I", "π"])


def meaning_of(name: str, of: Refutation) -> str:
    """Why a name may be no input, in words, by the first rule that says something; empty where it is one."""
    return next(filter(None, (said(name, of) for said in RULES)), "")


@rule
def _operator(name: str, of: Refutation) -> str:
    """E, Var and π mean something to everybody, unless the text assumes something of them, 0 < π < 1, or they are no
    numbers: the π_k of a mixture, a matrix E of embeddings with which something is computed."""
    used = name == "π" or any(i.role == DEFINED and name in i.uses for i in of.needed if i is not of.item)
    if name in ("π", "E") and used and of.example is not None and isinstance(of.example.inputs.get(name), list):
        return ""
    assumed = any(i.role == ASSUMED and name in i.uses for i in of.scope)
    return f"{name} would be an input" if name in _OPERATORS and not assumed else ""


@rule
def _gradient_as_input(name: str, of: Refutation) -> str:
    """A gradient that nothing above was differentiated for has no value of its own, unless the document differentiates
    the same arbitrary loss again and again."""
    if not name.startswith("∂"):
        return ""
    if not any(name[1:] == i.name or name[1:] in i.names for i in of.scope):
        return ""       # of the last member of a family, which has a name of ours
    others = [i for i in of.scope if i.place is not of.item.place or _on_another_line(i, of)]
    mentioned = any(known_as(name[1:]) & i.derived for i in others) or sum(
        bool(i.above & of.item.above) for i in others) > 1
    own = any(top in of.defined for top in of.item.above)
    return f"the gradient {name} would be an input" if own or not mentioned else ""


def _on_another_line(item: Item, of: Refutation) -> bool:
    """Whether a line of a fence is not the one of the claim."""
    first, last = sorted([item.statement.piece.at, of.item.statement.piece.at])
    return of.item.place.kind == FENCE and "\n" in of.text[first:last]


@rule
def _name_with_a_definition(name: str, of: Refutation) -> str:
    """The document says what it is: also of σ beside σ², but not of w beside a family w_k."""
    example = of.example
    other = name not in of.whole and example is not None and isinstance(example.inputs.get(name), str)
    if (known_as(name) & of.defined and not other) or f"{key(name)}²" in of.defined | of.used:
        return f"{name} is defined, but not by what could be read"
    return ""


@rule
def _letter_of_sizes(name: str, of: Refutation) -> str:
    """n may be how many there are of something; k_l, of which there are several, is none."""
    if of.example is not None and isinstance(of.example.inputs.get(name), list):
        return ""
    if name in SIZES and not is_no_size(name, of):
        return f"{name} may be a size: declare it, {name} ∈ ℕ, or {name} ∈ ℝ"
    return ""
