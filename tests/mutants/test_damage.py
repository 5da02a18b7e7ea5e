"""Every way of damaging a formula, on formulas that have a place for it."""

import pytest
import sympy
from sympy import Piecewise, Sum, sqrt, tanh

from tests.derive.pages import page as make_page
from verify.mutants import damage
from verify.mutants.damage import damaged

PAGE = make_page()
n, T = (sympy.Symbol(s, integer=True, positive=True) for s in "nT")
i, j = PAGE.index("i", n), PAGE.index("j", n)
t = PAGE.family("t", 1, T)
x, y, g, A, c, d, p, q = (PAGE.symbols[name] for name in "x y g A c d p q".split())
WAYS = [v for k, v in vars(damage).items() if k.isupper() and isinstance(v, str)]
FORMULAS = {
    damage.SIGN: (x[i] - y[i], x[i] + y[i]), damage.FACTOR: (c * d, d), damage.NUMBER: (2 * c, c),
    damage.SUMMAND: (c + d, d), damage.POWER: (c**2, c), damage.SUM: (Sum(x[i], i), x[1]),
    damage.TRANSPOSED: (A[i, j], A[j, i]), damage.OPERAND: (c * x[i], c * y[i]),
    damage.FUNCTION: (tanh(c), None), damage.EPSILON: (sqrt(p + q), sqrt(p) + q),
    damage.NORMALISER: (Sum(x[i], i) / n, Sum(x[i], i) / (n - 1)), damage.ADDED: (c, c + 1),
    damage.CONDITION: (Piecewise((g[t], t >= 2), (0, True)), g[t]),
}


@pytest.mark.parametrize("way", sorted(FORMULAS))
def test_each_way_makes_what_people_write(way):
    right, wrong = FORMULAS[way]
    made = [e for found, e in damaged(PAGE.read(right), PAGE.program.signatures) if found == way]
    assert made
    if wrong is not None:
        assert any(PAGE.program.normalizer().equal(e, PAGE.read(wrong)) for e in made)


def test_an_index_is_shifted_along_a_family_both_ways():
    made = [e for way, e in damaged(PAGE.read(g[t]), PAGE.program.signatures) if way == damage.SHIFT]
    assert made == [PAGE.read(g[t - 1]), PAGE.read(g[t + 1])]


def test_nothing_is_damaged_where_there_is_nothing_to_mistake():
    assert {way for way, _ in damaged(PAGE.read(sympy.Integer(0)), PAGE.program.signatures)} == {damage.ADDED}


def test_all_ways_are_tried():
    assert set(WAYS) == {*FORMULAS, damage.SHIFT}
