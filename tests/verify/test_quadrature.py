"""Expectations without exact moments: rigorous integrals decide; sampling refutes at a stated error, and no more."""

from __future__ import annotations

import math
import random

import pytest
from flint import arb, ctx
from sympy import Rational, Sum, cos, exp, log, tanh

from derive.entry import Page
from derive.program import Program
from derive.sympy_functions import expectation, relu, sigmoid, step, variance
from verify import balls, quadrature
from verify.balls import Undefined, enclosing
from verify.exact import BY_SAMPLING, decide
from verify.growth import Growth, tail
from verify.quadrature import Allowance
from verify.sampling import ERROR, MOST_INTERVALS, SAMPLES, interval


def judged(claim, cases=1):
    """The verdict on left = right, both made of a page's names."""
    page = Page(Program("random"))
    n = page.size("n")
    j = page.index("j", n)
    w, s = page.input("w"), page.input("s", positive=True)
    z = page.random("z", j, law="normal", mean=0, variance=s)
    u = page.random("u", j, law="uniform", low=-1, high=2)
    b = page.random("b", j, law="bernoulli", mean=Rational(1, 3))
    left, right = claim({"w": w, "s": s, "z": z[j], "u": u[j], "b": b[j], "total": Sum(z[j], j)})
    return decide(page.program, {}, page.read(left), page.read(right), cases=cases)


E = expectation
TRUE = {
    "Gaussian, exp": lambda v: (E(exp(v["w"] * v["z"])), exp(v["w"]**2 * v["s"] / 2)),
    "Gaussian, cos": lambda v: (E(cos(v["z"])), exp(-v["s"] / 2)),
    "Stein": lambda v: (E(v["z"] * tanh(v["z"])), v["s"] * E(1 - tanh(v["z"])**2)),
    "uniform, exp": lambda v: (E(exp(v["u"])), (exp(2) - exp(-1)) / 3),
    "uniform, kink off the middle": lambda v: (E(relu(v["u"] - 1)), Rational(1, 6)),
    "a coin and a Gaussian": lambda v: (E(v["b"] * exp(v["z"])), exp(v["s"] / 2) / 3),
    "variance": lambda v: (variance(exp(v["u"])), (exp(4) - exp(-2)) / 6 - ((exp(2) - exp(-1)) / 3)**2),
}
WRONG = {
    "the function of the mean": lambda v: (E(exp(v["w"] * v["z"])), 1 + 0 * v["w"]),
    "twice the exponent": lambda v: (E(exp(v["w"] * v["z"])), exp(v["w"]**2 * v["s"])),
    "far below double precision": lambda v: (E(cos(v["z"])), exp(-v["s"] / 2) + Rational(1, 10**40)),
    "a step one sixth off": lambda v: (E(step(v["u"] - 1)), Rational(1, 2)),
    "linear": lambda v: (E(tanh(v["z"] + 1)), tanh(1)),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_expectations_are_verified_by_rigorous_integrals(name):
    verdict = judged(TRUE[name])
    assert (verdict.verdict, verdict.by) == ("verified", "exact arithmetic")


@pytest.mark.parametrize("name", WRONG)
def test_wrong_expectations_are_refuted_by_disjoint_balls(name):
    verdict = judged(WRONG[name])
    assert (verdict.verdict, verdict.by) == ("refuted", "exact arithmetic")
    assert verdict.counterexample.left != verdict.counterexample.right


@pytest.mark.parametrize("claim", [
    lambda v: (E(exp(v["z"]**2)), 1), lambda v: (E(1 / v["z"]), 0), lambda v: (E(log(v["z"]**2)), 0),
    lambda v: (E(relu(v["z"] + v["u"])), 0), lambda v: (E(exp(v["z"] * v["u"])), 1)],
    ids=["infinite", "a pole", "a logarithm", "unbounded", "unbounded product"])
def test_what_may_have_no_expectation_or_no_bound_is_undecided(claim):
    verdict = judged(claim)
    assert verdict.verdict == "undecided" and verdict.detail


# -- integrals ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name, true", [
    ("exp", lambda: (arb(1) / 2).exp()), ("cos", lambda: (-arb(1) / 2).exp()), ("sigmoid", lambda: arb(1) / 2),
    ("relu", lambda: 1 / (2 * arb.pi()).sqrt()), ("normal_cdf", lambda: arb(1) / 2),
    ("abs", lambda: (2 / arb.pi()).sqrt()), ("cosh", lambda: (arb(1) / 2).exp())])
