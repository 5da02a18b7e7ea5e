"""Functions that somebody wrote in a library: their values, and that library's own gradients of them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from types import CodeType
from typing import Any

import numpy

from verify.backends.base import DeviceError, LibraryError
from verify.backends.traces import same_environment

MOST_FUNCTIONS = 50     # that one function calls, of those that are looked into
COMPLEX = "of complex numbers; give the real and the imaginary part"

Function = Callable[..., Any]
Weighed = Callable[[Any], list[tuple[Any, Any]]]    # each array of an output, with its weights as an array of NumPy


class Callables:
    """Calls functions of one library; this one, of NumPy, which has no gradients. `reference` is how they are called.
    """

    name = "numpy"
    reference = ""

    def __init__(self, device: str = "cpu"):
        self.device = device

    def kept(self) -> AbstractContextManager[Any]:
        """Around all calls: the library's global state is left as it was."""
        return contextlib.nullcontext()

    def session(self, dtype: str) -> AbstractContextManager[Any]:
        """Around each call: what a function creates without a dtype has this one."""
        return contextlib.nullcontext()

    def widen(self) -> bool:
        """Computes in float64 from now on, in sessions of that dtype, what was written for float32, such as modules
        with their weights. Whether this changes anything."""
        return False

    def array(self, value: Any, dtype: str) -> Any:
        """A NumPy array for the function: floats in `dtype`, whole numbers as they are."""
        return value.astype(dtype, order="C") if value.dtype.kind == "f" else value.copy()

    def numpy(self, value: Any) -> Any:
        """An array of the library, or a number, as NumPy in float64; whole numbers too.

        Raises:
            TypeError: for anything else.
        """
        if isinstance(value, (bool, str)) or not isinstance(value, (numpy.ndarray, numpy.generic, float, int)):
            raise TypeError(type(value).__name__)
        if self.unreadable(value):
            raise TypeError(f"an array {self.unreadable(value)}")
        return numpy.asarray(value, dtype="float64")

    def unreadable(self, value: Any) -> str:
        """What an array is of which no real numbers can be read, and what to give instead; empty for others."""
        if isinstance(value, numpy.ma.MaskedArray):
            return "a masked array; give its data, and the mask as an input of its own"
        if isinstance(value, (numpy.ndarray, numpy.generic)) and value.dtype.kind not in "fiub":
            return COMPLEX if value.dtype.kind == "c" else f"of dtype {value.dtype}; give an array of numbers"
        return COMPLEX if isinstance(value, complex) else ""

    def dtype(self, value: Any) -> str:
        return str(numpy.asarray(value).dtype)

    def gradients(self, forward: Function, inputs: Mapping[str, Any], wrt: list[str],
                  weighed: Weighed) -> tuple[Any, dict[str, Any]]:
        """`forward(**inputs)`, called once, and the derivative of Σ weight · output by each array in `wrt`, as arrays
        of NumPy. `weighed` is called with the output, or with its shapes, before it is differentiated; `inputs` are
        arrays made for this call."""
        raise NotImplementedError(f"{self.name} has no autodiff")

    def output(self, forward: Function, inputs: Mapping[str, Any], wrt: list[str], weighed: Weighed) -> Any:
        """What `gradients` has as the output, in the time of `forward(**inputs)` or less."""
        return forward(**inputs)

    def backward(self, function: Function, inputs: dict[str, Any], arriving: Any) -> Any:
        """`function(inputs, arriving)`."""
        return function(inputs, arriving)

    def own_rules(self, forward: Function, values: Mapping[str, Any], outputs: list[Any]) -> bool:
        """Whether the output of `gradients` may be another than that of the function: where it is computed by a rule
        that its author wrote. `outputs` are those of `gradients` at these values (of NumPy)."""
        return False


def names_in(code: CodeType) -> set[str]:
    """The global names that a function uses, inner functions included."""
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return set(code.co_names).union(*map(names_in, inner))


def find_callables(name: str, device: str = "cpu") -> Callables:
    """The calls of `numpy`, `torch` or `jax`.

    Raises:
        LibraryError, DeviceError: where the library or the device is missing.
    """
    if name == "numpy":
        if device != "cpu":
            raise DeviceError("NumPy computes on the CPU only")
        return Callables()
    path = f"verify.backends.{name}_callables"
    with contextlib.nullcontext() if path in sys.modules else same_environment():
        try:
            module = import_module(path)
        except ModuleNotFoundError as error:
            raise LibraryError(f"{error.name} is not installed: pip install 'derive[verify]'") from error
        return module.open_callables(device)
