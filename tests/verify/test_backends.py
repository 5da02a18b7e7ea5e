"""Backends: errors in one line, functions that agree, global state left as it was found."""

import sys

import numpy
import pytest

from verify import backends
from verify.backends import BackendError, DeviceError, DtypeError, LibraryError
from verify.balls import CHOICES, FUNCTIONS, ball

torch = pytest.importorskip("torch", reason="torch is not installed")
jax = pytest.importorskip("jax", reason="jax is not installed")
NAMES = ("numpy", "torch", "jax")


# -- errors -------------------------------------------------------------------------------------------------------
def one_line(error):
    text = str(error.value)
    assert text and "\n" not in text and isinstance(error.value, BackendError)
    return text


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_an_absent_device_is_a_clear_error(name, monkeypatch):
    def none(_=None):
        raise RuntimeError("Unknown backend cuda.\nAvailable backends are ['cpu']")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(jax, "devices", none)
    with pytest.raises(DeviceError) as error:
        backends.find(name, "cuda")
    assert "CUDA" in one_line(error) and "--device cpu" in one_line(error)


def test_unknown_names_are_clear_errors():
    with pytest.raises(DeviceError, match="no device 'tpu'; use cpu, cuda or auto") as error:
        backends.find("torch", "tpu")
    one_line(error)
    with pytest.raises(DtypeError, match="no dtype 'float16'; use float64, float32, bfloat16") as error:
        backends.find("torch", "cpu", "float16")
    one_line(error)
    with pytest.raises(DtypeError, match="numpy has no bfloat16"):
        backends.find("numpy", "cpu", "bfloat16")
    with pytest.raises(LibraryError, match="no backend 'tensorflow'") as error:
        backends.find("tensorflow")
    one_line(error)
    with pytest.raises(DeviceError, match="numpy computes on the CPU only"):
        backends.find("numpy", "cuda")


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_a_library_that_is_not_installed_names_the_extra(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"verify.backends.{name}_backend", raising=False)
    with pytest.raises(LibraryError, match=rf"{name} is not installed: pip install 'derive\[verify\]'"):
        backends.find(name)


# -- global state ---------------------------------------------------------------------------------------------------
def test_jax_keeps_its_default_precision_and_device():
    before = (jax.config.jax_enable_x64, jax.config.jax_default_device, jax.config.jax_default_matmul_precision)
    backend = backends.find("jax")
    with backend.session():
        assert backend.array([1.0]).dtype == numpy.float64
        assert backend.gradients(lambda c, f: ((c["x"] ** 2).sum(), None))({"x": backend.array([3.0])}, {})[0]["x"] == 6
    assert jax.numpy.ones(1).dtype == numpy.float32
    assert before == (jax.config.jax_enable_x64, jax.config.jax_default_device,
                      jax.config.jax_default_matmul_precision)


def test_torch_keeps_its_random_state_and_settings_even_after_an_error():
    def state():
        return (torch.get_default_dtype(), torch.is_grad_enabled(), torch.backends.cuda.matmul.allow_tf32,
                torch.backends.cudnn.allow_tf32, torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic,
                torch.get_rng_state().tolist())
    before = state()
    with torch.no_grad():
        with pytest.raises(ZeroDivisionError), backends.find("torch").session():
            assert torch.is_grad_enabled()
            torch.nn.Linear(3, 3)
            raise ZeroDivisionError
        assert not torch.is_grad_enabled()
    assert state() == before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays_have_the_dtype_that_was_asked_for(name, dtype):
    backend = backends.find(name, "cpu", dtype)
    with backend.session():
        for array in (backend.array([1, 2]), backend.array(numpy.asarray([True, False])), backend.zeros((2, 3)),
                      backend.where(numpy.asarray([True, False]), backend.array([5.0, 6.0])),
                      backend.power(backend.array([2.0]), -1), backend.functions["step"](backend.array([2.0])),
                      backend.functions["normal_cdf"](backend.array([2.0]))):
            assert str(array.dtype).removeprefix("torch.") == dtype
            assert str(backend.numpy(array).dtype) == "float64"


# -- functions ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", NAMES)
def test_every_function_has_its_exact_value(name):
    backend = backends.find(name)
    assert backend.functions.keys() == FUNCTIONS.keys() | CHOICES.keys()
    points = [0.25, 1.5, 4.0, -0.75, -3.0]
    with backend.session():
        for function, exact in FUNCTIONS.items():
            for point in points[:3] if function == "log" else points:
                found = float(backend.numpy(backend.functions[function](backend.array(point))))
                assert abs(found - float(exact(ball(1) * point).mid())) < 1e-14 * max(1, abs(found)), function


@pytest.mark.parametrize("name", NAMES)
def test_the_greater_and_the_less(name):
    backend = backends.find(name)
    with backend.session():
        one, other = backend.array([1.0, -2.0]), backend.array([0.5, 3.0])
        assert list(backend.numpy(backend.functions["max"](one, other))) == [1.0, 3.0]
        assert list(backend.numpy(backend.functions["min"](one, other))) == [0.5, -2.0]


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_what_is_not_used_has_gradient_zero(name):
    backend = backends.find(name)
    with backend.session():
        changed = {"x": backend.array([1.0, 2.0]), "W": {1: backend.array(3.0), 2: backend.array([4.0])}}
        found, rest = backend.gradients(lambda c, f: ((c["x"] * f["y"]).sum() + c["W"][1] * 0, "kept"))(
            changed, {"y": backend.array([5.0, 6.0])})
        assert backend.numpy(found["x"]).tolist() == [5, 6] and rest == "kept"
        assert backend.numpy(found["W"][2]).tolist() == [0] and float(backend.numpy(found["W"][1])) == 0
        nothing, _ = backend.gradients(lambda c, f: (backend.array(1.0) * f["y"].sum(), None))(
            changed, {"y": backend.array([5.0])})
        assert backend.numpy(nothing["x"]).tolist() == [0, 0]
