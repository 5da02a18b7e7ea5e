"""`derive NAME` on real entries: every format, language and notation; what is cached; exit statuses."""

from __future__ import annotations

import json

import pytest

from cli import numbers
from cli.main import main

ENTRY = "softmax_cross_entropy"


@pytest.fixture(autouse=True)
def without_libraries(monkeypatch):
    """Numbers are the business of test_numbers."""
    monkeypatch.setattr(numbers, "available", lambda: [])


@pytest.fixture
def shown(capsys):
    def run(*arguments: str) -> str:
        assert main(arguments) == 0
        return capsys.readouterr().out
    return run


def test_libraries_that_are_not_installed_are_named_with_the_extra(shown):
    text = " ".join(shown(ENTRY).split())
    assert ("numbers not run, because these are not installed: torch, jax; install with pip install 'derive[verify]', "
            f"then derive verify {ENTRY}") in text


def test_no_numbers_says_so(shown):
    assert f"numbers not run: derive verify {ENTRY}" in shown(ENTRY, "--no-numbers")


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "json"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("notation", ["matrix", "index"])
def test_the_cache_changes_nothing_but_its_own_mention(shown, form, language, notation):
    arguments = (ENTRY, "--show", "--format", form, "--lang", language, "--notation", notation)
    first, second = shown(*arguments), shown(*arguments)
    mentions = ("from the cache, ", "来自缓存, ", '"cached": true', '"cached": false')

    def without_mention(text: str) -> str:
        for mention in mentions:
            text = text.replace(mention, "")
        return "".join(text.split())
    assert first != second
    assert without_mention(first) == without_mention(second)


def test_no_cache_neither_reads_nor_writes(shown, own_cache):
    shown(ENTRY, "--no-cache")
    assert not own_cache.exists()
    shown(ENTRY)
    assert "from the cache" not in shown(ENTRY, "--no-cache")


def test_every_step_has_rule_before_after_and_verdict(shown):
    page = json.loads(shown("lstm", "--show", "--format", "json"))
    assert page["version"] == 1 and page["name"] == "lstm" and set(page["title"]) == {"en", "zh"}
    steps = [s for d in page["derivatives"] for s in d["steps"]]
    assert len(steps) > 20
    for step in steps:
        assert step["rule"] and step["before"]["text"] and step["before"]["latex"]
        assert step["after"]["text"] and step["after"]["latex"]
        assert step["verdict"] == "proved", step
        assert step["words"]["en"] and step["words"]["zh"]
    for d in page["derivatives"]:
        assert d["result"]
        assert all(line["text"] and line["latex"] and line["left"] and line["right"] for line in d["result"])
    assert all(c["verdict"] in ("proved", "verified") for c in page["claims"])
    assert len(page["mistakes"]) >= 3
    for mistake in page["mistakes"]:
        assert mistake["verdict"] == "refuted" and mistake["counterexample"]["inputs"] and mistake["why"]["zh"]
    assert page["verdict"]["passed"] and page["verdict"]["symbolic"]["passed"] and page["verdict"]["not_run"]


def test_the_lstm_has_its_boundary_cases_and_its_concatenation(shown):
    text = shown("lstm", "--show")
    assert "[h^(t−1), x^(t)]" in text
    for case in ("(t = T)", "∂L/∂h^(0)", "∂L/∂c^(0)"):
        assert case in text


@pytest.mark.parametrize("name", ["W_f", "∂W_f", "dW_f", "∂L/∂W_f"])
def test_only_accepts_every_way_to_name_a_gradient(shown, name):
    assert "∂L/∂W_f" in shown("lstm", "--only", name)


@pytest.mark.parametrize("name", ["delta_f", "δ_f", "a_f"])
def test_only_accepts_a_gradient_with_a_name_of_its_own(shown, name):
    text = shown("lstm", "--only", name, "--show")
    assert "δ_f" in text and "δ_o^(t) =" not in text


def test_the_index_notation_differs(shown):
    assert shown(ENTRY, "--notation", "index") != shown(ENTRY)


def test_a_failing_step_is_exit_status_one(capsys, monkeypatch):
    from cli.studies import document_of

    def damaged(head):
        made, study = document_of(head)
        made["derivatives"][0]["steps"][0]["verdict"] = "not shown"
        return made, study

    monkeypatch.setattr("cli.studies.document_of", damaged)
    assert main([ENTRY]) == 1
    assert "✗ failed" not in capsys.readouterr().out


def test_no_color_and_pipes_have_no_colours(derive):
    assert "\033[" not in derive(ENTRY, "--show", "--no-numbers").stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk"])
def test_an_output_that_is_not_unicode_gets_question_marks_and_one_line(derive, encoding):
    run = derive(ENTRY, "--show", "--no-numbers", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert run.returncode == 0 and "Traceback" not in run.stderr
    assert len(run.stderr.splitlines()) == 1 and "characters that it lacks" in run.stderr
    data = derive(ENTRY, "--format", "json", "--no-numbers", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert json.loads(data.stdout)["title"]["zh"]
