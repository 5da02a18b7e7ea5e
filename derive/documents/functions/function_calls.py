"""Functions that a document defines, and those that are assumed, put in where its formulas call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.documents.functions.assumed import Assumed
from derive.documents.functions.called import Functions, call, primed, word_of
from derive.documents.functions.derivatives import Derivatives, whole_names
from derive.documents.functions.entrywise import entry_by_entry
from derive.documents.functions.indexed_functions import as_functions
from derive.documents.functions.of_each_entry import of_each_entry
from derive.documents.functions.step_losses import base_of, without_arguments
from derive.documents.names.macros import body_name
from derive.documents.names.model import Survey, letter_of
from derive.documents.names.parsed import Parsed
from derive.documents.names.sizes import Trees
from derive.documents.problems import Unreadable
from derive.documents.trees.bound_letters import bound_letters, index_letters, letters_in, listed_letters
from derive.documents.trees.members import letter_node, scripted_parts
from derive.documents.trees.schematic import filled
from derive.documents.trees.trees import Formula, changed, walk, words
from derive.reading.indices import arguments
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_FRESH = ("ϰ", "ϱ", "ϐ")        # letters that no page uses


def put_in(parsed: Parsed, survey: Survey, defined: set[str], assumed: Iterable[Assumed],
           below: Mapping[str, str]) -> None:
    """Puts the functions in, and names what is differentiated; `below` is what a document has under ∇ elsewhere.

    Raises:
        Unreadable: for a function that is defined for some values only.
    """
    for formula in parsed.partial:
        raise Unreadable("a function that is defined for some values only; define it by cases", formula.piece.at)
    of_steps: set[str] = set()
    for one in assumed:
        formula = parsed.formula(one.equation.piece)
        parsed.trees.append((one.equation, formula, []))
        of_steps |= {base_of(formula.left)} - {""} if one.of_a_step else set()
    if of_steps:
        parsed.trees = without_arguments(parsed.trees, of_steps)
    before = [(s, f, r) for (s, _, r), f in zip(parsed.trees, filled(f for _, f, _ in parsed.trees))]
    before = [(s, _of_one_argument(_by_arguments(f)), r) for s, f, r in before]
    before, indexed = as_functions(before, {letter_of(n.tree) for _, _, names, _ in parsed.kinds for n in names})
    before, entries = entry_by_entry(before, defined)
    parsed.trees = before
    arrays = {letter_of(n.tree) for _, _, names, sides in parsed.kinds if sides for n in names}
    functions = Functions(defined | indexed | entries, [(s, f) for s, f, _ in before], arrays)
    called = [(s, functions.without_calls(f), r) for s, f, r in before if not functions.is_definition(f)]
    survey.arguments |= functions.arguments
    whole = whole_names((f for _, f, _ in called), (n.tree for _, _, names, _ in parsed.kinds for n in names))
    derivatives = Derivatives(words(f.tree for _, f, _ in called), functions, below, _index_letters(called), whole)
    parsed.trees = [(s, derivatives.of_names(f, r), r) for s, f, r in called]
    for formula, ranges in derivatives.definitions():
        parsed.define(formula, ranges)
    _put_bodies(parsed, survey, functions, before)


def _by_arguments(formula: Formula) -> Formula:
    """∇f(x) is ∇_x f(x), before f is put in."""
    def change(node: Node) -> Node | None:
        if node.kind != "nabla" or any(s.kind == "lowered" for s in node.parts[0]):
            return None
        found = call(plain(node.parts[1]))
        below = found[1][0] if found and len(found[1]) == 1 and word_of(found[1][0]) else None
        script = Node("lowered", (Node("braces", ((below,),), node.at),), node.at)
        return None if below is None else Node("nabla", ((*node.parts[0], script), node.parts[1]), node.at)

    tree = changed(formula.tree, change)
    return formula if tree is formula.tree else replace(formula, tree=tree)


def _of_one_argument(formula: Formula) -> Formula:
    """f(x) = x σ(x), and so f'(x) = …, where x is a vector that stands elsewhere: with ⊙ between its factors."""
    found = call(formula.left) if formula.tree.kind == "relation" else None
    parameter = word_of(found[1][0]) if found and len(found[1]) == 1 else ""
    if not parameter:
        return formula
    sides = tuple(of_each_entry(side, (parameter,)) for side in formula.sides[1:])
    return formula if sides == formula.sides[1:] else replace(
        formula, tree=Node("relation", ((formula.left, *sides), formula.tree.parts[1]), formula.tree.at))


def _index_letters(trees: Trees) -> set[str]:
    """The letters that sums, ranges and left sides bind; also the c of S_c = Σ_k w_{ck} F_k."""
    found = {r.letter for _, _, ranges in trees for r in ranges}
    for _, formula, _ in trees:
        found |= listed_letters(formula.tree)
        bound = bound_letters(formula.tree)
        found |= bound | index_letters(formula.left, frozenset(bound))
        own = {x for letters in _below(formula.left) for x in letters}
        found |= {x for side in formula.sides[1:] for letters in _below(side) if bound & letters for x in own & letters}
    return found


def _below(side: Node) -> list[set[str]]:
    """The letters below each name."""
    return [{x for item in arguments(n.parts[0]) for x in letters_in(item)} for n in walk(side) if n.kind == "lowered"]


def _put_bodies(parsed: Parsed, survey: Survey, functions: Functions, before: Trees) -> None:
    """Functions of which a derivative is written, as definitions under hidden names; one at least where nothing but
    functions is defined. `before` are the trees with their definitions."""
    formulas = {id(fn): f for f in (f for _, f, _ in before) for fn in [functions.defining.get(id(f))] if fn}
    left = primed(f.tree for _, f, _ in parsed.trees)
    wanted = [fn for (name, _), fn in functions.macros.items()
              if name in (left if functions.has_arrays(fn) else functions.primed)]
    if not parsed.trees and functions.macros:
        wanted = [list(functions.macros.values())[-1]]
    for function in wanted:
        parameters, tree = _apart(function.parameters, function.body, [f.tree for _, f, _ in parsed.trees])
        body = functions.without_calls(replace(formulas[id(function)], tree=tree))
        parsed.hide(body_name(function.name), body)
        survey.parameters[function.name] = parameters
        survey.arguments |= set(parameters)
    survey.functions = (*survey.functions, *sorted(f.name for f in wanted if f.name in functions.primed))


def _apart(parameters: tuple[str, ...], body: Node, trees: Iterable[Node]) -> tuple[tuple[str, ...], Node]:
    """The parameters of a function and its body, with other letters for those that stand with an index elsewhere: the
    x of f(x) = x² is no step x_t."""
    indexed = {letter_of(n) for tree in trees for n in walk(tree) if n.kind == "scripted" and scripted_parts(n)
               and any(s.kind == "lowered" for s in n.parts[1])}
    fresh = {x: new for x, new in zip(parameters, _FRESH) if x in indexed and len(x) == 1}

    def change(node: Node) -> Node | None:
        shown = node.parts[0].text if node.kind == "ident" else ""
        return letter_node(fresh[shown], node.at) if shown in fresh else None

    return tuple(fresh.get(x, x) for x in parameters), changed(body, change) if fresh else body
