"""A sheet shows the verdicts that the documents have, and none that is newer or better."""

from __future__ import annotations

import pytest

from cli.sheet.contents import Choice, entry_part
from cli.sheet.evidence import assumption

from .sheets import document_of, sheet_of, with_numbers


def rows(found, **choice):
    return {row.fact or row.title["en"]: row for row in entry_part(found, Choice(**choice)).rows}


def test_what_was_not_compared_is_marked_so():
    found = rows(document_of("lstm"))
    assert found["lstm-forget-gate"].verdict == "not run"
    assert found["lstm-backward"].verdict == found["Gradients"].verdict == "proved"    # a proof needs no numbers


def test_what_was_proved_and_compared_is_proved():
    found = rows(with_numbers(document_of("lstm"), fact="lstm-backward:∂W_f"))
    assert found["lstm-backward"].verdict == "proved"
    assert found["lstm-forget-gate"].verdict == "agrees"
    assert "torch.autograd ≤ 1.0e-15" in found["lstm-backward"].evidence["en"]


def test_a_comparison_that_failed_fails_the_fact_and_the_definitions():
    found = rows(with_numbers(document_of("lstm"), passed=False, fact="lstm-backward:∂W_f"))
    assert found["lstm-backward"].verdict == "failed"
    assert found["lstm-forget-gate"].verdict == "failed"


@pytest.mark.parametrize("verdict", ["undecided", "not shown", "verified"])
def test_no_row_is_better_than_what_it_shows(verdict):
    found = document_of("softmax_cross_entropy")
    fact = next(c["fact"] for c in found["claims"])
    for claim in found["claims"]:
        claim["verdict"] = verdict if claim["fact"] == fact else claim["verdict"]
    found["facts"][fact]["verdict"] = verdict
    assert rows(with_numbers(found))[fact].verdict == verdict


def test_a_step_that_is_not_proved_takes_the_mark_from_what_no_fact_speaks_of():
    found = document_of("lstm")
    for d in found["derivatives"]:
        if d["name"] == "∂c":
            d["steps"][0]["verdict"] = "not shown"
    assert rows(with_numbers(found))["Gradients"].verdict == "not shown"


def test_only_verified_leaves_out_and_counts():
    every, part = rows(document_of("lstm")), entry_part(document_of("lstm"), Choice(only_verified=True))
    assert {row.verdict for row in part.rows} == {"proved"}
    assert part.left_out == sum(row.verdict == "not run" for row in every.values()) == len(every) - len(part.rows) > 0


def test_what_is_commonly_stated_wrongly_stands_apart_with_its_counterexample_and_its_correction():
    made = sheet_of(with_numbers(document_of("rnn")))
    (stated,) = [s for s in made.stated if s.anchor == "rnn-bptt-jacobian-product-stated"]
    assert stated.mistakes[0].verdict == "refuted"
    assert all(word in stated.mistakes[0].counterexample[k] for k, word in (("en", "counterexample"), ("zh", "反例")))
    assert stated.correction.corrected and stated.correction.verdict == "proved" and stated.correction.formulas


def test_every_formula_of_the_document_is_on_the_sheet():
    found = document_of("lstm")
    shown = {f.text for row in rows(found).values() for f in row.formulas}
    sides = [e["formula"]["matrix"] for e in found["forward"]]
    sides += [r["matrix"] for d in found["derivatives"] if d["shown"] for r in d["result"]]
    sides += [c["formula"]["matrix"] for c in found["claims"]]
    for side in sides:
        assert any(text.startswith(f"{side['left'][0]} {side['relation'][0]} {side['right'][0]}") for text in shown)


def test_steps_none_key_and_all():
    counts = {steps: sum(len(d.steps) for row in rows(document_of("lstm"), steps=steps).values()
                         for d in row.derivations) for steps in ("none", "key", "all")}
    assert counts["none"] == 0 < counts["key"] < counts["all"]


def test_anchors_are_unique_over_the_catalogue_of_a_sheet():
    made = sheet_of(*map(document_of, ("lstm", "rnn", "batch_norm", "activations")))
    anchors = [row.anchor for entry in made.entries for row in entry.rows] + [s.anchor for s in made.stated]
    assert len(anchors) == len(set(anchors))


def test_what_an_assumption_says_in_words_it_says_in_the_language_of_the_sheet():
    assert assumption("n ≥ 1") == {"en": "n ≥ 1", "zh": "n ≥ 1"}
    (told,) = [words for words in entry_part(document_of("dropout"), Choice()).assumptions if "⊥" in words["en"]]
    assert "independent" in told["en"] and "独立" not in told["en"]
    assert "独立" in told["zh"] and "independent" not in told["zh"]
    assert told["en"].partition("(⊥")[0] == told["zh"].partition("(⊥")[0] and told["zh"].endswith(")")
