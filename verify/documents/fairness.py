"""When an input refutes a claim, and when it only shows that something of the document was not taken into account.

A rule is a function with `@_rule`: it says in words why a refutation is none, or nothing. The first that says something
counts, in the order of this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.documents.functions.assumed import HIDDEN
from derive.documents.functions.keys import key, keys, known_as
from derive.documents.lines.items import (
    ASSUMED,
    CLAIMED,
    CONDITION,
    DECLARED,
    DEFINED,
    NAMED,
    UNREADABLE,
    UPDATED,
    Item,
)
from derive.documents.lines.statements import Equality, Relation
from derive.documents.lines.words import words_before
from derive.documents.pages.places import INLINE
from derive.documents.roles.roles import LOSSES
from derive.documents.trees.indices import size_name
from derive.documents.trees.trees import walk
from verify.documents.cases_in_words import case_of, fails
from verify.documents.conventions import either
from verify.documents.free_names import meaning_of
from verify.documents.given_numbers import fulfils, is_value
from verify.documents.lengths import loose_size
from verify.documents.no_influence import may_depend
from verify.documents.points import parameters
from verify.documents.properties import if_shares, told_in_words
from verify.documents.refutation import Refutation
from verify.documents.shape_errors import BY_SHAPES
from verify.documents.unread_laws import unread_law

Rule = Callable[[Refutation], str]

RULES: list[Rule] = []
_SAYING = (DEFINED, NAMED, UPDATED)
_ABSOLUTE = re.compile(r"\||\\[lr]?[vV]ert")         # |r| ≤ δ tells of a case
SHARES = re.compile(r"\s*(?:\\sum(?![A-Za-z])|[∑Σ]).*=\s*1\s*", re.DOTALL)
_SEVERAL_CASES = re.compile(r"(?<![a-z])(?:max|min|relu|clip|sign)(?![a-z])|\\begin\s*\{cases|(?<![\\|])\|(?!\|)|"
                            r"\\lvert|\]_\+", re.IGNORECASE)
_GRADIENT = re.compile(r"\s*(?:∂|∇|\\nabla|\\partial|\\[dt]?frac\s*\{\s*\\(?:partial|mathrm\s*\{\s*d))")
_MADE_OF = re.compile(r"[+⊙·]|\\(?:odot|cdot|top)|ᵀ")
_ZERO = re.compile(r"\s*(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{?\s*)?[0𝟎]\}?[\s.,;。，]*")
_FORMULAS = re.compile(r"^ {0,3}```.*?^ {0,3}```|\$\$.*?\$\$|\$[^$\n]*\$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_SIGNED = re.compile(r"-?\d+(?:/\d+)?")
_NUMBER = re.compile(r"\s*\d+(?:\.\d+)?\s*")
_ZERO_ON_THE_LEFT = re.compile(r"\s*0\s*&?\s*=")


def unfair(refutation: Refutation) -> str:
    """Why a refutation is none, in words; empty where it is one."""
    return next(filter(None, (rule(refutation) for rule in RULES)), "")


def _rule(rule: Rule) -> Rule:
    RULES.append(rule)
    return rule


# -- what the claim was read with -----------------------------------------------------------------------------------
@_rule
def _left_side_without_definition(of: Refutation) -> str:
    """The claim says something else of a name whose definition was left out; one of an input that something it rests
    on was computed from does not."""
    name = of.item.name
    says = [i for i in of.needed if i.role in _SAYING]
    is_input = any(name in i.uses for i in says) and not any(
        i.name == name and i.role in (*_SAYING, UNREADABLE) and i.number != of.item.number for i in of.scope)
    return f"{name} is not defined by what could be read" if name and not is_input and not any(
        i.name == name for i in says) else ""


@_rule
def _jacobian_with_a_name(of: Refutation) -> str:
    """What a name of a Jacobian stands for is read as a gradient, which has another shape."""
    above = {j.name for j in of.needed if j.role == DEFINED and j.name not in LOSSES}
    jacobians = [i.name for i in of.needed if i.role == NAMED and above & i.above]
    return f"{jacobians[0]} is a Jacobian, and a name of one cannot be read yet" if of.study is None and jacobians \
        else ""


@_rule
def _definition_further_down(of: Refutation) -> str:
    """A name may mean something else where the claim stands."""
    item = of.item
    begun = {i.name for i in of.needed if i.number < item.number and i.role == DEFINED}
    below = sorted(n for i in of.needed if i.number > item.number and i.role == DEFINED and i.name not in begun
                   and not i.words.explains for n in known_as(i.name) & item.uses)
    return f"{below[0]} is defined further down" if below else ""


@_rule
def _member_of_a_family(of: Refutation) -> str:
    """u_o, where the document declares u_i, may be one of them."""
    declared = {n for i in of.scope if i.role == DECLARED for n in i.declared}
    computed = {i.name for i in of.needed if i.role == DEFINED}
    named = [n.partition("_") for n in sorted(of.item.names - of.used - declared)]
    found = [f"{base}_{label}" for base, _, label in named if len(label) == 1 and label.islower() and base in declared]
    found += [f"{base}_{label}" for base, _, label in (n.partition("_") for n in sorted(of.given))
              if len(label) == 1 and label.islower() and base in computed]       # z_c beside z = W h
    return f"{found[0]} may be one of the {found[0].partition('_')[0]}" if found else ""


@_rule
def _sign_in_words(of: Refutation) -> str:
    """The sentence says θ > 0 without marks of a formula, and the input is another one."""
    given = of.example.inputs if of.example is not None else {}
    below = [n for n, v in given.items() if isinstance(v, str) and _SIGNED.fullmatch(v) and v[0] in "-0"]
    words = _FORMULAS.sub(" ", of.text) if below else ""
    return next((f"the text assumes {name} > 0" for name in below if re.search(
        rf"(?<!if )(?<!when )(?<![\w_当若]){re.escape(name)}\s*>\s*0(?![.\d])", words)), "")


# -- what is no claim -----------------------------------------------------------------------------------------------
@_rule
def _condition_of_the_text(of: Refutation) -> str:
    """A sentence says "if", "with", "choose" in front of it."""
    item = of.item
    return "a condition of the text" if item.words.condition and item.place.kind == INLINE and not item.derived else ""


@_rule
def _case_in_words(of: Refutation) -> str:
    """The sentence says in which case it holds, and the input is in another one, as far as can be told."""
    statement = of.item.statement
    if isinstance(statement, Equality) and any(isinstance(c, Relation) for c in statement.conditions):
        return ""       # it is stated for a case of its own
    case = case_of(of.item, of.text, of.example)
    return f"its sentence speaks of a case: {case}" if case else ""


@_rule
def _case_without_a_formula(of: Refutation) -> str:
    """If the loss is positive, max(0, u) is u: the sentence tells a case in words, and something has several."""
    told = of.verdict.by != BY_SHAPES and words_before(of.text, of.item.place.start).case
    several = told and any(_SEVERAL_CASES.search(i.statement.piece.text) for i in of.needed)
    return "its sentence speaks of a case" if several else ""


@_rule
def _zero_on_the_left(of: Refutation) -> str:
    """Nobody claims something about 0: an equation is to be solved."""
    statement = of.item.statement
    asks = isinstance(statement, Equality) and _ZERO_ON_THE_LEFT.match(statement.piece.text)
    return "0 = … asks for something" if asks else ""


@_rule
def _value_at_some_inputs(of: Refutation) -> str:
    """In a sentence, o = 32 is meant with numbers that the sentence gives."""
    item = of.item
    if is_value(item) and item.place.kind == INLINE and item.name and of.given:
        return "a value that it has at some inputs only"
    return ""


@_rule
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


@_rule
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


# -- what could not be read -----------------------------------------------------------------------------------------
@_rule
def _loss_that_is_defined(of: Refutation) -> str:
    """An arbitrary loss was tried in place of the page's own."""
    if of.given & HIDDEN and any(i.name == "l" for i in of.scope):
        return "l is defined, but not by what could be read"
    return ""


