"""JAX, with jax.grad."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import jax
import jax.experimental
import jax.numpy
import jax.scipy.special
import numpy

from verify.backends.base import Backend, DeviceError, Differentiated, Inputs

_enable_x64 = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64     # moved in JAX 0.8

@contextlib.contextmanager
def jax_session(device: str) -> Iterator[None]:
    """64 bits for those who ask, on this device, in full precision on a GPU too; by JAX's own scoped settings."""
    with _enable_x64(True), jax.default_device(jax.devices(device)[0]), jax.default_matmul_precision("highest"):
        yield


def require_device(device: str, instead: str = "--device cpu") -> None:
    """Raises DeviceError, which says what to use `instead`, where JAX does not find it."""
    try:
        jax.devices(device)
    except RuntimeError as error:
        raise DeviceError(f"jax finds no {device.upper()} device; use {instead}") from error


class JaxBackend(Backend):
    name = "jax"
    autodiff = "jax.grad"
    second = "jax.hessian"
    functions = {
        "exp": jax.numpy.exp, "log": jax.numpy.log, "tanh": jax.numpy.tanh, "sin": jax.numpy.sin,
        "cos": jax.numpy.cos, "sinh": jax.numpy.sinh, "cosh": jax.numpy.cosh, "sigmoid": jax.nn.sigmoid,
        "softplus": lambda u: jax.numpy.logaddexp(u, 0), "relu": jax.nn.relu,
        "abs": jax.numpy.abs, "sign": jax.numpy.sign, "max": jax.numpy.maximum, "min": jax.numpy.minimum,
        "floor": jax.numpy.floor,
        "tan": jax.numpy.tan,
        "step": lambda u: (u > 0).astype(u.dtype),
        "normal_pdf": lambda u: jax.numpy.exp(-u * u / 2) / math.sqrt(2 * math.pi),
        "normal_cdf": lambda u: (1 + jax.scipy.special.erf(u / math.sqrt(2))) / 2,
    }

    def session(self) -> AbstractContextManager[Any]:
        return jax_session(self.device)

    def array(self, values: Any) -> Any:
        return jax.numpy.asarray(numpy.asarray(values, dtype="float64"), dtype=self.dtype)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return jax.jit(function)

    def forget(self) -> None:
        jax.clear_caches()

    def traced(self, function: Callable[..., Any]) -> Callable[..., Any]:
        chosen = jax.jit(function)

        def called(*arrays: Any) -> Any:
            nonlocal chosen
            try:
                return chosen(*arrays)
            except (TypeError, jax.errors.JAXIndexError):       # what cannot be traced, and what fails as it is too
                chosen = function
                return function(*arrays)
        return called

    def gradients(self, loss: Callable[[Inputs, Inputs], tuple[Any, Any]]) -> Differentiated:
        return jax.grad(loss, has_aux=True)

    def hessian(self, loss: Callable[..., Any]) -> Callable[..., Any]:
        def second(*arrays: Any) -> Any:
            return jax.hessian(loss, argnums=tuple(range(len(arrays))))(*arrays)[0][-1]
        return second

    def batched(self, function: Callable[[Inputs], Any], axes: dict[str, int | None]) -> Callable[[Inputs], Any]:
        return jax.vmap(function, in_axes=(axes,))


def open_backend(device: str, dtype: str) -> JaxBackend:
    require_device(device)
    return JaxBackend(jax, jax.numpy, device, dtype)
