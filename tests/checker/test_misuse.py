"""What can go wrong in a call of `verify.check` is told in one line, and never passes."""

from __future__ import annotations

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


def test_positive_numbers_below_a_bound():
    from verify.checker.draws import Draw, drawn

    for seed in range(50):
        draw = Draw({"n": 5}, seed)
        found = drawn({"x": verify.array("n", positive=True, high=0.5)}, draw, draw.numbers(numpy.random.default_rng()))
        assert (found["x"] > 0).all() and (found["x"] < 0.5).all()


def test_outputs_that_are_no_real_numbers():
    assert "the forward pass returns an array of complex numbers" in failure(lambda x: x + 1j, right)
    assert "the forward pass returns an array sparse" in failure(lambda x: torch.diag(x).to_sparse(), right)
    assert "sparse; give its to_dense()" in failure(square, lambda i, g: {"x": (2 * i["x"] * g).to_sparse()})


def test_a_numpy_function_with_random_numbers():
    text = failure(lambda x: x * numpy.random.rand(), lambda i, g: {"x": g}, {"x": numpy.ones(3)})
    assert "the forward pass is not deterministic: two calls differ" in text


def test_an_example_with_infinity_is_not_changed_in_place():
    assert "NaN or infinity" in failure(square, right, {"x": torch.tensor([1.0, float("inf")])})


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
    ((square, right, X), {"device": "foo"}, "device is one of cpu, cuda, not 'foo'"),
    ((square, right, X), {"seed": -1}, "seed is a whole number from 0 on, not -1"),
    ((square, right, X), {"seed": 1.5}, "seed is a whole number from 0 on, not 1.5"),
    ((square, right, X), {"sizes": []}, "sizes is a list of dicts, one or more"),
    ((square, right, X), {"sizes": {"n": 3}}, "sizes is a list of dicts"),
    ((square, right, X), {"sizes": [3]}, "is a dict from the names of sizes to numbers, not 3"),
    ((square, right, X), {"sizes": [{"n": 3}, {}]}, r"sizes\[1\] does not say how large 'n' is"),
    ((square, right, X), {"sizes": [{"n": 3, "B": 2}]}, r"sizes\[0\] names 'B', which is no size of an input \(n\)"),
    ((square, right, X), {"sizes": [{"n": 2.5}]}, "is a whole number from 1 on, not 2.5"),
    ((square, right, X), {"sizes": [{"n": 0}]}, "is a whole number from 1 on, not 0"),
    ((square, right, {"x": torch.ones(3)}), {"sizes": [{"n": 3}]}, "no size of an input .none has a name"),
    ((square, right, {"x": torch.randn(3) + 1j}), {}, "example x is of complex numbers; give the real and the imag"),
    ((square, right, {"x": numpy.ones(3) * 1j}), {}, "example x is of complex numbers"),
    ((square, right, {"x": 2j}), {}, "example x is of complex numbers"),
    ((square, right, {"x": numpy.ma.masked_array([1.0, 2.0], [0, 1])}), {}, "example x is a masked array; give its"),
    ((square, right, {"x": torch.ones(3, device="meta")}), {}, "example x is on the device meta, where it has no val"),
    ((square, right, {"x": torch.eye(3).to_sparse()}), {}, "example x is sparse; give its to_dense"),
    ((square, right, {"x": torch.tensor([1.0, float("nan")])}), {}, "example x has NaN in it"),
    ((square, right, {"x": numpy.float64(2)}), {}, "x is a number of Python, which is handed on as it is; an array"),
    ((square, right, {**X, "a": 2.0}), {"wrt": ["a"]}, "no gradient by 'a': it is a number of Python"),
])
def test_a_call_without_meaning_is_refused(arguments, options, says):
    with pytest.raises((TypeError, ValueError), match=says):
        verify.check(*arguments, **options)


@pytest.mark.parametrize("shape, options, says", [
    ((0,), {}, "at least 1"), ((1.5,), {}, "a name or a whole number"), (("n",), {"low": 2, "high": 1}, "nothing lies"),
    (("n",), {"integer": True}, "integers need high"), (("n",), {"high": "k"}, "belongs to integers"),
    ((), {"simplex": True}, "needs an axis"), (("",), {}, "the name of a size is empty"),
    (("n",), {"low": float("nan")}, "low is a finite number, not nan"),
    (("n",), {"high": float("inf")}, "high is a finite number, not inf"),
    (("n",), {"positive": True, "high": -1}, "nothing positive lies below -1"),
    (("n",), {"positive": True, "low": -2}, "contradict each other"),
    (("n",), {"integer": True, "high": 2.5}, "high is a whole number, not 2.5"),
    (("n",), {"integer": True, "positive": True, "high": 5}, "have low=1"),
    (("n",), {"simplex": True, "low": 1}, "neither bounds nor whole numbers"),
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
