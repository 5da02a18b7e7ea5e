"""A few mangled documents a run (SEED); `python -m tests.check.fuzz` takes as many as one likes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter

import pytest

from tests.check import fuzz
from tests.check.mangling import HERE, as_latex, as_notebook, document, parts, texts

SEED = int(os.environ.get("SEED", "0"))
COUNT = 250
FOUND = (HERE / "fuzzed" / "found.txt").read_text(encoding="utf-8").split("\n====\n")


@pytest.fixture(scope="module")
def watch():
    return fuzz.Watch()


def test_mangled_documents_get_an_answer_in_time(watch):
    every, newest, verdicts = texts(), parts(), Counter()
    for number in range(COUNT * SEED, COUNT * (SEED + 1)):
        name, content = document(random.Random(f"suite {number}"), every, newest)
        assert not fuzz.offence(name, content, watch, verdicts), content
    assert len(verdicts) > 3


@pytest.mark.parametrize("content", FOUND)
def test_documents_that_once_had_no_answer_have_one(watch, content):
    assert not fuzz.offence("page.md", content, watch, Counter())


@pytest.mark.parametrize("name", ["page.md", "page.tex", "page.ipynb"])
def test_documents_of_every_kind_are_judged(name):
    make = {"page.md": lambda _, t: t, "page.tex": as_latex, "page.ipynb": as_notebook}[name]
    found = fuzz.judged(name, make(random.Random(1), "$$ y = x + x $$\n\n$$ y = 2 x $$"))
    assert "proved" in found or name == "page.ipynb"
    assert fuzz.judged("page.ipynb", json.dumps([])) == []


@pytest.mark.parametrize("deed", [lambda path: path.write_text("x"), lambda _: subprocess.run([sys.executable, "-V"]),
                                  lambda _: eval(f"'{fuzz.CANARY}'")])
def test_what_only_code_can_do_is_noticed(watch, deed, tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz, "judged", lambda *_: deed(tmp_path / "x") and ["proved"])
    assert fuzz.offence("page.md", "", watch, Counter()).startswith("ran: ")


def test_a_crash_and_a_hang_are_offences(watch, monkeypatch):
    monkeypatch.setattr(fuzz, "judged", lambda *_: {}["x"])
    assert fuzz.offence("page.md", "", watch, Counter()) == "KeyError: 'x'"
    monkeypatch.setattr(fuzz, "LIMIT", 0.05)
    monkeypatch.setattr(fuzz, "judged", lambda *_: [None for _ in iter(int, 1)])
    assert fuzz.offence("page.md", "", watch, Counter()).startswith("gave up")
