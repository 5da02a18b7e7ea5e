"""PyTorch, with torch.autograd."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy
import torch

from verify.backends.base import Backend, DeviceError, Differentiated, Inputs


class TorchBackend(Backend):
    name = "torch"
    autodiff = "torch.autograd"
    second = "torch.autograd.functional.hessian"
    functions = {
        "exp": torch.exp, "log": torch.log, "tanh": torch.tanh, "sin": torch.sin, "cos": torch.cos,
        "sinh": torch.sinh, "cosh": torch.cosh, "sigmoid": torch.sigmoid,
        "softplus": lambda u: torch.logaddexp(u, torch.zeros_like(u)),
        "relu": torch.relu,
        "abs": torch.abs, "sign": torch.sign, "max": torch.maximum, "min": torch.minimum, "tan": torch.tan,
        "floor": torch.floor,
        "step": lambda u: (u > 0).to(u.dtype),
        "normal_pdf": lambda u: torch.exp(-u * u / 2) / math.sqrt(2 * math.pi),
        "normal_cdf": lambda u: (1 + torch.erf(u / math.sqrt(2))) / 2,
    }

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Full precision on a GPU too, and a random state of its own: building a module draws weights."""
        matmul = torch.backends.cuda.matmul.allow_tf32
        devices = [torch.cuda.current_device()] if self.device == "cuda" else []
        with torch.enable_grad(), torch.random.fork_rng(devices), torch.backends.cudnn.flags(
                enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
            torch.backends.cuda.matmul.allow_tf32 = False
            try:
                yield
            finally:
                torch.backends.cuda.matmul.allow_tf32 = matmul

    def array(self, values: Any) -> Any:
        return torch.tensor(numpy.asarray(values), dtype=getattr(torch, self.dtype), device=self.device)

    def whole(self, values: Any) -> Any:
        return torch.as_tensor(values, device=self.device)

    def numpy(self, array: Any) -> Any:
        return array.detach().cpu().double().numpy()

    def einsum(self, pattern: str, operands: Sequence[Any]) -> Any:
        return torch.einsum(pattern, *operands)

    def transpose(self, array: Any, order: Sequence[int]) -> Any:
        return array.permute(*order)

    def take(self, array: Any, indices: Sequence[Any]) -> Any:
        return array[tuple(torch.as_tensor(i, device=self.device) if isinstance(i, numpy.ndarray) else i
                           for i in indices)]

    def where(self, kept: Any, array: Any) -> Any:
        return torch.where(torch.as_tensor(kept, device=self.device), array, self.array(1))

    def gradients(self, loss: Callable[[Inputs, Inputs], tuple[Any, Any]]) -> Differentiated:
        def differentiated(changed: Inputs, fixed: Inputs) -> tuple[Inputs, Any]:
            leaves = {n: _map(lambda a: a.detach().clone().requires_grad_(), v) for n, v in changed.items()}
            flat = [a for v in leaves.values() for a in (v.values() if isinstance(v, dict) else [v])]
            value, rest = loss(leaves, fixed)
            if not value.requires_grad:
                return {n: _map(torch.zeros_like, v) for n, v in changed.items()}, rest
            found = iter(torch.autograd.grad(value, flat, allow_unused=True, materialize_grads=True))
            return {n: _map(lambda _: next(found), v) for n, v in leaves.items()}, rest
        return differentiated

    def hessian(self, loss: Callable[..., Any]) -> Callable[..., Any]:
        def second(*arrays: Any) -> Any:
            found = torch.autograd.functional.hessian(loss, arrays)
            return found[0][-1]
        return second

    def batched(self, function: Callable[[Inputs], Any], axes: dict[str, int | None]) -> Callable[[Inputs], Any]:
        return torch.func.vmap(function, in_dims=(axes,))


def _map(change: Callable[[Any], Any], value: Any) -> Any:
    return {k: change(v) for k, v in value.items()} if isinstance(value, dict) else change(value)


def require_device(device: str, instead: str = "--device cpu") -> None:
    """Raises DeviceError, which says what to use `instead`, where torch does not find it."""
    if device == "cuda" and not torch.cuda.is_available():
        raise DeviceError(f"torch finds no CUDA device; use {instead}")


def open_backend(device: str, dtype: str) -> TorchBackend:
    require_device(device)
    return TorchBackend(torch, torch, device, dtype)
