"""What forward passes may be, and return: nested outputs, functions by position, modules in float32, large arrays."""

from __future__ import annotations

import time

import numpy
import pytest

import verify

torch = pytest.importorskip("torch", reason="torch is not installed")
X = {"x": verify.array("n")}


# -- nested outputs ---------------------------------------------------------------------------------------------------
def test_the_outputs_of_a_recurrent_layer():
    layer = torch.nn.LSTM(2, 3).double()

    def forward(x):
        return layer(x)

    def backward(inputs, g):
        x = inputs["x"].requires_grad_()
        hs, (h, c) = layer(x)
        dhs, (dh, dc) = g
        return {"x": torch.autograd.grad((hs, h, c), x, (dhs, dh, dc))[0]}

    def without_the_cell(inputs, g):
        return backward(inputs, (g[0], (g[1][0], 0 * g[1][1])))
    inputs = {"x": verify.array("T", "batch", 2)}
    assert verify.check(forward, backward, inputs)
    report = verify.check(forward, without_the_cell, inputs)
    assert not report and "what arrives at output 1, 1 is left out" in str(report)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_lists_in_dicts_in_tuples(library):
    xp = pytest.importorskip({"torch": "torch", "jax": "jax.numpy"}[library], reason=f"{library} is not installed")

    def forward(x):
        return {"z": [xp.sin(x), (2 * x,)], "a": {"k": x * x}}

    def backward(given, g):
        first, (second,) = g["z"]
        return {"x": first * xp.cos(given["x"]) + 2 * second + 2 * given["x"] * g["a"]["k"]}
    assert verify.check(forward, backward, X)
    report = verify.check(forward, lambda i, g: backward(i, {**g, "z": [g["z"][0], (0 * g["z"][0],)]}), X)
    assert not report and "what arrives at output 'z', 1, 0 is left out" in str(report)


def test_something_else_in_a_structure_is_told():
    report = verify.check(lambda x: (x, (x, None)), lambda i, g: {"x": g[0]}, X, library="torch")
    assert "the forward pass returns NoneType" in str(report)


# -- how functions are called -----------------------------------------------------------------------------------------
def position(x, /, y):
    return x * y


@pytest.mark.parametrize("forward", [position, lambda *arrays: arrays[0] * arrays[1], numpy.multiply])
def test_functions_that_take_arrays_by_position(forward):
    inputs = {"b": numpy.array([1.0, 2.0, -0.5]), "a": numpy.array([0.3, -1.0, 2.0])}
    report = verify.check(forward, lambda i, g: {"b": g * i["a"], "a": g * i["b"]}, inputs)
    assert report, str(report)
    assert not verify.check(forward, lambda i, g: {"b": g * i["b"], "a": g * i["a"]}, inputs)


def test_a_rule_of_jax_at_the_top_of_a_module():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    space = {"jax": jax}
    exec("square = jax.custom_vjp(lambda x: x * x)\n"
         "square.defvjp(lambda x: (x * x, x), lambda x, g: (2 * x * g,))\n"
         "def forward(x): return square(x)", space)
    del space["jax"]
    report = verify.check(space["forward"], lambda i, g: {"x": 2 * i["x"] * g}, X)
    assert report and report.reference == "jax.vjp"


# -- float32 ----------------------------------------------------------------------------------------------------------
LINEAR = torch.nn.Linear(4, 3)


def linear(input):
    return torch.tanh(LINEAR(input))


def linear_backward(inputs, g):
    y = torch.tanh(LINEAR(inputs["input"]))
    return {"input": (g * (1 - y ** 2)) @ LINEAR.weight}


@pytest.mark.parametrize("x", [verify.array("batch", 4), torch.linspace(-1, 1, 8).reshape(2, 4)])
def test_a_module_in_float32(x):
    report = verify.check(linear, linear_backward, {"input": x})
    assert report, str(report)
    assert verify.check(LINEAR, lambda i, g: {"input": g @ LINEAR.weight}, {"input": x})
    assert LINEAR.weight.dtype == torch.float32 and LINEAR.weight.grad is None

    def off(inputs, g):
        return {"input": linear_backward(inputs, g)["input"] * (1 + 1e-9)}
    assert not verify.check(linear, off, {"input": x})


