"""Functions of a document's code held against its formulas: wrong code first."""

from __future__ import annotations

import json

import pytest

from verify.documents.tied import run_code

PAGE = """
$x ∈ ℝ^n$, $W ∈ ℝ^{{m×n}}$, $b ∈ ℝ^m$, $z = W x + b$, $a = σ(z)$, $L = ½‖a‖²$

```python
import numpy as np
def sigmoid(z):
    return {sigmoid}
def layer(W, x, b):
    return {layer}
def grad(W, x, b):
    a = sigmoid(layer(W, x, b))
    return {grad}
def loss(a):
    return {loss}
```

# Another chapter

<!-- derive: code sigmoid(z) is a
             code layer(W, x, b) is z -->
<!-- derive: code grad(W, x, b) is ∂L/∂W --> <!-- derive: code loss(a) is L -->
"""
RIGHT = {"sigmoid": "1 / (1 + np.exp(-z))", "layer": "W @ x + b", "grad": "np.outer(a * a * (1 - a), x)",
         "loss": "a @ a / 2"}


def statuses(**changed: str) -> list[str]:
    return [t.status for t in run_code("a.md", PAGE.format(**{**RIGHT, **changed}))[1]]


WRONG = [
    ({"sigmoid": "np.tanh(z)"}, ["differs", "agrees", "differs", "agrees"]),
    ({"sigmoid": "1 / (1 + np.exp(-z)) + 1e-4"}, ["differs", "agrees", "differs", "agrees"]),
    ({"sigmoid": "np.array([])"}, ["differs", "agrees", "differs", "agrees"]),
    ({"sigmoid": "z * np.nan"}, ["differs", "agrees", "differs", "agrees"]),
    ({"layer": "W @ x - b"}, ["agrees", "differs", "differs", "agrees"]),
    ({"layer": "W.T @ x"}, ["agrees", "open", "open", "agrees"]),
    ({"grad": "np.outer(x, a * a * (1 - a))"}, ["agrees", "agrees", "differs", "agrees"]),
    ({"grad": "np.outer(a * (1 - a), x)"}, ["agrees", "agrees", "differs", "agrees"]),
    ({"loss": "a @ a"}, ["agrees", "agrees", "agrees", "differs"]),
    ({"loss": "'text'"}, ["agrees", "agrees", "agrees", "open"]),
    ({"loss": "[[1], [1, 2]]"}, ["agrees", "agrees", "agrees", "differs"]),
    ({"loss": "lost"}, ["agrees", "agrees", "agrees", "open"]),
]


@pytest.mark.parametrize(("changed", "expected"), WRONG, ids=[str(c) for c, _ in WRONG])
def test_wrong_code_does_not_agree(changed, expected):
    assert statuses(**changed) == expected


def test_right_code_agrees_also_in_single_precision():
    assert statuses() == ["agrees"] * 4
    assert statuses(sigmoid="(1 / (1 + np.exp(-z))).astype(np.float32)", loss="[[a @ a / 2]]") == ["agrees"] * 4


def test_a_difference_is_shown_with_its_input_and_its_place():
    _, ties = run_code("a.md", PAGE.format(**{**RIGHT, "grad": "np.outer(x, a * a * (1 - a))"}))
    assert ties[2].detail.startswith("the code gives the shape (") and set(ties[2].inputs) == {"W", "x", "b"}
    assert [(t.location.line, t.location.column) for t in ties] == [(19, 14), (20, 14), (21, 14), (21, 59)]
    assert [t.text for t in ties][2] == "code grad(W, x, b) is ∂L/∂W"


OPEN = [("f(x) is q", "q is not defined"), ("f(q) is y", "q is none of the names"),
        ("g(x) is y", "the code: g is not defined"),
        ("f(x) = y", "a directive about code reads"), ("f(x) is x y +", ""), ("f(x) is y + x", "neither a name nor")]


@pytest.mark.parametrize(("directive", "reason"), OPEN, ids=[d for d, _ in OPEN])
def test_what_cannot_be_followed_says_why(directive, reason):
    page = f"$x ∈ ℝ^n$, $y = 2 x$\n\n```python\ndef f(x): return 2 * x\n```\n<!-- derive: code {directive} -->"
    _, (tied,) = run_code("a.md", page)
    assert tied.status == "open" and reason in tied.detail and tied.detail


def test_functions_of_a_notebook_and_torch():
    cells = [("markdown", "$x ∈ ℝ^n$, $y = 2 x$"), ("code", "import torch\ndef f(x):\n    return torch.mul(x, 2)"),
             ("markdown", "<!-- derive: code f(x) is y -->")]
    content = json.dumps({"nbformat": 4, "cells": [{"cell_type": k, "source": t} for k, t in cells]})
    run, (tied,) = run_code("a.ipynb", content)
    assert run.passed, run
    assert (tied.status, tied.location.shown("a.ipynb")) == ("agrees", "a.ipynb#cell=3:1:14")
