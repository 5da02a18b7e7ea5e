"""Random expressions, other writings of them, damaged copies, and a plain evaluator that knows nothing of the normal
form."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from derive.bounds import nonnegative
from derive.expression import (
    Apply,
    Delta,
    Expr,
    Group,
    Guard,
    Ref,
    Term,
    Value,
    apply,
    delta,
    expression,
    indicator,
    number,
    ref,
    term,
    total,
)
from derive.extremes import Greatest
from derive.index import ONE, Letter, Poly, Size, poly
from derive.products import OrderedProduct

n, T = Size("n"), Size("T")
SIZES = {"i": n, "t": T}
I, TIME = Letter("i", 1, n), Letter("t", 1, T, True)
FREE = [I, TIME]
POSITIVE = frozenset("p")


# -- expressions --------------------------------------------------------------------------------------------------
def drawn(rng: random.Random, depth: int, scope: list[Letter]) -> Expr:
    """An expression of sums, products, powers, guards, deltas and functions in the letters of `scope`."""
    roll = rng.random()
    if depth == 0 or roll < 0.2:
        return _leaf(rng, scope)
    if roll < 0.4:
        return drawn(rng, depth - 1, scope) + drawn(rng, depth - 1, scope) * rng.choice([1, -1, 2, Fraction(1, 2)])
    if roll < 0.6:
        return drawn(rng, depth - 1, scope) * drawn(rng, depth - 1, scope)
    if roll < 0.86:
        return _sum(rng, depth, scope)
    if roll < 0.9:
        return apply(rng.choice(["phi", "psi"]), drawn(rng, depth - 1, scope))
    if roll < 0.93:
        return (drawn(rng, depth - 1, scope) ** 2 + ref("p")) ** rng.choice([-1, -2])
    if roll < 0.96:
        return rng.choice([ref("p"), ref("c") + ref("p")]) ** rng.choice([poly(T), poly(TIME), poly(T) - TIME])
    s = Letter("t", 1, rng.choice([poly(T), poly(TIME), poly(T) - 1]), True)
    over = OrderedProduct if roll < 0.98 else Greatest
    return expression(over(drawn(rng, depth - 1, [*scope, s]), s))


def _leaf(rng: random.Random, scope: list[Letter]) -> Expr:
    kind = rng.choice("xyAgcpn")
    if kind == "n":
        size, fraction = number(poly(rng.choice([n, T]))), expression(Fraction(rng.choice([1, 2, 4]), 2))
        return size if rng.random() < 0.7 else fraction
    if kind in "xy":
        return ref(kind, index(rng, scope, "i"))
    if kind == "A":
        return ref("A", index(rng, scope, "i"), index(rng, scope, "i"))
    return ref("g", index(rng, scope, "t")) if kind == "g" else ref(kind)


def index(rng: random.Random, scope: list[Letter], kind: str) -> Poly:
    letters = [a for a in scope if a.name == kind]
    letter, roll = rng.choice(letters), rng.random()
    if roll < 0.1:
        return poly(rng.choice([1, 2, SIZES[kind]]))
    if roll < 0.7:
        return poly(letter)
    return poly(letter) + rng.choice([-1, 1]) if roll < 0.85 else poly(SIZES[kind]) + 1 - letter


def _sum(rng: random.Random, depth: int, scope: list[Letter]) -> Expr:
    kind = rng.choice("it")
    size, outer = poly(SIZES[kind]), rng.choice([a for a in scope if a.name == kind])
    low, high = rng.choice([(1, size), (1, size), (0, size), (2, size), (1, size - 1), (0, size - 1)])
    if rng.random() < 0.25:
        low, high = rng.choice([(1, poly(outer)), (1, outer - poly(1)), (poly(outer), size), (poly(outer) + 1, size)])
    letter = Letter(kind, low, high, kind == "t")
    body, roll = drawn(rng, depth - 1, [*scope, letter]), rng.random()
    if roll < 0.2:
        body = body * indicator(rng.choice([poly(letter) - 2, size - letter - 1, poly(letter) - outer]))
    elif roll < 0.4:
        other = rng.choice([poly(outer), poly(outer) + 1, size + 1 - outer])
        body = body * expression(delta(poly(letter) - other))
    return total(body, letter)


# -- other writings -----------------------------------------------------------------------------------------------
def _shuffled(e: Expr, rng: random.Random) -> Expr:
    terms = [Term(t.coefficient, tuple(rng.sample(t.factors, len(t.factors))), t.binders) for t in e.terms]
    return Expr(rng.sample(terms, len(terms)))


def _in_thirds(e: Expr, rng: random.Random) -> Expr:
    return e * Fraction(1, 3) + e.fresh() * Fraction(2, 3)


def _plus_nothing(e: Expr, rng: random.Random) -> Expr:
    extra = drawn(rng, 1, FREE)
    return e + extra - extra.fresh()


def _grouped(e: Expr, rng: random.Random) -> Expr:
    return expression(Group(e)) * ref("p") / ref("p")


def _distributed(e: Expr, rng: random.Random) -> Expr:
    extra = drawn(rng, 1, FREE)
    return e * (1 + extra) - e.fresh() * extra.fresh()


def _through_a_delta(e: Expr, rng: random.Random) -> Expr:
    letter = rng.choice(FREE)
    other = letter.fresh()
    return total(expression(delta(poly(other) - letter)) * e.substitute({letter: poly(other)}), other)


def _rebound(change: Callable[[Letter], tuple[Letter, Poly]]) -> Callable[[Expr, random.Random], Expr]:
    """Every sum that stands first in its term, with another letter."""
    def rewrite(e: Expr, rng: random.Random) -> Expr:
        result = []
        for t in e.terms:
            if t.binders:
                new, value = change(t.binders[0])
                values = {t.binders[0]: value}
                t = term(t.coefficient, [(a.substitute(values), x.substitute(values)) for a, x in t.factors],
                         [new, *(b.substitute(values) for b in t.binders[1:])])
            result.append(t)
        return Expr(result)
    return rewrite


def _shift(b: Letter) -> tuple[Letter, Poly]:
    new = b.fresh(b.low + 2, b.high + 2)
    return new, poly(new) - 2


def _turn(b: Letter) -> tuple[Letter, Poly]:
    new = b.fresh()
    return new, b.low + b.high - new


def _last_apart(e: Expr, rng: random.Random) -> Expr:
    """Sums that are certain to have a last member, with that written apart."""
    result = []
    for t in e.terms:
        if t.binders and nonnegative(t.binders[0].count - 1):
            b = t.binders[0]
            rest = b.fresh(high=b.high - 1)
            for value, binders in ((poly(rest), [rest]), (b.high, [])):
                values = {b: value}
                result.append(term(t.coefficient, [(a.substitute(values), x.substitute(values)) for a, x in t.factors],
                                   [*binders, *(o.substitute(values) for o in t.binders[1:])]).fresh())
        else:
            result.append(t)
    return Expr(result)


WRITINGS: dict[str, Callable[[Expr, random.Random], Expr]] = {
    "other letters": lambda e, rng: e.fresh(), "shuffled": _shuffled, "in thirds": _in_thirds,
    "plus nothing": _plus_nothing, "grouped": _grouped, "distributed": _distributed,
    "through a delta": _through_a_delta, "shifted": _rebound(_shift), "turned round": _rebound(_turn),
    "last member apart": _last_apart,
}


# -- damaged copies -----------------------------------------------------------------------------------------------
def damaged(e: Expr, rng: random.Random) -> Expr:
    """A copy with another coefficient, range, index or power, or without a factor: nearly always another value."""
    terms = list(e.terms) or [term(1, [])]
    place = rng.randrange(len(terms))
    t, roll = terms[place], rng.random()
    if roll < 0.2 or not t.factors:
        terms[place] = Term(t.coefficient + 1, t.factors, t.binders)
    elif roll < 0.5 and t.binders:
        b = rng.choice(t.binders)
        new = rng.choice([b.fresh(high=b.high + 1), b.fresh(high=b.high - 1), b.fresh(low=b.low + 1)])
        values = {b: poly(new)}
        terms[place] = term(t.coefficient, [(a.substitute(values), x.substitute(values)) for a, x in t.factors],
                            [new if o == b else o.substitute(values) for o in t.binders])
    else:
        factors = list(t.factors)
        node, x = factors.pop(rng.randrange(len(factors)))
        if isinstance(node, Ref) and node.indices and roll < 0.8:
            factors.append((Ref(node.name, [p + rng.choice([-1, 1]) for p in node.indices]), x))
        elif roll < 0.9 and not isinstance(node, (Delta, Guard)):
            factors.append((node, x + 1))
        terms[place] = term(t.coefficient, factors, t.binders)
    return Expr(terms)


# -- values -------------------------------------------------------------------------------------------------------
class Undefined(ArithmeticError):
    """A division by zero, or the greatest of no numbers."""


class Values:
    """Exact values at one choice of sizes; members, and functions at each argument, have random values."""

    def __init__(self, n: int, T: int, seed: int):
        self.sizes, self.rng = {"n": n, "T": T}, random.Random(seed)
        self.members: dict = {}

    def number(self, p: Poly, at: dict) -> Fraction:
        result = Fraction(0)
        for monomial, c in p.terms:
            value = Fraction(c)
            for a in monomial:
                value *= self.sizes[a.name] if isinstance(a, Size) else at[a.key]
            result += value
        return result

    def of(self, e: Expr, at: dict) -> Fraction:
        return sum((self._term(t, t.binders, at) for t in e.terms), Fraction(0))

    def _term(self, t: Term, binders: tuple[Letter, ...], at: dict) -> Fraction:
        if binders:
            first = next(b for b in binders if not any(o in b.free for o in binders if o != b))
            rest = tuple(b for b in binders if b is not first)
            low, high = (int(self.number(p, at)) for p in (first.low, first.high))
            return sum((self._term(t, rest, {**at, first.key: v}) for v in range(low, high + 1)), Fraction(0))
        value = Fraction(t.coefficient)
        for node, x in sorted(t.factors, key=lambda f: not isinstance(f[0], (Delta, Guard))):
            if value == 0:
                return value
            value *= self._power(self._node(node, at), self.number(x, at) if x != ONE else Fraction(1))
        return value

    @staticmethod
    def _power(base: Fraction, exponent: Fraction) -> Fraction:
        if base == 0 and exponent < 0:
            raise Undefined
        return base ** int(exponent)

    def _node(self, node, at: dict) -> Fraction:
        if isinstance(node, (Delta, Guard)):
            value = self.number(node.condition, at)
            return Fraction(value == 0 if isinstance(node, Delta) else value >= 0)
        if isinstance(node, Value):
            return self.number(poly(node.atom), at)
        if isinstance(node, Group):
            return self.of(node.body, at)
        if isinstance(node, OrderedProduct):
            value = Fraction(1)
            for v in range(int(self.number(node.letter.low, at)), int(self.number(node.letter.high, at)) + 1):
                value *= self.of(node.body, {**at, node.letter.key: v})
            return value
        if isinstance(node, Greatest):
            span = range(int(self.number(node.letter.low, at)), int(self.number(node.letter.high, at)) + 1)
            if not span:
                raise Undefined
            return max(self.of(node.body, {**at, node.letter.key: v}) for v in span)
        key = (node.function, *(self.of(a, at) for a in node.arguments)) if isinstance(node, Apply) else (
            node.name, *(self.number(p, at) for p in node.indices))
        low = 1 if key[0] == "p" else -9
        return self.members.setdefault(key, Fraction(self.rng.randint(low, 9), self.rng.choice([2, 3, 5])))
