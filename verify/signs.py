"""Which values are positive, or at least not negative, by what is declared and by how they are defined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.bounds import nonnegative
from derive.expression import Apply, Delta, Expr, Group, Guard, Node, Ref, Term, Value, apply, expression
from derive.functions import RULES
from derive.index import ONE, Poly, is_even, poly
from derive.program import Program

POSITIVE, NOT_NEGATIVE, UNKNOWN = 2, 1, 0
MOST_BOUNDED = 3

# What f(u) is never below, as f(u) minus it, with the sign of the whole: the values of f, and its tangents.
LOWER: dict[str, list[tuple[Callable[[Expr], Expr], int]]] = {
    "tanh": [(lambda u: Expr() - 1, POSITIVE)],
    "sigmoid": [(lambda u: Expr(), POSITIVE)],
    "normal_cdf": [(lambda u: Expr(), POSITIVE)],
    "exp": [(lambda u: 1 + u, NOT_NEGATIVE)],
    "cosh": [(lambda u: expression(1), NOT_NEGATIVE)],
    "softplus": [(lambda u: u, POSITIVE), (lambda u: apply("relu", u), POSITIVE)],
    "abs": [(lambda u: u, NOT_NEGATIVE), (lambda u: -u, NOT_NEGATIVE)],
    "relu": [(lambda u: u, NOT_NEGATIVE)],
    "sin": [(lambda u: Expr() - 1, NOT_NEGATIVE)],
    "cos": [(lambda u: Expr() - 1, NOT_NEGATIVE)],
    "step": [(lambda u: Expr(), NOT_NEGATIVE)],
    "sign": [(lambda u: Expr() - 1, NOT_NEGATIVE)],
}
# What f(u) is never above.
UPPER: dict[str, list[tuple[Callable[[Expr], Expr], int]]] = {
    "tanh": [(lambda u: expression(1), POSITIVE)],
    "sigmoid": [(lambda u: expression(1), POSITIVE)],
    "normal_cdf": [(lambda u: expression(1), POSITIVE)],
    "log": [(lambda u: u - 1, NOT_NEGATIVE)],
    "sin": [(lambda u: expression(1), NOT_NEGATIVE)],
    "cos": [(lambda u: expression(1), NOT_NEGATIVE)],
    "step": [(lambda u: expression(1), NOT_NEGATIVE)],
    "sign": [(lambda u: expression(1), NOT_NEGATIVE)],
    "relu": [(lambda u: apply("abs", u), NOT_NEGATIVE)],
}
LOWER_OF_TWO = {"max": lambda a, b: [a, b]}
UPPER_OF_TWO = {"min": lambda a, b: [a, b]}


class Signs:
    """The signs that certainly hold in a program. A name that is defined through itself has none."""

    def __init__(self, program: Program):
        self.program, self.normalizer = program, program.normalizer()
        self._known: dict[str, int] = {}
        self._bounded = 0           # how many functions were replaced by their bounds on the way here

    def of(self, e: Expr) -> int:
        """Of a sum: as sure as its least sure term; one positive term makes it positive. Where a term's sign is not
        known it may still be bounded by the others, as in u − 1 − log u."""
        if not e.terms:
            return NOT_NEGATIVE
        if self.normalizer.is_positive(Group(e)):
            return POSITIVE
        whole = _of_sizes(e)
        if whole is not None and nonnegative(whole - 1):
            return POSITIVE
        signs = [self._of_term(t) for t in e.terms]
        if min(signs) == UNKNOWN and whole is not None:
            return NOT_NEGATIVE if nonnegative(whole) else UNKNOWN
        if min(signs) == UNKNOWN:
            return self._by_bounds(e) if len(e.terms) > 1 else UNKNOWN
        return max(signs)

    def _of_term(self, t: Term) -> int:
        if t.coefficient <= 0:
            return UNKNOWN
        factors = self._without_ramps(t)
        most = POSITIVE if len(factors) == len(t.factors) else NOT_NEGATIVE
        sign = min([most, *(self.of_power(n, x) for n, x in factors)])
        empty = not all(nonnegative(b.count - 1) for b in t.binders)
        return min(sign, NOT_NEGATIVE) if empty else sign

    def _without_ramps(self, t: Term) -> list[tuple[Node, Poly]]:
        """The factors but for step(u) u, which is never negative: the normal form of relu(u), and of |u| + u."""
        for place, (step, _) in enumerate(t.factors):
            if isinstance(step, Apply) and step.function == "step":
                for other, (node, exponent) in enumerate(t.factors):
                    if exponent == ONE and self.normalizer.equal(step.arguments[0], expression(node)):
                        return [f for k, f in enumerate(t.factors) if k not in (place, other)]
        return list(t.factors)

    def of_power(self, node: Node, exponent: Poly) -> int:
        sign = self.of_node(node)
        root = exponent.constant is not None and exponent.constant % 1 != 0     # of what must not be negative
        return max(sign, NOT_NEGATIVE if is_even(exponent) or root else UNKNOWN)

    def of_node(self, node: Node) -> int:
        if self.normalizer.is_positive(node):
            return POSITIVE
        if isinstance(node, (Delta, Guard)) or isinstance(node, Value) and nonnegative(poly(node.atom)):
            return NOT_NEGATIVE
        if isinstance(node, Ref):
            return self._of_name(node.name)
        if isinstance(node, Group):
            return self.of(node.body)
        if isinstance(node, Apply) and node.function in RULES:
            return NOT_NEGATIVE if node.function in ("relu", "abs", "step") else UNKNOWN
        return UNKNOWN

    def _of_name(self, name: str) -> int:
        equation = self.program.defined.get(name)
        if equation is None or self.program.boundary(name):
            return UNKNOWN
        if name not in self._known:
            self._known[name] = UNKNOWN
            self._known[name] = self.of(equation.body)
        return self._known[name]

    # -- bounds of functions ---------------------------------------------------------------------------------------
    def _by_bounds(self, e: Expr) -> int:
        """Of a sum that is c (f(u) − what f(u) is never below), or c (what it is never above − f(u)), with c > 0, and
        something that is not negative."""
        if self._bounded == MOST_BOUNDED:
            return UNKNOWN
        self._bounded += 1
        try:
            for place, t in enumerate(e.terms):
                for bound, sign in self._bounds_in(t):
                    rest = Expr((*e.terms[:place], *bound.terms, *e.terms[place + 1:]))
                    found = self.of(collected(rest)) or self.of(self.normalizer.normal(rest))
                    if found != UNKNOWN:
                        return max(sign, found)
        finally:
            self._bounded -= 1
        return UNKNOWN

    def _bounds_in(self, t: Term) -> Iterator[tuple[Expr, int]]:
        """What the term is never below, and the sign of what it is more."""
        if t.coefficient < 0 and self.normalizer.is_below_one(t):
            yield expression(t.coefficient), POSITIVE
        if len(t.factors) == 1 and not t.binders and t.factors[0][1] == ONE:
            node = t.factors[0][0]
            if isinstance(node, (Delta, Guard)):
                if t.coefficient < 0:
                    yield expression(t.coefficient), NOT_NEGATIVE
            elif isinstance(node, Group) and len(node.body.terms) == 1:
                yield from self._bounds_in(_times(t.coefficient, node.body).terms[0])
            elif isinstance(node, Apply) and node.function not in self.program.functions:
                yield from _bounds(node, t.coefficient)


def _bounds(node: Apply, coefficient: int | Fraction) -> Iterator[tuple[Expr, int]]:
    """`coefficient` times each bound of the function, on the side below that multiple of it."""
    one, two = (LOWER, LOWER_OF_TWO) if coefficient > 0 else (UPPER, UPPER_OF_TWO)
    if len(node.arguments) == 1:
        for bound, sign in one.get(node.function, []):
            yield _times(coefficient, bound(node.arguments[0])), sign
    elif node.function in two:
        for side in two[node.function](*node.arguments):
            yield _times(coefficient, side), NOT_NEGATIVE


def _of_sizes(e: Expr) -> Poly | None:
    """A sum of products of sizes and letters as a polynomial; None for any other sum."""
    total = Poly({})
    for t in e.terms:
        if t.binders:
            return None
        product = Poly({(): t.coefficient})
        for node, exponent in t.factors:
            times = exponent.constant
            if not isinstance(node, Value) or not isinstance(times, int) or times < 0:
                return None
            for _ in range(times):
                product = product * poly(node.atom)
        total = total + product
    return total


def _times(coefficient: int | Fraction, e: Expr) -> Expr:
    return Expr(Term(coefficient * t.coefficient, t.factors, t.binders) for t in e.terms)


def collected(e: Expr) -> Expr:
    """Terms of the same writing added up, those in parentheses too; nothing is multiplied out."""
    found: dict[Term, int | Fraction] = {}
    for t in _opened(e):
        key = Term(1, t.factors, t.binders)
        found[key] = found.get(key, 0) + t.coefficient
    return Expr(Term(c, k.factors, k.binders) for k, c in found.items())


def _opened(e: Expr) -> Iterator[Term]:
    """The terms of a sum, and of those in parentheses in it."""
    for t in e.terms:
        node, exponent = t.factors[0] if len(t.factors) == 1 else (None, None)
        if isinstance(node, Group) and exponent == ONE and not t.binders:
            yield from _opened(_times(t.coefficient, node.body))
        else:
            yield t
