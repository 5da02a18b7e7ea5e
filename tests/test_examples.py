"""The examples run as they stand, and the README shows one of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
EXAMPLES = sorted((PROJECT / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_runs(path):
    pytest.importorskip("torch", reason="torch is not installed")
    pytest.importorskip("jax", reason="JAX is not installed")
    run = subprocess.run([sys.executable, str(path)], cwd=PROJECT, capture_output=True, text=True, timeout=300,
                         env={"PYTHONPATH": str(PROJECT), "PATH": "", "PYTHONIOENCODING": "utf-8"})
    assert run.returncode == 0, run.stderr
    if path.stem == "check_backward":
        assert run.stdout.strip() in README
    else:
        assert "steps proved" in run.stdout and "checks passed against torch.autograd, jax.grad" in run.stdout


def test_the_readme_shows_the_examples():
    check = (PROJECT / "examples" / "check_backward.py").read_text(encoding="utf-8").split('"""\n\n', 1)[1]
    assert check.strip() in README
    body = (PROJECT / "examples" / "rms_norm.py").read_text(encoding="utf-8").split('"""\n\n', 1)[1]
    assert body.split("assert")[0].strip() in README
