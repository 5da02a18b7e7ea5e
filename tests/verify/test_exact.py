"""Exact arithmetic: what it must refute, what it must not decide, and that its derivatives are the true ones."""

from fractions import Fraction
from itertools import permutations
from time import perf_counter

import flint
import pytest
from sympy import log, sqrt

from derive import catalogue
from derive.derivation import Condition
from derive.expression import Delta, Ref, apply as applied, expression, indicator, ref, total
from derive.index import Letter, Size, poly
from derive.sympy_functions import relu
from tests.verify import programs
from verify.balls import FUNCTIONS, TEST_FUNCTIONS, Undefined, apply, ball, power
from verify.draws import distinct_sizes, small_draw
from verify.evaluator import Evaluator
from verify.exact import decide
from verify.sizes import NoMember, Sizes


def lstm():
    page = catalogue.load("lstm").page()
    return page, {n: of for of, n in page.wanted.items()}


def about(page, left, right, **options):
    truth = {n: of for of, n in page.wanted.items()}
    return decide(page.program, truth, page._ref(left), page.read(right), **options)


# -- bad claims ---------------------------------------------------------------------------------------------------
def test_a_mistake_in_the_lstm_is_refuted_at_once_with_the_smallest_sizes():
    page, truth = lstm()
    decide(page.program, truth, page.mistakes[0].left, page.mistakes[0].wrong)
    for mistake in page.mistakes:
        if mistake.relation != "=" or "/" in mistake.left.name:
            continue                            # about the forward pass alone
        start = perf_counter()
        verdict = decide(page.program, truth, mistake.left, mistake.wrong)
        assert perf_counter() - start < 0.2    # a few milliseconds on a quiet machine
        found = verdict.counterexample
        assert verdict.verdict == "refuted" and not verdict.passed
        assert found.left != found.right and max(found.sizes.values()) <= 2
        assert {"x", "c[0]", "h[0]", "v"} <= found.inputs.keys()
        assert all(abs(Fraction(text)) <= 2 for row in found.inputs["W_f"] for text in row)


def test_a_difference_far_below_double_precision_is_refuted():
    page = programs.recurrence()
    t = next(iter(page.letters))
    h, w, x = (page.symbols[n] for n in ("h", "w", "x"))
    verdict = about(page, h[t], w * h[t - 1] + x[t] + x[t] / 10**45)
    assert verdict.verdict == "refuted" and verdict.counterexample.left != verdict.counterexample.right
    assert about(page, h[t], w * h[t - 1] + x[t]).verdict == "verified"


def test_a_mistake_that_shows_only_at_the_initial_state_is_refuted():
    """∂h[t] without the path to h[0]: right at every t ≥ 1."""
    page = programs.recurrence()
    T, dh, w = Size("T"), "∂h", ref("w")
    t = Letter("t", 0, T, family=True)
    true = indicator(poly(t) - 1) * ref("v", t) + indicator(poly(T) - t - 1) * w * ref(dh, poly(t) + 1)
    wrong = indicator(poly(t) - 1) * (ref("v", t) + indicator(poly(T) - t - 1) * w * ref(dh, poly(t) + 1))
    assert decide(page.program, {dh: "h"}, Ref(dh, [t]), true).verdict == "verified"
    verdict = decide(page.program, {dh: "h"}, Ref(dh, [t]), wrong)
    assert verdict.verdict == "refuted" and verdict.counterexample.at == "∂h[0]"


def test_inputs_that_were_not_used_are_not_shown():
    page = programs.recurrence()
    t = Letter("t", 1, Size("T"), family=True)
    verdict = decide(page.program, {}, Ref("x", [t]), ref("x", t) + 1)
    assert verdict.verdict == "refuted" and verdict.counterexample.inputs.keys() == {"x"}


# -- what does not count --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("function", [None, relu, log, sqrt], ids=["quotient", "relu", "log", "sqrt"])
def test_an_undefined_value_never_counts_as_agreement(function):
    page = programs.singular(function)
    verdict = about(page, page.symbols["y"], page.symbols["y"])
    assert verdict.verdict == "undecided" and verdict.detail and not verdict.passed


