"""Names that lie above or below a sum of others: ρ > 1 + ε, 1 − ε < ρ < 1 + ε."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.documents.trees.members import Member
from derive.program import Beyond
from derive.reading.nodes import plain
from derive.reading.syntax import Node

Terms = dict[str, Fraction]
_CONSTANT = ""


def beyond(of: Node, sign: str, by: Node, member: Callable[[Node], Member | None]) -> Beyond | None:
    """What an inequality says of a name that stands alone on one side of it; `member` reads a name. None where none
    does, where the other side is no sum of names and numbers, or where it holds the name too."""
    for alone, other, above in ((of, by, sign in ">≥"), (by, of, sign in "<≤")):
        found = member(plain(alone)) if sign in "<≤>≥" else None
        if found is None or found.indices or found.rest:
            continue
        try:
            terms = _sum(plain(other), member)
        except ValueError:
            continue
        constant = terms.pop(_CONSTANT, Fraction(0))
        if found.name not in terms:
            return Beyond(found.name, above, tuple((n, c) for n, c in terms.items() if c), constant)
    return None


def _sum(node: Node, member: Callable[[Node], Member | None]) -> Terms:
    """The coefficient of each name in a sum.

    Raises:
        ValueError: for anything else.
    """
    found: Terms = {}
    for minus, term in _terms(node):
        number, name = _term(plain(term), member)
        found[name] = found.get(name, Fraction(0)) + (-number if minus else number)
    return found


def _terms(node: Node) -> Iterator[tuple[bool, Node]]:
    yield from zip(*node.parts) if node.kind == "sum" else [(False, node)]


def _term(node: Node, member: Callable[[Node], Member | None]) -> tuple[Fraction, str]:
    """A number and a name, of which one may be missing."""
    if node.kind == "number":
        return Fraction(node.parts[0].text), _CONSTANT
    if node.kind == "product" and not any(node.parts[1]) and len(node.parts[0]) == 2:
        (number, none), (one, name) = (_term(plain(p), member) for p in node.parts[0])
        if none == _CONSTANT and name != _CONSTANT:
            return number * one, name
        raise ValueError("a product of names")
    found = member(node)
    if found is None or found.indices or found.rest:
        raise ValueError("no name")
    return Fraction(1), found.name
