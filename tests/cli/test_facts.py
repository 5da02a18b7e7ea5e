"""Every fact of every entry gets a verdict from something that was proved or compared."""

from __future__ import annotations

import pytest

from cli.words import RULES
from derive import catalogue
from tests.studies import printed, share, studied

HEADS = [head for head in catalogue.heads() if head.name in share(catalogue.names())]


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.name)
def test_every_fact_stands_for_something_on_the_page(head):
    made, _ = printed(head.name)
    verdicts = {fact: row["verdict"] for fact, row in made["facts"].items()}
    assert list(verdicts) == list(head.facts)
    assert set(verdicts.values()) <= {"proved", "verified", "refuted", ""}, verdicts
    assert all(row.get("corrected", "proved") in ("proved", "verified", "") for row in made["facts"].values())
    false = {m.fact for m in studied(head.name).page.mistakes if m.fact}
    assert {fact for fact, verdict in verdicts.items() if verdict == "refuted"} == false
    assert {s["rule"] for d in made["derivatives"] for s in d["steps"]} <= set(RULES), "a rule without words"
