"""Powers of sums and of numbers, written out where that is certain. Part of the normal form."""

from __future__ import annotations

from fractions import Fraction

from derive.expression import Expr, Factor, Group, Term, expression, multiply_terms, term
from derive.index import Number, Poly, exact, poly

MAX_TERMS = 4000            # an expansion beyond this is given up: the answer is then "not shown"


class TooLarge(ArithmeticError):
    """The expansion was given up; nothing is known about the expression."""


def power_of_sum(body: Expr, exponent: int) -> list[Term]:
    if len(body.terms) ** exponent > MAX_TERMS:
        raise TooLarge(f"a power of {len(body.terms)} terms to the {exponent}")
    terms = [Term(1, (), ())]
    for _ in range(exponent):
        terms = [multiply_terms(a, b.fresh()) for a in terms for b in body.terms]
    return terms


def scaled(body: Expr, exponent: Poly) -> list[Term] | None:
    """(lead · rest)^exponent = lead^exponent · (rest)^exponent: the first term gets coefficient 1, or, under a root,
    ±1. None where it has that already."""
    lead = body.terms[0].coefficient
    if lead < 0 and not isinstance(exponent.constant, int):
        lead = -lead
    if lead == 1:
        return None
    content, root = root_of(lead, exponent)
    rest = Expr(Term(exact(Fraction(t.coefficient) / lead), t.factors, t.binders) for t in body.terms)
    return [term(content, [*root, (Group(rest), exponent)])]


def root_of(c: Number, exponent: Poly) -> tuple[Number, list[Factor]]:
    """|c|^exponent (c^exponent for a whole exponent) as a rational times powers of primes below one."""
    x = exponent.constant
    assert x is not None
    if isinstance(exact(x), int):
        return exact(Fraction(c) ** int(x)), []
    content, factors = Fraction(1), list[Factor]()
    for base, multiplicity in _primes(Fraction(c if c > 0 else -c)):
        power = Fraction(x) * multiplicity
        whole = power.numerator // power.denominator
        content *= Fraction(base) ** whole
        if power != whole:
            factors.append((Group(expression(base)), poly(exact(power - whole))))
    return exact(content), factors


def _primes(c: Fraction) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for n, sign in ((c.numerator, 1), (c.denominator, -1)):
        p = 2
        while n > 1 and p * p <= n and p < 10_000:
            while n % p == 0:
                found[p] = found.get(p, 0) + sign
                n //= p
            p += 1
        if n > 1:
            found[n] = found.get(n, 0) + sign
    return [(p, m) for p, m in sorted(found.items()) if m]