@_rule
def _rests_on_what_is_unread(of: Refutation) -> str:
    """A name of the claim, or of a definition below it, has a definition that cannot be read."""
    unread = {i.name for i in of.scope if i.role == UNREADABLE and i.name}
    unread -= {n for i in of.needed if i.role in (DEFINED, NAMED) for n in known_as(i.name)}
    unread -= parameters(of.item)
    rests = sorted(unread & {n for i in of.needed for n in keys(i.names) | i.names})
    return f"{rests[0]} is defined, but not by what could be read" if rests else ""


@_rule
def _law_that_is_unread(of: Refutation) -> str:
    """A moment turns on the laws of all that stands below it."""
    return unread_law(of.item, of.needed, of.scope, of.study)


@_rule
def _assumption_that_is_unread(of: Refutation) -> str:
    """The input may be one that the document rules out."""
    unread = [i for i in of.scope if i.role == UNREADABLE and isinstance(i.statement, Relation) and i.uses & of.given
              and i.number < of.item.number and not _ABSOLUTE.search(i.statement.piece.text)
              and not fulfils(of.example, i)]
    return f"the text assumes {' '.join(unread[0].statement.piece.text.split())}, which could not be read" \
        if unread else ""


@_rule
def _assumption_that_fails(of: Refutation) -> str:
    """Of p ≥ 1 an input is told that p is positive, and no more."""
    said = [i for i in of.scope if i.role == ASSUMED and not i.told and i.number < of.item.number]
    stated = (i.statement for i in said if not i.letter or not any(
        j.number > i.number and j.letter == i.letter for j in said))        # 0 ≤ t ≤ w, and further down w ≤ t ≤ N
    assumed = (s.piece.text for s in stated if isinstance(s, Relation)
               and any(_NUMBER.fullmatch(m.text) for m in s.members))
    broken = next((t for t in assumed if of.example is not None and fails(t, of.example)), "")
    return f"the input is none of those with {' '.join(broken.split())}" if broken else ""


