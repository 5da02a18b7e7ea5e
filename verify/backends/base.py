"""What a backend can do. NumPy and JAX share most of it; torch writes its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy

Inputs = dict[str, Any]     # a name to an array, or to a dict from a whole number to an array

Differentiated = Callable[[Inputs, Inputs], tuple[Inputs, Any]]


class BackendError(Exception):
    """A backend that cannot be used; one clear line."""


class LibraryError(BackendError):
    """The library is not installed; says which extra brings it."""


class DeviceError(BackendError):
    """The device is not there."""


class DtypeError(BackendError):
    """The dtype is not one of those offered."""


class Backend:
    """Arrays of one library on one device in one floating dtype; `xp` is the library's array namespace.

    Nothing outside the context manager `session` may be called, and it leaves the library's global state as it was.
    """

    name = "none"
    autodiff = ""                       # how its gradients are called in a report
    second = ""                         # and its second derivatives
    functions: dict[str, Callable[..., Any]] = {}

    def __init__(self, library: Any, xp: Any, device: str, dtype: str):
        self.library, self.xp, self.device, self.dtype = library, xp, device, dtype

    def session(self) -> AbstractContextManager[Any]:
        return contextlib.nullcontext()

    def array(self, values: Any) -> Any:
        """Numbers (of NumPy) as an array of this backend."""
        return self.xp.asarray(numpy.asarray(values, dtype=self.dtype))

    def scaled(self, array: Any, scale: float, divided: bool) -> Any:
        """The array times a number, which was `divided` where a division made it."""
        return array if scale == 1 else array * scale

    def given(self, values: Any) -> Any:
        """Inputs (of NumPy) as an array of this backend."""
        return self.array(values)

    def whole(self, values: Any) -> Any:
        """Whole numbers (of NumPy) as an array of this backend."""
        return self.xp.asarray(values)

    def numpy(self, array: Any) -> Any:
        """An array as one of NumPy, in float64."""
        return numpy.asarray(array, dtype="float64")

    def zeros(self, shape: Sequence[int]) -> Any:
        return self.array(numpy.zeros(tuple(shape)))

    def shape(self, array: Any) -> tuple[int, ...]:
        return tuple(array.shape)

    def einsum(self, pattern: str, operands: Sequence[Any]) -> Any:
        return self.xp.einsum(pattern, *operands)

    def stack(self, arrays: Sequence[Any]) -> Any:
        """Arrays of one shape along a new first axis."""
        return self.xp.stack(list(arrays))

    def reshape(self, array: Any, shape: Sequence[int]) -> Any:
        return self.xp.reshape(array, tuple(shape))

    def transpose(self, array: Any, order: Sequence[int]) -> Any:
        return self.xp.transpose(array, tuple(order))

    def take(self, array: Any, indices: Sequence[Any]) -> Any:
        """Members by whole numbers: one index array (of NumPy) or int for each axis, broadcast against each other."""
        return array[tuple(indices)]

    def power(self, base: Any, exponent: Any) -> Any:
        return base ** exponent

    def where(self, kept: Any, array: Any) -> Any:
        """The array where `kept` (of NumPy), elsewhere 1."""
        return self.xp.where(kept, array, self.array(1))

    def total(self, array: Any) -> Any:
        return array.sum()

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function of arrays, compiled where the library can; worth it where it is called again."""
        return function

    def forget(self) -> None:
        """Give back the memory that compiled functions take."""

    def traced(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same for a function that may look at the numbers it is given: such a one is called as it is."""
        return function

    def gradients(self, loss: Callable[[Inputs, Inputs], tuple[Any, Any]]) -> Differentiated:
        """The derivative of a scalar by every array in its first argument, by the library's own autodiff.

        `loss(changed, fixed)` returns the scalar and anything else; what is returned takes the same arguments and
        returns the gradients (zeros for what is not used), and the anything else.
        """
        raise NotImplementedError(f"{self.name} has no autodiff")

    def hessian(self, loss: Callable[..., Any]) -> Callable[..., Any]:
        """The second derivatives of a scalar function of two arrays: those of the first argument down the rows, those
        of the second along the columns; of a function of one array, by itself. The library's own."""
        raise NotImplementedError(f"{self.name} has no autodiff")

    def batched(self, function: Callable[[Inputs], Any], axes: dict[str, int | None]) -> Callable[[Inputs], Any]:
        """`function` over a batch: `axes` says for each name whether it has a leading batch axis (0) or none."""
        raise NotImplementedError(f"{self.name} has no vectorising map")
