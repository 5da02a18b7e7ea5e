"""Emitted code as it stands: run, compared with autodiff and with other people's code; wrong code is noticed."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from derive import catalogue
from derive.emission import EmissionError
from derive.expression import Value, walk
from derive.index import Size
from derive.program import Program
from tests.studies import PARTS, PROGRAMS, share, studied
from verify.backends.base import DtypeError
from verify.blocks import blocks
from verify.emitted import checks, emitted, emitted_batch
from verify.study import Study

ENTRIES = share(catalogue.names())


def why_not(name: str) -> str:
    """Why an entry has no code; empty where it has."""
    program = catalogue.load(name).page().program
    if program.random:
        return "random quantities"
    return "no input tells the width" if untold_widths(program) else "" if blocks(program) else "no array"


def untold_widths(program: Program) -> set[str]:
    """The widths that are numbers in a formula, and the length of no axis."""
    values = [n.atom for e in program.equations for n in walk(e.body) if isinstance(n, Value)]
    numbers = {atom for atom in values if isinstance(atom, Size)}
    lengths = {atom.name for v in program.variables.values() for axis in v.axes for atom in axis.count.atoms()
               if isinstance(atom, Size)}
    return {size.name for size in numbers if size.at} - lengths


WITH_A_BATCH = ["batch_norm", "layer_norm", "conv1d", "conv2d", "gru", "gru_reset_before", "lstm", "rnn"]
SEED = int(os.environ.get("SEED", "0"))
LIBRARIES = ["numpy", "torch", "jax"]


def failures(found: Study, library: str) -> list[str]:
    pytest.importorskip("torch" if library == "numpy" else library, reason="nothing to compare with")
    made = checks(found, emitted(found, library), seeds=(0,))
    assert made
    return [f"{c.fact} against {c.against}: {c.max_relative_error}" for c in made if not c.passed]


@pytest.mark.parametrize("name, library", [(n, library) for k, n in enumerate(ENTRIES) for library in LIBRARIES
                                           if library != "jax" or (k + SEED // PARTS) % 10 == 0])
def test_an_entry_as_code_agrees_with_autodiff_and_with_its_references(name, library):
    """In JAX, which compiles each at length, a tenth of them, another one for each seed of a run. What computes nothing
    says so."""
    if reason := why_not(name):
        with pytest.raises(EmissionError, match=reason):
            emitted(studied(name), library)
    else:
        assert failures(studied(name), library) == []


@pytest.mark.parametrize("name", share(catalogue.names(PROGRAMS)))
def test_a_program_outside_the_catalogue_as_code_agrees_with_autodiff(name):
    """In torch, which is the strictest about types; the others differ from it in spelling only."""
    assert failures(studied(name, PROGRAMS), "torch") == []


@pytest.mark.parametrize("name, library", [(n, library) for k, n in enumerate(WITH_A_BATCH) for library in LIBRARIES
                                           if library != "jax" or (k + SEED) % 8 == 0])
def test_code_for_a_batch_agrees_with_the_definition_mapped_over_one(name, library):
    pytest.importorskip("torch" if library == "numpy" else library, reason="nothing to compare with")
    made = checks(studied(name), emitted_batch(studied(name), library), seeds=(0,), batch=3)
    assert made and [f"{c.fact}: {c.max_relative_error}" for c in made if not c.passed] == []


def test_a_page_that_does_not_say_what_is_shared_takes_no_batch():
    with pytest.raises(EmissionError, match="share"):
        emitted_batch(studied("attention"), "torch")


def test_few_entries_compute_nothing():
    """The test above would pass if none did."""
    every = catalogue.names()
    reasons = [why for name in every if (why := why_not(name))]
    assert len(reasons) < len(every) / 4, reasons


@pytest.mark.parametrize(("name", "right", "wrong"), [
    ("batch_norm", "dgamma = (grad_y * x_hat).sum()", "dgamma = (grad_y * x).sum()"),
    ("lstm", "delta_f[t] = dc[t] * c[t - 1]", "delta_f[t] = dc[t] * c[t]"),
    ("lstm", "range(T, -1, -1)", "range(T, 0, -1)"),
    ("attention", "dV = P.T @ grad_O", "dV = grad_O"),
    ("cross_entropy_labels", "/ B\n    dc", "\n    dc"),
    ("mlp", "W[l + 1].T @ delta[l + 1]", "W[l + 1].T @ z[l + 1]"),
])
def test_a_line_changed_by_hand_fails(name, right, wrong):
    code = emitted(studied(name), "torch")
    assert right in code.text
    pytest.importorskip("torch", reason="torch is not installed")
    try:
        made = checks(studied(name), replace(code, text=code.text.replace(right, wrong)), seeds=(0,))
    except (KeyError, RuntimeError):        # the changed line does not even run
        return
    assert any(not c.passed for c in made)


def test_the_wrapper_is_what_autodiff_differentiates():
    """A wrapper that drops a gradient fails, though the backward pass itself is right."""
    pytest.importorskip("torch", reason="torch is not installed")
    code = emitted(studied("layer_norm"), "torch")
    wrong = code.text.replace("return dx, dgamma, dbeta, None", "return dx, dbeta, dgamma, None")
    assert wrong != code.text
    found = checks(studied("layer_norm"), replace(code, text=wrong), seeds=(0,))
    assert {c.fact for c in found if not c.passed} == {"∂gamma by layer_norm", "∂beta by layer_norm"}


def test_a_second_derivative_through_the_wrapper_is_refused_in_torch():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    space: dict = {}
    exec(emitted(studied("layer_norm"), "torch").text, space)
    x = torch.arange(4.0, requires_grad=True)
    y = space["layer_norm"](x, torch.ones(4), torch.zeros(4), torch.tensor(0.1), torch.tensor(2.), torch.tensor(3.))
    (first,) = torch.autograd.grad((y**2).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()


def test_the_code_computes_in_the_dtype_of_its_inputs():
    pytest.importorskip("torch", reason="torch is not installed")
    for name in ("conv1d", "lstm", "embedding", "causal_attention"):
        found = studied(name)
        made = checks(found, emitted(found, "torch"), dtype="float32", seeds=(0,))
        assert [c.fact for c in made if not c.passed] == []


@pytest.mark.parametrize("name", ["batch_norm", "lstm"])
def test_numpy_code_in_float32_computes_in_float32(name):
    pytest.importorskip("torch", reason="nothing to compare with")
    made = checks(studied(name), emitted(studied(name), "numpy"), seeds=(0,), dtype="float32")
    assert all(c.passed for c in made)
    assert 1e-9 < max(c.max_relative_error for c in made) < 1e-3


def test_numpy_code_in_bfloat16_is_refused():
    pytest.importorskip("torch", reason="nothing to compare with")
    with pytest.raises(DtypeError):
        checks(studied("batch_norm"), emitted(studied("batch_norm"), "numpy"), dtype="bfloat16")