def test_integrals_hold_the_true_value_and_are_narrow(name, true):
    with ctx.workprec(256):
        found = quadrature.expectation("normal", balls.FUNCTIONS[name], Allowance(30_000))
        assert found.overlaps(true()) and found.rad() < arb(2)**-176


def test_an_allowance_is_kept():
    allowance = Allowance(100)
    with ctx.workprec(256), pytest.raises(Undefined, match="too many evaluations"):
        quadrature.expectation("normal", balls.FUNCTIONS["tanh"], allowance)
    assert -100 < allowance.left <= 0
    with ctx.workprec(256), pytest.raises(Undefined, match="enough"):
        quadrature.expectation("uniform", balls.FUNCTIONS["exp"], allowance)


def test_a_bound_on_growth_bounds():
    generator = random.Random(1)
    functions = [f for n, f in balls.FUNCTIONS.items() if n not in ("log", "tan")]

    def made(x):
        y = x
        for f in chosen:
            y = f(y * scale + shift) * y + shift if product else f(y * scale + shift)
        return y
    bounded = 0
    for _ in range(300):
        chosen = [generator.choice(functions) for _ in range(generator.randint(1, 3))]
        scale, shift, product = arb(generator.uniform(-2, 2)), arb(generator.uniform(-2, 2)), generator.random() < .5
        try:
            with enclosing():
                whole = Growth.of(made(Growth.linear(0, 1)))
        except Undefined:
            continue
        bounded += 1
        for x in (-9, -2.5, -0.3, 0.2, 1.7, 8):
            value, size = made(arb(x)), abs(arb(x))
            bound = sum((a * size**k * (c * size).exp() for a, k, c in whole.bound), arb(0))
            assert not abs(value) > bound
            assert whole.low is None or not value < whole.low
            assert whole.high is None or not value > whole.high
    assert bounded > 150


def test_a_tail_is_bounded():
    for k, c in ((0, 0), (3, 0), (1, 2), (2, -1)):
        growth = Growth([(arb(2), k, arb(c))])
        true = 2 * 2 * sum(x**k * math.exp(c * x - x * x / 2) / math.sqrt(2 * math.pi) * 0.001
                           for x in (6 + 0.001 * (i + 0.5) for i in range(10_000)))
        assert true * 0.999 < float(tail(growth, arb(6)).mid()) < 1.6 * true
    assert not tail(Growth([(arb(1), 0, arb(9))]), arb(6)).is_finite()


# -- sampling -------------------------------------------------------------------------------------------------------
def test_sampling_refutes_at_a_stated_error_and_says_so():
    verdict = judged(lambda v: (E(tanh(v["z"] * v["u"] + 1)), 1 + 0 * v["w"]))
    assert (verdict.verdict, verdict.by) == ("refuted", BY_SAMPLING) and "1e-09" in verdict.by
    assert "±" in verdict.counterexample.left


@pytest.mark.parametrize("claim", [
    lambda v: (E(tanh(v["z"] * v["u"])), 0), lambda v: (E(tanh(v["z"] * v["u"])), Rational(1, 200)),
    lambda v: (E(sigmoid(v["total"])), Rational(1, 2))], ids=["true", "nearly", "true, and exact at size 1"])
def test_sampling_never_shows_an_equality(claim):
    verdict = judged(claim)
    assert (verdict.verdict, verdict.by) == ("undecided", BY_SAMPLING) and not verdict.passed


def test_an_interval_is_that_of_maurer_and_pontil_and_misses_rarely():
    values = [0.0, 1.0] * 2000
    mean, half = interval(values, 1.0, 1e-9)
    logarithm = math.log(4e9)
    assert mean == 0.5 and half == pytest.approx(
        math.sqrt(2 * 0.25 * logarithm / 4000) + 7 * logarithm / (3 * 3999), rel=1e-3)
    generator, missed = random.Random(0), 0
    for _ in range(400):
        rare = [float(generator.random() < 0.01) for _ in range(300)]
        mean, half = interval(rare, 1.0, 0.05)
        missed += abs(mean - 0.01) > half
    assert missed <= 20 and ERROR <= 1e-9 and MOST_INTERVALS * SAMPLES < 10**5
