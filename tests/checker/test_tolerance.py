"""Right gradients are not rejected where rounding is strong; what rounding does not explain is."""

from __future__ import annotations

import pytest

import verify
from tests.studies import PARTS, SEED

torch = pytest.importorskip("torch", reason="torch is not installed")


def softmax_loss(z, y):
    return -(y * torch.log_softmax(z, 1)).sum()


def softmax_gradient(inputs, g):
    return {"z": g * (torch.softmax(inputs["z"], 1) - inputs["y"])}


def attention(q, k):
    return torch.softmax(q @ k.T, 1)


def attention_gradients(inputs, g):
    q, k = inputs["q"], inputs["k"]
    p = torch.softmax(q @ k.T, 1)
    s = p * (g - (g * p).sum(1, keepdim=True))
    return {"q": s @ k, "k": s.T @ q}


def centred(x, b):
    z = x + b
    return (z - z.mean(0)) / torch.sqrt(z.var(0, unbiased=False) + 1e-5)


def centred_gradients(inputs, g):
    z = inputs["x"] + inputs["b"]
    root = torch.sqrt(z.var(0, unbiased=False) + 1e-5)
    hat = (z - z.mean(0)) / root
    dx = (g - g.mean(0) - hat * (g * hat).mean(0)) / root
    return {"x": dx, "b": dx.sum(0)}


def gelu(x):
    return torch.nn.functional.gelu(3 * x)


def gelu_gradient(inputs, g):
    u = 3 * inputs["x"]
    return {"x": 3 * g * ((1 + torch.erf(u / 2 ** 0.5)) / 2 + u * torch.exp(-u * u / 2) / (2 * torch.pi) ** 0.5)}


PAIRS = {
    "a gradient of zero where there is one class": (softmax_loss, softmax_gradient, ["z"], {
        "z": verify.array("batch", "k"), "y": verify.array("batch", "k", simplex=True)}),
    "saturated rows": (attention, attention_gradients, None, {
        "q": verify.array("n", "d"), "k": verify.array("n", "d")}),
    "a gradient that cancels to zero": (centred, centred_gradients, None, {
        "x": verify.array("n", "d"), "b": verify.array("d")}),
    "a function that cancels": (gelu, gelu_gradient, None, {"x": verify.array("n")}),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", PAIRS)
def test_rounding_rejects_nothing(case, dtype):
    forward, backward, wrt, inputs = PAIRS[case]
    for seed in range(10 * (SEED % PARTS), 400, 10 * PARTS):
        report = verify.check(forward, backward, inputs, wrt=wrt, dtype=dtype, seed=seed)
        assert report, str(report)


@pytest.mark.parametrize("case", PAIRS)
def test_a_millionth_is_found(case):
    forward, backward, wrt, inputs = PAIRS[case]

    def off(given, g):
        found = backward(given, g)
        return {**found, next(iter(found)): next(iter(found.values())) * (1 + 1e-6)}
    assert not verify.check(forward, off, inputs, wrt=wrt)


def test_what_is_wrong_in_single_precision_only_is_found():
    def wrong(inputs, g):
        x = inputs["x"]
        return {"x": g * torch.cos(x) * (1.001 if x.dtype == torch.float32 else 1)}
    report = verify.check(lambda x: torch.sin(x), wrong, {"x": torch.linspace(-1, 2, 7)})
    assert not report and report.failures[0].dtype == "float32"


@pytest.mark.parametrize("change, kind", [
    (lambda g: g.half(), "float16"), (lambda g: g.float(), "float32"), (lambda g: g.long(), "int64"),
    (lambda g: g + 0j, "complex128"), (lambda g: g > 0, "bool"),
])
def test_a_gradient_of_another_dtype_is_told(change, kind):
    report = verify.check(lambda x: torch.sin(x), lambda i, g: {"x": change(g * torch.cos(i["x"]))},
                          {"x": verify.array("n")})
    assert f"gradient by x: it is of {kind}, where float64 is due" in str(report)
