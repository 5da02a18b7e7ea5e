"""Expectations: what the checker must refuse, what a claim may not rest on, and sums over outcomes as a second road."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flint import arb, ctx, fmpq
from sympy import Abs, KroneckerDelta, Piecewise, Rational, Sum, sqrt, tanh

from derive.entry import Page
from derive.expression import Ref, apply, expression
from derive.program import Program, ProgramError
from derive.sympy_functions import covariance, expectation, normal_pdf, relu, step, variance
from verify.evaluator import Evaluator
from verify.exact import decide
from verify.outcomes import TWO_VALUES
from verify.proof import prove
from verify.sizes import Sizes
from verify.steps import Checker
from verify.study import derivative_names
from verify.verdict import PROVED, REFUTED, UNDECIDED, VERIFIED


def page() -> tuple[Page, dict]:
    """W (m × n) and x with mean and variance alone, a Gaussian z, a uniform u, a coin b; y = W x."""
    page = Page(Program("random"))
    n, m = page.sizes("n m")
    i, j, k, q = page.index("i", m), page.index("j", n), page.index("k", n), page.index("q", m)
    v, s, mu, c = (page.input(name, positive=True) for name in ("v", "s", "mu", "c"))
    rate = page.input("r", below_one=True)
    W, x = page.random("W", i, j, mean=0, variance=v), page.random("x", j, mean=mu, variance=s)
    z = page.random("z", j, law="normal", mean=0, variance=s)
    u, b = page.random("u", j, law="uniform", low=-c, high=c), page.random("b", j, law="bernoulli", mean=rate)
    y = page.let("y", [i], Sum(W[i, j] * x[j], j))
    names = locals()
    return page, {name: names[name] for name in "n m i j k q v s mu c rate W x z u b y".split()}


def judged(left, right):
    """The verdicts of the proof and of exact arithmetic on a claim about the page's names: both are functions of
    what `page` returns, and the left side names a moment."""
    p, v = page()
    p.claim(left(p, v), right(v), fact="")
    derivation = p.derive()
    claim = p.claims[0]
    return prove(claim, derivation), decide(p.program, derivative_names(derivation), claim.left, claim.right, cases=2)


TRUE = {
    "mean of a product": (lambda p, v: p.expected(v["y"])[v["i"]], lambda v: 0),
    "variance of a linear layer": (lambda p, v: p.variance(v["y"])[v["i"]],
                                   lambda v: v["n"] * v["v"] * (v["s"] + v["mu"]**2)),
    "covariance of two outputs": (
        lambda p, v: p.covariance(v["y"], v["y"])[v["i"], v["q"]],
        lambda v: KroneckerDelta(v["i"], v["q"]) * v["n"] * v["v"] * (v["s"] + v["mu"]**2)),
    "second moment": (lambda p, v: p.expected(v["x"], 2)[v["j"]], lambda v: v["s"] + v["mu"]**2),
    "uniform": (lambda p, v: p.variance(v["u"])[v["j"]], lambda v: v["c"]**2 / 3),
    "uniform, fourth moment": (lambda p, v: p.expected(v["u"], 4)[v["j"]], lambda v: v["c"]**4 / 5),
    "Gaussian, fourth moment": (lambda p, v: p.expected(v["z"], 4)[v["j"]], lambda v: 3 * v["s"]**2),
    "coin": (lambda p, v: p.variance(v["b"])[v["j"]], lambda v: v["rate"] * (1 - v["rate"])),
    "coin, fifth moment": (lambda p, v: p.expected(v["b"], 5)[v["j"]], lambda v: v["rate"]),
    "ReLU": (lambda p, v: p.expected(p.let("a", [v["j"]], relu(v["z"][v["j"]])), 2)[v["j"]], lambda v: v["s"] / 2),
    "ReLU, mean": (lambda p, v: p.expected(p.let("a", [v["j"]], relu(v["z"][v["j"]])))[v["j"]],
                   lambda v: sqrt(v["s"]) * normal_pdf(0)),
    "ReLU, third moment": (lambda p, v: p.expected(p.let("a", [v["j"]], relu(v["z"][v["j"]])), 3)[v["j"]],
                           lambda v: 2 * sqrt(v["s"])**3 * normal_pdf(0)),
    "probability": (lambda p, v: p.expected(p.let("a", [v["j"]], step(v["z"][v["j"]])))[v["j"]],
                    lambda v: Rational(1, 2)),
    "ReLU of a uniform": (lambda p, v: p.expected(p.let("a", [v["j"]], relu(v["u"][v["j"]])))[v["j"]],
                          lambda v: v["c"] / 4),
    "dropout": (lambda p, v: p.variance(p.let("a", [v["j"]], v["b"][v["j"]] * v["x"][v["j"]] / v["rate"]))[v["j"]],
                lambda v: (v["s"] + (1 - v["rate"]) * v["mu"]**2) / v["rate"]),
    "other moments on the right": (lambda p, v: p.variance(v["y"])[v["i"]],
                                   lambda v: Sum(variance(v["W"][v["i"], v["j"]]) * expectation(v["x"][v["j"]]**2),
                                                 v["j"])),
    "variance by covariance": (lambda p, v: p.variance(v["y"])[v["i"]],
                               lambda v: covariance(v["y"][v["i"]], v["y"][v["i"]])),
}

WRONG = {
    "independence of equal indices": (lambda p, v: p.expected(p.let("a", [], Sum(v["x"][v["j"]], v["j"])), 2),
                                      lambda v: v["n"]**2 * v["mu"]**2),
    "the variance of a sum of equal members": (
        lambda p, v: p.variance(p.let("a", [v["j"]], 2 * v["x"][v["j"]]))[v["j"]], lambda v: 2 * v["s"]),
    "E[x²] for Var[x]": (lambda p, v: p.expected(v["x"], 2)[v["j"]], lambda v: v["s"]),
    "a delta forgotten": (lambda p, v: p.covariance(v["x"], v["x"])[v["j"], v["k"]], lambda v: v["s"]),
    "the width for the end": (lambda p, v: p.variance(v["u"])[v["j"]], lambda v: v["c"]**2 / 12),
    "E of ReLU as ReLU of E": (lambda p, v: p.expected(p.let("a", [v["j"]], relu(v["z"][v["j"]])))[v["j"]],
                               lambda v: 0),
    "sizes swapped": (lambda p, v: p.variance(v["y"])[v["i"]], lambda v: v["m"] * v["v"] * (v["s"] + v["mu"]**2)),
    "a Gaussian's fourth moment for any law": (lambda p, v: p.expected(v["W"], 4)[v["i"], v["j"]],
                                               lambda v: 3 * v["v"]**2),
    "symmetry that nobody declared": (lambda p, v: p.expected(v["W"], 3)[v["i"], v["j"]], lambda v: 0),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_are_proved_and_agree_with_sums_over_outcomes(name):
    proof, numbers = judged(*TRUE[name])
    assert (proof.verdict, numbers.verdict) == (PROVED, VERIFIED), (proof, numbers)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_claims_are_not_proved_but_refuted(name):
    proof, numbers = judged(*WRONG[name])
    assert (proof.verdict, numbers.verdict) == (UNDECIDED, REFUTED), (proof, numbers)


@pytest.mark.parametrize("power, needed", [(3, "E[W^3]"), (4, "E[W^4]")])
def test_a_moment_that_nobody_declared_is_named(power, needed):
    proof, _ = judged(lambda p, v: p.expected(v["W"], power)[v["i"], v["j"]], lambda v: 3 * v["v"]**2)
    assert proof.verdict == UNDECIDED and proof.detail == f"needs {needed}, which nothing declares"


def test_a_fourth_moment_that_cancels_is_not_needed():
    proof, _ = judged(lambda p, v: p.expected(v["W"], 4)[v["i"], v["j"]],
                      lambda v: expectation(v["W"][v["i"], v["j"]]**4))
    assert proof.verdict == PROVED


def test_a_kink_of_a_law_that_may_lie_on_it_is_refused():
    """step(−u) = 1 − step(u) off the kink alone: a coin lies on it."""
    proof, numbers = judged(lambda p, v: p.expected(p.let("a", [v["j"]], step(-v["b"][v["j"]])))[v["j"]],
                            lambda v: 1 - v["rate"])
    assert proof.verdict == UNDECIDED and "kink" in proof.detail
    assert numbers.verdict != VERIFIED


@pytest.mark.parametrize("f, verdict", [(tanh, VERIFIED), (lambda z: 1 / z, UNDECIDED)])
def test_what_is_no_sum_over_outcomes_is_integrated_where_it_has_an_integral(f, verdict):
    proof, numbers = judged(lambda p, v: p.expected(p.let("a", [v["j"]], f(v["z"][v["j"]])))[v["j"]], lambda v: 0)
    assert (proof.verdict, numbers.verdict) == (UNDECIDED, verdict)


@pytest.mark.parametrize("rule", ["variance", "linearity", "coincide", "independence", "moments"])
def test_a_step_may_rest_on_its_own_rule_alone(rule):
    """Dropping E[y]² is right by its value, which is zero, but no step before the moments may know that."""
    p, v = page()
    p.variance(v["y"])
    derivation = p.derive()
    (d,) = derivation.derivatives
    checker = Checker(derivation)
    place = next(k for k, s in enumerate(d.steps) if s.rule == rule)
    final = replace(d.steps[place], after=d.steps[-1].after)
    verdict = checker.judged(d, final, d.steps[place].before).verdict
    assert verdict == ("proved" if rule == "moments" else "not shown")


def test_the_steps_are_those_of_a_textbook():
    p, v = page()
    p.variance(v["y"])
    (d,) = Checker(p.derive()).judge().derivatives
    rules = [s.rule for s in d.steps]
    assert rules[:6] == ["substitute", "variance", "linearity", "coincide", "independence", "moments"]
    assert all(s.verdict == "proved" for s in d.steps)


def test_the_two_values_have_the_mean_and_the_variance_that_they_stand_for():
    for values in TWO_VALUES:
        assert [sum(p * u**k for u, p in values) for k in range(3)] == [1, 0, 1]


@pytest.mark.parametrize("power", range(8))
@pytest.mark.parametrize("name, moments", [("z", [1, 0, 1, 0, 3, 0, 15, 0]),
                                           ("u", [1, 0, fmpq(1, 3), 0, fmpq(1, 5), 0, fmpq(1, 7), 0])])
def test_nodes_and_weights_are_exact_for_polynomials(name, moments, power):
    p, _ = page()
    evaluator = Evaluator(p.program, Sizes({"n": 1, "m": 1}), {("s", ()): 1, ("c", ()): 1, (name, (1,)): 2})
    e = expression(Ref(name, [1])) ** power if power else expression(1)
    found = evaluator.expression(apply("expectation", e))
    with ctx.workprec(256):
        assert found.overlaps(arb(moments[power])) and found.rad() < 1e-50


def shifted(p, v):
    t = p.family("t", 1, v["n"])
    e = p.random("e", (t, 0, v["n"]), mean=v["mu"], variance=v["v"])
    return p.let("a", [t], e[t] + 2 * e[t - 1])


def guarded(p, v):
    t = p.family("t", 1, v["n"])
    e = p.random("e", t, mean=1, variance=v["v"])
    return p.let("a", [t], Piecewise((e[t - 1], t >= 2), (0, True)) + e[t])


DERIVED = {
    "shifted indices": shifted,
    "conditions": guarded,
    "sums to a letter": lambda p, v: p.let("a", [v["j"]], Sum(v["x"][v["k"]], (v["k"], 1, v["j"]))),
    "entries across the diagonal": lambda p, v: p.let("a", [], Sum(
        p.random("A", v["j"], (v["k"], 1, v["n"]), mean=v["mu"], variance=v["v"])[v["k"], v["k"]], v["k"])),
    "every second index": lambda p, v: p.let("a", [], Sum(
        p.random("e", p.index("d", 2 * v["n"]), mean=v["mu"], variance=v["v"])[2 * v["j"]], v["j"])),
    "the mean of a sample": lambda p, v: p.let("a", [], Sum(v["x"][v["j"]], v["j"]) / v["n"]),
    "|z|": lambda p, v: p.let("a", [v["j"]], Abs(v["z"][v["j"]])),
}


@pytest.mark.parametrize("name", DERIVED)
def test_what_is_derived_is_proved_and_agrees_with_sums_over_outcomes(name):
    p, v = page()
    symbol = DERIVED[name](p, v)
    p.expected(symbol)
    p.variance(symbol)
    p.covariance(symbol, symbol)
    derivation = Checker(p.derive()).judge()
    truth = derivative_names(derivation)
    for d in derivation.derivatives:
        assert all(s.verdict == "proved" for s in d.steps), d.name
        found = decide(p.program, truth, Ref(d.name, d.equation.letters), d.equation.body, cases=2)
        assert found.verdict == VERIFIED, (d.name, found)


def test_the_variance_of_a_sample_is_biased():
    p, v = page()
    a = p.let("a", [], Sum(v["x"][v["j"]], v["j"]) / v["n"])
    q = p.let("q2", [], Sum((v["x"][v["j"]] - a)**2, v["j"]) / v["n"])
    p.claim(p.expected(q), v["s"] * (v["n"] - 1) / v["n"], fact="")
    assert prove(p.claims[0], p.derive()).verdict == PROVED


def test_moments_of_a_recurrence_are_an_error():
    p, v = page()
    t = p.family("t", 1, v["n"])
    e, h = p.random("e", t, mean=0, variance=v["v"]), p.state("h", (t, 0, v["n"]))
    p.define(h[t], h[t - 1] / 2 + e[t])
    p.variance(h)
    with pytest.raises(ProgramError, match="h depends on random inputs by a recurrence"):
        p.derive()


BAD = {
    "no variance": ({"mean": 0}, "give the variance"),
    "an unknown law": ({"law": "cauchy"}, "there is no law 'cauchy'; known are normal, uniform, bernoulli"),
    "a variance that may be negative": ({"variance": "free"}, "the variance must be positive for every input"),
    "a uniform law without ends": ({"law": "uniform"}, "give the low"),
    "a random mean": ({"mean": "x", "variance": "v"}, "the mean depends on another random name"),
}


@pytest.mark.parametrize("name", BAD)
def test_declarations_that_say_too_little_are_errors(name):
    p, v = page()
    p.input("free")
    scalar = p.random("e", mean=0, variance=v["v"])
    known = {"free": p.symbols["free"], "x": scalar, "v": v["v"]}
    given, message = BAD[name]
    with pytest.raises(ProgramError, match=message):
        p.random("new", **{k: known.get(x, x) if isinstance(x, str) and k != "law" else x for k, x in given.items()})


def test_an_expectation_has_no_place_in_a_definition():
    p, v = page()
    with pytest.raises(ProgramError, match="stand in claims, not in definitions"):
        p.let("a", [], expectation(v["x"][1]))


def test_a_name_that_would_be_read_in_two_ways_is_refused():
    p, v = page()
    p.input("E")
    with pytest.raises(ProgramError, match="E is the name of something else"):
        p.expected(v["x"])


def test_what_holds_for_one_summand_is_not_shown_for_more():
    """Var[Σ_j w_j x_j + b] has exact values for n = 1 only: there it is σ² s² + τ², which is wrong for more."""
    p = Page(Program("unit"))
    n = p.size("n")
    j = p.index("j", n)
    sigma, s, tau = (p.input(name, positive=True) for name in ("sigma", "s", "tau"))
    w, x = (p.random(name, j, law="normal", mean=0, variance=v**2) for name, v in (("w", sigma), ("x", s)))
    b = p.random("b", law="normal", mean=0, variance=tau**2)
    y = p.let("y", [], Sum(w[j] * x[j], j) + b)
    p.output(y)
    p.claim(p.variance(y), sigma**2 * s**2 + tau**2, fact="")
    p.claim(p.variance(y), 2 * n * sigma**2 * s**2 + tau**2, fact="")
    truth = derivative_names(p.derive())
    found = [decide(p.program, truth, claim.left, claim.right).verdict for claim in p.claims]
    assert found == [UNDECIDED, REFUTED]
