"""Gradients that cancel to zero: their rounding errors are those of the terms that cancel."""

from __future__ import annotations

import pytest

import verify

torch = pytest.importorskip("torch", reason="torch is not installed")


def layer_norm(x, w):
    return torch.nn.functional.layer_norm(x, (x.shape[-1],), w, eps=1e-5)


def layer_norm_gradients(inputs, g):
    x, w = inputs["x"], inputs["w"]
    mean = x.mean(-1, keepdim=True)
    s = torch.rsqrt(((x - mean) ** 2).mean(-1, keepdim=True) + 1e-5)
    h, d = (x - mean) * s, g * w
    return {"x": s * (d - d.mean(-1, keepdim=True) - h * (d * h).mean(-1, keepdim=True)), "w": (g * h).sum(0)}


SIZES = {"x": verify.array("B", "n"), "w": verify.array("n")}


def test_a_row_of_one_entry_has_a_gradient_of_zero_up_to_the_rounding_of_large_terms():
    for seed in range(120):
        report = verify.check(layer_norm, layer_norm_gradients, SIZES, seed=seed)
        assert report, str(report)


def test_what_is_left_in_place_of_such_a_zero_is_found():
    def off(inputs, g):
        found = layer_norm_gradients(inputs, g)
        return {**found, "x": found["x"] + (1e-7 if g.shape[1] == 1 else 0)}
    assert not verify.check(layer_norm, off, SIZES)


def test_a_number_without_axes_as_an_example():
    inputs = {"x": torch.randn(3, dtype=torch.float64), "s": torch.tensor(2.0, dtype=torch.float64)}
    report = verify.check(lambda x, s: s * x, lambda i, g: {"x": g * i["s"], "s": (g * i["x"]).mean()}, inputs)
    assert not report and report.wrong == ["s"]
