"""The unit step, which relu, leaky relu, |u|, max and min are made of: one form for steps that are equal.

A step of 0 has no value: `step(−u) = 1 − step(u)` holds off the kink u = 0 only.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.expression import Apply, Expr, Factor, Group, Node, Term, apply, expression, term
from derive.index import ONE, Poly, exact, is_even

Positive = Callable[[Node], bool]


def step(node: Apply, exponent: Poly, is_positive: Positive) -> list[Term] | None:
    """What step(u)^exponent stands for, u being in normal form; None where it is an atom already."""
    c = exponent.constant
    if c is None or c <= 0:
        return None
    value = _value(node.arguments[0], is_positive)
    if value is not None:
        return list(value.terms)
    return [term(1, [(node, ONE)])] if c != 1 else None


def _value(u: Expr, is_positive: Positive) -> Expr | None:
    if not u.terms:
        return None
    sign = _sign(u, is_positive)
    if sign:
        return expression(1 if sign > 0 else 0)
    inner = next((f for f in u.terms[0].factors if _is_step(f) and len(u.terms) == 1
                  and f[0].free.isdisjoint(u.terms[0].binders)), None)
    if inner is not None:       # step(step(a) b): 0 where a < 0, else step(b)
        t = u.terms[0]
        rest = term(t.coefficient, [f for f in t.factors if f != inner], t.binders)
        return expression(inner[0]) * apply("step", Expr((rest,)))
    return _of_what_is_shared(u, is_positive) or _scaled(u, is_positive)


def _sign(u: Expr, is_positive: Positive) -> int:
    """1 where a sum is certainly positive, −1 where it is certainly not, else 0."""
    if is_positive(Group(u)):
        return 1
    never_above_zero = all(t.coefficient < 0 and all(is_positive(n) or is_even(x) for n, x in t.factors)
                           for t in u.terms)
    return -1 if never_above_zero or is_positive(Group(-u)) else 0


def _of_what_is_shared(u: Expr, is_positive: Positive) -> Expr | None:
    """step(a − α a) is step(a) where 1 − α is positive, and step(−a) where it is negative."""
    first, *others = u.terms
    shared = [f for f in first.factors if all(f in t.factors for t in others)] if others else []
    shared = [(n, x) for n, x in shared if all((n.free | x.free).isdisjoint(t.binders) for t in u.terms)]
    if not shared:
        return None
    rest = Expr(term(t.coefficient, [f for f in t.factors if f not in shared], t.binders) for t in u.terms)
    for sign in (1, -1):
        if is_positive(Group(rest if sign > 0 else -rest)):
            return apply("step", Expr((term(sign, shared),)))
    return None


def _is_step(factor: Factor) -> bool:
    node, x = factor
    return isinstance(node, Apply) and node.function == "step" and x.constant is not None and x.constant > 0


def _scaled(u: Expr, is_positive: Positive) -> Expr | None:
    """Without positive factors that all terms share, and with 1 or −1 before the first term; a minus is turned."""
    shared = dict(_positive_factors(u.terms[0], is_positive))
    for t in u.terms[1:]:
        mine = dict(_positive_factors(t, is_positive))
        shared = {n: x for n, x in shared.items() if mine.get(n) == x}
    first = u.terms[0].coefficient
    if not shared and first == 1:
        return None
    size = abs(Fraction(first))
    bare = Expr(term(exact(Fraction(t.coefficient) / size), [f for f in t.factors if f[0] not in shared], t.binders)
                for t in u.terms)
    if first < 0:
        return 1 - apply("step", -bare)
    return apply("step", bare) if shared or size != 1 else None


def _positive_factors(t: Term, is_positive: Positive) -> list[Factor]:
    bound = frozenset(t.binders)
    return [(n, x) for n, x in t.factors if is_positive(n) and (n.free | x.free).isdisjoint(bound)]
