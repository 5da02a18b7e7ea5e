"""Three layers in torch with backward passes by hand: what checkers are timed on. Sizes are widths; attention has as
many rows as its width, the others have a fixed batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

Tensors = dict[str, Any]
EPSILON = 1e-5


@dataclass(frozen=True)
class Layer:
    forward: Callable[..., Any]
    backward: Callable[[Tensors, Any], Tensors]
    shapes: Callable[[int], dict[str, tuple[int, ...]]]

    def inputs(self, size: int) -> Tensors:
        """Float64, normal numbers divided by the root of the last axis."""
        generator = torch.Generator().manual_seed(size)
        return {name: torch.randn(shape, dtype=torch.float64, generator=generator) / shape[-1] ** 0.5
                for name, shape in self.shapes(size).items()}

    def function(self, size: int) -> tuple[Callable[..., Any], list[Any]]:
        """The two passes as a torch.autograd.Function, and inputs that want gradients: what gradcheck takes."""
        names = list(self.shapes(size))

        class Wrapped(torch.autograd.Function):
            @staticmethod
            def forward(context: Any, *arrays: Any) -> Any:
                context.save_for_backward(*arrays)
                return self.forward(**dict(zip(names, arrays)))

            @staticmethod
            def backward(context: Any, *arriving: Any) -> Any:
                given = dict(zip(names, context.saved_tensors))
                found = self.backward(given, arriving if len(arriving) > 1 else arriving[0])
                return tuple(found[n] for n in names)

        return Wrapped.apply, [a.requires_grad_() for a in self.inputs(size).values()]


def _gates(x: Any, h: Any, c: Any, W: Any, b: Any) -> Any:
    both = torch.cat([h, x], 1)
    i, f, g, o = (both @ W.T + b).chunk(4, 1)
    return both, torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def lstm(x: Any, h: Any, c: Any, W: Any, b: Any) -> Any:
    _, i, f, g, o = _gates(x, h, c, W, b)
    after = f * c + i * g
    return o * torch.tanh(after), after


def lstm_backward(inputs: Tensors, arriving: Any) -> Tensors:
    dh, dc = arriving
    both, i, f, g, o = _gates(**inputs)
    c, W = inputs["c"], inputs["W"]
    t = torch.tanh(f * c + i * g)
    dc = dc + dh * o * (1 - t * t)
    da = torch.cat([dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o)], 1)
    dboth = da @ W
    hidden = c.shape[1]
    return {"x": dboth[:, hidden:], "h": dboth[:, :hidden], "c": dc * f, "W": da.T @ both, "b": da.sum(0)}


def batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    v = x.var(0, unbiased=False)
    return gamma * (x - x.mean(0)) / torch.sqrt(v + EPSILON) + beta


def batch_norm_backward(inputs: Tensors, arriving: Any) -> Tensors:
    x, gamma = inputs["x"], inputs["gamma"]
    root = torch.sqrt(x.var(0, unbiased=False) + EPSILON)
    hat = (x - x.mean(0)) / root
    dgamma, dbeta = (arriving * hat).sum(0), arriving.sum(0)
    return {"x": gamma / root * (arriving - (dbeta + hat * dgamma) / len(x)), "gamma": dgamma, "beta": dbeta}


def attention(q: Any, k: Any, v: Any) -> Any:
    return torch.softmax(q @ k.T / q.shape[1] ** 0.5, 1) @ v


def attention_backward(inputs: Tensors, arriving: Any) -> Tensors:
    q, k, v = inputs["q"], inputs["k"], inputs["v"]
    root = q.shape[1] ** 0.5
    p = torch.softmax(q @ k.T / root, 1)
    dp = arriving @ v.T
    ds = p * (dp - (dp * p).sum(1, keepdim=True)) / root
    return {"q": ds @ k, "k": ds.T @ q, "v": p.T @ arriving}


CELL_BATCH, NORM_BATCH = 4, 32
LAYERS = {
    "LSTM cell": Layer(lstm, lstm_backward, lambda n: {
        "x": (CELL_BATCH, n), "h": (CELL_BATCH, n), "c": (CELL_BATCH, n),
        "W": (4 * n, 2 * n), "b": (4 * n,)}),
    "BatchNorm": Layer(batch_norm, batch_norm_backward, lambda n: {"x": (NORM_BATCH, n), "gamma": (n,), "beta": (n,)}),
    "attention": Layer(attention, attention_backward, lambda n: {"q": (n, n), "k": (n, n), "v": (n, n)}),
}
