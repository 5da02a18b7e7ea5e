"""Gaussian vectors with a covariance: x ~ N(μ, Σ) is x = μ + F ϙ, where Σ = F Fᵀ and the entries of ϙ are independent
standard normal numbers. Every covariance is one of these, so nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.documents.functions.assumed import FIRST
from derive.documents.lines.declarations import Kind
from derive.documents.lines.statements import Declaration, Equality, Piece
from derive.documents.names.model import letter_of
from derive.documents.names.parsed import Parsed
from derive.documents.problems import Unreadable
from derive.documents.trees.trees import Formula
from derive.reading.nodes import is_transpose
from derive.reading.syntax import Node


def of_independent_ones(drawn: Formula, arguments: Sequence[Piece], parsed: Parsed) -> Formula | None:
    """Defines a vector by independent numbers, and gives their name; None where its law has no covariance matrix, or
    one that is defined as something else than F Fᵀ.

    Raises:
        Unreadable: for more such laws than there are names.
    """
    mean, covariance = (parsed.formula(a) for a in arguments)
    name = letter_of(covariance.tree) if covariance.tree.kind == "ident" else ""
    if drawn.tree.kind != "ident" or not name:
        return None
    defined = [f for s, f, _ in parsed.trees if isinstance(s, Equality) and not s.claimed
               and f.left.kind == "ident" and letter_of(f.left) == name]
    factor = _root(defined[0].sides[1]) if defined else None
    sides = _sides(letter_of(factor) if factor is not None else name, parsed)
    if len(sides) != 2 or (defined and factor is None):
        return None
    numbers = _declared(drawn, sides[1:], parsed)
    if factor is None:
        made = _declared(drawn, sides, parsed)
        factor = made.tree
        turned = Node("scripted", (factor, (Node("transpose", (), factor.at),)), factor.at)
        _define(covariance, covariance.tree, _product(factor, turned), parsed)
    noise = _product(factor, numbers.tree)
    zero = mean.tree.kind == "number" and mean.tree.parts[0].text == "0"
    _define(drawn, drawn.tree, noise if zero else Node("sum", ((False, False), (mean.tree, noise)), noise.at), parsed)
    return numbers


def _root(node: Node) -> Node | None:
    """The F of F Fᵀ."""
    factors: tuple[Node, ...] = node.parts[0] if node.kind == "product" else ()
    if len(factors) != 2 or factors[0].kind != "ident" or factors[1].kind != "scripted":
        return None
    base, scripts = factors[1].parts
    same = base.kind == "ident" and letter_of(base) == letter_of(factors[0])
    turned = len(scripts) == 1 and (scripts[0].kind == "transpose" or scripts[0].kind == "raised"
                                    and is_transpose(scripts[0].parts[0]))
    return factors[0] if same and turned else None


def _sides(name: str, parsed: Parsed) -> list[Formula]:
    """The sides of the shape that is declared for a name."""
    return next((sides for _, _, names, sides in parsed.kinds for n in names
                 if n.tree.kind == "ident" and letter_of(n.tree) == name), [])


def own_name(parsed: Parsed, at: int) -> Piece:
    """A name of our own for what is drawn, which nothing has yet.

    Raises:
        Unreadable: where all of them are taken.
    """
    named = [n.tree for _, _, names, _ in parsed.kinds for n in names] + [n.tree for _, _, n, _ in parsed.laws]
    taken = {tree.parts[0].text for tree in named if tree.kind == "ident"}
    own = next((x for x in FIRST if x not in taken), None)
    if own is None:
        raise Unreadable(f"more than {len(FIRST)} members of families with laws of their own, or vectors with a "
                         "covariance", at)
    return Piece(own, at)


def _declared(beside: Formula, sides: list[Formula], parsed: Parsed) -> Formula:
    """A name of our own with a shape."""
    piece = beside.piece
    made = parsed.formula(own_name(parsed, piece.at))
    parsed.kinds.append((Declaration(piece, (piece,), piece), Kind((piece,) * len(sides)), [made], sides))
    return made


def _product(one: Node, other: Node) -> Node:
    return Node("product", ((one, other), ("",)), one.at)


def _define(beside: Formula, left: Node, right: Node, parsed: Parsed) -> None:
    parsed.define(replace(beside, tree=Node("relation", ((left, right), ("=",)), left.at)), [])
