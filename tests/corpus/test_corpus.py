"""`verify.check` on hand-written backward passes: the right ones pass, every wrong one is found."""

from __future__ import annotations

import numpy
import pytest

import verify
from benchmarks.corpus import formulas
from tests.studies import SEED

torch = pytest.importorskip("torch", reason="torch is not installed")
FORMULAS = formulas()


def of(formula, backward, library=torch, **options):
    return verify.check(formula.forward(library), backward, formula.inputs, wrt=formula.wrt, **options)


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.name)
def test_wrong_ones_are_found_and_right_ones_pass(formula):
    assert of(formula, formula.backward(torch)), str(of(formula, formula.backward(torch)))
    for what, made in formula.same():
        assert of(formula, made(torch)), what
    survived = [what for what, made in formula.wrong() if of(formula, made(torch))]
    assert not survived


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.name)
def test_no_right_one_is_rejected_at_other_numbers(formula, dtype):
    report = of(formula, formula.backward(torch), dtype=dtype, draws=30, seed=100)
    assert report, str(report)


def test_numpy_functions():
    """Of one of the first three formulas, another one for each seed of a run: there is no autodiff for it."""
    formula = FORMULAS[SEED % 3]
    assert of(formula, formula.backward(numpy), numpy)
    _, made = next(iter(formula.wrong()))
    assert not of(formula, made(numpy), numpy)


def test_there_are_enough():
    assert len(FORMULAS) >= 14 and sum(len(f.module.WRONG) for f in FORMULAS) >= 300
