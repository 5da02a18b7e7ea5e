"""A second run reads what the first one found, as long as neither the document nor the engine has changed."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from cli import cache, check as command, judging
from tests.check.conftest import PROJECT
from tests.check.samples import RIGHT, WRONG
from tests.cli.test_startup import HEAVY


@pytest.fixture
def runs(monkeypatch):
    """How many documents were judged."""
    judged = []
    rows = judging.Judging.rows
    monkeypatch.setattr(judging.Judging, "rows", lambda self, name, text: judged.append(text) or rows(self, name, text))
    return judged


@pytest.fixture
def page(folder):
    path = folder / "notes.md"
    path.write_text(WRONG, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "concise"])
def test_the_second_run_says_the_same_and_judges_nothing(check, page, runs, form):
    first = check("notes.md", "--format", form)
    assert check("notes.md", "--format", form) == first and len(runs) == 1
    assert check("notes.md", "--format", form, "--no-cache") == first and len(runs) == 2


def test_another_name_and_another_language_need_no_judge(check, page, runs, folder):
    check("notes.md")
    (folder / "copy.md").write_text(WRONG, encoding="utf-8")
    status, out, _ = check("copy.md", "--lang", "zh", "--strict")
    assert status == 1 and "copy.md:9:1: ✗ 已反驳" in out and len(runs) == 1


def test_a_changed_document_is_judged_afresh(check, page, runs):
    assert check("notes.md")[0] == 1
    page.write_text(RIGHT, encoding="utf-8")
    assert check("notes.md")[0] == 0 and len(runs) == 2


@pytest.mark.parametrize("place", ["derive/catalogue/network/new.py", "verify/new.py"])
def test_a_changed_engine_or_catalogue_judges_afresh(check, page, runs, monkeypatch, tmp_path_factory, place):
    root = tmp_path_factory.mktemp("root")
    (root / place).parent.mkdir(parents=True)
    digest = cache.source_digest
    monkeypatch.setattr(cache, "source_digest", lambda entries=False: digest(str(root), entries))
    check("notes.md")
    check("notes.md")
    assert len(runs) == 1
    (root / place).write_text("1", encoding="utf-8")
    check("notes.md")
    assert len(runs) == 2


def test_a_damaged_cache_is_as_none(check, page, runs, own_cache):
    first = check("notes.md")
    (kept,) = own_cache.iterdir()
    for content in (b"", kept.read_bytes().replace(b"refuted", b"proved "), kept.read_bytes()[:-9], b"\0" * 99):
        kept.write_bytes(content)
        assert check("notes.md") == first
    assert len(runs) == 5


def test_what_was_given_up_is_not_kept(check, folder, monkeypatch, runs, own_cache):
    monkeypatch.setattr(judging, "JUDGE", "tests.check.staged")
    (folder / "a.md").write_text("fine\ndie\nfine", encoding="utf-8")
    for count in (1, 2):
        status, out, _ = check("a.md", "--strict")
        assert status == 1 and "the judging process stopped" in out and len(runs) == count
    assert not list(own_cache.iterdir())


def test_without_a_cache_nothing_is_written(check, page, own_cache):
    check("notes.md", "--no-cache")
    assert not list(own_cache.iterdir())


def test_the_judge_starts_once_for_all_documents(check, folder, monkeypatch):
    started = []
    server = judging.Server
    monkeypatch.setattr(judging, "Server", lambda judge: started.append(judge) or server(judge))
    for k in range(3):
        (folder / f"{k}.md").write_text(WRONG + f"{k}\n", encoding="utf-8")
    assert check(".")[0] == 1 and len(started) == 1


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "concise"])
def test_the_second_run_imports_nothing_heavy(check, page, form):
    check("notes.md")
    command_line = ["-c", "from cli.main import main; main()", "check", "notes.md", "--format", form]
    run = subprocess.run([sys.executable, "-X", "importtime", *command_line, "--junit", "out.xml"], timeout=300,
                         env={**os.environ, "PYTHONPATH": str(PROJECT)}, capture_output=True, encoding="utf-8")
    found = {m.strip() for m in re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s*(\S+)$", run.stderr, re.MULTILINE)}
    assert "cli.check" in found and not found & {*HEAVY, "cli.judging", "subprocess"}
    assert "9" in run.stdout and command.__name__ in found


def test_a_document_is_judged_without_sympy():
    said = "$x ∈ ℝ^n$, $L = ½‖x‖²$, $∂L/∂x = x$, $∂L/∂x = 2 x$"
    program = ("import sys; from verify.documents.judge import findings; found = findings(sys.argv[1]); "
               "print([f.verdict for f in found][-2:], sorted({'sympy', 'numpy', 'torch', 'jax'} & set(sys.modules)))")
    run = subprocess.run([sys.executable, "-c", program, said], timeout=300, capture_output=True, encoding="utf-8",
                         env={**os.environ, "PYTHONPATH": str(PROJECT)})
    assert run.stdout == "['proved', 'refuted'] []\n", run.stderr
