"""Functions written in PyTorch for float32, such as modules with their weights, computed in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class Widened(TorchFunctionMode):
    """Inside, every function of torch gets and gives float64 where float32 stands; arrays that exist already, weights
    for example, stay as they are. Gradients go through the change."""

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        func = torch.Tensor.double if func is torch.Tensor.float else func
        return _wide(func(*_wide(args), **_wide(kwargs or {})))


def _wide(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to(torch.float64) if value.dtype == torch.float32 else value
    if value is torch.float32:
        return torch.float64
    if isinstance(value, dict):
        return {k: _wide(v) for k, v in value.items()}
    if type(value) in (tuple, list):
        return type(value)(map(_wide, value))
    return value