def test_a_forward_pass_that_turns_everything_into_float32():
    def forward(x):
        return torch.tanh(x.float()).sum()

    def backward(inputs, g):
        return {"x": (g * (1 - torch.tanh(inputs["x"].float()) ** 2)).to(inputs["x"].dtype)}
    report = verify.check(forward, backward, X)
    assert report, str(report)
    assert not verify.check(forward, lambda i, g: {"x": backward(i, g)["x"] * (1 + 1e-6)}, X)


def masked(x, mask):
    return torch.softmax(x + mask, -1)


def masked_backward(inputs, g):
    p = torch.softmax(inputs["x"] + inputs["mask"], -1)
    return {"x": p * (g - (g * p).sum(-1, keepdim=True))}


@pytest.mark.parametrize("wrt", [None, ["x"]])
@pytest.mark.parametrize("low", [-1e9, -1e30])
def test_a_row_that_is_masked_altogether(low, wrt):
    x = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[0, 0, low, 0], [low] * 4, [0, 0, 0, 0]])
    report = verify.check(masked, masked_backward, {"x": x, "mask": mask}, wrt=wrt)
    assert report, str(report)
    wrong = verify.check(masked, lambda i, g: {"x": masked_backward(i, g)["x"] * 1.01}, {"x": x, "mask": mask}, wrt=wrt)
    assert not wrong


def test_a_mask_of_infinities_stays_what_it_is():
    inputs = {"x": torch.randn(3, 4).double(), "mask": torch.full((3, 4), float("-inf")).triu(1)}
    report = verify.check(masked, masked_backward, inputs)
    assert report, str(report)


# -- large arrays -----------------------------------------------------------------------------------------------------
def filled(x):
    out = numpy.zeros_like(x)
    out[:] = numpy.tanh(x)
    out[0] = 0
    return out


def filled_backward(inputs, g):
    d = g * (1 - numpy.tanh(inputs["x"]) ** 2)
    d[0] = 0
    return {"x": d}


def test_a_large_array_that_nothing_differentiates_takes_no_time():
    x = {"x": numpy.linspace(-2, 2, 30_000)}
    start = time.process_time()
    report = verify.check(filled, filled_backward, x)
    assert report and report.reference == "complex step", str(report)
    assert time.process_time() - start < 20


@pytest.mark.parametrize("change", [
    lambda d: d[5000] * 1.0001 - d[5000], lambda d: d[7] - d[8], lambda d: 1e-6 * d.max()])
def test_a_single_wrong_entry_of_it_is_found(change):
    def off(inputs, g):
        d = filled_backward(inputs, g)["x"]
        d[5000] += change(d)
        return {"x": d}
    report = verify.check(filled, off, {"x": numpy.linspace(-2, 2, 10_000)})
    assert not report and "the gradient by x: wrong: along a random direction" in str(report)


# -- JAX --------------------------------------------------------------------------------------------------------------
def test_a_backward_pass_of_jax_is_compiled_at_later_shapes_where_it_can_be():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    inputs, traced = {"x": verify.array("m", "n")}, []

    def backward(given, g):
        traced.append(isinstance(given["x"], jax.core.Tracer))
        return {"x": g * jax.numpy.cos(given["x"])}

    def looking(given, g):
        return {"x": g * jax.numpy.cos(given["x"]) if float(given["x"][0, 0]) < 9 else g}

    def wrong_later(given, g):
        return {"x": g * jax.numpy.cos(given["x"]) * (2 if given["x"].shape[0] == 1 else 1)}
    assert verify.check(lambda x: jax.numpy.sin(x), backward, inputs)
    assert traced[0] is False and True in traced
    assert verify.check(lambda x: jax.numpy.sin(x), looking, inputs)
    assert not verify.check(lambda x: jax.numpy.sin(x), wrong_later, inputs)
    raising = verify.check(lambda x: jax.numpy.sin(x), lambda i, g: {"x": g if len(g) == 1 else 1 / 0}, inputs)
    assert "the backward pass raises ZeroDivisionError" in str(raising)
