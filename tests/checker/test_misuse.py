"""What can go wrong in a call of `verify.check` is told in one line, and never passes."""

from __future__ import annotations

import subprocess
import sys

import numpy
import pytest

import verify
from verify.backends import DeviceError, LibraryError

torch = pytest.importorskip("torch", reason="torch is not installed")

X = {"x": verify.array("n")}


def square(x):
    return (x * x).sum()


def right(inputs, cotangents):
    return {"x": 2 * inputs["x"] * cotangents}


def failure(forward, backward, inputs=None, **options) -> str:
    report = verify.check(forward, backward, inputs or X, **options)
    assert not report and report.failures
    return str(report)


def test_what_is_right_passes():
    report = verify.check(square, right, X)
    assert report and report.reference == "torch.autograd" and not report.wrong and len(report.findings) == 5


# -- backward passes that are wrong as a whole ----------------------------------------------------------------------
def in_place(inputs, g):
    inputs["x"] *= 2
    return {"x": inputs["x"] * g}


def changes_cotangent(inputs, g):
    found = {"x": 2 * inputs["x"] * g}
    g *= 0
    return found


def random(inputs, g):
    return {"x": 2 * inputs["x"] * g * torch.rand(()).item()}


@pytest.mark.parametrize("backward, says", [
    (lambda i, g: {"x": 2 * i["x"] * g * float("nan")}, "it has NaN or infinity in it"),
    (lambda i, g: {"x": i["x"] / 0}, "it has NaN or infinity in it"),
    (lambda i, g: {}, "the backward pass returns none"),
    (lambda i, g: {"x": None}, "it is NoneType, where an array of torch is due"),
    (lambda i, g: {"x": "2x"}, "it is str, where an array of torch is due"),
    (lambda i, g: {"x": 2 * i["x"] * g, "y": g}, "a gradient by 'y', which is no input"),
    (lambda i, g: 2 * i["x"] * g, "returns Tensor, where a dict"),
    (lambda i, g: [2 * i["x"] * g], "returns list, where a dict"),
    (lambda i, g: None, "returns NoneType, where a dict"),
    (lambda i, g: {"x": (2 * i["x"] * g).sum()}, "its shape is a number, where 3 is due"),
    (lambda i, g: {"x": (2 * i["x"] * g)[None]}, "its shape is 1×3, where 3 is due"),
    (lambda i, g: {"x": torch.zeros(0)}, "its shape is 0, where 3 is due"),
    (lambda i, g: 1 / 0, "the backward pass raises ZeroDivisionError: division by zero"),
    (lambda i, g: {"x": i["z"]}, "the backward pass raises KeyError: 'z'"),
    (in_place, "the backward pass changes x in place"),
    (changes_cotangent, "the backward pass changes cotangents in place"),
    (random, "two calls with the same inputs give different values"),
])
def test_a_backward_pass_that_is_no_answer(backward, says):
    assert says in failure(square, backward)


def test_a_gradient_that_only_broadcasts_is_wrong():
    shapes = {"x": verify.array("m", "n"), "b": verify.array("n")}
    text = failure(lambda x, b: x + b, lambda i, g: {"x": g, "b": g}, shapes)
    assert "gradient by b: its shape is 3×4, where 4 is due" in text and "it is not summed over axis 0" in text


def test_gradients_by_masks_may_be_left_out_and_are_checked_where_they_are_not():
    inputs = {"x": verify.array(3), "mask": torch.tensor([1.0, 0.0, 1.0])}

    def forward(x, mask):
        return (x * mask).sum()
    assert verify.check(forward, lambda i, g: {"x": g * i["mask"]}, inputs)
    assert verify.check(forward, lambda i, g: {"x": g * i["mask"], "mask": g * i["x"]}, inputs)
    assert "gradient by mask: wrong" in failure(
        forward, lambda i, g: {"x": g * i["mask"], "mask": 2 * g * i["x"]}, inputs)
    assert "by mask: the backward pass returns none" in failure(
        forward, lambda i, g: {"x": g * i["mask"]}, inputs, wrt=["x", "mask"])


