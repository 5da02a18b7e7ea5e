"""A check leaves the process as it was."""

from __future__ import annotations

import subprocess
import sys

import pytest

import verify

torch = pytest.importorskip("torch", reason="torch is not installed")
X = {"x": verify.array("n")}


def square(x):
    return (x * x).sum()


def right(inputs, cotangents):
    return {"x": 2 * inputs["x"] * cotangents}


def test_the_state_of_the_libraries_is_left_as_it_was():
    torch.manual_seed(3)
    torch.set_default_dtype(torch.float32)
    before = torch.get_rng_state(), torch.get_num_threads(), torch.is_grad_enabled()

    def meddling(inputs, g):
        torch.rand(3)
        torch.use_deterministic_algorithms(True)
        return right(inputs, g)
    with torch.no_grad():
        assert verify.check(square, meddling, X)
        assert not torch.is_grad_enabled()
    assert torch.equal(before[0], torch.get_rng_state()) and torch.get_num_threads() == before[1]
    assert torch.get_default_dtype() == torch.float32 and not torch.are_deterministic_algorithms_enabled()


def test_a_check_leaves_no_trace():
    code = """
import os, random, warnings
import numpy
def state():
    return (dict(os.environ), list(warnings.filters), numpy.random.get_state()[1].tolist(), random.getstate(),
            numpy.geterr())
import verify
before = state()
for factor in 2, 1:
    for inputs in {"x": verify.array("n")}, {"x": numpy.ones(3)}:
        str(verify.check(lambda x: x * x, lambda i, g: {"x": factor * i["x"] * g}, inputs))
after = state()
print([k for k, (a, b) in enumerate(zip(before, after)) if a != b])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_importing_verify_imports_no_library():
    code = "import verify, sys; print([m for m in ('torch', 'jax', 'numpy', 'sympy') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
