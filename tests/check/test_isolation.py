"""Documents that hang, crash or eat memory cost a statement, never the run, and never pass."""

from __future__ import annotations

import os
import time

import pytest

from cli.judge_server import ENOUGH, half
from cli.judging import Judging, Limits, Server, Unjudged

STAGED = "tests.check.staged"


@pytest.fixture
def judging():
    with Judging(Limits(statement=1, document=30, memory=512), STAGED) as made:
        yield made


def verdicts(rows):
    return [(r["verdict"], r["evidence"]["detail"]) for r in rows]


@pytest.mark.parametrize("act, why", [
    ("hang", "took longer than 1 s"),
    ("compute", "took longer than 1 s"),
    ("eat", "needs more than 512 MB"),
    ("die", "the judging process stopped"),
    ("raise", "internal error: RecursionError: too deep"),
])
def test_one_bad_statement_is_undecided_and_the_others_are_judged(judging, act, why):
    rows, complete, _ = judging.rows("a.md", f"fine\n{act}\nfine\n{act}\nfine")
    assert verdicts(rows) == [("proved", ""), ("undecided", why)] * 2 + [("proved", "")]
    assert not complete
    assert [r["source"] for r in rows] == ["fine", act, "fine", act, "fine"]


@pytest.mark.parametrize("act, why", [
    ("hang", "took longer than 1 s"),
    ("eat", "needs more than 512 MB"),
    ("die", "the judging process stopped"),
    ("raise", "internal error: RecursionError: too deep"),
])
@pytest.mark.parametrize("at", [3, 24])
def test_so_it_is_in_either_half_of_a_long_document(judging, act, why, at):
    lines = ["fine"] * ENOUGH * 2
    lines[at] = act
    rows, complete, _ = judging.rows("a.md", "\n".join(lines))
    assert verdicts(rows) == [("undecided", why) if k == at else ("proved", "") for k in range(len(lines))]
    assert not complete and [r["source"] for r in rows] == lines


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor judges a document alone")
def test_two_processes_share_a_long_document(judging):
    rows, complete, _ = judging.rows("a.md", "\n".join(["fine"] * ENOUGH))
    assert complete and len({r["subject"] for r in rows}) == 2
    assert len({r["subject"] for r in judging.rows("a.md", "\n".join(["fine"] * (ENOUGH - 1)))[0]}) == 1


def test_claims_take_longer_than_definitions():
    assert half(["definition"] * 20) == 10
    assert half([*["definition"] * 16, *["claim"] * 4]) == 16
    assert half([*["claim"] * 4, *["definition"] * 16]) == 4


@pytest.mark.parametrize("act, why", [("die", "stopped"), ("raise", "internal error: RecursionError"),
                                      ("eat", "too much memory"), ("refuse", "^a.md:2:3: too many statements")])
def test_a_document_that_cannot_be_taken_apart_is_an_error(judging, act, why):
    with pytest.raises(Unjudged, match=why):
        judging.rows("a.md", f"at once: {act}\nfine")
    rows, complete, _ = judging.rows("a.md", "fine")
    assert complete and verdicts(rows) == [("proved", "")], "the next document is judged"


def test_a_document_that_hangs_at_once_is_an_error():
    with Judging(Limits(statement=1, document=2), STAGED) as judging:
        with pytest.raises(Unjudged, match="longer than 2 s"):
            judging.rows("a.md", "at once: hang\nfine")


def test_the_whole_document_has_a_limit():
    with Judging(Limits(statement=1, document=3), STAGED) as judging:
        begin = time.monotonic()
        rows, complete, _ = judging.rows("a.md", "fine\n" + "hang\n" * 20 + "fine")
    assert time.monotonic() - begin < 20 and not complete and len(rows) == 22
    assert verdicts(rows)[0] == ("proved", "")
    assert verdicts(rows)[-1] == ("undecided", "the document took longer than 3 s")
    assert {v for v, _ in verdicts(rows)[1:]} == {"undecided"}


def test_what_is_printed_is_no_answer(judging):
    rows, complete, _ = judging.rows("a.md", "print\nfine")
    assert complete and [r["verdict"] for r in rows] == ["proved", "proved"]


def test_each_document_has_a_process_of_its_own(judging):
    first, second = (judging.rows("a.md", "fine\nfine")[0] for _ in range(2))
    assert len({r["subject"] for r in first + second}) == 2


def test_a_document_without_statements():
    with Judging() as judging:
        assert judging.rows("a.md", "No formulas here.\n") == ([], True, None)


@pytest.mark.parametrize("act", ["hang", "compute"])
def test_nothing_is_left_running(act):
    groups = set()
    with Judging(Limits(statement=1, document=30), STAGED) as judging:
        for text in ("fine", f"fine\n{act}\nfine", "fine"):
            judging.rows("a.md", text)
            groups.add(judging._server._process.pid)
    assert len(groups) == 2 and not groups & {group for group, state in processes() if state != "Z"}


def processes():
    """The group and the state of every process."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(fields[2]), fields[0]


def test_a_judge_that_cannot_be_imported():
    with pytest.raises(Unjudged, match="ModuleNotFoundError"):
        Server("tests.check.absent")


def test_the_folder_of_the_document_is_no_place_to_import_from(tmp_path, monkeypatch):
    (tmp_path / "sympy.py").write_text("open('owned', 'w')", encoding="utf-8")
    (tmp_path / "json.py").write_text("open('owned', 'w')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Judging() as judging:
        rows, complete, _ = judging.rows("a.md", "$$ a = b $$")
    assert complete and rows and not (tmp_path / "owned").exists()
