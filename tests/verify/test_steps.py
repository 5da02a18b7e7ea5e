"""The step checker must refuse: every step of every entry is damaged, and the damage must be noticed."""

import copy
from dataclasses import replace

import pytest

from derive import catalogue
from derive.derivation import Case, Condition
from derive.expression import Delta, Expr, Guard, Term, ref
from derive.normal import Normalizer
from derive.rewrite import unfold
from derive.zero import is_zero
from verify.steps import Checker

ENTRIES = catalogue.names()


def derivation(name):
    page = catalogue.load(name).page()
    return page.derive()


def refused(d) -> bool:
    return any(s.verdict != "proved" for x in Checker(d).judge().derivatives for s in x.steps)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_step_of_the_entry_is_accepted(name):
    assert not refused(derivation(name))


def damaged(e: Expr):
    """Wrong versions of an expression: signs, factors, dropped terms and factors, dropped conditions and sums."""
    yield "negated", -e
    yield "doubled", e + e
    yield "one more", e + 1
    for k, t in enumerate(e.terms):
        rest = e.terms[:k], e.terms[k + 1:]
        yield f"term {k} dropped", Expr((*rest[0], *rest[1]))
        yield f"sign of term {k}", Expr((*rest[0], Term(-t.coefficient, t.factors, t.binders), *rest[1]))
        for f, (node, exponent) in enumerate(t.factors):
            kind = "condition" if isinstance(node, (Guard, Delta)) else "factor"
            fewer = Term(t.coefficient, t.factors[:f] + t.factors[f + 1:], t.binders)
            yield f"{kind} {f} of term {k} dropped", Expr((*rest[0], fewer, *rest[1]))
            if kind == "factor":
                squared = (*t.factors[:f], (node, exponent + 1), *t.factors[f + 1:])
                yield f"power of factor {f} of term {k}", Expr((*rest[0], Term(t.coefficient, squared, t.binders),
                                                               *rest[1]))


def same(a: Expr, b: Expr, program) -> bool:
    written_out = unfold(a, program.defined) - unfold(b, program.defined)
    return any(is_zero(difference, Normalizer()) for difference in (a - b, written_out))


def with_after(original, place, number, after):
    """The derivation in which one step arrives elsewhere, and the next one starts there."""
    d = copy.copy(original)
    d.derivatives = [copy.copy(x) for x in original.derivatives]
    steps = list(d.derivatives[place].steps)
    steps[number] = replace(steps[number], after=after)
    if number + 1 < len(steps) and steps[number + 1].rule != "cases":
        steps[number + 1] = replace(steps[number + 1], before=after)
    d.derivatives[place].steps = steps
    return d


@pytest.mark.parametrize("name", ENTRIES)
def test_damaged_steps_are_refused(name):
    original = derivation(name)
    survived, tried = [], 0
    for derivative in original.derivatives:
        if name == "lstm" and derivative.name[-1] in "iog":
            continue                                            # the other gates repeat the forget gate's steps
        checker = Checker(original)
        for step in derivative.steps:
            for damage, after in damaged(step.after):
                if after == step.after:
                    continue                                    # 0 negated
                if damage.startswith(("condition", "power")) and same(after, step.after, original.program):
                    continue                                    # a delta beside it says the same, or 0 and 1 squared
                wrong = replace(step, after=after)
                tried += 1
                if checker.judged(derivative, wrong, step.before).verdict == "proved":
                    survived.append((derivative.name, step.rule, damage, str(after)))
    assert tried > 20 or not original.derivatives
    assert survived == []


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
