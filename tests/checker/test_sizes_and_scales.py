"""What is wrong only at one size of 1, at a size equal to a number beside it, far out, close to zero, for one sign, or
where what arrives is large."""

from __future__ import annotations

import pytest

import verify

torch = pytest.importorskip("torch", reason="torch is not installed")
ROW, SEEDS = {"x": verify.array("batch", "n")}, range(5)


def softmax(x):
    return torch.softmax(x, -1) * x


def softmax_backward(change=lambda dx, x: dx):
    def backward(inputs, g):
        x = inputs["x"]
        p = torch.softmax(x, -1)
        d = g * x
        return {"x": change(g * p + p * (d - (d * p).sum(-1, keepdim=True)), x)}
    return backward


def found(change, **options) -> bool:
    """Whether a change is found from every seed."""
    return not any(verify.check(softmax, softmax_backward(change), ROW, seed=s, **options) for s in SEEDS)


def test_the_right_one_passes():
    for dtype in ("float64", "float32"):
        for seed in range(20):
            report = verify.check(softmax, softmax_backward(), ROW, seed=seed, dtype=dtype)
            assert report, str(report)


@pytest.mark.parametrize("change", [
    lambda dx, x: dx * 2 if x.shape[0] == 1 else dx, lambda dx, x: dx * 2 if x.shape[1] == 1 else dx,
    lambda dx, x: torch.where(abs(x) > 5, 0 * dx, dx), lambda dx, x: torch.where(abs(x) < 0.05, 0 * dx, dx),
    lambda dx, x: dx.T if x.shape[0] == x.shape[1] else dx])
def test_wrong_at_some_sizes_or_numbers(change):
    assert found(change)


def test_a_size_that_equals_a_number_beside_it():
    inputs = {"x": verify.array("batch", "n"), "W": verify.array("n", 4)}

    def backward(inputs, g):
        dW = inputs["x"].T @ g
        return {"x": g @ inputs["W"].T, "W": dW.T if dW.shape[0] == dW.shape[1] else dW}
    assert not any(verify.check(lambda x, W: x @ W, backward, inputs, seed=s) for s in SEEDS)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ["a", "b"])
def test_numbers_alone_have_both_signs(name, sign):
    inputs = {"a": verify.array(), "b": verify.array()}

    def backward(inputs, g):
        a, b = inputs["a"], inputs["b"]
        wrong = 2 if sign * inputs[name] > 0 else 1
        return {"a": g * b * wrong, "b": g * a}
    assert not any(verify.check(lambda a, b: a * b, backward, inputs, seed=s) for s in range(20))


@pytest.mark.parametrize("change", [lambda g: g.clamp(-1, 1), lambda g: g.abs(), lambda g: -g.abs()])
def test_what_arrives_is_large_and_has_both_signs(change):
    def backward(inputs, g):
        return {"x": change(g) * 2 * inputs["x"]}
    example = {"x": torch.randn(3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)}
    assert not any(verify.check(lambda x: (x ** 2).sum(), backward, example, seed=s) for s in range(20))


def test_draws_where_no_gradient_matters_are_drawn_again():
    """A hinge that is off for most numbers: transposed where it is square, it is found all the same."""
    def forward(x, y):
        return torch.relu(1.0 + (x * y).sum() - 4 * (x ** 2).sum())

    def backward(inputs, g):
        x, y = inputs["x"], inputs["y"]
        on = g * (1.0 + (x * y).sum() - 4 * (x ** 2).sum() > 0)
        dy = on * x
        return {"x": on * (y - 8 * x), "y": dy.T if x.shape[0] == x.shape[1] > 1 else dy}
    inputs = {"x": verify.array("n", "d", low=-0.3, high=0.3), "y": verify.array("n", "d")}
    assert not any(verify.check(forward, backward, inputs, seed=s) for s in SEEDS)


def test_a_function_without_any_gradient_still_passes():
    assert verify.check(lambda x: 0 * x, lambda inputs, g: {"x": 0 * g}, ROW)


def test_a_right_function_that_overflows_far_out_passes():
    report = verify.check(lambda x: torch.exp(x ** 4), lambda i, g: {"x": g * 4 * i["x"] ** 3 * torch.exp(i["x"] ** 4)},
                          ROW, dtype="float32")
    assert report, str(report)
