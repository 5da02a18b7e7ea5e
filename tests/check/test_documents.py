"""Which files are checked; what cannot be read is one line on stderr, and exit status 2."""

from __future__ import annotations

import json
import os

import pytest

from cli import check_files
from tests.check.samples import RIGHT, WRONG

HUGE = "x" * 1_000_001


def one_line(err: str, *parts: str) -> None:
    assert err.startswith("derive: ") and err.count("\n") == 1, err
    for part in parts:
        assert part in err, err


@pytest.mark.parametrize("form", ["text", "json", "concise"])
@pytest.mark.parametrize("name, content, why", [
    ("bad.md", b"# a\n\xff\n", "bad.md:2: not UTF-8"), ("huge.md", HUGE.encode(), "larger than 1000 kB"),
    ("notes.rst", b"x", "no document"), ("notes", b"x", "no document"),
    ("notes.ipynb", b"{}", "the notebook has no list of cells"),
    ("notes.ipynb", b"{", "notes.ipynb:1:2: a notebook is JSON"), ("notes.ipynb", b"\xff", "notes.ipynb:1: not UTF-8"),
    ("notes.tex", HUGE.encode(), "larger than 1000 kB"),
])
def test_what_cannot_be_read(check, folder, name, content, why, form):
    (folder / name).write_bytes(content)
    status, out, err = check(name, "--format", form)
    assert status == 2 and not out
    one_line(err, name, why)


@pytest.mark.parametrize("name", ["absent.md", "absent", "absent/a.md", "a\0.md", "x" * 5_000 + ".md"])
def test_a_file_that_is_not_there(check, name):
    status, out, err = check(name)
    assert status == 2 and not out
    one_line(err, "there is no file")


def test_no_file_at_all(check):
    status, _, err = check()
    assert status == 2
    one_line(err, "FILE")


def test_a_pipe_and_a_link_in_circles_are_refused_at_once(check, folder):
    os.mkfifo(folder / "pipe.md")
    (folder / "circle.md").symlink_to("circle.md")
    for name in ("pipe.md", "circle.md"):
        status, out, err = check(name)
        assert status == 2 and not out
        one_line(err, name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(check, folder):
    (folder / "a.md").write_text(RIGHT, encoding="utf-8")
    (folder / "a.md").chmod(0)
    one_line(check("a.md")[2], "a.md cannot be read")


def test_the_others_are_checked_all_the_same(check, folder):
    (folder / "bad.md").write_bytes(b"\xff")
    (folder / "wrong.md").write_text(WRONG, encoding="utf-8")
    status, out, err = check("bad.md", "absent.md", "wrong.md", "--json")
    assert status == 2 and err.count("\n") == 2
    assert [f["path"] for f in json.loads(out)["files"]] == ["wrong.md"]
    status, out, _ = check("bad.md", "wrong.md", "--format", "github")
    assert status == 2 and out.startswith("::error file=bad.md::bad.md%3A1%3A not UTF-8") or "not UTF-8" in out


def test_a_document_that_cannot_be_taken_apart(check, folder):
    (folder / "many.md").write_text("$y = x$\n" * 401, encoding="utf-8")
    status, out, err = check("many.md")
    assert status == 2 and not out
    one_line(err, "derive: many.md:401:2: more than 400 statements")


# -- folders ------------------------------------------------------------------------------------------------------
@pytest.fixture
def course(folder):
    for name in ("b.md", "a.MD", "sub/c.txt", "sub/deep/d.markdown", "e.rst", "f.py", ".hidden.md", ".git/g.md",
                 "node_modules/h.md", "sub/.venv/i.md"):
        (folder / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "course" / name).write_text(RIGHT, encoding="utf-8")
    return folder / "course"


def paths(out: str) -> list[str]:
    return [f["path"] for f in json.loads(out)["files"]]


def test_a_folder_is_walked(check, course):
    status, out, err = check("course", "--json")
    assert status == 0 and not err
    assert paths(out) == ["course/a.MD", "course/b.md", "course/sub/c.txt", "course/sub/deep/d.markdown"]
    assert paths(check("course/", "--json")[1]) == paths(out)


def test_each_file_once(check, course):
    found = paths(check("course/b.md", "course", "./course/b.md", "course/sub/../b.md", "--json")[1])
    assert len(found) == 4 and found[0] == "course/b.md"


def test_links_in_a_folder_are_not_followed(check, course, folder):
    (folder / "secret.md").write_text(WRONG, encoding="utf-8")
    (course / "link.md").symlink_to(folder / "secret.md")
    (course / "around").symlink_to(course)
    status, out, err = check("course", "--json")
    assert status == 0 and "course/link.md" not in paths(out) and len(paths(out)) == 4
    one_line(err, "course/link.md is a link")
    assert check("course/link.md")[0] == 1


def test_a_folder_without_documents(check, folder):
    (folder / "empty").mkdir()
    status, out, err = check("empty")
    assert status == 2 and not out
    one_line(err, "there is no document in empty")


def test_too_many_files(check, course, monkeypatch):
    monkeypatch.setattr(check_files, "MOST_FILES", 3)
    one_line(check("course")[2], "more than 3 documents")


def test_line_ends_and_marks_of_windows(check, folder):
    (folder / "a.md").write_bytes(b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    assert "a.md:9:1: ✗ refuted" in check("a.md")[1]
