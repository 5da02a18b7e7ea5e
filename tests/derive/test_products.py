"""Ordered products: what is equal, and what only looks equal."""

from __future__ import annotations

import pytest

from derive.expression import Expr, apply, delta, expression, ref, total
from derive.index import Letter, Size, poly
from derive.normal import Normalizer
from derive.products import OrderedProduct, split_first, split_last
from derive.sympy_bridge import Scope, from_sympy, to_sympy
from derive.zero import is_zero

n, T = Size("n"), Size("T")
t = Letter("t", 1, T, True)
k = Letter("k", 0, poly(t) - 1, True)
i, j, r, c, m = (Letter(name, 1, n) for name in "ijrcm")
NORMAL = Normalizer(frozenset("p"))


def product(low, high, entry, matrix=True) -> Expr:
    """∏ over s of the matrix (or the number) entry(s, i, j)."""
    s, a, b = Letter("s", low, high, True), i.fresh(), j.fresh()
    if not matrix:
        return expression(OrderedProduct(entry(s), s))
    return expression(OrderedProduct(entry(s, a, b), s, (a, b), (r, c)))


def tanh_first(s, a, b):
    return (1 - ref("h", s, a) ** 2) * ref("W", a, b)


def tanh_last(s, a, b):
    return ref("W", a, b) * (1 - ref("h", s, b) ** 2)


def node(e: Expr) -> OrderedProduct:
    return e.terms[0].factors[0][0]


def is_shown(a: Expr, b: Expr) -> bool:
    return is_zero(a - b, NORMAL) is not None


WHOLE = product(poly(k) + 1, t, tanh_first)
EQUAL = {
    "other letters": (WHOLE, product(poly(k) + 1, t, lambda s, a, b: tanh_first(s, a, b).fresh())),
    "counted from elsewhere": (WHOLE, product(1, poly(t) - k, lambda s, a, b: tanh_first(poly(s) + k, a, b))),
    "last factor written out": (WHOLE, split_last(node(WHOLE))),
    "first factor written out": (WHOLE, split_first(node(WHOLE))),
    "both ends": (WHOLE, total(split_last(node(node(WHOLE).over(poly(k) + 1, t, r, m)))
                               * expression(delta(poly(m) - c)), m)),
    "no factor": (product(poly(t) + 1, t, tanh_first), expression(delta(poly(r) - c))),
    "one factor": (product(t, t, tanh_first), tanh_first(t, r, c)),
    "numbers apart": (product(1, T, lambda s, a, b: 2 * ref("g", s) * ref("W", a, b)),
                      product(1, T, lambda s: 2 * ref("g", s), False) * product(1, T, lambda s, a, b: ref("W", a, b))),
    "diagonal": (product(1, T, lambda s, a, b: expression(delta(poly(a) - b)) * ref("f", s, a)),
                 expression(delta(poly(r) - c)) * product(1, T, lambda s: ref("f", s, r), False)),
    "no factor of numbers": (product(3, 2, lambda s: ref("g", s), False), expression(1)),
    "constant": (product(1, T, lambda s: ref("b"), False), ref("b") ** poly(T)),
    "quotient": (product(1, T, lambda s: ref("g", s) / ref("f", s), False),
                 product(1, T, lambda s: ref("g", s), False) / product(1, T, lambda s: ref("f", s), False)),
    "exp of a sum": (product(1, T, lambda s: apply("exp", ref("u", s)), False), apply("exp", total(ref("u", t), t))),
    "sum of logs": (apply("log", product(1, T, lambda s: ref("p", s), False)), total(apply("log", ref("p", t)), t)),
    "cut in two": (product(1, T, tanh_first), total(node(product(1, T, tanh_first)).over(poly(t) + 1, T, r, m)
                                                    * node(product(1, T, tanh_first)).over(1, t, m, c), m)),
    "all but one, over all": (product(poly(t) + 1, T, lambda s: ref("g", s), False)
                              * product(1, poly(t) - 1, lambda s: ref("g", s), False)
                              / product(1, T, lambda s: ref("g", s), False), ref("g", t) ** -1),
    "three numbers": (product(1, 3, lambda s: ref("g", s), False), ref("g", 3) * ref("g", 2) * ref("g", 1)),
}
OTHER = {
    "order of the factors": (WHOLE, product(poly(k) + 1, t, tanh_last)),
    "another first factor": (WHOLE, product(k, t, tanh_first)),
    "another last factor": (WHOLE, product(poly(k) + 1, poly(t) - 1, tanh_first)),
    "written out on the wrong side": (WHOLE, total(node(WHOLE).over(poly(k) + 1, poly(t) - 1, r, m)
                                                   * tanh_first(t, m, c), m)),
    "transposed": (WHOLE, product(poly(k) + 1, t, lambda s, a, b: tanh_first(s, b, a))),
    "nothing is not zero": (product(poly(t) + 1, t, tanh_first), Expr()),
    "zero is not one": (product(1, T, lambda s: Expr(), False), expression(1)),
    "maybe empty": (product(1, poly(T) - 1, lambda s: Expr(), False), Expr()),
    "the matrices do not commute": (product(1, 2, lambda s, a, b: ref("W", s, a, b)),
                                    total(ref("W", 1, r, m) * ref("W", 2, m, c), m)),
    "the log of what may be negative": (apply("log", product(1, T, lambda s: ref("g", s), False)),
                                        total(apply("log", ref("g", t)), t)),
    "cut in two, in the wrong order": (product(1, T, tanh_first),
                                       total(node(product(1, T, tanh_first)).over(1, t, r, m)
                                             * node(product(1, T, tanh_first)).over(poly(t) + 1, T, m, c), m)),
    "a sum is no product": (product(1, T, lambda s: ref("g", s), False), total(ref("g", t), t)),
    "a sum of products": (product(1, T, lambda s: ref("g", s) + ref("f", s), False),
                          product(1, T, lambda s: ref("g", s), False) + product(1, T, lambda s: ref("f", s), False)),
    "a free letter with the bound one's name": (product(1, T, lambda s: ref("g", s), False),
                                                ref("g", Letter("s", 1, T, True)) ** poly(T)),
    "a square of all is not all squares of sums": (product(1, T, lambda s: ref("g", s) + 1, False) ** 2,
                                                   product(1, T, lambda s: ref("g", s) ** 2 + 1, False)),
    "a split where there may be no factor": (product(1, poly(T) - 1, tanh_first),
                                             split_last(node(product(1, poly(T) - 1, tanh_first)))),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name):
    assert is_shown(*EQUAL[name])


@pytest.mark.parametrize("name", OTHER)
def test_not_equal(name):
    assert not is_shown(*OTHER[name])


@pytest.mark.parametrize("e", [WHOLE, product(1, T, lambda s: ref("g", s), False)])
def test_to_sympy_and_back(e):
    letters: dict = {}
    there = to_sympy(e, letters=letters)
    scope = Scope({idx: letter for letter, idx in letters.items()}, {"n": n, "T": T})
    assert is_shown(from_sympy(there, scope), e)


def test_substitution_captures_nothing():
    inside = Letter("s", 1, T, True)
    e = product(1, T, lambda s: ref("g", s) + ref("f", inside), False)
    moved = e.substitute({inside: poly(t)})
    assert moved.free == {t}
    assert is_shown(moved, product(1, T, lambda s: ref("g", s) + ref("f", t), False))


def test_two_indices_or_none():
    with pytest.raises(ValueError, match="two letters and two indices"):
        OrderedProduct(ref("g", t), t, (i,), (r,))
