"""`verify.check(…, device="cuda")` on the corpus of backward passes: right ones pass, wrong ones are found."""

from __future__ import annotations

import itertools

import pytest

import verify
from benchmarks.corpus import formulas

pytestmark = pytest.mark.gpu
FORMULAS = formulas()
SOME_WRONG = 5


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.name)
def test_torch(require_cuda, formula, dtype):
    import torch

    require_cuda("torch")
    options = {"wrt": formula.wrt, "device": "cuda", "dtype": dtype}
    report = verify.check(formula.forward(torch), formula.backward(torch), formula.inputs, **options)
    assert report, str(report)
    for what, made in itertools.islice(formula.wrong(), SOME_WRONG):
        assert not verify.check(formula.forward(torch), made(torch), formula.inputs, **options), what


def test_jax(require_cuda):
    import jax

    require_cuda("jax")
    for formula in FORMULAS[:4]:
        options = {"wrt": formula.wrt, "device": "cuda"}
        report = verify.check(formula.forward(jax.numpy), formula.backward(jax.numpy), formula.inputs, **options)
        assert report, str(report)
        what, made = next(iter(formula.wrong()))
        assert not verify.check(formula.forward(jax.numpy), made(jax.numpy), formula.inputs, **options), what


def test_the_functions_get_arrays_on_the_device(require_cuda):
    require_cuda("torch")
    places = set()

    def forward(x):
        places.add(x.device.type)
        return x.sin()

    def backward(inputs, g):
        places.update((inputs["x"].device.type, g.device.type))
        return {"x": g * inputs["x"].cos()}

    assert verify.check(forward, backward, {"x": verify.array("n")}, device="cuda")
    assert places == {"cuda"}
