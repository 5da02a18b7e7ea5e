"""The Python code of a document: read always, run where that is asked for; what fails or differs fails the run."""

from __future__ import annotations

import json
import os
import time
from xml.etree import ElementTree as Tree

import pytest

from cli.code_rows import after_reading, after_running
from cli.judging import Judging, Limits, Unjudged
from tests.check.test_formats import SARIF, valid

PAGE = """```
x ∈ ℝ^n, W ∈ ℝ^{m×n}
z = W x
L = ½ zᵀ z
```

```python
def f(W, x):
    return %s
```

<!-- derive: code f(W, x) is z -->
"""
AGREES, DIFFERS = PAGE % "W @ x", PAGE % "2 * W @ x"


@pytest.fixture
def page(folder):
    def write(text: str, name: str = "a.md") -> str:
        (folder / name).write_text(text, encoding="utf-8")
        return name
    return write


def code(text: str) -> str:
    return f"```python\n{text}\n```\n"


def rows(out: str) -> list[dict]:
    found = json.loads(out)
    valid(found)
    return found["files"][0]["code"]["rows"]


# -- what fails the run -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text, status, verdicts", [
    (AGREES, 0, ["ok", "agrees"]),
    (DIFFERS, 1, ["ok", "differs"]),
    (PAGE % "W @ y", 1, ["ok", "error"]),
    (PAGE % "None", 1, ["ok", "error"]),
    (PAGE % "float('nan') * (W @ x)", 1, ["ok", "differs"]),
    (PAGE % "W", 1, ["ok", "differs"]),
    (code("raise ValueError('no')"), 1, ["error"]),
    (code("x = ("), 1, ["error"]),
    (code("import os; os._exit(0)") + code("x = 1"), 1, ["not run", "not run"]),
    (code("raise SystemExit(0)"), 1, ["error"]),
    (AGREES.replace("def f", "def g"), 1, ["ok", "error"]),
    (AGREES.replace("is z", "is q"), 0, ["ok", "open"]),
    ("No code.\n", 0, []),
])
def test_what_fails_the_run(check, page, text, status, verdicts):
    found = check(page(text), "--run-code", "--json")
    assert (found[0], [r["verdict"] for r in rows(found[1])]) == (status, verdicts)
    assert (check("a.md", "--run-code", "--strict")[0] == 1) == (status == 1 or "open" in verdicts)


@pytest.mark.parametrize("text, notes", [
    (DIFFERS, []), (code("raise ValueError('no')"), []), (code("x = (") + code("y = 2"), ["a.md:2:1"])])
def test_without_it_nothing_is_run_and_nothing_fails(check, page, text, notes):
    for _ in range(2):                      # the second time from the cache
        status, out, _ = check(page(text), "--strict")
        assert status == 0 and [line.split(": ")[0] for line in out.splitlines() if "no Python: block" in line] == notes
    assert ("code" in json.loads(check("a.md", "--json")[1])["files"][0]) == bool(notes)


def test_no_code_runs_unasked(check, page, folder):
    mark = folder / "mark"
    text = code(f"open({str(mark)!r}, 'w')")
    check(page(text))
    assert not mark.exists()
    status, out, _ = check("a.md", "--run-code")
    assert status == 1 and "PermissionError: code of a document may not write" in out and not mark.exists()


def test_what_code_did_is_not_kept(check, page, own_cache):
    page(DIFFERS)
    assert [check("a.md", *more)[0] for more in ([], ["--run-code"], [], ["--run-code"])] == [0, 1, 0, 1]


# -- what is said -------------------------------------------------------------------------------------------------
def test_a_difference_is_shown_with_its_arguments(check, page):
    status, out, _ = check(page(DIFFERS), "--run-code")
    assert status == 1 and "a.md:12:14: ✗ differs: code and formula" in out and "the values differ" in out
    said = " ".join(out.split())
    assert "W = [[" in said and "the code gives [" in said and "the formula gives [" in said
    assert out.splitlines()[-1].endswith("code: 1 ok, 1 differs. FAILED: 1")
    assert "代码与公式" in check("a.md", "--run-code", "--lang", "zh")[1]


def test_an_error_is_shown_at_its_line(check, page):
    out = check(page("text\n" + code("x = 1\nprint(q)")), "--run-code")[1]
    assert out.startswith("a.md:4:1: ✗ error: block of code\n     4 | print(q)\n       | ^\n  - NameError: name 'q'")


def test_every_format_says_it(check, page, folder):
    page(DIFFERS)
    github = check("a.md", "--run-code", "--format", "github")[1]
    assert github.startswith("::error file=a.md,line=12,col=14,title=differs%3A code and formula::differs")
    assert check("a.md", "--run-code", "--format", "concise")[1].startswith("a.md:12:14: differs")
    found = json.loads(check("a.md", "--run-code", "--format", "sarif", "--junit", "out.xml")[1])
    valid(found, SARIF)
    assert [(r["ruleId"], r["level"]) for r in found["runs"][0]["results"]] == [("code", "error")]
    (suite,) = Tree.parse(folder / "out.xml").getroot()
    assert suite.get("failures") == "1" and len(suite.findall("*/failure")) == 1


def test_a_notebook_and_latex(check, page):
    cells = [{"cell_type": "markdown", "source": "text"}, {"cell_type": "code", "source": "x = 1\ny = q"}]
    out = check(page(json.dumps({"nbformat": 4, "cells": cells}), "a.ipynb"), "--run-code")[1]
    assert out.startswith("a.ipynb#cell=2:2:1: ✗ error: block of code\n     2 | y = q\n")
    text = "a\n\\begin{lstlisting}[language=Python]\nx = q\n\\end{lstlisting}\n"
    assert check(page(text, "a.tex"), "--run-code")[1].startswith("a.tex:3:1: ✗ error: ")


def test_what_code_prints_is_no_command_and_no_answer(check, page):
    hostile = ("print('::error::x\\x1b[31m'); print('{\"code\": {\"rows\": []}}')\n"
               "raise ValueError('::set-output::\\x1b[31m')")
    status, out, _ = check(page(code(hostile)), "--run-code", "--format", "github")
    assert status == 1 and "\x1b" not in out and len(out.splitlines()) == 1


# -- what never ends ----------------------------------------------------------------------------------------------
def test_code_that_takes_too_long_is_ended_with_all_that_it_started(page):
    limits = Limits(document=3)
    text = code("import time\nwhile True:\n    time.sleep(1)")
    with Judging(limits) as judging:
        begin = time.monotonic()
        with pytest.raises(Unjudged, match="^a.md: its code took longer than 3 s"):
            judging.code("a.md", text)
        assert time.monotonic() - begin < 30
        assert judging.rows("a.md", "$a = b$").complete
    until = time.monotonic() + 10
    while (left := children()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def children() -> list[str]:
    """Processes that run the code of a document, and whose parent is gone."""
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/cmdline", encoding="utf-8", errors="replace") as file:
                command = file.read()
            with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
                parent = file.read().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if "code_child.py" in command and parent == "1":
            found.append(command)
    return found


def test_code_that_is_hard_to_read_costs_no_statement_its_verdict(check, page):
    status, out, _ = check(page(DIFFERS + code("(" * 5_000) + code("x = " + "-" * 20_000 + "1")), "--json")
    assert status == 0 and {r["verdict"] for r in rows(out)} == {"unreadable"}


def test_rows_without_a_process():
    assert after_reading("a.md", AGREES) is None
    assert [r["verdict"] for r in after_running("a.md", AGREES)["rows"]] == ["ok", "agrees"]
