"""Regimes: what is wrong in one alone must fail there; what has no value in one must neither pass nor fail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy
import pytest
from sympy import Max, Sum, exp

from derive import catalogue
from derive.entry import Entry, Page
from derive.expression import Delta, apply, expression, ref
from derive.index import Size, poly
from derive.program import Program
from derive.sympy_functions import relu
from tests.verify.wrong import derived, with_body
from verify import kinks, numeric
from verify.draws import normal_draw
from verify.judging import _erratic
from verify.kinks import MOST_REDRAWN, draw_off_kinks
from verify.regimes import NAMES, NUMBERS, PLAIN, SIZES, regime
from verify.report import entry_passed
from verify.sizes import Sizes

pytest.importorskip("torch", reason="torch is not installed")


def on_torch(entry, page, derivation, **options):
    return numeric.checks(replace(entry, cases=entry.cases[:1]), page, derivation, backends=("torch",), seeds=(0,),
                          **options)


def failing(checks) -> set[str]:
    return {c.regime for c in checks if not c.passed and c.no_value is None}


def of(write, **sizes) -> tuple:
    """An entry of one page, with everything derived."""
    page = Page(Program("page"))
    write(page)
    entry = Entry("page", {}, "", "", {}, lambda _: None, cases=[sizes], referenced=False)
    return entry, page, page.derive()


def x(*indices):
    return ref("x", *map(poly, indices))


def beyond(e):
    """1 where the expression is positive."""
    return apply("step", e)


WRONG = {
    # a gradient that forgets what happens to large inputs, as a clipped one would
    "saturated": ("batch_norm", "∂beta", lambda body: body * (1 + beyond(x(7)**2 - 60)), {"saturated", "large"}),
    "large": ("batch_norm", "∂beta", lambda body: body * (1 + beyond(x(7)**2 - 1000)), {"large"}),
    "small": ("batch_norm", "∂beta", lambda body: body * (1 + beyond(Fraction(1, 10**4) - x(1)**2)), {"small"}),
    "nearly equal": ("batch_norm", "∂beta", lambda body: body * (
        1 + beyond(Fraction(1, 10**4) - (x(1) - x(2))**2) * beyond(x(1)**2 - Fraction(1, 10**3))), {"nearly equal"}),
    # ε that is never below 1/1000
    "tiny epsilon": ("batch_norm", "∂beta", lambda body: body * (
        apply("max", ref("epsilon"), expression(Fraction(1, 1000))) * ref("epsilon")**-1), {"tiny epsilon"}),
    # right at pairwise distinct sizes
    "equal sizes": ("attention", "∂V", lambda body: body * (
        1 + expression(Delta(Size("n") - poly(Size("e")))) * expression(Delta(Size("n") - poly(3)))), {"equal sizes"}),
    "least sizes": ("attention", "∂V", lambda body: body * (1 + expression(Delta(Size("n") - poly(1)))),
                    {"least sizes"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_one_regime_alone_fails_there_and_there_only(name):
    entry, gradient, change, where = WRONG[name]
    entry, page, derivation = derived(entry)
    found = on_torch(entry, page, with_body(derivation, gradient, change))
    assert failing(found) == where and not entry_passed(found, ["torch"])
    bad = [c for c in found if c.regime in where and not c.passed and c.no_value is None]
    assert all(c.fact.endswith(gradient) for c in bad) and "torch.autograd" in {c.against for c in bad}
    again = on_torch(entry, page, with_body(derivation, gradient, change), regimes=(name,))
    assert [c for c in again if c.regime == name] == [c for c in found if c.regime == name]


@pytest.mark.parametrize("name", ["batch_norm", "attention", "softmax_cross_entropy", "gru", "he", "conv1d"])
def test_entries_pass_in_every_regime_that_tells_anything(name):
    entry, page, derivation = derived(name)
    found = on_torch(entry, page, derivation)
    assert failing(found) == set() and entry_passed(found, ["torch"])
    assert all(c.passed and c.no_value is None for c in found if c.regime == "plain")
    assert not any(c.passed for c in found if c.no_value)
    told = {c.regime for c in found if c.passed}
    assert {"plain", "saturated", "small", "nearly equal"} <= told


def test_what_overflows_by_its_definition_has_no_value_and_does_not_pass_alone():
    def write(page):
        n = page.size("n")
        i = page.index("i", n)
        z = page.input("z", i)
        page.loss(page.let("L", [], Sum(exp(exp(exp(z[i]))), i)))
        page.want(z)
    found = on_torch(*of(write, n=3))
    large = [c for c in found if c.regime == "large"]
    assert large and failing(found) == set()
    alone = on_torch(*of(write, n=3), regimes=("large",))
    assert not entry_passed(alone, ["torch"], referenced=False) and entry_passed(found, ["torch"], referenced=False)


def test_a_gradient_without_a_value_where_the_definition_has_one_fails():
    entry, page, derivation = derived("batch_norm")
    wrong = with_body(derivation, "∂beta", lambda body: body + apply(
        "max", apply("log", 60 - x(7)**2) - 1000, expression(0)))
    assert failing(on_torch(entry, page, wrong)) == {"saturated", "large"}


def test_a_difference_that_rounding_explains_in_what_it_is_compared_with_tells_nothing():
    """The second derivative of log(1 − σ), far out, as the library takes it."""
    entry, page, derivation = derived("softmax_cross_entropy")
    found = on_torch(entry, page, derivation, regimes=("large",))
    assert any(c.no_value and "rounded" in c.no_value for c in found) and failing(found) == set()


def test_sizes_that_a_reference_or_the_formulas_refuse_have_no_value_and_say_why():
    found = on_torch(*derived("batch_norm"), regimes=("plain", "least sizes"))
    refused = [c.no_value for c in found if c.no_value and "refused" in c.no_value]
    assert len(refused) == 1 and "Expected more than 1 value" in refused[0]
    assert {c.sizes["m"] for c in found if c.regime == "least sizes"} == {1}


def test_a_regime_without_a_name_is_refused():
    with pytest.raises(ValueError, match="there is no regime 'huge'; use plain, saturated"):
        on_torch(*derived("batch_norm"), regimes=("huge",))
    assert [regime(n).name for n in NAMES] == list(NAMES)


# -- draws ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("chosen", [PLAIN, *NUMBERS], ids=lambda r: r.name)
def test_what_is_declared_holds_in_every_regime_and_cotangents_stay_random(chosen):
    for name, sizes in (("batch_norm", {"m": 4}), ("adam", {"T": 3, "n": 2}), ("softmax_cross_entropy", {"n": 5})):
        program = catalogue.load(name).page().program
        drawn = normal_draw(program, sizes, 3, regime=chosen)
        for variable in program.variables.values():
            if variable.name in drawn and variable.positive:
                assert (numpy.asarray(drawn[variable.name]) > 0).all()
            if variable.name in drawn and variable.below_one:
                assert (numpy.asarray(drawn[variable.name]) < 1).all()
        for a in program.assumptions:
            weights = drawn[a.name]
            assert abs(weights.sum() - 1) < 1e-15 and weights.min() > 0 and weights.max() <= 1
        for arriving in program.outputs.values():
            assert (drawn[arriving] == normal_draw(program, sizes, 3)[arriving]).all()


def test_each_regime_does_what_it_says():
    program = catalogue.load("batch_norm").page().program
    draws = {r.name: normal_draw(program, {"m": 6}, 0, regime=r) for r in (PLAIN, *NUMBERS)}
    spread = {name: float(numpy.ptp(d["x"])) for name, d in draws.items()}
    assert spread["saturated"] == 6 * spread["plain"] and spread["small"] < 0.01 * spread["plain"]
    assert spread["nearly equal"] < 0.01 < abs(draws["nearly equal"]["x"].mean())
    assert draws["tiny epsilon"]["epsilon"] < 1e-5 < 0.05 < draws["plain"]["epsilon"]
    assert draws["tiny epsilon"]["gamma"] == draws["plain"]["gamma"] != 1 and draws["plain"]["beta"] != 0


def test_sizes_of_a_regime():
    program = catalogue.load("mlp").page().program
    equal, least = (r.sizes(program, {"L": 2, "n": [4, 5, 3]}) for r in SIZES)
    assert equal == {"L": 3, "n": [3, 3, 3, 3]} and least == {"L": 1, "n": [1, 1]}


# -- kinks ----------------------------------------------------------------------------------------------------------
def kinked(f):
    def write(page):
        i = page.index("i", page.size("n"))
        z = page.input("z", i)
        page.loss(page.let("L", [], Sum(f(z[i]), i)))
        page.want(z)
    return of(write, n=4)


def test_a_draw_at_a_kink_is_put_aside_and_counted(monkeypatch):
    entry, page, derivation = kinked(relu)
    real = kinks.normal_draw

    def first_at_zero(program, case, seed, *rest):
        drawn = real(program, case, seed, *rest)
        return {**drawn, "z": drawn["z"] * (seed > 1)}
    monkeypatch.setattr(kinks, "normal_draw", first_at_zero)
    found = on_torch(entry, page, derivation, regimes=("plain", "small"))
    assert {c.redrawn for c in found} == {1} and all(c.passed for c in found)


def test_what_ties_at_every_draw_is_left_as_it_is():
    def write(page):
        i, j = (page.index(name, page.size("n")) for name in "ij")
        z = page.input("z", i)
        page.loss(page.let("L", [], Sum(Max(z[i], z[j]), i, j)))
    program = of(write)[1].program
    drawn, redrawn = draw_off_kinks(program, Sizes({"n": 4}), {"n": 4}, 0)
    assert redrawn == MOST_REDRAWN and (drawn["z"] == normal_draw(program, {"n": 4}, 0)["z"]).all()


def test_where_rounding_hides_what_is_left_other_numbers_are_drawn_and_counted():
    """Two sums of five products, both of which cancel: in bfloat16 nothing of them can be told."""
    entry, page, derivation = derived("xavier")
    small = replace(entry, cases=[{"n": 5, "m": 2}])
    found = numeric.checks(small, page, derivation, backends=("torch",), dtype="bfloat16", seeds=(1,),
                           regimes=("plain",))
    again = [c for c in found if c.redrawn]
    assert again and all(c.passed and c.seed != 1 for c in again) and all(c.passed for c in found)


@pytest.mark.parametrize("factor", [Fraction(1, 10**5), Fraction(1, 10**9)])
def test_a_slight_difference_that_is_a_function_of_the_inputs_fails(factor):
    entry, page, derivation = derived("batch_norm")
    wrong = with_body(derivation, "∂beta", lambda body: body * (1 + factor))
    assert failing(on_torch(entry, page, wrong, regimes=("saturated", "small"))) == {"saturated", "small"}


class Nudged:
    """A run whose two sides differ by what is listed for it; nudged, by the next in the list."""

    backend = SimpleNamespace(numpy=numpy.asarray)

    def __init__(self, differences, place=0):
        self.differences, self.place = differences, place

    @property
    def judge(self):
        return self

    def nudged(self, seed, by):
        return Nudged(self.differences, 1 + seed)


@pytest.mark.parametrize("differences, rounding", [
    ([1e-9, 9e-10, -4e-10, 1e-9, 1e-9, 1e-9, 1e-9], True), ([1e-9, 1.1e-9, 1e-10, 1e-9, 1e-9, 1e-9, 1e-9], True),
    ([1e-9, 1.1e-9, 9e-10, 1e-9, 1.2e-9, 1e-9, 1e-9], False)])
def test_what_is_left_between_the_sides_is_rounding_where_it_is_no_function_of_the_inputs(differences, rounding):
    """The second derivative of log(1 + e^−z) for large z, as a library may take it: 1 + e^−z has lost most of e^−z."""
    run = Nudged(differences)
    assert _erratic(run, lambda r: [1 + r.differences[r.place]], lambda r: [1.0]) is rounding

