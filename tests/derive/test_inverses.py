"""Matrices that are each other's inverses: a sum over what they share picks one member, and no other sum does."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy
from sympy import KroneckerDelta, Sum

from derive.claims import Claim
from derive.entry import Page
from derive.program import Inverse, Program, ProgramError
from verify.api import prove
from verify.draws import small_draw
from verify.exact import decide
from verify.matrices import inverse_members
from verify.sizes import Sizes


def written():
    page = Page(Program("matrices"))
    n = page.size("n")
    i, j, k, l = (page.index(name, n) for name in "ijkl")
    short = page.index("s", n - 1)
    Q, P, B, C = (page.input(name, i, j) for name in "QPBC")
    x = page.input("x", i)
    page.assume_orthogonal(Q)
    page.assume_inverse(B, P)
    return page, locals()


RIGHT = {
    "columns": lambda Q, i, j, k, **_: (Sum(Q[k, i] * Q[k, j], k), KroneckerDelta(i, j)),
    "rows": lambda Q, i, j, k, **_: (Sum(Q[i, k] * Q[j, k], k), KroneckerDelta(i, j)),
    "one column": lambda Q, i, k, **_: (Sum(Q[k, i]**2, k), 1),
    "inverse": lambda P, B, i, j, k, **_: (Sum(P[i, k] * B[k, j], k), KroneckerDelta(i, j)),
    "the other way": lambda P, B, i, j, k, **_: (Sum(B[i, k] * P[k, j], k), KroneckerDelta(i, j)),
    "inside others": lambda P, B, x, i, j, k, **_: (Sum(P[i, k] * B[k, j] * x[j], k, j), x[i]),
    "lengths": lambda Q, x, i, j, **_: (Sum(Sum(Q[i, j] * x[j], j)**2, i), Sum(x[i]**2, i)),
    "all of it": lambda Q, n, i, j, **_: (Sum(Q[i, j]**2, i, j), n),
}
WRONG = {
    "rows against columns": lambda Q, i, j, k, **_: (Sum(Q[k, i] * Q[j, k], k), KroneckerDelta(i, j)),
    "both in the same place": lambda P, B, i, j, k, **_: (Sum(P[k, i] * B[k, j], k), KroneckerDelta(i, j)),
    "no inverse of itself": lambda P, i, j, k, **_: (Sum(P[i, k] * P[k, j], k), KroneckerDelta(i, j)),
    "of another": lambda P, C, i, j, k, **_: (Sum(P[i, k] * C[k, j], k), KroneckerDelta(i, j)),
    "not orthogonal": lambda P, i, j, k, **_: (Sum(P[i, k] * P[j, k], k), KroneckerDelta(i, j)),
    "a part of a column": lambda Q, i, j, short, **_: (Sum(Q[short, i] * Q[short, j], short), KroneckerDelta(i, j)),
    "a third factor": lambda Q, x, i, j, k, **_: (Sum(Q[k, i] * Q[k, j] * x[k], k), x[i] * KroneckerDelta(i, j)),
    "a cube": lambda Q, i, j, k, **_: (Sum(Q[k, i]**2 * Q[k, j], k), Q[i, j]),
    "fourth powers": lambda Q, i, k, **_: (Sum(Q[k, i]**4, k), 1),
    "another column": lambda Q, i, j, k, **_: (Sum(Q[k, i] * Q[k, j], k), 1),
}


def claimed(sides):
    page, names = written()
    left, right = sides(**names)
    free = sorted(left.free_symbols & {names["i"], names["j"]}, key=str)
    y = page.let("y", free, left)
    page.claim(y[tuple(free)] if free else y, right, fact="f")
    return page


@pytest.mark.parametrize("name", RIGHT)
def test_what_follows_is_proved_and_has_its_value(name):
    page = claimed(RIGHT[name])
    ((claim, verdict),) = prove(page).study.claims
    assert verdict.verdict == "proved" and any("= I" in u for u in verdict.uses)
    assert decide(page.program, {}, claim.left, claim.right).verdict == "verified"


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_follow_is_refuted(name):
    ((_, verdict),) = prove(claimed(WRONG[name])).study.claims
    assert verdict.verdict == "refuted"


def test_without_the_assumption_nothing_is_equal():
    page = claimed(RIGHT["inverse"])
    (claim,) = page.claims
    assert isinstance(claim, Claim)
    body = page.program.defined["y"].body
    assert not page.program.normalizer(assuming=False).equal(body, claim.right)
    assert page.program.normalizer().equal(body, claim.right)


def test_the_assumption_is_printed():
    assert prove(claimed(RIGHT["inverse"])).study.assumptions[-2:] == ["Qᵀ Q = I", "P B = I"]


@pytest.mark.parametrize("seed", range(-2, 8))
def test_what_is_drawn_fulfils_it_exactly(seed):
    page, _ = written()
    for size in (1, 2, 3, 4):
        drawn = small_draw(page.program, Sizes({"n": size}), seed)
        of = {name: sympy.Matrix(size, size, lambda i, j, name=name, drawn=drawn: sympy.Rational(*drawn[
            name, (i + 1, j + 1)].as_integer_ratio())) for name in "QPB"}
        assert of["Q"].T * of["Q"] == sympy.eye(size) == of["P"] * of["B"]
        assert size < 2 or of["Q"] != of["Q"].T and 0 not in of["Q"]


def test_a_singular_draw_is_moved():
    zeros = {("P", (i, j)): Fraction(0) for i in (1, 2) for j in (1, 2)}
    found = inverse_members(Inverse("B", "P"), zeros, random.Random(0))
    assert found["P", (1, 1)] * found["B", (1, 1)] == 1


@pytest.mark.parametrize("restricted", [
    lambda page, x, C, **_: page.assume_orthogonal(x),
    lambda page, Q, **_: page.assume_orthogonal(Q),
    lambda page, C, B, **_: page.assume_inverse(C, B),
    lambda page, i, n, **_: page.assume_orthogonal(page.input("wide", i, page.index("w", n + 1))),
    lambda page, i, j, **_: page.assume_orthogonal(page.input("pos", i, j, positive=True))])
def test_what_has_no_inverse_is_refused(restricted):
    page, names = written()
    with pytest.raises(ProgramError):
        restricted(**names)


def test_nothing_is_differentiated_twice_that_rests_on_it():
    page, names = written()
    Q, x, i, j, k = (names[name] for name in "Qxijk")
    page.loss(page.let("loss", [], Sum(Sum(Q[i, j] * x[j], j)**2, i)))
    page.want(Q)
    page.seconds.append(("Q", "Q"))
    with pytest.raises(ProgramError, match="Qᵀ Q = I"):
        page.derive()
