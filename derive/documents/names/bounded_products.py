"""Products of names that lie below a number: η λ < 1, η < 2/L, α ≤ 1/(β γ)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from derive.documents.trees.members import Member, letter_node
from derive.program import Below
from derive.reading.indices import letter_pieces
from derive.reading.nodes import plain
from derive.reading.syntax import Node

_LESS, _MORE = "<≤", ">≥"


def bounded(of: Node, sign: str, by: Node, member: Callable[[Node], Member | None]) -> Below | None:
    """What an inequality between two products says, where it is that a product lies below a number; `member` reads a
    name. None for anything else."""
    if sign in _MORE:
        of, by, sign = by, of, "<" if sign == ">" else "≤"
    if sign not in _LESS:
        return None
    try:
        left, powers = _product(plain(of), member)
        right, others = _product(plain(by), member)
    except ValueError:
        return None
    powers.subtract(others)
    if left <= 0 or right <= 0 or not any(powers.values()) or any(p < 0 for p in powers.values()):
        return None
    return Below(tuple(powers.elements()), right / left)


def _product(node: Node, member: Callable[[Node], Member | None]) -> tuple[Fraction, Counter[str]]:
    """The number and the names of a product.

    Raises:
        ValueError: for anything else.
    """
    if node.kind == "number":
        return Fraction(node.parts[0].text), Counter()
    if node.kind == "product" and not any(node.parts[1]):
        number, powers = Fraction(1), Counter[str]()
        for part in node.parts[0]:
            more, names = _product(plain(part), member)
            number *= more
            powers.update(names)
        return number, powers
    if node.kind == "fraction":
        above, names = _product(plain(node.parts[0]), member)
        below, others = _product(plain(node.parts[1]), member)
        if not below:
            raise ValueError("a division by 0")
        names.subtract(others)
        return above / below, names
    pieces = letter_pieces(node.parts[0].text) if node.kind == "ident" else []
    if len(pieces) > 1 and all(p.isalpha() for p in pieces):
        return Fraction(1), Counter(n for p in pieces for n in _product(letter_node(p, node.at), member)[1])
    found = member(node)
    if found is None or found.indices or found.rest:
        raise ValueError("no product of names")
    return Fraction(1), Counter([found.name])