def test_a_claim_without_members_is_undecided():
    page = programs.recurrence()
    nowhere = Letter("t", 2, 1)
    assert decide(page.program, {}, Ref("x", [nowhere]), ref("x", nowhere)).detail == "there was no member to compare"


def test_a_member_that_does_not_exist_is_named():
    page = programs.recurrence()
    t = Letter("t", 1, Size("T"), family=True)
    verdict = decide(page.program, {}, Ref("h", [t]), ref("w") * ref("h", poly(t) - 1) + ref("x", t) + 0 * ref("w")
                     + ref("x", poly(t) + 1) - ref("x", poly(t) + 1))
    assert verdict.verdict == "undecided" and verdict.detail == "x[2] does not exist"


def test_a_letter_of_the_right_side_only_is_named():
    page = programs.recurrence()
    t, s = (Letter(n, 1, Size("T"), family=True) for n in "ts")
    assert "letter s" in decide(page.program, {}, Ref("x", [t]), ref("x", s)).detail


def test_an_unknown_name_and_an_unknown_function_are_undecided():
    page = programs.recurrence()
    t = Letter("t", 1, Size("T"), family=True)
    assert "nothing" in decide(page.program, {}, Ref("x", [t]), ref("nothing", t)).detail
    assert "'gelu'" in decide(page.program, {}, Ref("x", [t]), applied("gelu", ref("x", t))).detail


# -- guards -------------------------------------------------------------------------------------------------------
def test_a_false_guard_ends_the_term_before_anything_is_looked_up():
    page = programs.recurrence()
    T = Size("T")
    t = Letter("t", 1, T, family=True)
    far = ref("x", poly(t) + 100) * ref("no such name") * ref("x", t) ** -1
    dead = [indicator(-poly(t)) * far, expression(Delta(poly(t) + 1)) * far,
            total(indicator(poly(0) - 1) * far, Letter("k", 1, Size("n", (poly(T) + 50,)))),
            total(far, Letter("k", 3, 2))]
    for term in dead:
        assert decide(page.program, {}, Ref("x", [t]), ref("x", t) + term).verdict == "verified"


def test_guards_are_decided_as_soon_as_their_letters_are_known():
    """[l ≤ L − 1] Σ_{k ≤ n[l+1]} …: at l = L there is no n[L+1]."""
    evaluator = Evaluator(programs.recurrence().program, {"T": 2, "L": 1, "n": [2, 3]}, {})
    L, n = Size("L"), "n"
    layer = Letter("l", 1, L, family=True)
    inner = Letter("k", 1, Size(n, (poly(layer) + 1,)))
    body = total(indicator(poly(L) - layer - 1), inner)
    assert evaluator.expression(body, {layer: 1}) == 0
    with pytest.raises(NoMember, match=r"n\[2\] does not exist"):
        evaluator.expression(total(expression(1), inner), {layer: 1})


def test_a_domain_restricts_the_letters():
    page = programs.recurrence()
    T = Size("T")
    t = Letter("t", 1, T, family=True)
    dh = {"∂h": "h"}
    assert decide(page.program, dh, Ref("∂h", [t]), ref("v", t)).verdict == "refuted"
    last = [Condition(t, poly(T), poly(T))]
    assert decide(page.program, dh, Ref("∂h", [t]), ref("v", t), domain=last).verdict == "verified"


