"""`derive sheet` and `derive site` as commands: what they write, what they refuse, and what they say."""

from __future__ import annotations

import json

import pytest

from cli.main import main
from cli.sheet.command import RENDERERS


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DERIVE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")


def test_every_format_by_its_ending_and_again_the_same_bytes(tmp_path, capsys):
    for form in RENDERERS:
        path = tmp_path / f"sheet.{form}"
        assert main(["sheet", "gelu", "-o", str(path), "--lang", "both", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        content = path.read_bytes()
        assert told["bytes"] == len(content) and told["format"] == form and told["entries"] == 1
        assert main(["sheet", "gelu", "-o", str(path), "--lang", "both"]) == 0
        assert path.read_bytes() == content
        assert b"2026-09-21" in content or form in ("pdf", "ipynb", "md")


def test_numbers_that_were_not_run_are_told_and_can_be_left_out(capsys):
    assert main(["sheet", "gelu", "--format", "md"]) == 0
    shown = capsys.readouterr()
    assert "first run: derive verify gelu" in shown.err and "not verified" in shown.out
    assert main(["sheet", "gelu", "--format", "md", "--only-verified"]) == 0
    assert "? not verified" not in capsys.readouterr().out.partition("## How this sheet")[0]


def test_one_fact_alone(capsys):
    assert main(["sheet", "lstm-backward", "--format", "md"]) == 0
    shown = capsys.readouterr().out
    assert "Backpropagation through time" in shown and "Forget gate" not in shown


@pytest.mark.parametrize(("arguments", "message"), [
    (["sheet"], "name entries"),
    (["sheet", "gelu", "--all", "-o", "x.md"], "name entries"),
    (["sheet", "gelo", "-o", "x.md"], "did you mean gelu"),
    (["sheet", "gelu", "-o", "x.docx"], "tells no format"),
    (["sheet", "gelu"], "tells no format"),
    (["sheet", "gelu", "--format", "md", "--json"], "says where to write"),
    (["sheet", "gelu", "-o", "/nowhere/x.md"], "cannot be written"),
    (["site"], "required"),
])
def test_bad_input_is_one_line(arguments, message, capsys):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error.splitlines()[-1] and "Traceback" not in error


def test_a_date_that_is_none(monkeypatch, capsys):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert main(["sheet", "gelu", "--format", "md"]) == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


def test_a_failed_row_fails_the_command(monkeypatch, capsys):
    monkeypatch.setattr("cli.sheet.contents.fact_verdict", lambda document, fact: "failed")
    assert main(["sheet", "gelu", "--format", "md"]) == 1
    assert "FAILED" in capsys.readouterr().out


def test_a_site_leaves_other_folders_alone_and_removes_only_what_it_wrote(tmp_path, monkeypatch, capsys):
    from cli.sheet import site
    from derive import catalogue

    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "thesis.tex").write_text("mine")
    assert main(["site", "-o", str(folder)]) == 2
    assert "left as it is" in capsys.readouterr().err and (folder / "thesis.tex").read_text() == "mine"
    (folder / "thesis.tex").unlink()

    heads = {head.name: head for head in catalogue.heads()}
    monkeypatch.setattr(site, "wanted", lambda names, everything: [(heads[n], None) for n in ("fgsm", "gelu")])
    assert main(["site", "-o", str(folder), "--json"]) == 0
    assert "en/fgsm.html" in json.loads(capsys.readouterr().out)["files"]
    (folder / "mine.txt").write_text("mine")
    monkeypatch.setattr(site, "wanted", lambda names, everything: [(heads["gelu"], None)])
    assert main(["site", "-o", str(folder)]) == 0
    assert (folder / "zh/gelu.html").exists() and not (folder / "en/fgsm.html").exists()
    assert (folder / "mine.txt").read_text() == "mine"


