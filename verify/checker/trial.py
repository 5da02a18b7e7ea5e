"""A backward pass at one draw: called, looked at, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy

from verify.backends.callables import Callables
from verify.checker.confirmation import contradiction
from verify.checker.draws import Draw, cotangents, drawn
from verify.checker.guesses import guess
from verify.checker.reference import Arrays, Gradients, NoReference, reference, weighing
from verify.checker.report import PASSED, UNDECIDED, WRONG, Finding
from verify.checker.structure import labels, leaves, rebuilt
from verify.checker.tolerance import TOLD, distance, measured, rounded_to, without_measuring

WIDE_ENOUGH = {"float64": ("float64", "float128"), "float32": ("float32", "float64", "float128")}


class Refused(Exception):
    """A draw at which nothing can be compared; says why."""


@dataclass(frozen=True)
class Pair:
    """The two functions, and what they take. Gradients by `optional` inputs are checked where they are returned."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    inputs: Mapping[str, Any]
    wrt: list[str]
    calls: Callables
    optional: frozenset[str] = frozenset()


@dataclass
class Trial:
    pair: Pair
    draw: Draw
    dtype: str
    values: Arrays = field(init=False)
    by: str = ""

    def __post_init__(self) -> None:
        self.calls = self.pair.calls
        self.values = rounded_to(drawn(self.pair.inputs, self.draw), self.dtype)
        for name in self.pair.wrt:
            self.values[name] = numpy.asarray(self.values[name])

    # -- the forward pass ------------------------------------------------------------------------------------------
    def prepare(self) -> None:
        """Outputs, what arrives at them, and the right gradients: with one call of the forward pass, where its library
        has gradients.

        Raises:
            Refused: where the forward pass has no finite value here, or cannot be differentiated.
        """
        self.output: Any = None
        self.weights: list[Any] = []
        if self.calls.name == "numpy":
            self.output = self._outputs(self.values)
            self._weigh(self.output)
            self.expected = self._reference(self.values, self.weights)
        else:
            self.expected = self._at_once()
        self.by = self.expected.by
        if not all(numpy.isfinite(g).all() for g in self.expected.values.values()):
            raise Refused("the derivative of the forward pass is not finite; declare the inputs with low=, high= or "
                          "positive=True")

    def _at_once(self) -> Gradients:
        with self.calls.session("float64"):
            try:
                self.output, found = self.calls.gradients(
                    self.pair.forward, self._arrays(self.values, "float64"), self.pair.wrt, self._weigh)
                self._require_values(self.output)
            except Refused:
                raise
            except Exception as error:
                self._outputs(self.values)      # what is wrong with the forward pass on its own is told first
                raise Refused(f"{self.calls.reference} cannot differentiate the forward pass: "
                              f"{_words(error)}") from error
        return Gradients(found, self.calls.reference)

    def _weigh(self, output: Any) -> Any:
        """Draws what arrives at the outputs, and adds up what it weighs."""
        arrays = leaves(output)
        if not arrays or not all(numpy.prod(getattr(o, "shape", ())) for o in arrays):
            self._require_values(output)
        self.weights = [numpy.asarray(w.astype(self.dtype), dtype="float64")
                        for w in cotangents(arrays, self.draw.seed)]
        return weighing(self.calls, self.weights, "float64")(output)

    def _outputs(self, values: Arrays) -> Any:
        with self.calls.session("float64"):
            arrays = self._arrays(values, "float64")
            try:
                output = self.pair.forward(**arrays)
            except Exception as error:      # whatever the user's function raises: it is told, with its own words
                raise Refused(f"the forward pass raises {_words(error)}") from error
            changed = self._changed(arrays, values)
        if changed:
            raise Refused(f"the forward pass changes its input {changed} in place; let it work on a copy")
        self._require_values(output)
        return output

    def _require_values(self, output: Any) -> None:
        plain = [self._plain(o) for o in leaves(output)]
        if not plain or not all(o.size for o in plain):
            raise Refused("the forward pass returns nothing, or an empty array")
        if not all(numpy.isfinite(o).all() for o in plain):
            raise Refused("the forward pass gives NaN or infinity; declare the inputs with low=, high= or "
                          "positive=True")

    def _plain(self, value: Any) -> Any:
        try:
            return self.calls.numpy(value)
        except TypeError as error:
            raise Refused(f"the forward pass returns {error}, where an array of {self.calls.name} is due") from None

    def _reference(self, values: Arrays, weights: list[Any]) -> Gradients:
        try:
            with self.calls.session("float64"):
                return reference(self.calls, self.pair.forward, values, self.pair.wrt, weights)
        except NoReference as problem:
            raise Refused(str(problem)) from None

    # -- the backward pass -----------------------------------------------------------------------------------------
    def findings(self) -> Iterator[Finding]:
        """What is wrong with the call as a whole, or a finding for each gradient. Where something is wrong, everything
        is called again: numbers that differ from call to call are told as that."""
        returned = self._returned(self.values, self.dtype)
        if isinstance(returned, str):
            yield self._finding(WRONG, "", returned)
            return
        unknown = [n for n in returned if n not in self.pair.inputs]
        if unknown:
            yield self._finding(WRONG, "", f"the backward pass returns a gradient by {unknown[0]!r}, which is no input")
        due = [n for n in self.pair.wrt if n in returned or n not in self.pair.optional]
        found = [self._gradient(name, returned) for name in due]
        if any(f.verdict == WRONG for f in found):
            unsteady = self._unsteady(returned)
            if unsteady is None and self.draw.example and self._at_a_kink():
                raise Refused("the example lies at a kink or a tie")
            found = [unsteady] if unsteady else found
        yield from found

    def _at_a_kink(self) -> bool:
        """Whether the right gradients jump next to these values."""
        generator = numpy.random.default_rng([self.draw.seed, 24])
        near = {n: v + 1e-7 * (_most(v) or 1.0) * generator.standard_normal(v.shape)
                if isinstance(v, numpy.ndarray) and v.dtype.kind == "f" else v for n, v in self.values.items()}
        moved = self._reference(near, self.weights).values
        return any(distance(moved[n], g) > 1e-3 * max(_most(g), _most(moved[n]))
                   for n, g in self.expected.values.items())

    def contradiction(self) -> Finding | None:
        """Where the library's gradients are not those of the forward pass: looked for where a part of it has a
        backward pass of its own, and in gradients of zero."""
        with self.calls.session("float64"):
            own = self.calls.own_rules(self.pair.forward, self._arrays(self.values, "float64"),
                                        leaves(self.output))
            names = [n for n in self.pair.wrt if own or not self.expected.values[n].any()]
            slopes = contradiction(self._terms, self.values, self.expected.values, names,
                                   self.draw.seed) if names else None
        if slopes is None:
            return None
        along = f"along a direction of {', '.join(names)}"
        return self._finding(UNDECIDED, "", f"{self.by} is not the derivative of the forward pass: {slopes[0]:.6g} "
                             f"{along}, where differences give {slopes[1]:.6g}. Is a part of it detached, or "
                             "differentiated by a rule of its own? Leave inputs that are held fixed on purpose out of "
                             "wrt")

    def _terms(self, values: Arrays) -> Any:
        """The numbers that the loss is the sum of."""
        outputs = leaves(self.pair.forward(**self._arrays(values, "float64")))
        return numpy.concatenate([numpy.ravel(w * self._plain(o)) for w, o in zip(self.weights, outputs)])

    def _unsteady(self, returned: Mapping[str, Any]) -> Finding | None:
        """What differs between two calls with the same inputs."""
        outputs = [[self._plain(o) for o in leaves(self._outputs(self.values))] for _ in range(2)]
        if not all(map(_near, *outputs)):
            return self._finding(UNDECIDED, "", "the forward pass is not deterministic: two calls differ")
        again = self._returned(self.values, self.dtype)
        for name in self.pair.wrt:
            values = [_quietly(self.calls, r.get(name)) for r in (returned, again) if isinstance(r, Mapping)]
            if not all(_near(v, values[0]) for v in values):
                return self._finding(WRONG, name, "two calls with the same inputs give different values")
        return None

    def _returned(self, values: Arrays, dtype: str) -> dict[str, Any] | str:
        """What the backward pass returns, or what is wrong with it."""
        with self.calls.session(dtype):
            arrays = self._arrays(values, dtype)
            own = [self.calls.array(w, dtype) for w in self.weights]
            try:
                returned = self.pair.backward(arrays, rebuilt(self.output, own))
            except Exception as error:      # whatever the user's function raises: it is told, with its own words
                return f"the backward pass raises {_words(error)}"
            changed = self._changed(arrays, values)
            if not changed and any(not _same(self.calls.numpy(a), w) for a, w in zip(own, self.weights)):
                changed = "cotangents"
        if not isinstance(returned, Mapping):
            return f"the backward pass returns {type(returned).__name__}, where a dict from names to gradients is due"
        if changed:
            return f"the backward pass changes {changed} in place; let it work on a copy"
        return dict(returned)

    def _gradient(self, name: str, returned: Mapping[str, Any]) -> Finding:
        expected = self.expected.values[name]
        if name not in returned:
            return self._finding(WRONG, name, "the backward pass returns none; if none is due, leave it out of wrt")
        kind = self.calls.dtype(returned[name]) if hasattr(returned[name], "dtype") else self.dtype
        if kind not in WIDE_ENOUGH[self.dtype]:
            return self._finding(WRONG, name, f"it is of {kind}, where {self.dtype} is due")
        try:
            found = self.calls.numpy(returned[name])
        except TypeError as error:
            return self._finding(WRONG, name, f"it is {error}, where an array of {self.calls.name} is due")
        if found.shape != expected.shape:
            return self._finding(WRONG, name, f"its shape is {_shape(found)}, where {_shape(expected)} is due",
                                 guess=self._guess(name, found))
        if not numpy.isfinite(found).all():
            return self._finding(WRONG, name, "it has NaN or infinity in it")
        return self._compared(name, found, expected)

    # -- comparing -------------------------------------------------------------------------------------------------
    def _compared(self, name: str, found: Any, expected: Any) -> Finding:
        off, scale = abs(found - expected), float(abs(expected).max())
        error, size = float(off.max()), max(scale, self._reach(name))
        allowed = without_measuring(self.terms, size, self.dtype) + self.expected.error
        told, arriving = TOLD[self.dtype] * size, max(map(_most, self.weights))
        if allowed < error <= max(told, TOLD[self.dtype] * arriving):
            allowed += measured(partial(self._of_library, name), partial(self._of_backward, name), self.values,
                                self.draw.seed, size, self.dtype)
        measure = max(scale, allowed, 1e-300)
        values = {"error": error / measure, "tolerance": allowed / measure}
        if error <= allowed <= told:
            return self._finding(PASSED, name, "right", **values)
        if self.draw.edge and scale + error <= without_measuring(0, arriving, self.dtype):
            return self._finding(PASSED, name, "zero, up to rounding", error=0.0, tolerance=0.0)
        if error <= allowed:
            return self._finding(UNDECIDED, name, "rounding is too strong here to tell", **values)
        at = tuple(int(k) for k in numpy.unravel_index(int(off.argmax()), off.shape))
        place = f"[{', '.join(map(str, at))}]" if at else ""
        message = (f"wrong: {name}{place} is {found[at]:.9g}, and should be {expected[at]:.9g}; "
                   f"{int((off > allowed).sum())} of {off.size} entries differ, by up to {error / measure:.1e} of the "
                   f"largest entry (rounding explains {allowed / measure:.0e})")
        return self._finding(WRONG, name, message, at=at, found=float(found[at]), expected=float(expected[at]),
                             guess=self._guess(name, found), **values)

    @cached_property
    def terms(self) -> int:
        """At least as many as any sum has."""
        return sum(v.size for v in self.values.values() if isinstance(v, numpy.ndarray))

    @cached_property
    def _loss(self) -> float:
        """The largest term of Σ weight · output."""
        return max(_most(w) * _most(self._plain(o)) for w, o in zip(self.weights, leaves(self.output)))

    def _reach(self, name: str) -> float:
        """The size of a gradient that does not cancel: of the loss by the input. One that cancels to (nearly) zero
        has the rounding errors of this size."""
        return self._loss / (_most(self.values[name]) or 1.0)

    def _of_library(self, name: str, values: Arrays, dtype: str) -> Any:
        """The library's own gradient."""
        if dtype == "float64":
            return self._reference(values, self.weights).values[name]
        if self.calls.name == "numpy":
            return None
        with self.calls.session(dtype):
            arrays = self._arrays(values, dtype)
            try:
                return self.calls.gradients(self.pair.forward, arrays, [name],
                                            weighing(self.calls, self.weights, dtype))[1][name]
            except Exception:       # a forward pass that takes float64 only: its rounding is not measured
                return None

    def _of_backward(self, name: str, values: Arrays, dtype: str) -> Any:
        returned = self._returned(values, dtype)
        return None if isinstance(returned, str) else _quietly(self.calls, returned.get(name))

    # -- small things ----------------------------------------------------------------------------------------------
    def _guess(self, name: str, found: Any) -> str:
        others = {n: g for n, g in self.expected.values.items() if n != name}
        named = labels(self.output)
        without: Arrays = {}
        for k, label in enumerate(named if len(named) > 1 else ()):
            weights = [w * (j != k) for j, w in enumerate(self.weights)]
            without[label] = self._reference(self.values, weights).values[name]
        return guess(found, self.expected.values[name], self.draw.sizes, others, without)

    def _arrays(self, values: Arrays, dtype: str) -> Arrays:
        return {n: self.calls.array(v, dtype) if isinstance(v, numpy.ndarray) else v for n, v in values.items()}

    def _changed(self, arrays: Arrays, values: Arrays) -> str:
        """The first input that is not what it was."""
        for name, value in values.items():
            if isinstance(value, numpy.ndarray) and not _same(self.calls.numpy(arrays[name]), value):
                return name
        return ""

    def _finding(self, verdict: str, name: str, message: str, **values: Any) -> Finding:
        return Finding(verdict, name, message, self.draw.sizes, self.draw.seed, self.dtype, **values)


def _quietly(calls: Callables, value: Any) -> Any:
    try:
        return calls.numpy(value)
    except TypeError:
        return None


def _same(a: Any, b: Any) -> bool:
    return a.shape == b.shape and bool((a == b).all())


def _near(a: Any, b: Any) -> bool:
    """Whether two calls gave the same, up to the order of a parallel sum."""
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and bool(numpy.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True))


def _most(array: Any) -> float:
    return float(abs(array).max())


def _shape(array: Any) -> str:
    return "×".join(map(str, array.shape)) or "a number"


def _words(error: Exception) -> str:
    """An exception in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
