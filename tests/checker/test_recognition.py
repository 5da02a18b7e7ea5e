"""A wrong gradient is explained by a mistake of the catalogue, where the forward pass is one of its entries."""

from __future__ import annotations

import numpy
import pytest

import verify
from verify.checker.recognition import explained
from verify.checker.report import Call

torch = pytest.importorskip("torch", reason="torch is not installed")
LAYER = {"x": verify.array("n", "d"), "gamma": verify.array("d"), "beta": verify.array("d"),
         "eps": verify.array(positive=True)}
ATTENTION = {"q": verify.array("n", "d"), "k": verify.array("m", "d"), "v": verify.array("m", "e")}
LABELS = {"x": verify.array("batch", "d"), "weight": verify.array("k", "d"), "bias": verify.array("k"),
          "labels": verify.array("batch", high="k", integer=True)}


def batch_norm(x, gamma, beta, eps):
    return gamma * (x - x.mean(0)) / torch.sqrt(x.var(0, unbiased=False) + eps) + beta


def batch_norm_backward(statistics=True):
    def backward(inputs, g):
        x, gamma, eps = inputs["x"], inputs["gamma"], inputs["eps"]
        r = 1 / torch.sqrt(x.var(0, unbiased=False) + eps)
        hat = (x - x.mean(0)) * r
        dx = gamma * r * (g - g.mean(0) - hat * (g * hat).mean(0)) if statistics else gamma * r * g
        return {"x": dx, "gamma": (g * hat).sum(0), "beta": g.sum(0)}
    return backward


def attention(q, k, v):
    return torch.softmax(q @ k.T / q.shape[1] ** 0.5, -1) @ v


def attention_backward(change):
    def backward(inputs, g):
        q, k, v = inputs["q"], inputs["k"], inputs["v"]
        root = q.shape[1] ** 0.5
        p = torch.softmax(q @ k.T / root, -1)
        dp = g @ v.T
        ds = p * (dp - (p * dp).sum(-1, keepdim=True))
        return change({"q": ds @ k / root, "k": ds.T @ q / root, "v": p.T @ g}, root, p, dp, k)
    return backward


def cross_entropy(x, weight, bias, labels):
    return torch.nn.functional.cross_entropy(x @ weight.T + bias, labels)


def cross_entropy_backward(inputs, g):
    x, weight, labels = inputs["x"], inputs["weight"], inputs["labels"]
    z = x @ weight.T + inputs["bias"]
    delta = g * (torch.softmax(z, -1) - torch.nn.functional.one_hot(labels, len(weight)).to(z.dtype))      # / batch
    return {"x": delta @ weight, "weight": delta.T @ x, "bias": delta.sum(0)}


def test_the_statistics_of_a_batch_held_constant():
    """The entry normalises one feature; the user, a batch of rows."""
    report = verify.check(batch_norm, batch_norm_backward(statistics=False), LAYER, wrt=["x", "gamma", "beta"])
    assert not report and report.wrong == ["x"]
    assert report.explanation.entry == "batch_norm"
    assert "a known mistake: treats the batch statistics as constants" in str(report)
    assert report.as_dict()["explanation"]["mistake"]["zh"]


def test_a_mask_that_is_left_out_and_other_names():
    report = verify.check(attention, attention_backward(lambda g, root, *_: {**g, "q": g["q"] * root}), ATTENTION)
    assert report.wrong == ["q"] and "forgets 1/√d" in str(report)


def test_a_mistake_further_up_is_seen_in_what_follows_from_it():
    def without_normaliser(g, root, p, dp, k):
        return {**g, "q": (p * dp) @ k / root}
    report = verify.check(attention, attention_backward(without_normaliser), ATTENTION)
    assert "drops the softmax's normaliser" in str(report)


def test_labels_that_count_from_0():
    report = verify.check(cross_entropy, cross_entropy_backward, LABELS)
    assert report.explanation.entry == "cross_entropy_labels"
    assert "1/B is missing" in report.explanation.mistake["en"]


def test_a_mistake_of_its_own_is_not_explained_by_another():
    report = verify.check(attention, attention_backward(lambda g, *_: {**g, "q": g["q"] + 0.1}), ATTENTION)
    assert report.explanation.entry == "attention" and report.explanation.mistake is None
    assert "derive attention --show" in str(report)


def test_another_forward_pass_is_not_recognised():
    def forward(q, k, v):
        return torch.softmax(q @ k.T / q.shape[1], -1) @ v              # not √d
    report = verify.check(forward, attention_backward(lambda g, *_: g), ATTENTION)
    assert not report and report.explanation is None


def test_what_passes_is_not_looked_for():
    report = verify.check(attention, attention_backward(lambda g, *_: g), ATTENTION)
    assert report and report.call is None and report.explanation is None


def test_inputs_that_fit_no_entry():
    nothing = numpy.zeros((2, 2, 2, 2, 2))
    assert explained(Call({"x": nothing, "note": "text"}, [nothing], [nothing], {"x": nothing})) is None
