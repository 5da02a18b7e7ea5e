"""Sums to ∞ of a geometric series: Σ_{k=0}^∞ γ^k r is γ^0 r/(1 − γ), where the document says that 0 < γ < 1. Other sums
to ∞ are not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.documents.problems import Unreadable
from derive.documents.trees.trees import Formula, changed, walk, words
from derive.reading.indices import arguments
from derive.reading.nodes import plain
from derive.reading.syntax import Node
from derive.reading.tokens import INFINITY, Lexeme

_OTHER = "the only sums to ∞ that can be read are geometric series: Σ_{k=0}^∞ γ^k, with 0 < γ < 1"


@dataclass(frozen=True)
class Ratio:
    """A name that has to lie between 0 and 1, as the ratio of a series does then, and where it stands."""

    name: Node
    formula: Formula


def summed(formula: Formula) -> tuple[Formula, list[Ratio]]:
    """The formula without sums to ∞.

    Raises:
        Unreadable: where ∞ stands for anything else, but below a norm.
    """
    if INFINITY not in words([formula.tree]):
        return formula, []
    names: list[Node] = []
    tree = changed(formula.tree, lambda n: _closed(n, names))
    norms = {id(inner) for n in walk(tree) if n.kind == "scripted" and n.parts[0].kind == "norm"
             for s in n.parts[1] if s.kind == "lowered" for inner in walk(s)}
    left = next((n for n in walk(tree)
                 if n.kind == "ident" and n.parts[0].text == INFINITY and id(n) not in norms), None)
    if left is not None:
        raise Unreadable(_OTHER, formula.at(left.at))
    formula = replace(formula, tree=tree)
    return formula, [Ratio(name, formula) for name in names]


def _closed(node: Node, names: list[Node]) -> Node | None:
    """The sum of a series in closed form; None for what is none."""
    bounds = _bounds(node) if node.kind == "big_sum" else None
    if bounds is None:
        return None
    letter, low = bounds
    factors = list(_factors(node.parts[1]))
    ratios = [r for f in factors if (r := _ratio(f, letter)) is not None]
    rest = [f for f in factors if _ratio(f, letter) is None]
    if not ratios or any(letter in words([f]) for f in rest):
        return None
    for base in ratios:
        own = list(_between_zero_and_one(base))
        if not own:
            return None
        names += own
    at = node.at
    first = changed(node.parts[1], lambda n: low if n.kind == "ident" and n.parts[0].text == letter else None)
    ratio = ratios[0] if len(ratios) == 1 else Node("product", (tuple(ratios), ("",) * (len(ratios) - 1)), at)
    one = Node("number", (Lexeme("NUMBER", "1", at),), at)
    below = Node("group", ((Node("sum", ((False, True), (one, ratio)), at),),), at)
    return Node("fraction", (Node("group", ((first,),), at), below), at)


def _bounds(node: Node) -> tuple[str, Node] | None:
    """The letter and its first value, where it runs to ∞."""
    scripts = {s.kind: s.parts[0] for s in node.parts[0]}
    high = plain(scripts["raised"]) if "raised" in scripts else None
    below = arguments(scripts["lowered"]) if "lowered" in scripts else ()
    if high is None or high.kind != "ident" or high.parts[0].text != INFINITY or len(below) != 1:
        return None
    relation = below[0]
    if relation.kind != "relation" or relation.parts[1] != ("=",) or relation.parts[0][0].kind != "ident":
        return None
    return relation.parts[0][0].parts[0].text, relation.parts[0][1]


def _factors(body: Node) -> Iterator[Node]:
    inner = plain(body)
    if inner.kind == "product":
        for factor in inner.parts[0]:
            yield from _factors(factor)
    else:
        yield body


def _ratio(factor: Node, letter: str) -> Node | None:
    """The γ of γ^k, γ^{k+1} and γ^{k−1}."""
    base, scripts = factor.parts if factor.kind == "scripted" else (factor, ())
    if len(scripts) != 1 or scripts[0].kind != "raised" or letter in words([base]):
        return None
    exponent = plain(scripts[0].parts[0])
    terms = exponent.parts[1] if exponent.kind == "sum" else (exponent,)
    first = terms[0].kind == "ident" and terms[0].parts[0].text == letter
    if not first or (exponent.kind == "sum" and exponent.parts[0][0]) or letter in words(terms[1:]):
        return None
    return base


def _between_zero_and_one(base: Node) -> Iterator[Node]:
    """The names that have to lie between 0 and 1 for a ratio to do so: those of γ, γλ, and 1 − α; none where nothing
    makes it certain."""
    inner = plain(base)
    if inner.kind == "ident":
        yield inner
    elif inner.kind == "product":
        parts = [list(_between_zero_and_one(f)) for f in inner.parts[0]]
        yield from [n for part in parts for n in part] if all(parts) else []
    elif inner.kind == "sum" and inner.parts[0] == (False, True) and len(inner.parts[1]) == 2:
        one, other = map(plain, inner.parts[1])
        if one.kind == "number" and one.parts[0].text == "1":
            yield from _between_zero_and_one(other)
