"""Quick commands import nothing heavy. How long they take is measured by `benchmarks/startup.py`."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

HEAVY = ("sympy", "torch", "jax", "numpy", "rich", "flint", "mpmath", "verify", "typing", "dataclasses", "inspect",
         "derive.notation", "derive.expression", "derive.entry")


def imported(*arguments: str) -> set[str]:
    """Every module that a run of the command imports."""
    run = subprocess.run([sys.executable, "-X", "importtime", "-c", "from cli.main import main; main()", *arguments],
                         env={**os.environ, "PYTHONPATH": os.getcwd()}, capture_output=True, encoding="utf-8",
                         errors="replace", timeout=300)
    return {m.strip() for m in re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s*(\S+)$", run.stderr, re.MULTILINE)}


def test_the_probe_sees_imports(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    assert {"cli.main", "argparse"} <= imported("--help")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list"], ["list", "--json"],
                                       ["search", "attention"], ["lstn"], ["lstm", "--dtype", "float16"],
                                       ["check", "--help"], ["check", "absent.md"]])
def test_quick_commands_import_nothing_heavy(arguments):
    assert not imported(*arguments) & set(HEAVY)


def test_a_page_from_the_cache_imports_nothing_heavy(derive):
    made = derive("softmax_cross_entropy", "--show", "--no-numbers")
    assert made.returncode == 0, made.stderr
    for form in ("text", "markdown", "latex", "json"):
        found = imported("softmax_cross_entropy", "--show", "--no-numbers", "--format", form)
        assert "cli.show" in found and not found & set(HEAVY)
