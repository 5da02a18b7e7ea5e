"""The greatest of numbers over a letter, max_j x_j, and where it is: [k = argmax_j x_j]. The least is −max_j(−x_j).

Nothing is claimed where two of the numbers are equal: there the greatest has no derivative, and its place no value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from derive.binding import Binding, scheme
from derive.bounds import nonnegative
from derive.expression import Expr, Factor, Node, apply, expression, term, total
from derive.index import ONE, Letter, Number, Poly, PolyLike, poly

Positive = Callable[[Node], bool]


class Greatest(Binding):
    """The greatest of the numbers `body` over `letter`; with an index, 1 where that one is the greatest, else 0.

    `body` is an expression in the letter, which the node binds. Of no numbers none is the greatest.
    """

    __slots__ = ()

    def __init__(self, body: Expr, letter: Letter, indices: Iterable[PolyLike] = ()):
        super().__init__(scheme(body, (letter,)), tuple(poly(i) for i in indices))
        if len(self.indices) > 1:
            raise ValueError("the greatest of numbers over one letter has one place")

    def of(self, body: Expr, letters: tuple[Letter, ...], indices: tuple[Poly, ...]) -> Greatest:
        return Greatest(body, letters[0], indices)

    @property
    def place(self) -> Poly | None:
        """Of which number it is said whether it is the greatest; None for the greatest itself."""
        return self.indices[0] if self.indices else None

    def places(self, shift: Poly) -> tuple[Poly, ...]:
        return tuple(p + shift for p in self.indices)

    def _render(self) -> str:
        return f"M{{{self._letters()}}}({self.body}){self._indices()}"


def chosen(node: Greatest, change: Expr) -> Expr:
    """`change`, an expression in the letter of `node`, at the place of the greatest: how the greatest changes where
    the numbers change so. Its place does not change."""
    if node.indices:
        return Expr()
    s = node.letter.fresh()
    here = expression(Greatest(node.body, node.letter, (s,)))
    return total(here * change.substitute({node.letter: poly(s)}), s)


# -- in the normal form -------------------------------------------------------------------------------------------
def simplified(node: Greatest, exponent: Poly, is_positive: Positive) -> Expr | None:
    """What a node with a body in normal form stands for, to a power; None where it is an atom."""
    whole = exponent.constant is not None and exponent.constant > 0 and exponent.constant == int(exponent.constant)
    if not nonnegative(node.count - 1):
        return None
    if node.indices:
        value = _place(node, is_positive)
        if value is None and whole and exponent != ONE:
            value = expression(node)
        return None if value is None or not whole else value
    value = _value(node, is_positive)
    return None if value is None else value ** exponent


def _value(node: Greatest, is_positive: Positive) -> Expr | None:
    body, letter, count = node.body, node.letter, node.count.constant
    if letter not in body.free:
        return body
    if count is not None and count <= 2:
        at = [body.substitute({letter: p}).fresh() for p in (letter.low, letter.high)]
        return at[0] if count == 1 else apply("max", *at)
    apart = Expr(t for t in body.terms if letter not in t.free)
    content, factors, rest = _scale(Expr(t for t in body.terms if letter in t.free), letter, is_positive)
    if not apart.terms and not factors and content == 1:
        return None
    return apart + Expr((term(content, [*factors, (Greatest(rest, letter), ONE)]),))


def _place(node: Greatest, is_positive: Positive) -> Expr | None:
    body, letter = node.body, node.letter
    if node.count.constant == 1 and letter in body.free:
        return expression(1)
    rest = _scale(Expr(t for t in body.terms if letter in t.free), letter, is_positive)[2]
    return expression(Greatest(rest, letter, node.indices)) if rest.terms and rest != body else None


def _scale(body: Expr, letter: Letter, is_positive: Positive) -> tuple[Number, list[Factor], Expr]:
    """A positive number and positive factors which all terms share and which do not depend on the letter, and the
    rest."""
    if not body.terms:
        return 1, [], body
    first, *others = body.terms
    content = abs(Fraction(first.coefficient))
    shared = [(n, x) for n, x in first.factors if is_positive(n) and letter not in n.free | x.free
              and all((n, x) in t.factors for t in others)
              and all((n.free | x.free).isdisjoint(t.binders) for t in body.terms)]
    rest = Expr(term(Fraction(t.coefficient) / content,
                     [f for f in t.factors if f not in shared], t.binders) for t in body.terms)
    return content, shared, rest


def is_chosen_once(binders: list[Letter], factors: list[Factor]) -> bool:
    """Whether a sum adds [k = argmax] over every k: it is 1."""
    if len(binders) != 1 or len(factors) != 1 or factors[0][1] != ONE or not isinstance(factors[0][0], Greatest):
        return False
    node, (b,) = factors[0][0], binders
    place = node.place
    return (place is not None and b not in node.scheme.free and b.count == node.count
            and place - poly(b) == node.letter.low - b.low and nonnegative(node.count - 1))


__all__ = ["Greatest", "chosen", "is_chosen_once", "simplified"]
