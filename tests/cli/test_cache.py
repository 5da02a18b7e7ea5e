"""Whatever happens to the cache, the command answers as if it were empty."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli import cache as caching
from cli.cache import SUFFIX, Cache, directory, source_digest
from tests.cli.documents import document

KEY = "0" * 32
SUMMARY = {"facts": {"a": "proved"}, "verdict": "passed"}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(str(tmp_path / "c"), KEY)


@pytest.fixture
def kept(cache: Cache) -> Path:
    """The file of a document that is in the cache."""
    assert cache.write("sample", document(), SUMMARY)
    return Path(str(cache.folder)) / f"sample-{KEY}{SUFFIX}"


def test_what_was_kept_is_found(cache, kept):
    assert cache.read("sample") == document()
    assert cache.read_summary("sample") == {**SUMMARY, "name": "sample"}


def test_a_name_that_was_not_kept_is_not_found(cache, kept):
    assert cache.read("other") is None
    assert cache.read_summary("other") is None


@pytest.mark.parametrize("damage", [
    lambda b: b"", lambda b: b[:-1], lambda b: b[:50], lambda b: b"{}", lambda b: b"\x00" * 100,
    lambda b: b.replace(b"proved", b"proveD"), lambda b: b + b" ",
    lambda b: b.replace(b"derive-cache 1", b"derive-cache 0"),
    lambda b: b.replace(KEY.encode(), b"1" * 32)])
def test_a_damaged_file_is_not_read(cache, kept, damage):
    kept.write_bytes(damage(kept.read_bytes()))
    assert cache.read("sample") is None


def test_a_damaged_summary_is_not_read(cache, kept):
    header, summary, body = kept.read_bytes().split(b"\n")
    kept.write_bytes(b"\n".join([header, summary.replace(b"passed", b"Passed"), body]))
    assert cache.read_summary("sample") is None
    assert cache.read("sample") is not None


def test_a_file_of_another_entry_is_not_read(cache, kept):
    kept.rename(kept.with_name(kept.name.replace("sample", "other")))
    assert cache.read("other") is None


def test_another_key_finds_nothing(cache, kept):
    assert Cache(cache.folder, "1" * 32).read("sample") is None


def test_a_folder_in_the_place_of_a_file_is_no_error(cache, kept):
    kept.unlink()
    kept.mkdir()
    assert cache.read("sample") is None
    assert not cache.write("sample", document(), SUMMARY)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_file_does_not_block(cache, kept):
    kept.unlink()
    os.mkfifo(kept)
    assert cache.read("sample") is None


def test_a_file_in_the_place_of_the_folder_bypasses(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(str(tmp_path / "file"), KEY)
    assert not cache.write("sample", document(), SUMMARY)
    assert cache.read("sample") is None


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(cache, kept, monkeypatch):
    before = kept.read_bytes()

    def refuse(*_):
        raise PermissionError("read-only")

    monkeypatch.setattr(os, "replace", refuse)
    assert not cache.write("sample", document(section="1"), SUMMARY)
    assert kept.read_bytes() == before
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]


def test_sources_that_cannot_be_read_bypass(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise PermissionError("no")

    monkeypatch.setattr(caching, "source_digest", refuse)
    cache = Cache(str(tmp_path))
    assert cache.read("sample") is None and not cache.write("sample", document(), SUMMARY)


def test_nothing_is_kept_when_the_sources_changed_meanwhile(monkeypatch, tmp_path):
    cache = Cache(str(tmp_path))
    monkeypatch.setattr(caching, "source_digest", lambda **_: "changed")
    assert not cache.write("sample", document(), SUMMARY)


def test_old_files_go_and_others_stay(cache, kept, monkeypatch):
    foreign = kept.parent / "notes.txt"
    foreign.write_text("mine")
    monkeypatch.setattr(caching, "KEPT_FILES", 2)
    os.utime(kept, (1, 1))
    for name in ("b", "c"):
        cache.write(name, document(name=name), SUMMARY)
    assert not kept.exists() and foreign.exists()
    assert cache.read("b") and cache.read("c")


def test_the_key_follows_the_sources(tmp_path):
    room = tmp_path / "derive"
    room.mkdir()
    (room / "a.py").write_text("x = 1")
    first = source_digest(str(tmp_path))
    (room / "a.py").write_text("x = 2")    # the same size, perhaps within the same tick of the clock
    second = source_digest(str(tmp_path))
    (room / "a.py").rename(room / "b.py")
    assert len({first, second, source_digest(str(tmp_path))}) == 3


def test_the_key_follows_the_versions(monkeypatch, tmp_path):
    keys = set()
    for version in ("1.13.0", "1.14.0"):
        monkeypatch.setattr(caching, "installed", lambda v=version: {"sympy": v})
        keys.add(Cache(str(tmp_path)).key)
    assert len(keys) == 2


def test_where_the_cache_lies(monkeypatch, tmp_path):
    assert directory() == os.environ["DERIVE_CACHE_DIR"]
    monkeypatch.delenv("DERIVE_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert directory() == str(tmp_path / "derive")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert directory() == str(tmp_path / "home" / ".cache" / "derive")


def test_the_command_answers_with_a_damaged_and_with_an_unwritable_cache(derive, own_cache, tmp_path):
    arguments = ("softmax_cross_entropy", "--show", "--no-numbers")
    fresh = derive(*arguments)
    assert fresh.returncode == 0, fresh.stderr
    (file,) = own_cache.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    rebuilt = derive(*arguments)
    assert rebuilt.returncode == 0 and "from the cache" not in rebuilt.stdout
    assert "from the cache" in derive(*arguments).stdout
    (tmp_path / "file").write_text("")
    bypassed = derive(*arguments, DERIVE_CACHE_DIR=str(tmp_path / "file"))
    assert bypassed.returncode == 0 and bypassed.stderr == ""
