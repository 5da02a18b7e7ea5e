"""A draw, evaluated: the values, the outputs there, what arrives at them, and the right gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any

import numpy

from verify.backends.callables import Callables
from verify.checker.draws import MANY, Draw, cotangents, drawn
from verify.checker.reference import Arrays, Gradients, NoReference, arrays_of, reference, terms_of, weighing
from verify.checker.structure import leaves
from verify.checker.tolerance import rounded_to

UNSTEADY = "the forward pass is not deterministic: two calls differ"
EMPTY = "the forward pass returns nothing, or an empty array"


class Refused(Exception):
    """A draw at which nothing can be compared; says why."""


@dataclass(frozen=True)
class Pair:
    """The two functions, and what they take. Gradients by `optional` inputs are checked where they are returned.
    `by_differences` is for a forward pass whose derivative by its library is not the right one."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    inputs: Mapping[str, Any]
    wrt: list[str]
    calls: Callables
    optional: frozenset[str] = frozenset()
    by_differences: bool = False
    generator: numpy.random.Generator = field(default_factory=numpy.random.default_rng)


class Point:
    """With one call of the forward pass, where its library has gradients.

    Raises:
        Refused: where the forward pass has no finite value here, or cannot be differentiated.
    """

    output: Any
    weights: list[Any]
    expected: Gradients

    def __init__(self, pair: Pair, draw: Draw, dtype: str):
        self.pair, self.draw, self.dtype, self.calls = pair, draw, dtype, pair.calls
        self.generator = draw.numbers(pair.generator)
        self.values = rounded_to(drawn(pair.inputs, draw, self.generator), dtype)
        if self.calls.name == "numpy" or pair.by_differences:
            self.output = self.outputs()
            self._weighed(self.output)
            self.expected = self.reference(self.values, self.weights)
        else:
            self.expected = self._at_once()
        self.scales = {n: most(g) for n, g in self.expected.values.items()}
        if not all(map(isfinite, self.scales.values())):
            raise Refused("the derivative of the forward pass is not finite; declare the inputs with low=, high= or "
                          "positive=True")

    def _at_once(self) -> Gradients:
        with self.calls.session("float64"):
            try:
                self.output, found = self.calls.gradients(
                    self.pair.forward, arrays_of(self.calls, self.values, "float64"), self.pair.wrt, self._weighed)
                self._largest = self._finite(self.output)
            except Refused:
                raise
            except Exception as error:
                self.outputs()      # what is wrong with the forward pass on its own is told first
                raise Refused(f"{self.calls.reference} cannot differentiate the forward pass: "
                              f"{words(error)}") from error
        return Gradients(found, self.calls.reference)

    def _weighed(self, output: Any) -> list[tuple[Any, Any]]:
        """Draws what arrives at the outputs."""
        arrays = leaves(output)
        if not arrays or any(0 in getattr(o, "shape", ()) for o in arrays):
            raise Refused(EMPTY)
        drawn_here = cotangents(arrays, self.generator, self.draw.turn)
        self.weights = [rounded(w, self.dtype) for w in drawn_here]
        return list(zip(arrays, self.weights))

    def outputs(self) -> Any:
        """What the forward pass returns here, called once more."""
        with self.calls.session("float64"):
            arrays = arrays_of(self.calls, self.values, "float64")
            try:
                output = self.pair.forward(**arrays)
            except Exception as error:      # whatever the user's function raises: it is told, with its own words
                raise Refused(f"the forward pass raises {words(error)}") from error
            changed = changed_in(self.calls, arrays, self.values)
        if changed:
            raise Refused(f"the forward pass changes its input {changed} in place; let it work on a copy")
        self._largest = self._finite(output)
        return output

    def _finite(self, output: Any) -> list[float]:
        """The largest entry of each output."""
        plain = [self.plain(o) for o in leaves(output)]
        if not plain or not all(o.size for o in plain):
            raise Refused(EMPTY)
        largest = [most(o) for o in plain]
        if not all(map(isfinite, largest)):
            raise Refused("the forward pass gives NaN or infinity; declare the inputs with low=, high= or "
                          "positive=True")
        return largest

    def plain(self, value: Any) -> Any:
        """An output as an array of NumPy."""
        try:
            return self.calls.numpy(value)
        except TypeError as error:
            raise Refused(f"the forward pass returns {error}, where an array of {self.calls.name} is due") from None

    def reference(self, values: Arrays, weights: list[Any]) -> Gradients:
        """The right gradients at other values, or of other weights."""
        pair = self.pair
        try:
            with self.calls.session("float64"):
                return reference(self.calls, pair.forward, values, pair.wrt, weights, pair.by_differences)
        except NoReference as problem:
            raise Refused(UNSTEADY if self.unsteady() else str(problem)) from None
        except Exception as error:      # of the user's function, at values near these
            raise Refused(f"the forward pass raises {words(error)} near these values") from error

    def unsteady(self) -> bool:
        """Whether two calls of the forward pass differ by more than the order of a parallel sum."""
        outputs = [[self.plain(o) for o in leaves(self.outputs())] for _ in range(2)]
        return not all(map(near, *outputs))

    def terms(self, values: Mapping[str, Any]) -> Any:
        """The numbers that the loss is the sum of, at other values."""
        return terms_of(self.calls, self.pair.forward, self.weights)(values)

    def again(self, values: Mapping[str, Any]) -> Any:
        """The same by what the library keeps of the call that it differentiated."""
        def forward(**arrays: Any) -> Any:
            return self.calls.output(self.pair.forward, arrays, self.pair.wrt, weighing(self.weights))
        return terms_of(self.calls, forward, self.weights)(values)

    @cached_property
    def here(self) -> Any:
        """The same at these values, without a call."""
        return numpy.concatenate([(w * self.plain(o)).ravel() for w, o in zip(self.weights, leaves(self.output))])

    def arriving_by(self, factor: float) -> list[Any]:
        """What arrives at the outputs, times this."""
        return self.weights if factor == 1 else [numpy.asarray(w * factor) for w in self.weights]

    # -- sizes -----------------------------------------------------------------------------------------------------
    @cached_property
    def longest(self) -> int:
        """At least as many terms as any sum has."""
        return sum(v.size for v in self.values.values() if isinstance(v, numpy.ndarray))

    @cached_property
    def arriving(self) -> float:
        """The largest number that arrives at an output."""
        return max(map(most, self.weights))

    @cached_property
    def _loss(self) -> float:
        """The largest term of Σ weight · output."""
        return max(most(w) * o for w, o in zip(self.weights, self._largest))

    def reach(self, name: str) -> float:
        """The size of a gradient that does not cancel: of the loss by the input. One that cancels to (nearly) zero
        has the rounding errors of this size."""
        return self._loss / (most(self.values[name]) or 1.0)


def changed_in(calls: Callables, arrays: Arrays, values: Arrays) -> str:
    """The first input that is not what it was."""
    for name, value in values.items():
        if isinstance(value, numpy.ndarray) and not same(calls.numpy(arrays[name]), value):
            return name
    return ""


def rounded(array: Any, dtype: str) -> Any:
    return array if dtype == "float64" else array.astype(dtype).astype("float64")


def same(a: Any, b: Any) -> bool:
    return a.shape == b.shape and bool((a == b).all())


def near(a: Any, b: Any) -> bool:
    """Whether two calls gave the same, up to the order of a parallel sum."""
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and bool(numpy.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True))


def most(array: Any) -> float:
    """The largest absolute value."""
    if array.size > MANY:       # without another array
        return max(float(array.max()), -float(array.min()))
    return float(abs(array).max())


def words(error: Exception) -> str:
    """An exception in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
