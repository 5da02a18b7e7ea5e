"""What the engine derives, by a road that shares no code with it: exact arithmetic and forward mode at small sizes."""

import pytest

from derive import catalogue
from derive.claims import STRICT
from derive.derivation import Condition
from tests.studies import share, studied
from verify.exact import decide
from verify.study import derivative_names, second_road

ENTRIES = share(catalogue.names())


@pytest.mark.parametrize("name", ENTRIES)
def test_every_printed_line_has_the_value_of_the_true_derivative(name):
    page, derivation = studied(name).page, studied(name).derivation
    truth = derivative_names(derivation)
    lines = [c for d in derivation.derivatives for c in d.cases]
    for case in lines:
        domain = [case.condition] if isinstance(case.condition, Condition) and case.left.free else []
        verdict = decide(page.program, truth, case.left, case.right, domain=domain, cases=1)
        assert verdict.verdict == "verified", (str(case.left), str(case.right), verdict)
    assert lines or not page.wanted


@pytest.mark.parametrize("name", ENTRIES)
def test_every_claim_is_proved_and_has_its_value_too(name):
    found = studied(name)
    assert found.claims and found.passed
    for claim, verdict in found.claims:
        assert verdict.verdict == "proved" and verdict.by
        assert second_road(claim, found.derivation, cases=1).verdict == "verified", str(claim.left)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_mistake_is_refuted_with_an_input(name):
    found = studied(name)
    assert len(found.mistakes) >= 4
    for mistake, verdict in found.mistakes:
        assert verdict.verdict == "refuted", str(mistake.left)
        found_at = verdict.counterexample            # where only sizes occur, they are the whole input
        assert (found_at.inputs or found_at.sizes) and (found_at.left != found_at.right
                                                          or mistake.relation in STRICT)
        assert mistake.why["en"] and mistake.why["zh"]


@pytest.mark.parametrize("name", ENTRIES)
def test_every_fact_is_stated_and_every_stated_fact_is_declared(name):
    entry = catalogue.load(name)
    assert set(studied(name).page.facts) | {e.fact for e in entry.experiments} == set(entry.facts)
    assert entry.source and all(f["en"] and f["zh"] and f["kind"] for f in entry.facts.values())


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_has_a_reference_in_torch_and_in_jax_and_distinct_sizes(name):
    entry = catalogue.load(name)
    assert {r.backend for r in entry.references} == {"torch", "jax"}
    for case in entry.cases:
        flat = [v for x in case.values() for v in (x if isinstance(x, list) else [x])]
        assert len(set(flat)) == len(flat) or len(flat) > 3
