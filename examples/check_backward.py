"""A backward pass written by hand, checked: RMS normalisation, with the mean forgotten."""

import torch

import verify


def forward(x, gain, eps):
    return gain * x / torch.sqrt((x ** 2).mean(-1, keepdim=True) + eps)


def backward(inputs, grad):
    x, gain, eps = inputs["x"], inputs["gain"], inputs["eps"]
    r = 1 / torch.sqrt((x ** 2).mean(-1, keepdim=True) + eps)
    d = grad * gain
    dx = r * d - r ** 3 * x * (d * x).sum(-1, keepdim=True)     # / n is missing
    return {"x": dx, "gain": (grad * x * r).sum(0)}


report = verify.check(forward, backward, {
    "x": verify.array("batch", "n"),
    "gain": verify.array("n"),
    "eps": verify.array(positive=True),
}, wrt=["x", "gain"])
print(report)