def test_a_function_that_differs_from_call_to_call():
    calls = []

    def drifting(inputs, g):
        calls.append(0)
        return {"x": 2 * inputs["x"] * g * (1 + 1e-3 * (len(calls) % 2))}
    assert "two calls with the same inputs give different values" in failure(square, drifting)
    assert "the forward pass is not deterministic" in failure(lambda x: square(x) * torch.rand(()), right)


# -- forward passes that cannot be used ------------------------------------------------------------------------------
@pytest.mark.parametrize("forward, says", [
    (lambda x: x["k"], "the forward pass raises"),
    (lambda x: (x * 0).log().sum() - (x * 0).log().sum(), "the forward pass gives NaN or infinity"),
    (lambda x: x[:0], "the forward pass returns nothing, or an empty array"),
    (lambda x: (), "the forward pass returns nothing, or an empty array"),
    (lambda x: None, "the forward pass returns NoneType"),
    (lambda x: "x", "the forward pass returns str"),
    (lambda x: x.mul_(2).sum(), "the forward pass changes its input x in place"),
])
def test_a_forward_pass_without_a_value(forward, says):
    assert says in failure(forward, right)


def test_the_prints_of_a_function_do_no_harm(capsys):
    def talking(inputs, g):
        print("hello")
        return right(inputs, g)
    assert verify.check(square, talking, X) and "hello" in capsys.readouterr().out


@pytest.mark.parametrize("example", [numpy.zeros((0, 3)), torch.zeros(2, 0)])
def test_an_empty_example_is_told(example):
    assert "the example is empty" in failure(square, right, {"x": example})


# -- calls that make no sense ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("arguments, options, says", [
    ((square, right, {}), {}, "there are no inputs"),
    ((square, right, {"x": 3}), {}, "nothing to differentiate by"),
    ((square, right, {"x": verify.array("n", high=3, integer=True)}), {}, "nothing to differentiate by"),
    ((square, right, [1]), {}, "inputs is a dict"),
    ((square, None, X), {}, "are functions"),
    ((square, right, X), {"wrt": ["y"]}, "wrt names 'y', which is no input"),
    ((square, right, X), {"wrt": "x"}, "wrt is a list"),
    ((square, right, X), {"draws": 0}, "draws is at least 1"),
    ((square, right, X), {"dtype": "float16"}, "dtype is one of float64, float32, not 'float16'"),
    ((square, right, X), {"library": "mxnet"}, "library is one of torch, jax, numpy, not 'mxnet'"),
])
def test_a_call_without_meaning_is_refused(arguments, options, says):
    with pytest.raises((TypeError, ValueError), match=says):
        verify.check(*arguments, **options)


@pytest.mark.parametrize("shape, options, says", [
    ((0,), {}, "at least 1"), ((1.5,), {}, "a name or a whole number"), (("n",), {"low": 2, "high": 1}, "nothing lies"),
    (("n",), {"integer": True}, "integers need high"), (("n",), {"high": "k"}, "belongs to integers"),
    ((), {"simplex": True}, "needs an axis"),
])
def test_a_declaration_without_meaning_is_refused(shape, options, says):
    with pytest.raises((TypeError, ValueError), match=says):
        verify.array(*shape, **options)


def test_an_absent_device_or_library_is_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="no CUDA"):
        verify.check(square, right, X, device="cuda")
    monkeypatch.setitem(sys.modules, "verify.backends.jax_callables", None)
    with pytest.raises(LibraryError, match="is not installed"):
        verify.check(square, right, X, library="jax")


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


def test_importing_verify_imports_no_library():
    code = "import verify, sys; print([m for m in ('torch', 'jax', 'numpy', 'sympy') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
