"""Functions written in PyTorch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy
import torch

from verify.backends.callables import COMPLEX, Callables, Function, Weighed
from verify.backends.torch_backend import require_device
from verify.backends.torch_widening import Widened


class TorchCallables(Callables):
    name = "torch"
    reference = "torch.autograd"

    def __init__(self, device: str = "cpu"):
        super().__init__(device)
        self._wide = False

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        deterministic, threads = torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()
        warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
        default = torch.get_default_dtype()
        devices = [torch.cuda.current_device()] if self.device == "cuda" else []
        plain = torch.inference_mode(False) if torch.is_inference_mode_enabled() else contextlib.nullcontext()
        with plain, torch.enable_grad(), torch.random.fork_rng(devices):
            try:
                yield
            finally:
                if (deterministic, warn_only) != (torch.are_deterministic_algorithms_enabled(),
                                                  torch.is_deterministic_algorithms_warn_only_enabled()):
                    torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
                torch.set_default_dtype(default)
                if torch.get_num_threads() != threads:
                    torch.set_num_threads(threads)

    @contextlib.contextmanager
    def session(self, dtype: str) -> Iterator[None]:
        """What a function changes here stays until the next session, or the end of `kept`."""
        kind = getattr(torch, dtype)
        if torch.get_default_dtype() != kind:
            torch.set_default_dtype(kind)
        if torch.is_grad_enabled() and not self._wide:
            yield
        else:
            with torch.enable_grad(), Widened() if self._wide and dtype == "float64" else contextlib.nullcontext():
                yield

    def widen(self) -> bool:
        before, self._wide = self._wide, True
        return not before

    def array(self, value: Any, dtype: str) -> Any:
        found = torch.from_numpy(value.astype(dtype, order="C") if value.dtype.kind == "f" else value.copy())
        return found if self.device == "cpu" else found.to(self.device)

    def numpy(self, value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            return super().numpy(value)
        if value.dtype != torch.float64 or value.layout is not torch.strided:
            if self.unreadable(value):
                raise TypeError(f"an array {self.unreadable(value)}")
            value = value.double() if value.is_floating_point() else value
        value = value.detach() if value.requires_grad else value
        return (value if self.device == "cpu" else value.cpu()).numpy()

    def unreadable(self, value: Any) -> str:
        if not isinstance(value, torch.Tensor):
            return super().unreadable(value)
        if value.is_meta:
            return "on the device meta, where it has no values"
        if value.layout is not torch.strided or value.is_quantized:
            return "sparse; give its to_dense()" if not value.is_quantized else "quantized; give its dequantize()"
        return COMPLEX if value.is_complex() else ""

    def dtype(self, value: Any) -> str:
        if not isinstance(value, torch.Tensor):
            return super().dtype(value)
        return "float64" if value.dtype == torch.float64 else str(value.dtype).removeprefix("torch.")

    def gradients(self, forward: Function, inputs: Mapping[str, Any], wrt: list[str],
                  weighed: Weighed) -> tuple[Any, dict[str, Any]]:
        leaves = {n: inputs[n].requires_grad_() for n in wrt}
        output = forward(**inputs)
        pairs = [(o, self._beside(o, w)) for o, w in weighed(output) if isinstance(o, torch.Tensor) and o.requires_grad]
        if not pairs:
            return output, {n: numpy.zeros(tuple(leaf.shape)) for n, leaf in leaves.items()}
        found = torch.autograd.grad([o for o, _ in pairs], list(leaves.values()), [w for _, w in pairs],
                                    allow_unused=True)
        return output, {n: numpy.zeros(tuple(leaf.shape)) if g is None else self.numpy(g)
                        for (n, leaf), g in zip(leaves.items(), found)}

    def _beside(self, output: Any, weights: Any) -> Any:
        """Weights in the dtype of an output; those of complex numbers stay real, which torch refuses."""
        found = self.array(weights, "float64")
        return found.to(output.dtype) if output.is_floating_point() and output.dtype != torch.float64 else found


def open_callables(device: str) -> TorchCallables:
    require_device(device, "device='cpu'")
    return TorchCallables(device)
