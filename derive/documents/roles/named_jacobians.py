"""Names of Jacobians: with J = ∂p/∂z, or J_{ki} = ∂p_k/∂z_i, a J is that derivative wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from derive.documents.lines.statements import Equality
from derive.documents.names.model import LOSSES, letter_of, numerator
from derive.documents.names.parsed import Parsed
from derive.documents.trees.members import letter_node, scripted_parts
from derive.documents.trees.naming import two_digits
from derive.documents.trees.trees import Formula, changed, walk
from derive.reading.indices import arguments, letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import Node


@dataclass(frozen=True)
class _Named:
    """`letters` are those of J_{ki}; none where the whole of it has the name."""

    name: str
    letters: tuple[str, ...]
    derivative: Node

    def at(self, items: tuple[Node, ...]) -> Node | None:
        """The derivative for other indices; None for another number of them."""
        if len(items) == 1 and len(self.letters) == 2:
            items = two_digits(items)       # J_{11}
        if len(items) != len(self.letters):
            return None
        return changed(self.derivative, _letters_by(dict(zip(self.letters, items))))

    @property
    def whole(self) -> Node:
        return changed(self.derivative, _without_index) if self.letters else self.derivative


def put_jacobians_in(parsed: Parsed) -> set[str]:
    """Leaves out what names Jacobians, and writes these in place of the names. The vectors that they are of and by, as
    far as it is told: p and z of ∂p_k/∂z_i."""
    named = {n.name: n for s, f, _ in parsed.trees if isinstance(s, Equality) and not s.claimed
             for n in [_named(f)] if n is not None}
    if named:
        kept = [(s, f, r) for s, f, r in parsed.trees if not (
            isinstance(s, Equality) and not s.claimed and _named(f) is not None)]
        parsed.trees = [(s, replace(f, tree=_with(f.tree, named)), r) for s, f, r in kept]
    return {letter_of(n) for j in named.values() if len(j.letters) == 2 for n in walk(j.derivative)
            if n.kind == "scripted" and n.parts[1][0].kind == "lowered"}


def _named(formula: Formula) -> _Named | None:
    if formula.tree.kind != "relation" or len(formula.sides) != 2:
        return None
    left, right = formula.left, plain(formula.sides[1])
    above = numerator(right)
    if above is None or right.kind != "fraction" or letter_of(above) in ("", *LOSSES):
        return None
    if left.kind == "ident":
        return _Named(left.parts[0].text, (), right)
    letters = tuple(letter_of(i) for i in _indices(left))
    return _Named(letter_of(left), letters, right) if letters and all(letters) else None


def _indices(node: Node) -> tuple[Node, ...]:
    """The k and i of J_{ki}, where nothing else stands at J."""
    base, scripts = scripted_parts(node) or (node, ())
    if base.kind != "ident" or len(scripts) != 1 or scripts[0].kind != "lowered":
        return ()
    items = arguments(scripts[0].parts[0])
    parts = [p for i in items for p in (plain(i).parts[0] if plain(i).kind == "product" else (plain(i),))]
    return tuple(letter_node(piece, p.at) if p.kind == "ident" else p for p in parts
                 for piece in (letter_pieces(p.parts[0].text) if p.kind == "ident" else ("",)))


def _with(tree: Node, named: Mapping[str, _Named]) -> Node:
    def change(node: Node) -> Node | None:
        name = letter_of(node)
        if name not in named:
            return None
        base, scripts = scripted_parts(node) or (node, ())
        if base.kind != "ident":
            return None
        jacobian = named[name]
        if scripts and scripts[0].kind == "lowered" and jacobian.letters:
            first = Node("scripted", (base, scripts[:1]), node.at)
            made, rest = jacobian.at(_indices(first)), scripts[1:]
        else:
            made, rest = jacobian.whole, scripts
        if made is None:
            return None
        return Node("scripted", (Node("group", ((made,),), node.at), rest), node.at) if rest else made
    return changed(tree, change)


def _letters_by(values: Mapping[str, Node]) -> Callable[[Node], Node | None]:
    """Other indices in place of letters."""
    def change(node: Node) -> Node | None:
        return values.get(node.parts[0].text) if node.kind == "ident" else None
    return change


def _without_index(node: Node) -> Node | None:
    parts = scripted_parts(node)
    if parts is None or node.kind != "scripted":
        return None
    kept = tuple(s for s in parts[1] if s.kind != "lowered")
    return Node("scripted", (parts[0], kept), node.at) if kept else parts[0]
