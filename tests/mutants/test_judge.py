"""Whether mutants find a check that notices too little: each check is taken away, and what it caught must survive."""

import os
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from derive import catalogue
from derive.entry import Claim, Entry
from derive.expression import Ref
from tests.studies import PARTS, share
from verify.mutants import Mutants, judge, mutants
from verify.mutants.judge import CLAIM, DEFINITION, EQUIVALENT, FALSE, KILLED, NO_VALUE, STEP, SURVIVED
from verify.mutants.truth import Line
from verify.steps import Checker
from verify.verdict import PROVED, Verdict

SEED = int(os.environ.get("SEED", "0"))


@cache
def of(name: str) -> Mutants:
    pytest.importorskip("torch", reason="torch is not installed")
    return mutants(catalogue.load(name))


def with_page(entry: Entry, change) -> Entry:
    """The entry with another page."""
    changed = replace(entry)
    changed.page = lambda: change(entry.page())
    return changed


@pytest.mark.parametrize("name", share(catalogue.names()))
def test_nothing_survives(name):
    """A fifth of the mutants, another one for each seed of a run; `derive verify --mutants` tries all of them."""
    pytest.importorskip("torch", reason="torch is not installed")
    found = mutants(catalogue.load(name), part=(SEED // PARTS % 5, 5))
    assert found.passed, found.survivors
    assert found.counts[CLAIM, KILLED] + found.counts[DEFINITION, KILLED] > 2
    assert found.counts[STEP, KILLED] > 1 or not catalogue.load(name).page().derive().derivatives


def test_the_parts_make_the_whole():
    entry = catalogue.load("embedding")
    assert sum((mutants(entry, part=(k, 3)).counts for k in range(3)), Counter()) == of("embedding").counts


def test_what_is_equal_is_proved_equal():
    """Of a softmax, all logits may be raised by 1."""
    found = of("attention")
    assert found.passed and found.counts[DEFINITION, EQUIVALENT] > 0


def test_a_step_checker_that_believes_everything_is_found_out(monkeypatch):
    monkeypatch.setattr(Checker, "judged", lambda self, d, step, start: step.judged(PROVED, "because"))
    found = mutants(with_page(catalogue.load("embedding"), lambda page: replace(page, claims=[])))
    assert not found.passed
    assert found.counts[STEP, FALSE] > 0 and not found.counts[STEP, KILLED]


def test_exact_arithmetic_that_never_refutes_is_found_out(monkeypatch):
    monkeypatch.setattr(Line, "refutes", lambda self, right, draws=None: False)
    found = mutants(catalogue.load("embedding"))
    assert found.counts[CLAIM, SURVIVED] > 10 and not found.counts[CLAIM, KILLED]


def test_a_prover_that_believes_everything_is_found_out(monkeypatch):
    """What exact arithmetic refutes was never asked of the prover: what has no value is."""
    monkeypatch.setattr(judge, "prove", lambda claim, derivation: Verdict(PROVED, "because"))
    monkeypatch.setattr(judge, "_leaves_its_range", lambda e, derivation: False)
    found = mutants(catalogue.load("adamw"))
    assert found.counts[CLAIM, FALSE] > 0 and not found.passed


def test_a_definition_that_nothing_holds_against_survives():
    """An entry without references and closed forms: forward and backward are wrong together, and agree."""
    bare = with_page(replace(catalogue.load("embedding"), references=[]), lambda page: replace(page, claims=[]))
    found = mutants(bare)
    assert not found.passed and found.counts[DEFINITION, SURVIVED] > 0 and not found.counts[DEFINITION, KILLED]
    assert {s.line for s in found.survivors if s.kind == DEFINITION}


def test_a_member_that_does_not_exist_is_neither_noticed_nor_passed():
    found = of("adamw")
    assert found.counts[DEFINITION, NO_VALUE] > 0


def test_the_same_mutants_each_time():
    assert mutants(catalogue.load("embedding")).counts == of("embedding").counts


def test_progress_is_told():
    told = []
    mutants(replace(catalogue.load("embedding"), references=[]), lambda done, of: told.append((done, of)))
    assert told and told[-1][0] == told[-1][1] == len(told)


@pytest.mark.parametrize("name", ["adam", "adamw", "nesterov"])
def test_a_closed_form_with_another_start_is_not_proved_by_induction(name):
    """Twice the solution, or one more, satisfies the step of many recurrences; the start tells."""
    page = catalogue.load(name).page()
    derivation = Checker(page.derive()).judge()
    closed = [c for c in page.claims if c.by.startswith("induction") and isinstance(c.left, Ref)]
    assert closed
    for claim in closed:
        for wrong in (2 * claim.right, claim.right + 1, claim.right - claim.right):
            assert judge.prove(Claim(claim.fact, claim.left, wrong, claim.by), derivation).verdict != PROVED
