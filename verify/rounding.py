"""Arrays that carry a bound on their rounding error: what a tolerance follows from.

Every operation on `Rounded` arrays propagates the errors of its operands to first order and adds its own, for sums in
any order (Higham 2002, Accuracy and Stability of Numerical Algorithms, sections 3.3 and 4.2). Errors are in units of
the unit roundoff, so that one run in float64 serves float64, float32 and bfloat16.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from verify.backends.base import Backend, Inputs
from verify.backends.numpy_backend import NumpyBackend

FUNCTION_ROUNDINGS = 8      # an elementary function of torch, JAX or a GPU is off by less; 4.6 were measured


EXACT = 256                 # whole numbers up to here are numbers of every dtype


class Rounded:
    """Values, and the error that they may have after rounding: |computed − exact| ≤ u · error."""

    __array_ufunc__ = None      # NumPy leaves `array * rounded` to us
    __slots__ = ("value", "error")

    def __init__(self, value: Any, error: Any = 0.0):
        self.value = numpy.asarray(value, dtype=float)
        self.error = numpy.broadcast_to(numpy.asarray(error, dtype=float), self.value.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def ndim(self) -> int:
        return self.value.ndim

    def __add__(self, other: Any) -> Rounded:
        other = rounded(other)
        value = self.value + other.value
        return Rounded(value, self.error + other.error + abs(value))

    __radd__ = __add__

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.error)

    def __sub__(self, other: Any) -> Rounded:
        return self + -rounded(other)

    def __rsub__(self, other: Any) -> Rounded:
        return rounded(other) - self

    def __mul__(self, other: Any) -> Rounded:
        other = rounded(other)
        value = self.value * other.value
        return Rounded(value, abs(self.value) * other.error + abs(other.value) * self.error + abs(value))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Rounded:
        return self * rounded(other) ** -1

    def __rtruediv__(self, other: Any) -> Rounded:
        return rounded(other) * self ** -1

    def __pow__(self, exponent: Any) -> Rounded:
        """An exponent is exact. A whole one may be done by multiplications."""
        power = exponent.value if isinstance(exponent, Rounded) else numpy.asarray(exponent, dtype=float)
        value = self.value ** power
        own = numpy.maximum(abs(power), FUNCTION_ROUNDINGS) * abs(value)
        slope = numpy.where(power == 0, 0.0, abs(power) * abs(self.value) ** (power - 1))
        return Rounded(value, slope * self.error + own)

    def __getitem__(self, index: Any) -> Rounded:
        return Rounded(self.value[index], self.error[index])

    def each(self, change: Callable[[Any], Any]) -> Rounded:
        """Values and errors moved about alike; nothing is computed."""
        return Rounded(change(self.value), change(self.error))

    def sum(self, axis: int | None = None) -> Rounded:
        length = self.value.size if axis is None else self.value.shape[axis]
        return Rounded(self.value.sum(axis), self.error.sum(axis) + max(length - 1, 0) * abs(self.value).sum(axis))


def rounded(value: Any) -> Rounded:
    """A number that is no small whole one was rounded when it was made, and again when it became one of the dtype."""
    if isinstance(value, Rounded):
        return value
    value = numpy.asarray(value, dtype=float)
    exact = (value == numpy.round(value)) & (abs(value) <= EXACT)
    return Rounded(value, numpy.where(exact, 0.0, 2 * abs(value)))


def exactly(array: Rounded) -> Rounded:
    """The values without their errors."""
    return Rounded(array.value)


def _function(function: Callable[[Any], Any], slope: Callable[[Any, Any], Any],
              absolute: float = 0.0, relative: float = 0.0,
              size: Callable[[Any], Any] | None = None) -> Callable[[Any], Rounded]:
    """`slope(u, f(u))` bounds |f'|; `absolute` is an error that does not shrink with the value, `relative` one that
    grows with the argument, and `size(u)` what is rounded where that is more than the value."""
    def applied(u: Any) -> Rounded:
        u = rounded(u)
        value = function(u.value)
        rounds = abs(value) if size is None else size(u.value)
        own = (FUNCTION_ROUNDINGS + relative * abs(u.value)) * rounds + absolute
        return Rounded(value, abs(slope(u.value, value)) * u.error + own)
    return applied


def _choice(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Rounded]:
    """The larger or the smaller one, without rounding."""
    def chosen(a: Any, b: Any) -> Rounded:
        a, b = rounded(a), rounded(b)
        return Rounded(function(a.value, b.value), numpy.maximum(a.error, b.error))
    return chosen


_PLAIN = NumpyBackend.functions
_exp = _function(numpy.exp, lambda u, f: f)
_erf = _function(numpy.vectorize(math.erf, otypes=[float]), lambda u, f: 2 / math.sqrt(math.pi) * numpy.exp(-u * u))


class BoundedBackend(NumpyBackend):
    """Evaluates on NumPy with error bounds."""

    name = "bounds"
    functions: dict[str, Callable[..., Any]] = {
        "exp": _exp,
        "log": _function(numpy.log, lambda u, f: 1 / u),
        "tanh": _function(numpy.tanh, lambda u, f: 1 - f * f),
        "sin": _function(numpy.sin, lambda u, f: numpy.cos(u)),
        "cos": _function(numpy.cos, lambda u, f: numpy.sin(u)),
        "tan": _function(numpy.tan, lambda u, f: 1 + f * f),
        "sinh": _function(numpy.sinh, lambda u, f: numpy.cosh(u), relative=1, size=numpy.cosh),  # exp(u − log 2)
        "cosh": _function(numpy.cosh, lambda u, f: numpy.sinh(u), relative=1),
        "sigmoid": _function(_PLAIN["sigmoid"], lambda u, f: f * (1 - f), absolute=1),  # (1 + tanh(u/2))/2 in some
        "softplus": _function(_PLAIN["softplus"], lambda u, f: _PLAIN["sigmoid"](u)),
        "relu": lambda u: Rounded(numpy.maximum(u.value, 0), u.error),
        "abs": lambda u: Rounded(abs(u.value), u.error),
        "sign": lambda u: Rounded(numpy.sign(u.value)),
        "step": lambda u: Rounded(_PLAIN["step"](u.value)),
        "floor": lambda u: Rounded(numpy.floor(u.value)),
        "max": _choice(numpy.maximum),
        "min": _choice(numpy.minimum),
        "normal_pdf": lambda u: _exp(u * u * -0.5) * (2 * math.pi) ** -0.5,
        "normal_cdf": lambda u: (1 + _erf(u / math.sqrt(2))) * 0.5,
    }

    def __init__(self) -> None:
        super().__init__(numpy, numpy, "cpu", "float64")

    def array(self, values: Any) -> Rounded:
        """Numbers that the program is written with."""
        return rounded(values)

    def scaled(self, array: Any, scale: float, divided: bool) -> Rounded:
        """The scale may be multiplied and divided by in any order."""
        if divided:
            return rounded(array) * Rounded(scale, 2 * abs(scale))
        return super().scaled(array, scale, divided)

    def given(self, values: Any) -> Rounded:
        """Inputs are numbers of the dtype already: exact."""
        return Rounded(values)

    def numpy(self, array: Any) -> Any:
        return rounded(array).value

    def einsum(self, pattern: str, operands: Sequence[Any]) -> Rounded:
        values, errors = [rounded(o).value for o in operands], [rounded(o).error for o in operands]
        sizes = [abs(v) for v in values]
        value, size = numpy.einsum(pattern, *values), numpy.einsum(pattern, *sizes)
        error = (len(operands) + _summed(pattern, values)) * size
        for k, own in enumerate(errors):
            if own.any():
                error = error + numpy.einsum(pattern, *sizes[:k], own, *sizes[k + 1:])
        return Rounded(value, error)

    def stack(self, arrays: Sequence[Any]) -> Rounded:
        arrays = [rounded(a) for a in arrays]
        return Rounded(numpy.stack([a.value for a in arrays]), numpy.stack([a.error for a in arrays]))

    def reshape(self, array: Any, shape: Sequence[int]) -> Rounded:
        return rounded(array).each(lambda a: a.reshape(tuple(shape)))

    def transpose(self, array: Any, order: Sequence[int]) -> Rounded:
        return rounded(array).each(lambda a: a.transpose(tuple(order)))

    def where(self, kept: Any, array: Any) -> Rounded:
        array = rounded(array)
        return Rounded(numpy.where(kept, array.value, 1), numpy.where(kept, array.error, 0))

    def batched(self, function: Callable[[Inputs], Any], axes: dict[str, int | None]) -> Callable[[Inputs], Any]:
        """One example after the other."""
        def over(inputs: Inputs) -> Any:
            count = next(rounded(_first(inputs[k])).shape[0] for k, axis in axes.items() if axis is not None)
            found = [function({k: v if axes[k] is None else _example(v, n) for k, v in inputs.items()})
                     for n in range(count)]
            return _together(found, self)
        return over


def _summed(pattern: str, values: Sequence[Any]) -> int:
    """How many products an entry of an einsum adds up."""
    inputs, _, out = pattern.partition("->")
    lengths = {letter: n for term, v in zip(inputs.split(","), values) for letter, n in zip(term, v.shape)}
    return math.prod(n for letter, n in lengths.items() if letter not in out)


def _first(value: Any) -> Any:
    return next(iter(value.values())) if isinstance(value, dict) else value


def _example(value: Any, n: int) -> Any:
    return {k: v[n] for k, v in value.items()} if isinstance(value, dict) else value[n]


def _together(found: list[Any], backend: Backend) -> Any:
    """Arrays, or nested dicts of them, stacked."""
    if isinstance(found[0], dict):
        return {k: _together([f[k] for f in found], backend) for k in found[0]}
    return backend.stack(found)
