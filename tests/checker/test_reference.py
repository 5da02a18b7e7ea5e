"""What gradients are compared with is a derivative of the forward pass: no rule of the user's own, no detached part."""

from __future__ import annotations

import numpy
import pytest

import verify

torch = pytest.importorskip("torch", reason="torch is not installed")
X = {"x": verify.array("n")}


class Cube(torch.autograd.Function):
    """x², with a wrong backward pass."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(context, g):
        return 3 * context.saved_tensors[0] * g


class Square(Cube):
    @staticmethod
    def backward(context, g):
        return 2 * context.saved_tensors[0] * g


def through_numpy(x):
    return torch.tensor(numpy.sin(x.detach().numpy()))


NOT_DERIVATIVES = {
    "its own rule": (lambda x: torch.exp(Cube.apply(x)), lambda i, g: {"x": 3 * i["x"] * g * torch.exp(i["x"] ** 2)}),
    "through NumPy": (through_numpy, lambda i, g: {"x": torch.zeros_like(g)}),
    "without gradients": (torch.no_grad()(lambda x: torch.sin(x)), lambda i, g: {"x": torch.zeros_like(g)}),
    "detached": (lambda x: torch.sin(x.detach()), lambda i, g: {"x": torch.zeros_like(g)}),
}


@pytest.mark.parametrize("case", NOT_DERIVATIVES)
def test_a_wrong_derivative_of_the_library_passes_nothing(case):
    report = verify.check(*NOT_DERIVATIVES[case], X, library="torch")
    assert not report and "torch.autograd's derivative of forward is not forward's" in str(report)


def test_the_same_of_jax():
    jax = pytest.importorskip("jax", reason="JAX is not installed")

    @jax.custom_vjp
    def square(x):
        return x * x
    square.defvjp(lambda x: (x * x, x), lambda x, g: (3 * x * g,))
    report = verify.check(lambda x: square(x), lambda i, g: {"x": 3 * i["x"] * g}, X, library="jax")
    assert not report and "jax.vjp's derivative of forward is not forward's" in str(report)
    assert verify.check(lambda x: jax.nn.softmax(x), lambda i, g: (lambda p: {"x": p * (g - (g * p).sum())})(
        jax.nn.softmax(i["x"])), X)


def test_outputs_of_jax_by_name_in_any_order():
    numpy_of_jax = pytest.importorskip("jax.numpy", reason="JAX is not installed")

    def forward(x):
        return {"s": numpy_of_jax.sin(x), "a": 2 * x}

    def backward(given, g):
        return {"x": g["s"] * numpy_of_jax.cos(given["x"]) + 2 * g["a"]}
    assert verify.check(forward, backward, X)
    assert not verify.check(forward, lambda i, g: backward(i, {"s": g["a"], "a": g["s"]}), X)


def test_jax_compiles_once_for_all_draws_of_one_shape():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    calls = []

    def forward(x, mask):
        calls.append(0)
        return jax.numpy.sin(x) * mask
    inputs = {"x": jax.numpy.arange(3.0), "mask": jax.numpy.asarray([1.0, 0.0, 1.0])}
    counts = []
    for draws in (2, 20):
        calls.clear()
        assert verify.check(forward, lambda i, g: {"x": g * jax.numpy.cos(i["x"]) * i["mask"]}, inputs, wrt=["x"],
                            draws=draws)
        counts.append(len(calls))
    assert counts[0] == counts[1]


def test_a_jax_function_that_looks_at_numbers_which_are_held():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    inputs = {"x": verify.array("n"), "k": verify.array(high=2, integer=True)}

    def forward(x, k):
        return jax.numpy.sin(x) if int(k) else jax.numpy.cos(x)

    def backward(given, g):
        return {"x": g * (jax.numpy.cos(given["x"]) if int(given["k"]) else -jax.numpy.sin(given["x"]))}
    assert verify.check(forward, backward, inputs, draws=8)
    assert not verify.check(forward, lambda i, g: {"x": g * jax.numpy.cos(i["x"])}, inputs, draws=8)


def test_a_right_rule_of_ones_own_and_a_true_zero_pass():
    assert verify.check(lambda x: Square.apply(x), lambda i, g: {"x": 2 * i["x"] * g}, X, library="torch")
    assert verify.check(lambda x, u: x * x + 0 * u, lambda i, g: {"x": 2 * i["x"] * g, "u": 0 * g},
                        {**X, "u": verify.array("n")})


# -- examples ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("forward, backward, example", [
    (torch.relu, lambda i, g: {"x": g * (i["x"] >= 0)}, [0.0, 0.0, 0.0]),
    (torch.max, lambda i, g: {"x": g * (i["x"] == i["x"].max())}, [1.0, 2.5, 2.5, 0.3]),
])
def test_an_example_at_a_kink_is_left_and_told(forward, backward, example):
    x = torch.tensor(example, dtype=torch.float64)
    report = verify.check(lambda x: forward(x), backward, {"x": x})
    assert report and "the example lies at a kink or a tie" in str(report)
    assert not verify.check(lambda x: forward(x), lambda i, g: {"x": 0.5 * backward(i, g)["x"]}, {"x": x})


@pytest.mark.parametrize("example", [torch.zeros(4), torch.ones(4)])
def test_examples_of_zeros_and_ones_hide_nothing(example):
    x = {"x": example.double()}
    assert not verify.check(lambda x: x * x, lambda i, g: {"x": 2 * i["x"] ** 2 * g}, x)
    assert not verify.check(lambda x: torch.tanh(x), lambda i, g: {"x": g * (1 - torch.tanh(i["x"]) ** 3)}, x)


def test_draws_stay_near_an_example_where_the_forward_pass_needs_it():
    x = {"x": torch.tensor([-0.9, 0.2, 0.99], dtype=torch.float64)}
    assert verify.check(lambda x: torch.atanh(x), lambda i, g: {"x": g / (1 - i["x"] ** 2)}, x)


# -- NumPy functions that JAX cannot trace -----------------------------------------------------------------------------
def filled(x, w):
    out = numpy.zeros((len(x), w.shape[1]))
    for k, row in enumerate(x):
        out[k] = numpy.tanh(row @ w)
    return out


def filled_gradients(inputs, g):
    x, w = inputs["x"], inputs["w"]
    d = g * (1 - numpy.tanh(x @ w) ** 2)
    return {"x": d @ w.T, "w": x.T @ d}


def steps(x):
    out = x.copy()
    out[0] = 0
    return numpy.abs(x) + out


SHAPES = {"x": verify.array("b", "n"), "w": verify.array("n", "m")}


def test_assignments_into_arrays_are_differentiated_by_differences():
    report = verify.check(filled, filled_gradients, SHAPES)
    assert report and report.reference == "extrapolated differences"
    assert not verify.check(filled, lambda i, g: {n: d * (1 + 1e-6) for n, d in filled_gradients(i, g).items()}, SHAPES)


def test_a_complex_step_that_is_wrong_is_not_believed():
    for seed in range(0, 200, 10):
        report = verify.check(steps, lambda i, g: {"x": g * (numpy.sign(i["x"]) + (numpy.arange(len(g)) > 0))}, X,
                              seed=seed)
        assert report, str(report)


def test_a_scalar_of_python_is_a_value():
    assert verify.check(lambda x: float(numpy.sum(x * x)), lambda i, g: {"x": 2 * i["x"] * g},
                        {"x": numpy.array([1.0, 2.0, 3.0])})
