"""Second derivatives: what is derived, what the checker refuses, and jets as a second road."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from flint import arb
from sympy import KroneckerDelta, Sum, exp, log, tanh

from derive.derivation import total_name
from derive.entry import Page
from derive.expression import Expr
from derive.program import Program, ProgramError
from derive.sympy_functions import sigmoid
from verify.exact import decide
from verify.jets import EPSILON, ETA, Jet
from verify.proof import prove
from verify.steps import Checker
from verify.study import derivative_names
from verify.verdict import PROVED, REFUTED, VERIFIED


def network() -> tuple[Page, dict]:
    """L = ½ Σ (v tanh(W x))²: the weights' second derivatives go through tanh twice."""
    page = Page(Program("network"))
    n, m = page.sizes("n m")
    i, k, j, l = page.index("i", m), page.index("k", m), page.index("j", n), page.index("l", n)
    W, x, v = page.input("W", i, j), page.input("x", j), page.input("v", i)
    h = page.let("h", [i], tanh(Sum(W[i, j] * x[j], j)))
    o = page.let("o", [], Sum(v[i] * h[i], i))
    page.loss(page.let("loss", [], o**2 / 2))
    names = locals()
    return page, {name: names[name] for name in "n m i k j l W x v h o".split()}


TRUE = {
    ("v", "v"): lambda s: s["h"][s["i"]] * s["h"][s["k"]],
    ("v", "x"): lambda s: Sum(s["v"][s["k"]] * (1 - s["h"][s["k"]]**2) * s["W"][s["k"], s["j"]], s["k"])
    * s["h"][s["i"]] + s["o"] * (1 - s["h"][s["i"]]**2) * s["W"][s["i"], s["j"]],
    ("x", "x"): lambda s: Sum(s["v"][s["i"]] * (1 - s["h"][s["i"]]**2) * s["W"][s["i"], s["j"]], s["i"])
    * Sum(s["v"][s["i"]] * (1 - s["h"][s["i"]]**2) * s["W"][s["i"], s["l"]], s["i"])
    - 2 * s["o"] * Sum(s["v"][s["i"]] * s["h"][s["i"]] * (1 - s["h"][s["i"]]**2)
                       * s["W"][s["i"], s["j"]] * s["W"][s["i"], s["l"]], s["i"]),
}
LETTERS = {"v": "i", "x": "j"}
OTHERS = {"v": "k", "x": "l"}


def claimed(of, by, right):
    page, s = network()
    page.want(s[of])
    if by != of:
        page.want(s[by])
    second = page.hessian(s[of], s[by])
    rows, columns = LETTERS[of], (OTHERS if by == of else LETTERS)[by]
    page.claim(second[s[rows], s[columns]], right(s), fact="")
    derivation = Checker(page.derive()).judge()
    (claim,) = page.claims
    numbers = decide(page.program, derivative_names(derivation), claim.left, claim.right, cases=2)
    return derivation, prove(claim, derivation), numbers


@pytest.mark.parametrize("of, by", TRUE)
def test_second_derivatives_are_derived_proved_and_agree_with_jets(of, by):
    derivation, proof, numbers = claimed(of, by, TRUE[of, by])
    assert all(s.verdict == "proved" for d in derivation.derivatives for s in d.steps)
    assert (proof.verdict, numbers.verdict) == (PROVED, VERIFIED), (proof, numbers)


@pytest.mark.parametrize("of, by", TRUE)
def test_wrong_second_derivatives_are_refuted(of, by):
    _, proof, numbers = claimed(of, by, lambda s: TRUE[of, by](s) + s["o"])
    assert proof.verdict != PROVED and numbers.verdict == REFUTED


