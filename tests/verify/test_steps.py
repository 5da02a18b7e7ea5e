"""The step checker must refuse. What it makes of every step, damaged in every way, is in tests/mutants."""

from dataclasses import replace

import pytest

from derive import catalogue
from derive.derivation import Case, Condition
from derive.expression import Expr, ref
from tests.studies import share, studied
from verify.steps import Checker

ENTRIES = share(catalogue.names())


def derivation(name):
    page = catalogue.load(name).page()
    return page.derive()


def refused(d) -> bool:
    return any(s.verdict != "proved" for x in Checker(d).judge().derivatives for s in x.steps)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_step_of_the_entry_is_accepted(name):
    assert all(s.verdict == "proved" for d in studied(name).derivation.derivatives for s in d.steps)


def test_a_step_that_starts_elsewhere_is_refused():
    original = derivation("softmax_cross_entropy")
    steps = original.derivatives[1].steps
    steps[2] = replace(steps[2], before=steps[2].before + 1, after=steps[2].after + 1)
    assert refused(original)


def test_a_rule_that_does_not_exist_is_refused():
    original = derivation("batch_norm")
    step = original.derivatives[0].steps[0]
    original.derivatives[0].steps[0] = replace(step, rule="magic")
    assert refused(original)


def test_a_result_that_no_step_arrived_at_is_refused():
    original = derivation("batch_norm")
    d = original.derivatives[0]
    d.equation = replace(d.equation, body=d.equation.body + 1)
    assert refused(original)


def test_a_case_that_leaves_members_out_is_refused():
    original = derivation("lstm")
    d = original.of("h")
    left_out = d.cases[0]
    d.cases = d.cases[1:]
    d.steps = [s for s in d.steps if s.rule != "cases" or s.condition != left_out.condition]
    assert refused(original)


def test_a_case_with_another_condition_is_refused():
    original = derivation("lstm")
    d = original.of("c")
    case = next(c for c in d.cases if c.condition.low == c.condition.high)
    moved = Condition(case.condition.letter, case.condition.low - 1, case.condition.high - 1)
    d.cases = [Case(c.left, c.right, moved) if c is case else c for c in d.cases]
    assert refused(original)


def test_a_vanishing_sum_must_vanish():
    original = derivation("batch_norm")
    d = original.of("mu")
    place = next(k for k, s in enumerate(d.steps) if s.rule == "vanish")
    d.steps[place] = replace(d.steps[place], lemma=ref("gamma"))
    assert refused(original)


def test_forgetting_a_path_of_the_chain_rule_is_refused():
    original = derivation("batch_norm")
    d = original.of("x")
    step = d.steps[0]
    d.steps[0] = replace(step, after=Expr(step.after.terms[1:]))
    judged = Checker(original).judge()
    assert "path through" in judged.of("x").steps[0].detail
