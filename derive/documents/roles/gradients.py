"""By what a name is differentiated in ∇L, which does not say it: what the rest of the document tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.documents.functions.called import call
from derive.documents.names.model import LOSSES, Equation
from derive.documents.roles.roles import subject
from derive.documents.trees.trees import walk
from derive.graph import closure

ROLES = (("numerator", "denominator"), ("top", "second"))


def below(equations: Iterable[Equation]) -> dict[str, str]:
    """For each name that has one argument only, the argument: L(w) = … says that it is w; so does every derivative of
    L on the page being one by w; and so does w being all that L is made of."""
    every = list(equations)
    called = _called(every)
    taken = _taken(every)
    made = _made(every)
    found = {}
    for name in {*called, *taken, *made}:
        choices = called.get(name) or taken.get(name) or _inputs(name, made)
        if len(choices) == 1:
            found[name] = min(choices)
    return found


def _called(equations: list[Equation]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for equation in equations:
        tree = equation.formula.tree
        left = call(tree.parts[0][0]) if tree.kind == "relation" else None
        if left is not None:
            words = [n.parts[0].text if n.kind == "ident" else "" for n in left[1]]
            found.setdefault(left[0], set(words))       # the first one defines it
    for name, word in (x for equation in equations for x in _losses_called(equation)):
        found.setdefault(name, set()).add(word)
    return {name: words for name, words in found.items() if all(words)}


def _losses_called(equation: Equation) -> Iterator[tuple[str, str]]:
    """The w of L(w) on the right of J(w) = L(w) + λ ‖w‖²/2."""
    for name, arguments in filter(None, map(call, walk(equation.formula.tree))):
        if name in LOSSES and len(arguments) == 1 and arguments[0].kind == "ident":
            yield name, arguments[0].parts[0].text


def _taken(equations: list[Equation]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for equation in equations:
        for side in equation.names:
            for above, under in ROLES:
                tops = [m.name for m, role in side if role == above]
                names = [m.name for m, role in side if role == under]
                names = names[::2] if under == "second" else names
                if len(tops) == len(names):
                    for top, name in zip(tops, names):
                        found.setdefault(top, set()).add(name)
    return found


def _made(equations: list[Equation]) -> dict[str, set[str]]:
    """Of each name that is defined, those on its right side."""
    found: dict[str, set[str]] = {}
    for equation in equations:
        member = subject(equation)
        if member is not None and len(equation.names) > 1:
            found.setdefault(member.name, {m.name for m, role in equation.names[1] if role == "value"})
    return found


def _inputs(name: str, made: dict[str, set[str]]) -> set[str]:
    """What a name is made of in the end."""
    return {n for n in closure([name], lambda n: made.get(n, ())) if n not in made}

