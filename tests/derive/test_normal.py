"""The normal form: what it must not call equal comes first."""

import random
from fractions import Fraction

import pytest
import sympy
from sympy import KroneckerDelta, Piecewise, Sum, cos, exp, log, sin, sqrt, tanh

from derive.expression import power
from derive.index import poly
from derive.normal import DivisionByZero, Normalizer
from derive.sympy_functions import SYMPY_FUNCTIONS, relu, sigmoid, softplus, step
from derive.zero import is_zero
from tests.derive.pages import page as make_page

PAGE = make_page()
n, m, T = (sympy.Symbol(s, integer=True, positive=True) for s in "nmT")
i, j, k = PAGE.index("i", n), PAGE.index("j", n), PAGE.index("k", n)
a, b = PAGE.index("a", m), PAGE.index("b", m)
t = PAGE.family("t", 1, T)
s = PAGE.index("s", T)
e = sympy.Symbol("e", integer=True)        # a letter without a range of its own
x, y, u, g, h, A, B, c, d, p, q = (PAGE.symbols[name] for name in "x y u g h A B c d p q".split())
f = sympy.Function("f")


def zero(difference) -> bool:
    return is_zero(PAGE.read(difference), Normalizer(frozenset({"p", "q"}))) is not None


DIFFERENT = {
    "a product of sums is no sum of products": (Sum(x[i] * y[i], i), Sum(x[i], i) * Sum(y[i], i)),
    "a diagonal is no full sum": (Sum(A[i, i], i), Sum(A[i, j], i, j)),
    "a dummy is no free letter": (Sum(A[i, i], i), Sum(A[k, i], i)),
    "a transpose is another matrix": (Sum(A[i, j] * x[j], j), Sum(A[j, i] * x[j], j)),
    "a sum over another range": (Sum(x[i], i), Sum(x[i], (i, 1, n - 1))),
    "a sum over another size": (Sum(c, i), Sum(c, a)),
    "a root of a product needs signs": (sqrt(c * d), sqrt(c) * sqrt(d)),
    "a log of a product needs signs": (log(c * d), log(c) + log(d)),
    "exp log needs a sum inside": (exp(Sum(x[i], i)), Sum(exp(x[i]), i)),
    "a power of a sum": (Sum(x[i], i)**2, Sum(x[i]**2, i)),
    "a function is no other": (tanh(c), sigmoid(c)),
    "an arbitrary function of another argument": (f(c), f(d)),
    "a shifted summand": (Sum(g[t], (t, 1, T - 1)), Sum(g[t + 1], (t, 1, T - 1))),
    "a delta outside the range counts nothing": (Sum(KroneckerDelta(i, j) * x[j], (j, 1, n - 1)), x[i]),
    "a guard is not dropped": (Sum(Piecewise((g[t], t <= T - 1), (0, True)), t), Sum(g[t], t)),
    "a triangle is no square": (Sum(Sum(x[i] * y[j], (j, 1, i)), i), Sum(x[i] * y[j], i, j)),
    "a triangle is not the other one": (Sum(Sum(x[i] * y[j], (j, 1, i)), i), Sum(Sum(x[i] * y[j], (j, i, n)), i)),
    "a closed triangle is no open one": (Sum(Sum(x[i] * y[j], (j, 1, i)), i), Sum(Sum(x[i] * y[j], (j, 1, i - 1)), i)),
    "a sum turned round without its partner": (Sum(g[s] * h[T - s], s), Sum(g[s] * h[s], s)),
    "a sum to t is not a sum to T": (Sum(g[s], (s, 1, t)), Sum(g[s], s)),
    "an initial state is not a member": (h[0], h[1]),
    "a size is no one": (n, 1),
    "a missing factor n": (Sum(x[i], i) / n, Sum(x[i], i)),
    "a sign": (c - d, d - c),
    "a symbolic power of a sum": ((1 - c)**t, (1 - c)**(t - 1)),
    "powers that a sum binds": ((1 - c)**t + Sum((1 - c)**(t - s) * g[s], s),
                                (1 - c)**t + Sum((1 - c)**(t - s) * g[T + 1 - s], s)),
    "powers that a sum binds, beside others": (
        (1 - c)**t + Sum((1 - c)**(t - s) * g[s], s),
        (1 - c)**(t - 1) - c * (1 - c)**(t - 1) + Sum((1 - c)**(t - s) * g[T + 1 - s], s)),
    "another symbolic power": ((1 - c)**t, (1 - c)**t - c * (1 - c)**(t - 1)),
    "a square": (1 - c**2, 1 - c),
    "an index that two sums share": (Sum(x[i] * Sum(y[i], i), i), Sum(x[i] * y[i], i)),
    "a sine is no cosine": (sin(c)**2 - cos(c)**2, 1),
    "relu of the negative": (relu(-c), -relu(c)),
    "softplus is not odd": (softplus(-c), -softplus(c)),
    "a symbolic power": (p**T, p**(T - 1)),
    "a triangle of shifted letters, one short": (Sum(Sum(x[i] * y[i + e], (e, 1, n - i - 1)), i),
                                                 Sum(Sum(x[i] * y[j], (j, i + 1, n)), i)),
    "twice a triangle that is not symmetric": (2 * Sum(Sum(x[i] * y[j], (j, i + 1, n)), i),
                                               Sum(x[i], i) * Sum(y[i], i) - Sum(x[i] * y[i], i)),
    "twice a closed triangle": (2 * Sum(Sum(x[i] * x[j], (j, i, n)), i), Sum(x[i], i)**2 - Sum(x[i]**2, i)),
    "an odd number is no even one": (Sum(KroneckerDelta(2 * i, 2 * j + 1) * x[j], j), x[i]),
    "half of an odd bound": (Sum(Piecewise((x[j], 2 * j + 1 <= 2 * i), (0, True)), j), Sum(x[j], (j, 1, i))),
    "a sum cut at a letter, without it": (Sum(g[s], (s, 1, t - 1)) + Sum(g[s], (s, t + 1, T)), Sum(g[s], s)),
}

