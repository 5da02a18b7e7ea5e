"""The greatest of numbers, and its place: what is equal, what only looks equal, how both are printed and read, and
derivatives against torch."""

from __future__ import annotations

import numpy
import pytest
import torch

from derive import notation
from derive.calculus import partial
from derive.expression import Expr, Ref, apply, expression, ref, total
from derive.extremes import Greatest
from derive.index import Letter, PolyLike, Size, poly
from derive.normal import Normalizer
from derive.notation.index_form import to_index
from derive.reading import Scope as Names, read
from derive.sympy_bridge import Scope, from_sympy, to_sympy
from derive.zero import is_zero
from tests.verify import programs
from verify.balls import Kink
from verify.evaluator import Evaluator

n = Size("n")
i, j, k = (Letter(name, 1, n) for name in "ijk")
NORMAL = Normalizer(frozenset(["p"]))
X = ref("x", j)
PRINTERS = {"unicode": notation.text, "latex": notation.latex}


def greatest(body: Expr, *place: PolyLike) -> Expr:
    return expression(Greatest(body, j, place))


def over(low: PolyLike, high: PolyLike, body, *place: PolyLike) -> Expr:
    letter = Letter("s", low, high)
    return expression(Greatest(body(letter), letter, place))


def softmax(shift: Expr, at: Letter) -> Expr:
    return apply("exp", ref("x", at) - shift) / total(apply("exp", ref("x", i) - shift), i)


def is_shown(a: Expr, b: Expr) -> bool:
    return is_zero(a - b, NORMAL) is not None


EQUAL = {
    "other letters": (greatest(X), greatest(X).fresh()),
    "counted from elsewhere": (over(0, poly(n) - 1, lambda s: ref("x", poly(s) + 1)), greatest(X)),
    "a term without the letter": (greatest(X + ref("c")), greatest(X) + ref("c")),
    "a positive number": (greatest(3 * X), 3 * greatest(X)),
    "a positive number of several terms": (greatest(2 * X - 4 * ref("y", j)), 2 * greatest(X - 2 * ref("y", j))),
    "a positive factor": (greatest(X * ref("p")), ref("p") * greatest(X)),
    "one number": (over(2, 2, lambda s: ref("x", s)), ref("x", 2)),
    "two numbers": (over(1, 2, lambda s: ref("x", s)), apply("max", ref("x", 2), ref("x", 1))),
    "the same number everywhere": (greatest(ref("c")), ref("c")),
    "zero everywhere": (greatest(Expr()), Expr()),
    "softmax of what is shifted by it": (softmax(greatest(X), k), softmax(Expr(), k)),
    "there is one place": (total(greatest(X, k), k), expression(1)),
    "a place is there or not": (greatest(X, k) ** 2, greatest(X, k)),
    "a place of what is shifted": (greatest(2 * X + ref("c"), k), greatest(X, k)),
    "a place counted from elsewhere": (over(0, poly(n) - 1, lambda s: ref("x", poly(s) + 1), poly(k) - 1),
                                       greatest(X, k)),
}
OTHER = {
    "a sum": (greatest(X), total(X, j)),
    "the least": (greatest(X), -greatest(-X)),
    "a factor that may be negative": (greatest(ref("c") * X), ref("c") * greatest(X)),
    "a negative number": (greatest(-2 * X), -2 * greatest(X)),
    "of a sum": (greatest(X + ref("y", j)), greatest(X) + greatest(ref("y", j))),
    "of a square": (greatest(X ** 2), greatest(X) ** 2),
    "over fewer": (over(1, poly(n) - 1, lambda s: ref("x", s)), greatest(X)),
    "over more": (over(1, poly(n) + 1, lambda s: ref("x", s)), greatest(X)),
    "another place": (greatest(X, k), greatest(X, i)),
    "the place of the least": (greatest(X, k), greatest(-X, k)),
    "the place in another range": (over(0, poly(n) - 1, lambda s: ref("x", poly(s) + 1), k), greatest(X, k)),
    "places over fewer": (total(greatest(X, k), Letter("k", 1, poly(n) - 1)), expression(1)),
    "a free letter with the bound one's name": (greatest(X - ref("x", Letter("j", 1, n))), Expr()),
    "nothing may be the greatest of no numbers": (over(1, poly(n) - 1, lambda s: Expr()), Expr()),
    "a constant over a range that may be empty": (over(1, poly(n) - 1, lambda s: ref("c")), ref("c")),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name):
    assert is_shown(*EQUAL[name])