# -- where the gradient is zero -------------------------------------------------------------------------------------
@_rule
def _stationary_point(of: Refutation) -> str:
    """∂L/∂w = 0 says where, and not that."""
    return "a condition: where the gradient is zero" if _is_stationary(of.item) else ""


@_rule
def _at_a_stationary_point(of: Refutation) -> str:
    """What comes after ∂L/∂w = 0 may be its solution."""
    item, study = of.item, of.study
    if item.derived or of.verdict.by == BY_SHAPES or not item.names:
        return ""
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


@_rule
def _no_influence(of: Refutation) -> str:
    """∂J/∂b is 0 where J is made of others, as far as the document tells what these are."""
    return may_depend(of.study, of.scope)


# -- what would be an input -----------------------------------------------------------------------------------------
@_rule
def _definition_with_a_gradient(of: Refutation) -> str:
    """What is computed with gradients is held, and gets values of its own."""
    said = {n for i in of.needed if i.role in _SAYING for n in (i.name, key(i.name))    # Q_1 = … says nothing of Q, nor
            if n == i.name or n not in i.uses}                                          # d_k = d/h of d
    held = of.given & said & set(of.study.page.program.inputs) if of.study is not None else set()
    return f"{min(held)} would be an input: its definition holds a gradient" if held else ""


@_rule
def _free_name(of: Refutation) -> str:
    """A name to which the input gives a value may mean something."""
    return next(filter(None, (meaning_of(name, of) for name in of.free)), "")


# -- what the document leaves open ----------------------------------------------------------------------------------
@_rule
def _property_in_words(of: Refutation) -> str:
    """The text calls a matrix orthogonal, or a vector a distribution."""
    told = "" if of.of_numbers else told_in_words(
        of.given - of.used, of.study, of.text, of.item.at, of.example.inputs if of.example is not None else {})
    return f"{told}: say so in a directive" if told else ""


@_rule
def _shares_in_a_formula(of: Refutation) -> str:
    """The text says Σ_i y_i = 1 of an input, which is no assumption as long as no directive says so."""
    told = {n for i in of.scope if i.role == CLAIMED and SHARES.fullmatch(i.statement.piece.text) for n in i.uses}
    names = sorted(told & of.given - of.used)
    return if_shares(names, of.study) if names and of.study is not None else ""


@_rule
def _length_of_an_axis(of: Refutation) -> str:
    """A size that stands in the claim as a number may be the length of something in it."""
    return "" if of.of_numbers else loose_size(of)


@_rule
def _row_or_column(of: Refutation) -> str:
    """A definition may be read under a convention too."""
    return either(of.item, of.needed, of.study)
