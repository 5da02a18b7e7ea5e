"""Every fact of every entry gets a verdict from something that was proved or compared."""

from __future__ import annotations

import pytest

from cli.studies import document_of
from cli.words import RULES
from derive import catalogue


@pytest.mark.parametrize("head", catalogue.heads(), ids=lambda head: head.name)
def test_every_fact_stands_for_something_on_the_page(head):
    made, _ = document_of(head)
    verdicts = {fact: row["verdict"] for fact, row in made["facts"].items()}
    assert list(verdicts) == list(head.facts)
    assert set(verdicts.values()) <= {"proved", "verified", "refuted", ""}, verdicts
    false = {mistake.fact for mistake in catalogue.load(head.name).page().mistakes if mistake.fact}
    assert {fact for fact, verdict in verdicts.items() if verdict == "refuted"} == false
    assert {s["rule"] for d in made["derivatives"] for s in d["steps"]} <= set(RULES), "a rule without words"