@pytest.mark.parametrize("name", OTHER)
def test_not_equal(name):
    assert not is_shown(*OTHER[name])


@pytest.mark.parametrize("e", [greatest(X - ref("y", k)), greatest(X * ref("y", j), k), -greatest(-X)])
def test_to_sympy_and_back(e):
    letters: dict = {}
    there = to_sympy(e, letters=letters)
    assert is_shown(from_sympy(there, Scope({idx: letter for letter, idx in letters.items()}, {"n": n})), e)


def test_substitution_captures_nothing():
    inside = Letter("s", 1, n)
    e = expression(Greatest(X - ref("y", inside), j, (inside,)))
    moved = e.substitute({inside: poly(k)})
    assert moved.free == {k}
    assert is_shown(moved, greatest(X - ref("y", k), k))


@pytest.mark.parametrize("form", PRINTERS)
@pytest.mark.parametrize("right", [greatest(X), 2 * greatest(X + ref("y", j)) - ref("c"), -greatest(-X * ref("y", j)),
                                   greatest(X, 1) * ref("c"), apply("exp", ref("c") - greatest(X)),
                                   ref("c") * greatest(ref("W", k, j)), greatest(total(ref("W", j, k), k))])
def test_printed_and_read_back(form, right):
    axes = {"x": (j,), "y": (j,), "c": (), "W": (j, k), "z": (k,)}
    layout = notation.layout.Equation(to_index(ref("z", k), axes), to_index(right, axes))
    reading = read(PRINTERS[form](layout), Names(axes), form)
    (shown,) = reading.member.indices
    assert is_shown(reading.right.substitute({shown.letter: poly(k)}), right)


def test_its_derivative_is_that_of_the_greatest():
    by = partial(greatest(X * ref("y", j)), Ref("x", (k,)))
    assert is_shown(by, greatest(X * ref("y", j), k) * ref("y", k))
    assert not is_shown(by, greatest(X * ref("y", j), k) * ref("x", k))


def test_gradients_against_torch():
    """L = Σ_i (max_j (W_ij + 2 x_j))² − min_j x_j"""
    page = programs.rowwise_maximum()
    rng = numpy.random.default_rng(5)
    values = {"W": rng.integers(-9, 10, (3, 4)), "x": rng.permutation(7)[:4] - 2}
    exact = {(name, tuple(p + 1 for p in place)): int(v) for name, a in values.items()
             for place, v in numpy.ndenumerate(a)}
    W, x = (torch.tensor(values[name], dtype=torch.float64, requires_grad=True) for name in ("W", "x"))
    loss = ((W + 2 * x).max(1).values ** 2).sum() - x.min()
    loss.backward()
    evaluator = Evaluator(page.program, {"m": 3, "n": 4}, exact)
    for name, want in (("W", W.grad), ("x", x.grad)):
        for place, w in numpy.ndenumerate(want.numpy()):
            found = evaluator.gradient(name, tuple(p + 1 for p in place))
            assert float(found.mid()) == pytest.approx(float(w), abs=1e-12), (name, place)


def test_where_two_are_greatest_nothing_is_claimed():
    page = programs.rowwise_maximum()
    evaluator = Evaluator(page.program, {"m": 1, "n": 2},
                          {("W", (1, 1)): 1, ("W", (1, 2)): 1, ("x", (1,)): 3, ("x", (2,)): 3})
    with pytest.raises(Kink):
        evaluator.gradient("x", (1,))
