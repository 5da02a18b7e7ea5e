"""NumPy: evaluates, has no autodiff."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy

from verify.backends.base import Backend, DeviceError


class NumpyBackend(Backend):
    name = "numpy"
    functions: dict[str, Callable[..., Any]] = {
        "exp": numpy.exp, "log": numpy.log, "tanh": numpy.tanh, "sin": numpy.sin, "cos": numpy.cos,
        "sinh": numpy.sinh, "cosh": numpy.cosh,
        "sigmoid": lambda u: (1 + numpy.tanh(u / 2)) / 2,
        "softplus": lambda u: numpy.logaddexp(0, u),
        "relu": lambda u: numpy.maximum(u, 0),
        "abs": numpy.abs, "sign": numpy.sign, "max": numpy.maximum, "min": numpy.minimum, "tan": numpy.tan,
        "floor": numpy.floor,
        "step": lambda u: numpy.where(u > 0, 1.0, 0.0).astype(u.dtype),
        "normal_pdf": lambda u: numpy.exp(-u * u / 2) / math.sqrt(2 * math.pi),
        "normal_cdf": lambda u: (1 + numpy.vectorize(math.erf)(u / math.sqrt(2))).astype(u.dtype) / 2,
    }


def open_backend(device: str, dtype: str) -> NumpyBackend:
    if device != "cpu":
        raise DeviceError("numpy computes on the CPU only; use --device cpu")
    return NumpyBackend(numpy, numpy, device, dtype)
