"""The library's derivative is compared with differences of the forward pass: where a part of it is detached, gradients
are judged by these."""

from __future__ import annotations

import numpy
import pytest

import verify

torch = pytest.importorskip("torch", reason="torch is not installed")
X = {"x": verify.array("n")}
SAYS = "torch.autograd's derivative of forward is not forward's derivative"


class Halved(torch.autograd.Function):
    """sin, with half of its gradient."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return torch.sin(x)

    @staticmethod
    def backward(context, g):
        return g * torch.cos(context.saved_tensors[0]) / 2


def rows(x, w):
    """Backpropagation through time, cut off after three steps."""
    h = x[0]
    for k, row in enumerate(x[1:], 1):
        h = torch.tanh(w * (h.detach() if k % 3 == 0 else h) + row)
    return h


def rows_backward(cut):
    def backward(inputs, g):
        x, w = inputs["x"], inputs["w"]
        states = [x[0]]
        for row in x[1:]:
            states.append(torch.tanh(w * states[-1] + row))
        dx, dw, d = torch.zeros_like(x), torch.zeros_like(w), g
        for k in range(len(x) - 1, 0, -1):
            d = d * (1 - states[k] ** 2)
            dx[k], dw = d, dw + d * states[k - 1]
            d = d * w * (k % 3 != 0 or not cut)
        dx[0] = d
        return {"x": dx, "w": dw}
    return backward


def cosine(i, g):
    return {"x": g * torch.cos(i["x"])}


# a forward pass that autograd does not differentiate; its gradient; and what autograd makes of it
PAIRS = {
    "one factor detached": (lambda x: x.detach() * x, lambda i, g: {"x": 2 * g * i["x"]},
                            lambda i, g: {"x": g * i["x"]}),
    "data": (lambda x: x.data * x, lambda i, g: {"x": 2 * g * i["x"]}, lambda i, g: {"x": g * i["x"]}),
    "a number of Python": (lambda x: x * float((x ** 2).sum()),
                           lambda i, g: {"x": g * (i["x"] ** 2).sum() + 2 * i["x"] * (g * i["x"]).sum()},
                           lambda i, g: {"x": g * (i["x"] ** 2).sum()}),
    "item": (lambda x: x * x.sum().item(), lambda i, g: {"x": g * i["x"].sum() + (g * i["x"]).sum()},
             lambda i, g: {"x": g * i["x"].sum()}),
    "no_grad": (torch.no_grad()(lambda x: torch.sin(x)), cosine, lambda i, g: {"x": 0 * g}),
    "inference_mode": (torch.inference_mode()(lambda x: torch.sin(x)), cosine, lambda i, g: {"x": 0 * g}),
    "a rule of its own": (lambda x: Halved.apply(x), cosine, lambda i, g: {"x": cosine(i, g)["x"] / 2}),
    "a small part": (lambda x: x + 1e-3 * torch.sin(x.detach()), lambda i, g: {"x": g * (1 + 1e-3 * torch.cos(i["x"]))},
                     lambda i, g: {"x": g}),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("case", PAIRS)
def test_gradients_are_those_of_the_forward_pass_itself(case, seed):
    forward, right, wrong = PAIRS[case]
    good, bad = (verify.check(forward, b, X, seed=seed) for b in (right, wrong))
    assert good, str(good)
    assert good.reference == "extrapolated differences" and SAYS in str(good)
    assert not bad and bad.wrong == ["x"] and SAYS in str(bad)
    assert not verify.check(forward, lambda i, g: {"x": right(i, g)["x"] * (1 + 1e-5)}, X, seed=seed)


@pytest.mark.parametrize("case", PAIRS)
def test_float32_too(case):
    forward, right, wrong = PAIRS[case]
    good = verify.check(forward, right, X, dtype="float32")
    assert good, str(good)
    assert not verify.check(forward, wrong, X, dtype="float32")


def test_a_part_that_is_detached_at_larger_sizes_only():
    inputs = {"x": verify.array("T", "n"), "w": verify.array("n")}
    assert not verify.check(rows, rows_backward(cut=True), inputs)
    right = verify.check(rows, rows_backward(cut=False), inputs)
    assert right, str(right)


def test_an_input_whose_gradient_is_small_beside_the_others_hides_nothing():
    inputs = {"x": verify.array("n"), "y": verify.array("n")}
    report = verify.check(lambda x, y: 1e4 * x + y.detach() * y, lambda i, g: {"x": 1e4 * g, "y": g * i["y"]}, inputs)
    assert not report and report.wrong == ["y"]


@pytest.mark.parametrize("size", [150, 3000])
def test_large_arrays_too(size):
    x = {"x": torch.linspace(-2, 2, size, dtype=torch.float64)}
    forward, right, wrong = PAIRS["a number of Python"]
    assert verify.check(forward, right, x) and not verify.check(forward, wrong, x)

    def one_off(inputs, g):
        found = right(inputs, g)["x"]
        found[size // 2] *= 1.01
        return {"x": found}
    report = verify.check(forward, one_off, x)
    assert not report and report.wrong == ["x"]


def test_a_straight_through_estimator():
    def forward(x):
        return x + (x.round() - x).detach()
    report = verify.check(forward, lambda i, g: {"x": g}, X)
    assert not report and "give surrogate=True" in str(report)
    assert verify.check(forward, lambda i, g: {"x": g}, X, surrogate=True)
    assert not verify.check(forward, lambda i, g: {"x": 2 * g}, X, surrogate=True)
    assert verify.check(forward, lambda i, g: {"x": 0 * g}, X)


def test_differences_that_do_not_tell_pass_nothing():
    noise = torch.Generator().manual_seed(0)

    def forward(x):
        return torch.sin(x.detach()) + 1e-4 * torch.randn(x.shape, generator=noise, dtype=x.dtype)
    assert not verify.check(forward, lambda i, g: {"x": 0 * g}, X)
    assert not verify.check(forward, lambda i, g: cosine(i, g), X)


def test_confirming_takes_one_call_more():
    calls = []

    def forward(x):
        calls.append(0)
        return torch.sin(x)
    x = {"x": torch.linspace(-1, 2, 5, dtype=torch.float64)}
    assert verify.check(forward, cosine, x, surrogate=True)
    before = len(calls)
    assert verify.check(forward, cosine, x)
    assert len(calls) == 2 * before + 1


@pytest.mark.parametrize("size", [8, 64, 256])
def test_one_call_is_enough_at_larger_sizes_too(size):
    calls, generator = [], torch.Generator().manual_seed(0)

    def forward(x, w):
        calls.append(0)
        return torch.tanh(x @ w)

    def backward(inputs, g):
        d = g * (1 - torch.tanh(inputs["x"] @ inputs["w"]) ** 2)
        return {"x": d @ inputs["w"].T, "w": inputs["x"].T @ d}
    example = {n: torch.randn(size, size, generator=generator, dtype=torch.float64) for n in "xw"}
    assert verify.check(forward, backward, example, draws=1)
    assert len(calls) == 2


def test_a_caller_in_inference_mode():
    with torch.inference_mode():
        assert verify.check(lambda x: torch.sin(x), cosine, X)
        assert not verify.check(lambda x: torch.sin(x), lambda i, g: {"x": g}, X)
        assert torch.is_inference_mode_enabled()


def test_a_stopped_gradient_of_jax():
    jax = pytest.importorskip("jax", reason="JAX is not installed")

    def forward(x):
        return jax.lax.stop_gradient(x) * x
    assert not verify.check(forward, lambda i, g: {"x": g * i["x"]}, X)
    report = verify.check(forward, lambda i, g: {"x": 2 * g * i["x"]}, X)
    assert report and "jax.vjp's derivative of forward is not forward's derivative" in str(report)


def test_outputs_in_a_dict_are_not_mixed_up_by_differences():
    jax = pytest.importorskip("jax", reason="JAX is not installed")

    def forward(x):
        return {"s": jax.numpy.sin(jax.lax.stop_gradient(x)), "a": 2 * x[:1]}

    def backward(given, g):
        dx = g["s"] * jax.numpy.cos(given["x"])
        return {"x": dx.at[0].add(2 * g["a"][0])}
    assert verify.check(forward, backward, X)


@pytest.mark.parametrize("forward, backward, example", [
    (torch.relu, lambda i, g: {"x": g * (i["x"] > 0)}, [0.0, 0.0, 0.0]),
    (torch.relu, lambda i, g: {"x": g * (i["x"] > 0)}, [0.0, 1.0, -2.0]),
    (torch.abs, lambda i, g: {"x": g * torch.sign(i["x"])}, [0.0, 1.0, -2.0]),
])
def test_an_example_at_a_kink_is_no_contradiction(forward, backward, example):
    x = {"x": torch.tensor(example, dtype=torch.float64)}
    report = verify.check(lambda x: forward(x), backward, x)
    assert report and report.reference == "torch.autograd", str(report)
    assert not verify.check(lambda x: forward(x), lambda i, g: {"x": 2 * backward(i, g)["x"]}, x)


def test_a_kink_that_no_other_numbers_avoid():
    def forward(x):
        return x * x + torch.relu(x - x.flip(0).flip(0))

    def backward(inputs, g):
        return {"x": 2 * g * inputs["x"]}
    report = verify.check(forward, backward, X)
    assert report and report.reference == "torch.autograd", str(report)


def test_a_derivative_that_is_right_is_not_doubted():
    def flat(x):
        return torch.relu(x) + torch.abs(x) + torch.floor(x) + torch.nn.functional.gelu(x)

    def backward(i, g):
        x = i["x"]
        bell = torch.exp(-x * x / 2) / (2 * torch.pi) ** 0.5
        return {"x": g * ((x > 0) + torch.sign(x) + (1 + torch.erf(x / 2 ** 0.5)) / 2 + x * bell)}
    for seed in range(0, 300, 10):
        report = verify.check(flat, backward, X, seed=seed)
        assert report and report.reference == "torch.autograd", str(report)
    assert verify.check(lambda x: numpy.float64(2) * x, lambda i, g: {"x": 2 * g}, X)
