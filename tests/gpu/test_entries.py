"""The catalogue on a GPU: everything is placed there, and agrees with autodiff and references."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive import catalogue
from tests.verify.wrong import derived, with_body
from verify import numeric
from verify.backends import find
from verify.runs import Run
from verify.targets import mapped

pytestmark = pytest.mark.gpu
NAMES = [h.name for h in catalogue.heads()]
ON_JAX = ["attention", "batch_norm", "cross_entropy_labels", "lstm"]       # the others: derive verify --device cuda


def failed(name: str, library: str, dtype: str) -> list:
    entry, page, derivation = derived(name)
    small = replace(entry, cases=entry.cases[:1])
    checks = numeric.checks(small, page, derivation, backends=(library,), device="cuda", dtype=dtype, seeds=(0,))
    assert checks and {c.device for c in checks} == {"cuda"}
    return wrong_of(checks)


def wrong_of(checks: list) -> list:
    """What failed. In a regime there may be nothing to compare; plain numbers have no such excuse."""
    return [c for c in checks if not c.passed and (c.no_value is None or c.regime == "plain")]


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
@pytest.mark.parametrize("name", NAMES)
def test_torch(require_cuda, name, dtype):
    require_cuda("torch")
    assert failed(name, "torch", dtype) == []


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ON_JAX)
def test_jax(require_cuda, name, dtype):
    require_cuda("jax")
    assert failed(name, "jax", dtype) == []


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_a_wrong_gradient_fails_there_too(require_cuda, library):
    require_cuda(library)
    entry, page, derivation = derived("batch_norm")
    wrong = with_body(derivation, "∂gamma", lambda body: 2 * body)
    small = replace(entry, cases=entry.cases[:1])
    for dtype in ("float64", "float32"):
        checks = numeric.checks(small, page, wrong, backends=(library,), device="cuda", dtype=dtype, seeds=(0,))
        assert {c.fact.split(":")[-1] for c in wrong_of(checks)} == {"∂gamma"}


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_every_array_lies_on_the_device(require_cuda, library):
    require_cuda(library)
    entry, page, derivation = derived("lstm")
    backend = find(library, "cuda", "float32")
    with backend.session():
        run = Run(entry, page, derivation, backend, entry.cases[0], seed=0)
        for found in (run.inputs, run.derived(), run.forward(), run.by_autodiff()):
            for value in found.values():
                mapped(lambda a: _require_there(library, a), value)


def _require_there(library: str, array) -> None:
    place = array.device.type if library == "torch" else {d.platform for d in array.devices()}
    assert place in ("cuda", {"gpu"}, {"cuda"}), place


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_products_are_not_rounded_to_tf32(require_cuda, library):
    """A product of float32 matrices lies within its own rounding error, although the user allows TF32 elsewhere."""
    import numpy

    require_cuda(library)
    a, b = (numpy.random.default_rng(k).standard_normal((512, 512)) for k in (0, 1))
    backend = find(library, "cuda", "float32")
    with _allowing_tf32(library):
        with backend.session():
            x, y = backend.array(a), backend.array(b)
            found = backend.numpy(backend.einsum("ij,jk->ik", [x, y]))
            exact = backend.numpy(x) @ backend.numpy(y)
            scale = abs(backend.numpy(x)) @ abs(backend.numpy(y))
        error = float((abs(found - exact) / scale).max())
        rough = _rough_error(library, a, b, exact, scale)
    assert error < 1e-6 < rough, (error, rough)


def _allowing_tf32(library: str):
    import contextlib

    if library == "jax":
        return contextlib.nullcontext()         # JAX rounds to TF32 unless it is told not to

    import torch

    @contextlib.contextmanager
    def allowed():
        before = torch.backends.cuda.matmul.allow_tf32
        torch.backends.cuda.matmul.allow_tf32 = True
        try:
            yield
            assert torch.backends.cuda.matmul.allow_tf32, "the session did not put the user's setting back"
        finally:
            torch.backends.cuda.matmul.allow_tf32 = before
    return allowed()


def _rough_error(library: str, a, b, exact, scale) -> float:
    """The same product outside of the session: shows that there is something to switch off."""
    if library == "jax":
        import jax

        device = jax.devices("cuda")[0]
        x, y = (jax.device_put(v.astype("float32"), device) for v in (a, b))
        return float((abs(jax.numpy.asarray(x @ y).astype("float32") - exact) / scale).max())
    import torch

    x, y = (torch.tensor(v, dtype=torch.float32, device="cuda") for v in (a, b))
    return float((abs((x @ y).double().cpu().numpy() - exact) / scale).max())
