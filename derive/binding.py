"""Factors that bind letters in an expression of their own: ordered products, and the greatest of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from derive.expression import Expr, Group, Node, Term, Values
from derive.index import ONE, Letter, Poly, poly


class Binding(Node):
    """`parts` are the scheme, a term that binds the letters as the node does, the indices, which are outside of it, and
    nothing else: a subclass says what they mean."""

    __slots__ = ()

    @property
    def scheme(self) -> Term:
        return self.parts[0]

    @property
    def indices(self) -> tuple[Poly, ...]:
        return self.parts[1]

    @property
    def letter(self) -> Letter:
        """The letter that runs; its range may depend on nothing that the node binds."""
        return self.scheme.binders[0]

    @property
    def body(self) -> Expr:
        return self.scheme.factors[0][0].expressions()[0]

    @property
    def count(self) -> Poly:
        return self.letter.count

    def children(self):
        return (self.scheme, *self.indices)

    def of(self, body: Expr, letters: tuple[Letter, ...], indices: tuple[Poly, ...]) -> Self:
        """A node of the same kind."""
        raise NotImplementedError

    def with_scheme(self, scheme: Term, values: Values) -> Self:
        """The node with this scheme, and with `values` put into its indices."""
        ((group, _),) = scheme.factors
        return self.of(group.expressions()[0], scheme.binders, tuple(p.substitute(values) for p in self.indices))

    def substitute(self, values: Values) -> Self:
        if self.free.isdisjoint(values):
            return self
        return self.with_scheme(self.scheme.substitute(values), values)

    def expressions(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuild(self, expressions: tuple[Expr, ...]) -> Self:
        return self.of(expressions[0], self.scheme.binders, self.indices)

    def rebind(self, values: dict[Letter, Poly]) -> Self:
        return self.with_scheme(self.scheme.rebind(values), values)

    def canonical(self, level: int) -> Self:
        """The node with its letter counted from 1, and letters that do not depend on how they were called."""
        old = self.letter
        letter = Letter("", 1, self.count, old.family, (-1, level, 9000))
        return self.counted(letter, 1 - old.low,
                            lambda k, m: Letter("", m.low, m.high, m.family, (-1, level, 9001 + k)))

    def counted(self, letter: Letter, shift: Poly, named: Callable[[int, Letter], Letter]) -> Self:
        """The node with another letter, which is larger by `shift`, and with its other letters `named` anew."""
        values: dict[Letter, Poly] = {self.letter: poly(letter) - shift}
        letters = [letter]
        for k, m in enumerate(self.scheme.binders[1:]):
            moved = m.substitute(values)
            letters.append(named(k, moved))
            values[m] = values[moved] = poly(letters[-1])
        return self.of(self.body.substitute(values), tuple(letters), self.places(shift))

    def places(self, shift: Poly) -> tuple[Poly, ...]:
        """The indices, where the letter is larger by so much."""
        return self.indices

    def _letters(self) -> str:
        return ",".join(f"{b}:{b.low}..{b.high}" for b in self.scheme.binders)

    def _indices(self) -> str:
        return f"[{','.join(map(str, self.indices))}]" if self.indices else ""


def scheme(body: Expr, letters: tuple[Letter, ...]) -> Term:
    """The term that binds these letters in an expression."""
    return Term(1, ((Group(body), ONE),), letters)
