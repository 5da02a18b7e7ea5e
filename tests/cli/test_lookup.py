"""A name may be an entry, a fact, a section or a topic; `derive search` finds all of them by words."""

from __future__ import annotations

import json

import pytest

from cli.errors import UserError
from cli.lookup import look_up
from cli.main import main
from derive import catalogue
from tests.studies import SEED, share


def names(found):
    return [head.name for head in found.heads]


def test_an_entry_comes_before_a_topic_of_that_name():
    assert any(h.topic == "embedding" for h in catalogue.heads())
    assert names(look_up("embedding")) == ["embedding"] and look_up("embedding").fact is None


def test_a_fact_leads_to_its_entry():
    """One of a third of the entries, others for each seed of a run: each reads the whole catalogue."""
    for head in share(catalogue.heads(), 3):
        facts = [fact for fact in head.facts if fact != head.name]
        for fact in facts[SEED % max(len(facts), 1):][:1]:
            assert look_up(fact).fact == fact and names(look_up(fact)) == [head.name]


def test_a_section_is_all_of_its_entries_and_a_chapter_all_of_its_sections():
    every = catalogue.heads()
    assert names(look_up("2.2")) == [h.name for h in every if h.section == "2.2"] != []
    assert names(look_up("2")) == [h.name for h in every if h.section.split(".")[0] == "2"]
    assert set(names(look_up("recurrent"))) == {h.name for h in every if h.topic == "recurrent"}


@pytest.mark.parametrize("name, hint", [("lstm-forgt", "lstm"), ("2.9", "2.2"), ("recurent", "recurrent"),
                                        ("[h, x]", "see derive search")])
def test_what_is_not_there_is_one_line_with_a_hint(name, hint):
    with pytest.raises(UserError, match=hint):
        look_up(name)


def test_documents_are_found_where_they_are_asked_for(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("y = x", encoding="utf-8")
    assert look_up(str(page)).heads[0].path == str(page)
    with pytest.raises(UserError):
        look_up(str(page), files=False)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    monkeypatch.setenv("DERIVE_CACHE_DIR", str(tmp_path / "cache"))


def run(capsys, *arguments):
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_fact_shows_what_stands_for_it_and_no_more(capsys, cached):
    status, text, _ = run(capsys, "softmax-jacobian", "--no-numbers", "--show")
    head = catalogue.find("softmax_cross_entropy")
    assert head.facts["softmax-jacobian"]["en"] in text.splitlines()[0] and "∂p/∂z" in text
    *_, one = (json.loads(run(capsys, n, "--no-numbers", "--format", "json")[1]) for n in (
        "softmax_cross_entropy", "softmax-jacobian"))
    whole = json.loads(run(capsys, "softmax_cross_entropy", "--no-numbers", "--format", "json")[1])
    assert 0 < len(one["derivatives"]) < len(whole["derivatives"])
    assert {c["fact"] for c in one["claims"]} <= {"softmax-jacobian"}
    assert status == 0


def test_a_topic_prints_every_entry_and_json_holds_them_all(capsys, cached):
    status, text, _ = run(capsys, "normalisation", "--no-numbers", "--lang", "zh")
    heads = look_up("normalisation").heads
    assert status == 0 and all(h.title["zh"] in text for h in heads)
    _, made, _ = run(capsys, "normalisation", "--no-numbers", "--format", "json")
    assert [e["name"] for e in json.loads(made)["entries"]] == [h.name for h in heads]
    _, latex, _ = run(capsys, "normalisation", "--no-numbers", "--format", "latex")
    assert latex.count("\\begin{document}") == latex.count("\\end{document}") == 1


@pytest.mark.parametrize("arguments", [("2.2", "--only", "W_f"), ("2.2", "--emit", "torch")])
def test_what_needs_one_entry_says_so(capsys, arguments):
    status, out, complaint = run(capsys, *arguments)
    assert (status, out) == (2, "") and "lstm" in complaint and complaint.count("\n") == 1


# -- search -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words", [("attention",), ("注意力",), ("ATTENTION",), ("multi", "head")])
def test_entries_are_found_in_both_languages(capsys, words):
    status, text, _ = run(capsys, "search", *words)
    assert status == 0 and "multi_head_attention" in text


def test_facts_are_found_with_their_entries(capsys):
    status, made, _ = run(capsys, "search", "forget", "gate", "--json")
    found = {e["name"]: [f["id"] for f in e["facts"]] for e in json.loads(made)["entries"]}
    assert status == 0 and "lstm-forget-gate" in found["lstm"]
    assert "遗忘门" in run(capsys, "search", "遗忘门", "--lang", "zh")[1]


def test_all_words_must_occur(capsys):
    assert run(capsys, "search", "attention", "momentum")[0] == 1


@pytest.mark.parametrize("words", [("zzz",), ("[red]x",), (".*",)])
def test_nothing_found_is_one_line(capsys, words):
    status, out, complaint = run(capsys, "search", *words)
    assert (status, out) == (1, "") and complaint.count("\n") == 1


@pytest.mark.parametrize("words", [("",), (" ",), ("x" * 300,), ()])
def test_a_query_without_a_word_or_too_long_is_bad_input(capsys, words):
    status, out, complaint = run(capsys, "search", *words)
    assert (status, out) == (2, "") and complaint.count("\n") == 1
