"""Random sums with triangular, shifted, cut and empty ranges: the normal form has the value of what it was made of, at
every small size. The evaluator below knows nothing of the normal form."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest

from derive.alignment import align_sums, cut_sums, split_diagonals
from derive.expression import Delta, Expr, Group, Guard, Ref, Term, Value, delta, expression, ref, total
from derive.index import Letter, Poly, Size, poly
from derive.normal import Normalizer

n = poly(Size("n"))
FREE = Letter("f", 1, n)


def drawn(rng: random.Random, depth: int, letters: list[Letter]) -> Expr:
    """A sum of sums; every range, index and condition may mention the letters around it."""
    result = Expr()
    for _ in range(rng.choice((1, 1, 2))):
        factor = expression(rng.choice((1, 2, -1, Fraction(1, 2))))
        inner, bound = list(letters), []
        for k in range(rng.choice((0, 1, 2)) if depth else 0):
            bound.append(Letter("abc"[k], end(rng, inner, 1), end(rng, inner, n)))
            inner.append(bound[-1])
        for _ in range(rng.choice((1, 2))):
            factor = factor * ref(rng.choice("xy"), index(rng, inner))
        if rng.random() < 0.3:
            condition = index(rng, inner) - index(rng, inner)
            factor = factor * expression(rng.choice((Guard, delta))(condition))
        if depth and rng.random() < 0.6:
            factor = factor * drawn(rng, depth - 1, inner)
        result = result + total(factor, *bound)
    return result


def end(rng: random.Random, letters: list[Letter], usual: Poly | int) -> Poly:
    if rng.random() < 0.5:
        return poly(usual)
    return index(rng, letters) + rng.choice((-1, 0, 1))


def index(rng: random.Random, letters: list[Letter]) -> Poly:
    value = poly(rng.choice(letters))
    roll = rng.random()
    if roll < 0.15:
        return value + rng.choice(letters)
    if roll < 0.3:
        return n + 1 - value
    return value + rng.choice((0, 0, 1, -1))


class Values:
    """Exact numbers for members, drawn when they are asked for, at one size."""

    def __init__(self, size: int, seed: int):
        self.size, self.rng, self.members = size, random.Random(seed), {}

    def whole(self, p: Poly, at: dict[Letter, int]) -> Fraction:
        return sum((Fraction(c) * self._product(m, at) for m, c in p.terms), Fraction(0))

    def _product(self, monomial, at: dict[Letter, int]) -> Fraction:
        value = Fraction(1)
        for a in monomial:
            value *= self.letter(a, at) if isinstance(a, Letter) else self.size
        return value

    def letter(self, a: Letter, at: dict[Letter, int]) -> Fraction:
        return next(Fraction(v) for b, v in at.items() if b.key == a.key)

    def expression(self, e: Expr, at: dict[Letter, int]) -> Fraction:
        return sum((self.term(t, list(t.binders), at) for t in e.terms), Fraction(0))

    def term(self, t: Term, binders: list[Letter], at: dict[Letter, int]) -> Fraction:
        first = next((b for b in binders if not any(o.key == b2.key for b2 in binders for o in b.free - {b})), None)
        if first is not None:
            low, high = self.whole(first.low, at), self.whole(first.high, at)
            rest = [b for b in binders if b is not first]
            return sum((self.term(t, rest, {**at, first: v}) for v in range(int(low), int(high) + 1)), Fraction(0))
        value = Fraction(t.coefficient)
        for node, x in t.factors:
            value *= self.node(node, at) ** int(self.whole(x, at))
        return value

    def node(self, node, at: dict[Letter, int]) -> Fraction:
        if isinstance(node, Ref):
            key = (node.name, *(self.whole(p, at) for p in node.indices))
            return self.members.setdefault(key, Fraction(self.rng.randint(-9, 9), 7))
        if isinstance(node, Group):
            return self.expression(node.body, at)
        if isinstance(node, Value):
            return self.letter(node.atom, at) if isinstance(node.atom, Letter) else Fraction(self.size)
        value = self.whole(node.condition, at)
        return Fraction(value == 0 if isinstance(node, Delta) else value >= 0)


@pytest.mark.parametrize("seed", [*range(150), 312])
def test_the_normal_form_keeps_the_value(seed):
    e = drawn(random.Random(seed), 2 if seed == 312 else 1, [FREE])
    normal = Normalizer().normal(e)
    written = [normal, align_sums(normal), align_sums(normal, True), *cut_sums(normal),
               *(split_diagonals(normal, inclusive) for inclusive in (False, True))]
    for size in (1, 2, 3):
        values = Values(size, seed)
        for f, other in product(range(1, size + 1), written):
            assert values.expression(other, {FREE: f}) == values.expression(e, {FREE: f}), (size, f, str(other))


@pytest.mark.parametrize("strict", [*product((0, 1), repeat=3)])
@pytest.mark.parametrize("turned", [False, True])
def test_a_circle_of_conditions_keeps_the_value(strict, turned):
    """a ≤ b ≤ c ≤ a leaves the diagonal, a < b ≤ c ≤ a nothing; with one condition turned round a triangle is left."""
    a, b, c = (Letter(name, 1, n) for name in "abc")
    low, high = (a, c) if turned else (c, a)
    conditions = [poly(b) - a - strict[0], poly(c) - b - strict[1], poly(high) - low - strict[2]]
    body = ref("x", a, c) * ref("y", b)
    for condition in conditions:
        body = body * expression(Guard(condition))
    e = total(body, a, b, c)
    normal = Normalizer().normal(e)
    assert turned or not any(strict) or not normal.terms
    for size in (1, 2, 3):
        values = Values(size, 0)
        assert values.expression(normal, {}) == values.expression(e, {})
        assert turned or any(strict) or values.expression(e, {})
