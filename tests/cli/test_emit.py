"""`derive NAME --emit LIBRARY` at the terminal."""

from __future__ import annotations

import sys

import pytest


def test_the_code_is_printed_with_what_it_was_compared_with(derive):
    pytest.importorskip("torch", reason="torch is not installed")
    found = derive("layer_norm", "--emit", "torch")
    assert (found.returncode, found.stderr) == (0, "")
    assert "class LayerNorm(torch.autograd.Function):" in found.stdout
    assert "torch.autograd, torch.nn.functional.layer_norm" in found.stdout.splitlines()[-2]
    assert "relative error ≤" in found.stdout.splitlines()[-1]
    compile(found.stdout, "layer_norm.py", "exec")


def test_without_numbers_it_says_that_it_was_not_run(derive):
    found = derive("lstm", "--emit", "numpy", "--no-numbers")
    assert found.returncode == 0 and found.stdout.splitlines()[-1].endswith("proved, not run.")
    assert "torch" not in found.stdout


def test_a_document_is_emitted_too(derive, tmp_path):
    pytest.importorskip("jax", reason="jax is not installed")
    page = tmp_path / "layer.md"
    page.write_text("```\nx ∈ ℝ^n, W ∈ ℝ^{m×n}, b ∈ ℝ^m\nz = W x + b\ny = tanh(z)\n```\n", encoding="utf-8")
    found = derive(str(page), "--emit", "jax")
    assert found.returncode == 0, found.stderr
    assert "z = W @ x + b" in found.stdout and "jax.custom_vjp" in found.stdout


def test_bad_input_is_one_line(derive):
    for arguments, words in [(("he", "--emit", "torch"), "random quantities are not computed"),
                             (("lstm", "--emit", "tensorflow"), "invalid choice"),
                             (("lstm", "--emit", "torch", "--show"), "leave out --show"),
                             (("lstm", "--emit", "torch", "--format", "json"), "leave out --format"),
                             (("lstm", "--emit", "torch", "--device", "auto"), "--device cpu or cuda"),
                             (("lstm", "--batch"), "goes with --emit"),
                             (("attention", "--emit", "torch", "--batch"), "the examples of a batch share"),
                             (("lstn", "--emit", "torch"), "did you mean lstm")]:
        found = derive(*arguments)
        assert (found.returncode, found.stdout) == (2, ""), arguments
        assert words in found.stderr and len(found.stderr.splitlines()) == 1


def test_a_library_that_is_not_there_is_named(derive, tmp_path):
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('no torch', name='torch')\n")
    found = derive("layer_norm", "--emit", "torch", PYTHONPATH=f"{tmp_path}:{':'.join(p for p in sys.path if p)}")
    assert found.returncode == 2 and "pip install 'derive[verify]'" in found.stderr and not found.stdout
