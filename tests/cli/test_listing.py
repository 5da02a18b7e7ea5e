"""`derive list`, and what it knows about verdicts."""

from __future__ import annotations

import json

import pytest

from cli.cache import Cache
from cli.main import main
from cli.summary import summary
from derive import catalogue
from tests.cli.documents import check, document, observation, with_numbers


@pytest.fixture
def listed(capsys):
    def run(*options: str):
        assert main(["list", *options]) == 0
        return capsys.readouterr().out
    return run


def test_the_json_is_exactly_what_was_agreed(listed):
    found = json.loads(listed("--json"))
    assert list(found) == ["version", "entries"] and found["version"] == 1
    assert [e["name"] for e in found["entries"]] == catalogue.names()
    for entry in found["entries"]:
        assert list(entry) == ["name", "title", "section", "facts"] and set(entry["title"]) == {"en", "zh"}
        for fact in entry["facts"]:
            assert list(fact) == ["id", "kind", "title", "verdict"] and set(fact["title"]) == {"en", "zh"}
            assert fact["verdict"] == "not run"


def test_verdicts_come_from_the_cache(listed):
    made = document(name="lstm", facts={"lstm-hidden": {"kind": "definition", "en": "", "zh": "", "verdict": "proved"}})
    assert Cache.opened().of(catalogue.find("lstm")).write("lstm", made, summary(made))
    facts = {f["id"]: f["verdict"] for e in json.loads(listed("--json"))["entries"] for f in e["facts"]}
    assert facts["lstm-hidden"] == "proved" and facts["lstm-forget-gate"] == "not run"


def test_every_entry_is_a_line_in_either_language(listed):
    english, chinese = listed(), listed("--lang", "zh")
    for head in catalogue.heads():
        assert head.name in english and head.title["en"].split()[0] in english
        assert head.name in chinese and "未运行" in chinese


@pytest.mark.parametrize(("made", "verdicts", "whole"), [
    (document(), {"sample-gate": "not run", "sample-backward": "proved"}, "not run"),
    (with_numbers(check()), {"sample-gate": "agrees", "sample-backward": "proved"}, "passed"),
    (with_numbers(check(passed=False)), {"sample-gate": "failed", "sample-backward": "proved"}, "failed"),
    (with_numbers(check(), check(fact="sample-backward:∂W", passed=False)),
     {"sample-gate": "failed", "sample-backward": "failed"}, "failed"),
    (with_numbers(check(passed=False, skipped="no device")), {"sample-gate": "failed", "sample-backward": "proved"},
     "failed"),
    (with_numbers(), {"sample-gate": "failed", "sample-backward": "proved"}, "failed")])
def test_a_summary_passes_nothing_that_was_not_compared(made, verdicts, whole):
    assert summary(made) == {"facts": verdicts, "verdict": whole}


@pytest.mark.parametrize("part", ["steps", "claims", "mistakes"])
def test_a_summary_fails_where_a_proof_fails(part):
    made = with_numbers(check())
    rows = made["derivatives"][0]["steps"] if part == "steps" else made[part]
    rows[0]["verdict"] = "undecided"
    assert summary(made)["verdict"] == "failed"


def test_an_entry_with_neither_step_nor_claim_has_not_passed():
    made = with_numbers(check())
    assert summary({**made, "derivatives": []})["verdict"] == "passed"
    assert summary({**made, "derivatives": [], "claims": []})["verdict"] == "failed"


def stated(**words):
    return {"kind": "claim", "en": "", "zh": "", **words}


@pytest.mark.parametrize(("fact", "checks", "known"), [
    (stated(verdict="refuted", corrected="proved"), [], "refuted"),
    (stated(verdict="not shown", corrected="proved"), [check()], "not shown"),
    (stated(verdict="refuted", corrected=""), [], "not run"),
    (stated(verdict="refuted", corrected=""), [check()], "refuted"),
    (stated(verdict="refuted", corrected=""), [check(passed=False)], "failed"),
    (stated(verdict=""), [observation()], "observed"),
    (stated(verdict=""), [check(), observation()], "observed"),
    (stated(verdict=""), [{**observation(holds=False), "passed": False}], "failed"),
    (stated(verdict="proved"), [{**observation(), "passed": False}], "failed"),
    (stated(verdict="proved"), [observation()], "proved")])
def test_what_is_false_as_stated_and_what_was_seen(fact, checks, known):
    made = with_numbers(*checks) if checks else document()
    assert summary({**made, "facts": {"sample-gate": fact}})["facts"] == {"sample-gate": known}


def test_a_machine_reads_one_of_three_answers(listed):
    head = catalogue.find("lstm")
    made = with_numbers(check(), observation())
    made |= {"name": "lstm", "facts": {f: stated(verdict="") for f in head.facts}}
    assert Cache.opened().of(head).write("lstm", made, summary(made))
    entry = next(e for e in json.loads(listed("--json"))["entries"] if e["name"] == "lstm")
    assert {f["verdict"] for f in entry["facts"]} == {"verified"}


def test_the_summary_counts_every_fact_by_section_kind_and_verdict(listed):
    made = document(name="lstm", facts={"lstm-hidden": {"kind": "definition", "en": "", "zh": "", "verdict": "proved"}})
    assert Cache.opened().of(catalogue.find("lstm")).write("lstm", made, summary(made))
    found, heads = json.loads(listed("--summary", "--json")), catalogue.heads()
    sections = found["sections"]
    assert found["kinds"]["definition"]["proved"] == 1
    assert sum(n for counts in found["kinds"].values() for n in counts.values()) == sum(len(h.facts) for h in heads)
    assert set(sections) == {h.section for h in heads}
    assert sum(n for counts in sections.values() for n in counts.values()) == sum(len(h.facts) for h in heads)
    assert sections[catalogue.find("lstm").section]["proved"] == 1
    lines = listed("--summary").splitlines()
    assert len(lines) == len(sections) + len(found["kinds"]) + 1
    assert lines[-1].startswith("all") and "1 proved" in lines[-1]
    assert "全部" in listed("--summary", "--lang", "zh")