# -- derivatives --------------------------------------------------------------------------------------------------
def test_derivatives_of_a_recurrence_by_hand():
    page = programs.recurrence()
    inputs = {("x", (1,)): Fraction(2), ("x", (2,)): Fraction(3), ("w", ()): Fraction(5), ("h", (0,)): Fraction(7),
              ("v", (1,)): Fraction(11), ("v", (2,)): Fraction(13)}
    evaluator = Evaluator(page.program, {"T": 2}, inputs)
    assert evaluator.value(Ref("h", [2])) == (7 * 5 + 2) * 5 + 3
    assert evaluator.gradient("h", (2,)) == 13
    assert evaluator.gradient("h", (1,)) == 11 + 13 * 5
    assert evaluator.gradient("h", (0,)) == 5 * (11 + 13 * 5)
    assert evaluator.gradient("w") == 11 * 7 + 13 * (5 * 7 + (7 * 5 + 2))
    assert evaluator.value(Ref("∂x", [1])) == evaluator.gradient("x", (1,)) == 11 + 13 * 5
    with pytest.raises(NoMember):
        evaluator.gradient("h", (3,))


def test_a_jacobian_holds_everything_else_still():
    """h[t] = w·h[t−1] + x[t]: the equation's own derivative by h[t−1] is w, by earlier members zero."""
    page = programs.recurrence()
    evaluator = Evaluator(page.program, {"T": 3}, small_draw(page.program, Sizes({"T": 3}), 0))
    assert evaluator.value(Ref("∂h/∂h", [3, 2])) == evaluator.value(Ref("w"))
    assert evaluator.value(Ref("∂h/∂h", [3, 1])) == 0


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_slopes_of_functions_are_their_difference_quotients(name):
    with flint.ctx.workprec(600):
        step = ball(Fraction(1, 10**40))
        at = ball(Fraction(7, 5))
        slope = apply(FUNCTIONS[name], 0, (at, {"u": ball(1)}))[1]["u"]
        quotient = (FUNCTIONS[name](at + step) - FUNCTIONS[name](at - step)) / (2 * step)
        assert abs(slope - quotient) < 1e-50


@pytest.mark.parametrize("which", range(len(TEST_FUNCTIONS)))
def test_higher_derivatives_of_arbitrary_functions(which):
    function = TEST_FUNCTIONS[which][1]
    with flint.ctx.workprec(600):
        at, step = ball(Fraction(2, 3)), ball(Fraction(1, 10**40))
        for order in (0, 1, 2):
            slope = apply(function, order, (at, {"u": ball(1)}))[1]["u"]
            above, _ = apply(function, order, (at + step, None))
            below, _ = apply(function, order, (at - step, None))
            assert abs(slope - (above - below) / (2 * step)) < 1e-50


def test_powers_of_balls_around_zero():
    with flint.ctx.workprec(256):
        around = (flint.arb(0, 1e-30), {"u": ball(1)})
        squared, slopes = power(around, 2)
        assert squared.is_finite() and squared.contains(0) and slopes["u"].contains(0)
        assert power((ball(0), {"u": ball(1)}), 0) == (1, None)
        for exponent in (-1, Fraction(1, 2), Fraction(-1, 2)):
            with pytest.raises(Undefined):
                power(around, exponent)


# -- housekeeping ---------------------------------------------------------------------------------------------------
def test_the_same_seed_gives_the_same_verdict_and_global_precision_is_left_alone():
    page, truth = lstm()
    before = (flint.ctx.prec, flint.ctx.cap)
    first, second = (decide(page.program, truth, m.left, m.wrong, seed=3) for m in [page.mistakes[2]] * 2)
    assert first == second
    assert (flint.ctx.prec, flint.ctx.cap) == before


def test_sizes_of_a_confirmation_are_distinct_and_come_in_every_order():
    page, _ = lstm()
    sets = [tuple(s.values()) for s, _ in zip(distinct_sizes(page.program), range(3))]
    assert all(sorted(s) == [1, 2, 3] for s in sets) and len(set(sets)) == 3
    assert set(sets) < set(permutations((1, 2, 3)))


def test_a_verified_claim_says_where_it_was_tried():
    page, truth = lstm()
    claim = next(c for c in page.claims if c.fact == "lstm-backward")
    verdict = decide(page.program, truth, claim.left, claim.right)
    assert verdict.verdict == "verified" and "T=3, H=2, D=1" in verdict.detail