EQUAL = {
    "dummies have no names": (Sum(x[i], i), Sum(x[j], j)),
    "sums commute": (Sum(A[i, j] * x[i] * y[j], i, j), Sum(A[j, i] * x[j] * y[i], j, i)),
    "a sum of one is the size": (Sum(1, i), n),
    "constants leave a sum": (Sum(c * x[i], i), c * Sum(x[i], i)),
    "a delta picks a member": (Sum(KroneckerDelta(i, j) * x[j], j), x[i]),
    "a delta outside is guarded": (Sum(KroneckerDelta(i, j) * x[j], (j, 1, n - 1)),
                                   Piecewise((x[i], i <= n - 1), (0, True))),
    "an empty sum": (Sum(x[e], (e, n + 1, n)), 0),
    "a sum of one member": (Sum(x[i], (i, n, n)), x[n]),
    "a re-indexed sum": (Sum(g[t] * h[t - 1], t), Sum(g[e + 1] * h[e], (e, 0, T - 1))),
    "a sum turned round": (Sum(g[T + 1 - e], (e, 1, T)), Sum(g[s], s)),
    "a convolution commutes": (Sum(g[s] * h[t - s], (s, 1, t)), Sum(g[t - e] * h[e], (e, 0, t - 1))),
    "a triangle both ways": (Sum(Sum(x[i] * y[j], (j, 1, i)), i), Sum(Sum(x[i] * y[j], (i, j, n)), j)),
    "an open triangle both ways": (Sum(Sum(g[e] * h[s], (e, 1, s - 1)), (s, 2, T)),
                                   Sum(Sum(g[e] * h[s], (s, e + 1, T)), (e, 1, T - 1))),
    "a guard narrows a sum": (Sum(Piecewise((g[t], t <= T - 1), (0, True)), t), Sum(g[t], (t, 1, T - 1))),
    "variance both ways": (Sum((x[i] - Sum(x[j], j) / n)**2, i) / n, Sum(x[i]**2, i) / n - (Sum(x[i], i) / n)**2),
    "all pairs": (Sum((x[i] - x[j])**2, i, j), 2 * n * Sum(x[i]**2, i) - 2 * Sum(x[i], i)**2),
    "softmax is shift invariant": (exp(x[i] - c) / Sum(exp(x[j] - c), j), exp(x[i]) / Sum(exp(x[j]), j)),
    "a common denominator": (1 / (c + d) + 1 / (c - d), 2 * c / (c**2 - d**2)),
    "roots of positive numbers": (sqrt(p * q), sqrt(p) * sqrt(q)),
    "a product of roots": ((sqrt(p) + sqrt(q)) * (sqrt(p) - sqrt(q)), p - q),
    "a root of a number": (sqrt(8 * p), 2 * sqrt(2) * sqrt(p)),
    "log of positives": (log(p * q), log(p) + log(q)),
    "the circle": (sin(c)**2 + cos(c)**2, 1),
    "an angle sum": (cos(c - d), cos(c) * cos(d) + sin(c) * sin(d)),
    "a double angle": (sin(2 * c), 2 * sin(c) * cos(c)),
    "a triple angle": (cos(3 * c), 4 * cos(c)**3 - 3 * cos(c)),
    "relu by its step": (relu(c), c * step(c)),
    "a step is idempotent": (relu(c) * step(c), relu(c)),
    "softplus of the negative": (softplus(d - c), softplus(c - d) - c + d),
    "sigmoid of the negative": (sigmoid(-c), 1 - sigmoid(c)),
    "tanh by sigmoid": (tanh(c), 2 * sigmoid(2 * c) - 1),
    "the last member of a sum": (Sum(g[s], s), Sum(g[s], (s, 1, T - 1)) + g[T]),
    "symbolic powers of a sum": ((1 - c)**t, (1 - c)**(t - 1) - c * (1 - c)**(t - 1)),
    "symbolic powers under a sum": (Sum((1 - c)**(t - s) * g[s], s),
                                    Sum((1 - c)**(t - s - 1) * g[s], s) - c * Sum((1 - c)**(t - 1 - s) * g[s], s)),
    "symbolic powers": (p**T / p, p**(T - 1)),
    "a triangle of shifted letters": (Sum(Sum(x[i] * y[i + e], (e, 1, n - i)), i),
                                      Sum(Sum(x[i] * y[j], (j, i + 1, n)), i)),
    "twice a triangle that is symmetric": (2 * Sum(Sum(x[i] * x[j], (j, i + 1, n)), i),
                                           Sum(x[i], i)**2 - Sum(x[i]**2, i)),
    "twice a closed triangle with the diagonal": (2 * Sum(Sum(x[i] * x[j], (j, i, n)), i),
                                                  Sum(x[i], i)**2 + Sum(x[i]**2, i)),
    "an even number by its half": (Sum(KroneckerDelta(2 * i, 2 * j) * x[j], j), x[i]),
    "no even number is odd": (Sum(KroneckerDelta(2 * i, 2 * j + 1) * x[j], j), 0),
    "half of an odd bound, rounded down": (Sum(Piecewise((x[j], 2 * j + 1 <= 2 * i), (0, True)), j),
                                           Sum(x[j], (j, 1, i - 1))),
    "a sum cut at a letter": (Sum(g[s], (s, 1, t - 1)) + g[t] + Sum(g[s], (s, t + 1, T)), Sum(g[s], s)),
    "normalised weights sum to one": (Sum(exp(x[i]) / Sum(exp(x[j]), j), i), 1),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_expressions_are_not_called_equal(name):
    left, right = DIFFERENT[name]
    assert not zero(left - right)


@pytest.mark.parametrize("name", EQUAL)
def test_equal_expressions_are_recognised(name):
    left, right = EQUAL[name]
    assert zero(left - right)


def test_the_root_of_a_square_keeps_its_sign():
    square_root = power(PAGE.read(c) ** 2, poly(Fraction(1, 2)))        # SymPy itself would write |c|
    assert is_zero(square_root - PAGE.read(c), Normalizer()) is None


def test_zero_to_the_minus_one_is_an_error_not_a_value():
    with pytest.raises(DivisionByZero):
        Normalizer().normal(PAGE.read(c) * (PAGE.read(d) - PAGE.read(d)) ** -1)
    assert not zero(c / (Sum(x[i] - x[i] + d - d, i) + c - c + d) - c / d + 1)


def test_a_huge_expansion_is_given_up_and_not_called_equal():
    big = PAGE.read(sympy.Add(*(x[i]**(2 * e_) for e_ in range(1, 9)))) ** 8
    assert is_zero(big - big * 2 + big + 1, Normalizer()) is None


def _random(rng: random.Random, depth: int, scope: list):
    """A random expression whose free letters are among `scope`."""
    roll = rng.random()
    if depth == 0 or roll < 0.2:
        return rng.choice([x[rng.choice(scope)], y[rng.choice(scope)], A[rng.choice(scope), rng.choice(scope)], c])
    if roll < 0.45:
        return _random(rng, depth - 1, scope) + rng.choice([1, 2, -1]) * _random(rng, depth - 1, scope)
    if roll < 0.7:
        return _random(rng, depth - 1, scope) * _random(rng, depth - 1, scope)
    if roll < 0.92:
        letter = rng.choice([l for l in (i, j, k) if l not in scope[-1:]])
        return Sum(_random(rng, depth - 1, [*(l for l in scope if l != letter), letter]), letter)
    return rng.choice([tanh, exp])(_random(rng, depth - 1, scope))


def _value(e, rng_values, size, letters):
    """A plain evaluator of the SymPy expression, which knows nothing of the normal form."""
    if e.is_Rational:
        return float(e)
    if isinstance(e, sympy.Indexed):
        place = tuple(letters[str(v)] if str(v) in letters else int(v) for v in e.indices)
        return rng_values[str(e.base), place]
    if e.is_Symbol:
        return float(size) if e.name == "n" else rng_values[e.name, ()]
    parts = e.args
    if e.is_Add:
        return sum(_value(p_, rng_values, size, letters) for p_ in parts)
    if e.is_Mul:
        result = 1.0
        for p_ in parts:
            result *= _value(p_, rng_values, size, letters)
        return result
    if e.is_Pow:
        return _value(e.base, rng_values, size, letters) ** float(e.exp)
    if isinstance(e, Sum):
        letter, low, high = e.limits[0]
        inner = e.function if len(e.limits) == 1 else Sum(e.function, *e.limits[1:])
        return sum(_value(inner, rng_values, size, {**letters, str(letter): v}) for v in range(1, size + 1))
    import math
    return {"tanh": math.tanh, "exp": math.exp}[type(e).__name__](_value(parts[0], rng_values, size, letters))


class _Draws(dict):
    def __init__(self, rng):
        super().__init__()
        self.rng = rng

    def __missing__(self, key):
        self[key] = self.rng.uniform(-0.6, 0.6)
        return self[key]


@pytest.mark.parametrize("seed", range(150))
def test_random_pairs_are_never_falsely_equal(seed):
    """An expression against a damaged copy, and against a copy in another writing."""
    rng = random.Random(seed)
    e = sympy.expand(_random(rng, 3, [i]))
    assert zero(_random_writing(rng, e) - e)
    other = _random(rng, 2, [i])
    damaged = e + other * rng.choice([1, x[i], -1]) - _random(rng, 2, [i])
    if zero(damaged - e):
        for size in (1, 2, 3):
            draws = _Draws(rng)
            at = {"i": 1}
            assert abs(_value(damaged, draws, size, at) - _value(e, draws, size, at)) < 1e-9


def _random_writing(rng, e):
    """The same value: a delta inserted, terms split in thirds, dummies renamed."""
    third = e / 3
    renamed = e.subs({}) * 2 / 3
    inserted = Sum(KroneckerDelta(i, k) * third.xreplace({}), k)
    return inserted + renamed if rng.random() < 0.5 else renamed + third


@pytest.mark.parametrize("name, sign, constant", [
    ("tanh", -1, 0), ("sinh", -1, 0), ("tan", -1, 0), ("cosh", 1, 0), ("normal_pdf", 1, 0), ("sigmoid", -1, 1),
    ("normal_cdf", -1, 1), ("abs", 1, 0)])
def test_a_function_of_minus_u_is_written_by_the_function_of_u(name, sign, constant):
    of = SYMPY_FUNCTIONS[name]
    u = c - 2 * d
    mirrored = sign * of(u) + constant
    for exponent in (1, 2, -1):
        assert zero(of(-u)**exponent - mirrored**exponent)
    assert not zero(of(-u) - (constant - sign * of(u)))
    assert not zero(of(-u)**2 - mirrored**3)


def test_a_power_of_one_is_one():
    one = PAGE.read(c) - PAGE.read(c) + 1
    assert Normalizer().normal(power(one, poly(-1)) * PAGE.read(d)) == Normalizer().normal(PAGE.read(d))
    assert zero(sympy.floor(c / (c - c + 1)) - sympy.floor(c))