def test_a_path_that_is_left_out_is_refused():
    """The immediate derivative of the gradient alone forgets that h changes too."""
    page, s = network()
    page.want(s["x"])
    page.hessian(s["x"])
    derivation = page.derive()
    d = next(d for d in derivation.derivatives if d.name == total_name("∂x", "x"))
    step = d.steps[0]
    assert len(step.after.terms) > 1
    for k in range(len(step.after.terms)):
        damaged = copy.copy(d)
        damaged.steps = [replace(step, after=Expr(step.after.terms[:k] + step.after.terms[k + 1:]))]
        assert Checker(derivation).judged(damaged, damaged.steps[0], step.before).verdict == "not shown"


def simplex() -> tuple[Page, dict]:
    page = Page(Program("simplex"))
    n = page.size("n")
    i, j = page.index("i", n), page.index("j", n)
    z, y = page.input("z", i), page.input("y", i)
    page.assume_sums_to_one(y)
    p = page.let("p", [i], exp(z[i]) / Sum(exp(z[j]), j))
    page.loss(page.let("loss", [], -Sum(y[i] * log(p[i]), i)))
    page.want(z)
    return page, {"z": z, "y": y, "i": i, "j": j, "p": p}


def test_an_assumption_about_what_varies_is_refused():
    """p − y is the gradient where Σ y = 1 alone: by y it would have another derivative."""
    page, s = simplex()
    page.hessian(s["z"], s["y"])
    with pytest.raises(ProgramError, match="may rest on Σ y = 1, which does not hold while y varies"):
        page.derive()


def test_a_gradient_must_be_wanted_first():
    page, s = network()
    page.want(s["v"])
    page.hessian(s["x"])
    with pytest.raises(ProgramError, match="want the gradient by x before its second derivative"):
        page.derive()


def test_a_jacobian_that_is_the_only_path_is_used():
    page, s = simplex()
    page.jacobian(s["p"], s["z"])
    page.hessian(s["z"])
    derivation = Checker(page.derive()).judge()
    d = derivation.derivatives[-1]
    assert all(step.verdict == "proved" for step in d.steps)
    assert any("∂p/∂z" in step.uses for step in d.steps)


def test_second_derivatives_of_an_intermediate_name():
    """∂²L/∂z∂zᵀ for z = X w: what is added to z changes the loss."""
    page = Page(Program("intermediate"))
    N, n = page.sizes("N n")
    s, t, i = page.index("s", N), page.index("t", N), page.index("i", n)
    X, w = page.input("X", s, i), page.input("w", i)
    z = page.let("z", [s], Sum(X[s, i] * w[i], i))
    page.loss(page.let("loss", [], Sum(sigmoid(z[s])**2, s)))
    page.want(z)
    q = sigmoid(z[s])
    page.claim(page.hessian(z)[s, t], KroneckerDelta(s, t) * q**2 * (1 - q) * (4 - 6 * q), fact="")
    derivation = Checker(page.derive()).judge()
    (claim,) = page.claims
    assert prove(claim, derivation).verdict == PROVED
    assert decide(page.program, derivative_names(derivation), claim.left, claim.right).verdict == VERIFIED


@pytest.mark.parametrize("function, second", [
    (lambda u: u * u * u, lambda x: 6 * x),
    (lambda u: 1 / u, lambda x: 2 / x**3),
    (lambda u: u.exp(), lambda x: x.exp()),
    (lambda u: u.log() / u, lambda x: (2 * x.log() - 3) / x**3),
    (lambda u: u.sqrt(), lambda x: -x.sqrt() / (4 * x**2)),
    (lambda u: u.sin() * u.cos(), lambda x: -4 * x.sin() * x.cos()),
    (lambda u: (1 - u) / (1 + u), lambda x: 4 / (1 + x)**3),
    (lambda u: u ** arb(3) - 2 * u, lambda x: 6 * x)])
def test_jets_have_the_second_derivative(function, second):
    x = arb(7) / 3
    found = function(x + EPSILON + ETA)
    assert isinstance(found, Jet) and found.both.overlaps(second(x)) and found.both.rad() < 1e-10
    assert abs(found.first - found.second) < 1e-10
