"""Functions that a document defines, and those that are assumed, put in where its formulas call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.documents.assumed import Assumed
from derive.documents.bound_letters import bound_letters, index_letters
from derive.documents.called import Functions
from derive.documents.derivatives import Derivatives
from derive.documents.indexed_functions import as_functions
from derive.documents.macros import body_name
from derive.documents.model import Survey, letter_of
from derive.documents.parsed import Parsed
from derive.documents.schematic import filled
from derive.documents.sizes import Trees
from derive.documents.trees import words


def put_in(parsed: Parsed, survey: Survey, defined: set[str], assumed: Iterable[Assumed],
           below: Mapping[str, str]) -> None:
    """Puts the functions in, and names what is differentiated; `below` is what a document has under ∇ elsewhere."""
    for one in assumed:
        parsed.trees.append((one.equation, parsed.formula(one.equation.piece), []))
        for declaration in one.declarations:
            parsed.declare(declaration)
    before = [(s, f, r) for (s, _, r), f in zip(parsed.trees, filled(f for _, f, _ in parsed.trees))]
    before, indexed = as_functions(before, {letter_of(n.tree) for _, _, names, _ in parsed.kinds for n in names})
    parsed.trees = before
    functions = Functions(defined | indexed, [(s, f) for s, f, _ in before])
    called = [(s, functions.without_calls(f), r) for s, f, r in before if not functions.is_definition(f)]
    survey.arguments |= functions.arguments
    derivatives = Derivatives(words(f.tree for _, f, _ in called), functions, below, _index_letters(called))
    parsed.trees = [(s, derivatives.of_names(f, r), r) for s, f, r in called]
    for formula, ranges in derivatives.definitions():
        parsed.define(formula, ranges)
    _put_bodies(parsed, survey, functions, before)


def _index_letters(trees: Trees) -> set[str]:
    """The letters that sums, ranges and left sides bind."""
    found = {r.letter for _, _, ranges in trees for r in ranges}
    for _, formula, _ in trees:
        bound = bound_letters(formula.tree)
        found |= bound | index_letters(formula.left, frozenset(bound))
    return found


def _put_bodies(parsed: Parsed, survey: Survey, functions: Functions, before: Trees) -> None:
    """Functions of which a derivative is written, as definitions under hidden names; one at least where nothing but
    functions is defined. `before` are the trees with their definitions."""
    formulas = {id(fn): f for f in (f for _, f, _ in before) for fn in [functions.defining.get(id(f))] if fn}
    wanted = [fn for (name, _), fn in functions.macros.items() if name in functions.primed]
    if not parsed.trees and functions.macros:
        wanted = [list(functions.macros.values())[-1]]
    for function in wanted:
        body = functions.without_calls(replace(formulas[id(function)], tree=function.body))
        parsed.hide(body_name(function.name), body)
        survey.parameters[function.name] = function.parameters
    survey.functions = (*survey.functions, *sorted(f.name for f in wanted if f.name in functions.primed))
