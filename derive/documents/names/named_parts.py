"""A name for a part of a formula: after a = σ(w x + b), z = w x + b says that a is σ(z), of which ∂a/∂z speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.documents.lines.statements import Equality
from derive.documents.names.model import letter_of, numerator
from derive.documents.names.parsed import Parsed
from derive.documents.trees.trees import Formula, changed, walk, words, written
from derive.reading.nodes import differential, plain
from derive.reading.syntax import Node

_COMPOUND = frozenset(["sum", "product", "fraction"])


def put_names_in(parsed: Parsed) -> None:
    """Writes the names by which something is differentiated for what they are, in definitions that do not use them."""
    by = {letter_of(n) for _, f, _ in parsed.trees for n in _differentiated_by(f.tree)}
    named = {written(plain(f.sides[1])): f.left for _, f in _definitions(parsed) if letter_of(f.left) in by
             and plain(f.sides[1]).kind in _COMPOUND}
    used = words(side for _, f in _definitions(parsed) for side in f.sides[1:] if numerator(plain(side)) is None)
    named = {text: name for text, name in named.items() if letter_of(name) not in used}
    if named:
        parsed.trees = [(s, replace(f, tree=_with(f, named)) if _is_definition(s, f) else f, r)
                        for s, f, r in parsed.trees]


def _definitions(parsed: Parsed) -> Iterator[tuple[object, Formula]]:
    return ((s, f) for s, f, _ in parsed.trees if _is_definition(s, f))


def _is_definition(statement: object, formula: Formula) -> bool:
    return isinstance(statement, Equality) and not statement.claimed and formula.tree.kind == "relation" \
        and len(formula.sides) == 2


def _differentiated_by(tree: Node) -> Iterator[Node]:
    """The z of ∂L/∂z."""
    for node in walk(tree):
        below = differential(node.parts[1]) if node.kind == "fraction" else None
        if below is not None and differential(node.parts[0]) is not None:
            yield below


def _with(formula: Formula, named: Mapping[str, Node]) -> Node:
    """A definition, with names for the parts of its right side."""
    left, right = formula.sides

    def change(node: Node) -> Node | None:
        name = named.get(written(node)) if node.kind in _COMPOUND else None
        return name if name is not None and letter_of(name) != letter_of(left) else None
    return Node("relation", ((left, changed(right, change)), formula.tree.parts[1]), formula.tree.at)
