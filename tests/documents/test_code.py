"""The code of a document: where it stands, what becomes of it, and what it may not do."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

import pytest

from derive.documents.pages.code import CodeBlock, code_blocks
from verify.documents.code import apart, run_blocks


def ran(*texts: str, **more):
    return run_blocks([CodeBlock(t, 1) for t in texts], **more)


# -- where code stands --------------------------------------------------------------------------------------------
def test_fences_of_python_are_code():
    page = ("```python\na\n```\n```\nb\n```\n- item\n  ```py\n  if c:\n      d\n  ```\n~~~{.python .numberLines}\ne\n"
            "~~~\n```{code-cell} ipython3\nf\n```\n```python\n>>> g\n1\n>>> h\n```\n```rust\nz\n```\n")
    assert [(b.text.rstrip("\n"), b.line) for b in code_blocks("a.md", page)] == [
        ("a", 2), ("if c:\n    d", 9), ("e", 13), ("f", 16), ("g\n\nh", 19)]


def test_cells_of_a_notebook_are_code():
    cells = [("markdown", "```python\na\n```"), ("code", "%matplotlib inline\n!pip install x\nb = 5 % 3\n"),
             ("code", ["%%bash\n", "ls"]), ("code", "if c:\n    %time d")]
    content = json.dumps({"nbformat": 4, "cells": [{"cell_type": k, "source": t} for k, t in cells]})
    assert [(b.text, b.line, b.cell) for b in code_blocks("a.ipynb", content)] == [
        ("\n\nb = 5 % 3\n", 1, 2), ("if c:\n    pass", 1, 4)]
    other = json.loads(content) | {"metadata": {"kernelspec": {"language": "julia"}}}
    assert code_blocks("a.ipynb", json.dumps(other)) == []


def test_listings_of_latex_are_code():
    text = ("x\n\\begin{lstlisting}[language=Python, label=a]\n  a = 1\n\\end{lstlisting}\n"
            "\\begin{minted}{python}\nb\n\\end{minted}")
    assert [(b.text.strip(), b.line) for b in code_blocks("a.tex", text)] == [("a = 1", 3), ("b", 6)]


# -- what becomes of it -------------------------------------------------------------------------------------------
def test_blocks_share_one_namespace_and_errors_have_lines():
    blocks = [CodeBlock("import math\nx = math.pi\nprint(x)", 10), CodeBlock("def f(a):\n    return a[0]\n\nf([])", 20),
              CodeBlock("y = x + unheard", 30), CodeBlock("def (", 40), CodeBlock("z = 2", 50, 3)]
    made = run_blocks(blocks)
    assert [b.status for b in made.blocks] == ["ok", "error", "error", "unreadable", "ok"]
    assert made.blocks[0].output == "3.141592653589793\n"
    assert (made.blocks[1].message, made.blocks[1].line) == ("IndexError: list index out of range", 21)
    assert (made.blocks[2].line, made.blocks[2].unknown) == (30, [("unheard", 30)])
    assert made.blocks[3].line == 40 and "no Python" in made.blocks[3].message
    assert not made.passed and not made.problem


def test_without_running_names_are_known():
    texts = ["import numpy as np\nfrom a import b\ndef f(x, *y, z=1, **w):\n    q = x + later\n"
             "    return [t for t in q if np and b]",
             "later = [i for i in range(3)]\nclass A:\n    c = 1\n    d = c\nprint(len(later), __name__, lost, f)\n"
             "lost2()",
             "def g():\n    global h\n    h = 1\nwith open('x') as k: print(k, h)\nfor m in []: m\n"
             "try: pass\nexcept E as e: e"]
    made = ran(*texts, run=False)
    assert [b.status for b in made.blocks] == ["not run"] * 3
    assert [b.unknown for b in made.blocks] == [[], [("lost", 5), ("lost2", 6)], [("E", 7)]]
    assert ran("from numpy import *\nzeros(3)", run=False).blocks[0].unknown == []


def test_functions_are_called():
    made = ran("def f(x):\n    return x * 2\nclass a:\n    @staticmethod\n    def g(x, n): return x ** n, 1\n"
               "def bad(x): raise KeyError",
               calls=[{"function": "f", "arguments": [[1.0, 2.5]]}, {"function": "f", "arguments": [3]},
                      {"function": "a.g", "arguments": [[2.0], 3]}, {"function": "h", "arguments": []},
                      {"function": "bad", "arguments": [1]}])
    assert made.answers == [{"value": [2.0, 5.0]}, {"value": 6.0}, {"value": [[8.0], 1.0]},
                            {"error": "h is not defined by the code"}, {"error": "KeyError: "}]


# -- what it may not do -------------------------------------------------------------------------------------------
@pytest.fixture
def listening():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


FORBIDDEN = [
    "import socket\nsocket.create_connection(('127.0.0.1', {port}), 1)",
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}')",
    "import subprocess\nsubprocess.run(['true'])",
    "import os\nos.system('true')",
    "import os\nos.execv('/bin/true', ['true'])",
    "import os\nos.fork()",
    "import multiprocessing\nmultiprocessing.Process(target=print).start()",
    "open('{home}/written', 'w')",
    "import os\nos.open('{home}/written', os.O_CREAT | os.O_WRONLY)",
    "import os\nos.remove('{home}/kept')",
    "import os\nos.rename('{home}/kept', 'mine')",
    "import shutil\nshutil.rmtree('{home}')",
    "import os\nos.symlink('{home}', 'link')\nopen('link/written', 'w')",
    "input()",
    "x = bytearray(8 << 30)",
    "exit(0)",
    "raise KeyboardInterrupt",
    "class E(Exception):\n    def __str__(self): raise E\nraise E",
    "def f(): f()\nf()",
    "import os\nos.environ['SECRET']",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_refused_is_an_error_of_the_block(text, listening, tmp_path, monkeypatch):
    (tmp_path / "kept").write_text("x")
    monkeypatch.setenv("SECRET", "x")
    made = ran(text.format(port=listening, home=tmp_path) if "{" in text else text, "after = 1")
    assert [b.status for b in made.blocks] == ["error", "ok"], made
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]


def test_native_code_has_no_network_either(listening):
    if not apart():
        pytest.skip("this system permits no network namespace")
    made = ran(f"import _socket\ntry:\n    import ctypes\n    libc = ctypes.CDLL(None)\n    s = libc.socket(2, 1, 0)\n"
               f"    a = bytes([2, 0, {listening >> 8}, {listening & 255}, 127, 0, 0, 1]) + bytes(8)\n"
               f"    result = libc.connect(s, a, 16)\nexcept OSError:\n    result = -1\nassert result == -1")
    assert made.passed


ENDLESS = ["while True: pass", "import time\ntime.sleep(100)", "10 ** 10 ** 10",
           "import re\nre.match('(a*)*b', 'a' * 100)",
           "import signal\nsignal.alarm(0)\nwhile True: pass",
           "import threading\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()\nwhile True: pass"]


@pytest.mark.parametrize("text", ENDLESS)
def test_time_is_limited(text):
    started = time.monotonic()
    made = ran("x = 1", text, "y = 1", seconds=2)
    assert time.monotonic() - started < 12
    assert [b.status for b in made.blocks] == ["ok", "not run", "not run"] and "2 seconds" in made.problem
    assert [b.message for b in made.blocks] == ["", "it did not come to its end", ""]


def test_the_end_of_the_process_is_told():
    made = ran("x = 1", "import os\nos._exit(3)", "y = 1")
    assert [b.status for b in made.blocks] == ["ok", "not run", "not run"] and "code 3" in made.problem
    assert not made.passed


def test_output_and_forged_answers_are_bounded():
    made = ran("for _ in range(9):\n    print('x' * 10_000)",
               "import os\nfor fd in range(3, 20):\n"
               "    try: os.write(fd, b'{\"block\": 99}\\n[1]\\nnonsense\\n' * 10)\n    except OSError: pass")
    assert len(made.blocks) == 2 and len(made.blocks[0].output) <= 10_000


@pytest.mark.parametrize("text", ["(" * 100_000, "-" * 100_000 + "1", "x = " + "[" * 5000, "\0", "a" * 300_000,
                                  "\ud800", "1_" * 9999, "9" * 10_000, "f'{" * 50])
def test_hostile_code_is_no_trouble_when_it_is_read(text):
    made = ran(text, "y = 1", run=False)
    assert made.blocks[0].status in ("unreadable", "not run")


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    import tempfile
    monkeypatch.setattr(tempfile, "tempdir", None)
    made = ran("import os\nprint(os.getcwd())\nopen('a', 'w').write('x')\nopen(os.path.expanduser('~/b'), 'w')")
    assert made.passed and not list(tmp_path.iterdir())
    assert Path(made.blocks[0].output.strip()).parent == tmp_path
    assert os.getcwd() != made.blocks[0].output.strip()
