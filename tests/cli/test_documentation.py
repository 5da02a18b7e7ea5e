"""What README and CONTRIBUTING say is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli import numbers
from cli.main import main
from derive import catalogue

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example of CONTRIBUTING in a catalogue of its own."""
    (name, text), = re.findall(r"<!-- example: (\S+) -->\n```python\n(.*?)```", CONTRIBUTING, re.DOTALL)
    topic = tmp_path / "network"
    topic.mkdir()
    (topic / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", str(tmp_path))
    return topic / name


def test_the_example_is_proved(example, capsys):
    assert main(["list"]) == 0
    assert main(["linear_squared_error", "--show", "--no-numbers"]) == 0
    shown = capsys.readouterr().out
    assert "∂L/∂W = (y − t) xᵀ" in shown
    assert "3/3 closed forms shown, 3/3 mistakes refuted" in " ".join(shown.split())


@pytest.mark.skipif(len(numbers.available()) < 2, reason="torch and jax are not both installed")
def test_the_example_agrees_with_torch_and_jax(example, capsys):
    assert main(["verify", "linear_squared_error"]) == 0
    shown = capsys.readouterr().out
    assert "torch.nn.Linear" in shown and "flax.linen.Dense, optax.l2_loss" in shown


def test_the_document_of_the_readme_is_read_as_it_says(tmp_path, capsys, monkeypatch):
    (name, text), = re.findall(r"<!-- document: (\S+) -->\n````markdown\n(.*?)````", README, re.DOTALL)
    (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main([name, "--no-numbers"]) == 1
    shown = capsys.readouterr().out
    (lines,) = re.findall(r"Claims of the document\n(.*?)```", README, re.DOTALL)
    for line in lines.replace("…", "").splitlines():
        assert " ".join(line.split()) in " ".join(shown.split())


def test_ci_runs_the_second_command_of_the_readme():
    first, second = re.findall(r"^\d\. .*?```\n(.*?)```", README, re.DOTALL | re.MULTILINE)[:2]
    assert first.strip().endswith(".venv/bin/derive lstm --show")
    assert second.strip() in (PROJECT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_python_of_the_readme_runs():
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, encoding="utf-8", timeout=300)
    assert run.returncode == 0, run.stderr
    assert "steps proved" in run.stdout and "checks passed" in run.stdout


def test_every_command_of_the_readme_is_one(capsys):
    for line in re.findall(r"^\$ derive (.*)$", README, re.MULTILINE):
        arguments = [a for a in line.split() if a not in ("--show", "--json")]
        assert arguments[0] in ("list", "verify", "check", "grade", "notes.md", *catalogue.names()), line


@pytest.mark.skipif("torch" not in numbers.available(), reason="torch is not installed")
def test_the_code_of_the_readme_is_what_is_printed(capsys):
    (transcript,) = re.findall(r"\$ derive batch_norm --emit torch\n(.*?)```", README, re.DOTALL)
    assert main(["batch_norm", "--emit", "torch"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in transcript.splitlines() if line != "…" and line not in printed] == []


def test_the_derivation_of_the_readme_is_what_is_printed(capsys):
    (transcript,) = re.findall(r"\$ derive lstm --show --only delta_f\n(.*?)```", README, re.DOTALL)
    assert main(["lstm", "--show", "--only", "delta_f", "--no-numbers"]) == 0
    printed = capsys.readouterr().out.splitlines()
    lines = [line for line in transcript.partition("  - counterexample")[0].splitlines() if line]
    assert len(lines) > 10
    for line in lines:
        assert line in printed, line
