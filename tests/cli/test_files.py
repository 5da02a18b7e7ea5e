"""`derive FILE`: a document in the place of an entry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import numbers
from cli.main import main

PAGES = Path(__file__).parents[1] / "documents" / "pages"


@pytest.fixture(autouse=True)
def without_libraries(monkeypatch):
    monkeypatch.setattr(numbers, "available", lambda: [])


def shown(capsys, *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, out, err


def write(folder: Path, text: str, name: str = "notes.md") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_document_is_shown_like_an_entry(capsys):
    path = str(PAGES / "mlp.md")
    status, out, _ = shown(capsys, path, "--show")
    assert status == 0
    for part in ("A two-layer network with squared error", "Forward computation", "ŷ = W_2 a + b_2", "chain rule",
                 "∂L/∂W_2 = (ŷ − y) aᵀ", "Claims of the document", f"{path}:14:1: by normal form",
                 "not declared, read from use: b_1 ∈ ℝ^{m}", "4/4 closed forms shown"):
        assert part in out.replace("\u0302", "\u0302").replace("y\u0302", "ŷ"), part


def test_a_refuted_claim_fails_the_run_and_shows_its_input(capsys):
    path = str(PAGES / "softmax_wrong.md")
    status, out, _ = shown(capsys, path)
    assert status == 1 and "✗ refuted" in out and f"{path}:7:1:" in out and "counterexample (K = 2)" in out


def test_one_gradient_in_index_notation_in_chinese(capsys):
    status, out, _ = shown(capsys, str(PAGES / "ridge.md"), "--only", "w", "--notation", "index", "--lang", "zh")
    assert status == 0 and "∂J/∂w[" in out and "文档中的断言" in out


@pytest.mark.parametrize("form", ["markdown", "latex", "json"])
def test_every_format_prints_a_document(capsys, form):
    status, out, _ = shown(capsys, str(PAGES / "rnn.md"), "--show", "--format", form)
    assert status == 1 and out
    if form == "json":
        found = json.loads(out)
        assert [c["verdict"] for c in found["claims"]].count("refuted") == 1


def test_problems_are_told_one_by_one_with_their_places(capsys, tmp_path):
    path = write(tmp_path, "```\nx ∈ ℚ\ny = x +\n```\n")
    status, out, err = shown(capsys, path)
    assert status == 2 and not out
    assert [line.split(": ")[0] for line in err.splitlines()] == [f"{path}:2:5", f"{path}:3:8"]


@pytest.mark.parametrize(("make", "message"), [
    (lambda folder: str(folder), "is a directory"),
    (lambda folder: str(folder / "missing.md"), "there is no file"),
    (lambda folder: _bytes(folder, b"caf\xe9"), "not UTF-8 (byte 0xe9)"),
    (lambda folder: _bytes(folder, b"x" * 1_000_001), "is larger than"),
    (lambda folder: "zero\0.md", "cannot be read"),
])
def test_a_file_that_cannot_be_read_is_one_line(capsys, tmp_path, make, message):
    status, out, err = shown(capsys, make(tmp_path))
    assert status == 2 and not out and message in err and len(err.splitlines()) == 1


def _bytes(folder: Path, content: bytes) -> str:
    path = folder / "notes.md"
    path.write_bytes(content)
    return str(path)


def test_a_bare_name_is_an_entry_even_where_a_file_has_it(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "no formulas", "lstm")
    status, out, _ = shown(capsys, "lstm", "--no-numbers", "--only", "W_f")
    assert status == 0 and "Long short-term memory" in out


def test_a_page_from_the_cache_is_that_of_the_same_text(capsys, tmp_path):
    path = write(tmp_path, "```\nx ∈ ℝ^n\ny = 2 x\n```\n")
    assert "∂L/∂x = 2 ∂L/∂y" in shown(capsys, path)[1]
    assert "from the cache" in shown(capsys, path)[1]
    write(tmp_path, "```\nx ∈ ℝ^n\ny = 3 x\n```\n")
    _, out, _ = shown(capsys, path)
    assert "∂L/∂x = 3 ∂L/∂y" in out and "from the cache" not in out


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(capsys, tmp_path):
    path = tmp_path / "notes.md"
    path.write_bytes("\ufeff```\r\nx ∈ ℝ^n\r\ny = 2 x\r\n```\r\n".encode())
    assert shown(capsys, str(path))[0] == 0


def test_markup_in_a_document_is_text(capsys, tmp_path):
    path = write(tmp_path, "# [bold red]<b>Title</b>[/]\n\n```\nx ∈ ℝ^n\ny = 2 x\n```\n")
    assert "[bold red]<b>Title</b>[/]" in shown(capsys, path)[1]
