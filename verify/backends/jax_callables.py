"""Functions written in JAX, and functions written in NumPy that JAX can trace."""

from __future__ import annotations

import functools
import types
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import jax
import jax.numpy
import numpy

from verify.backends.callables import COMPLEX, MOST_FUNCTIONS, Callables, Function, Weighed, names_in
from verify.backends.jax_backend import jax_session, require_device

QUICKLY = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


class JaxCallables(Callables):
    name = "jax"
    reference = "jax.vjp"

    def session(self, dtype: str) -> AbstractContextManager[Any]:
        return jax_session(self.device)

    def array(self, value: Any, dtype: str) -> Any:
        return jax.numpy.asarray(super().array(value, dtype))

    def numpy(self, value: Any) -> Any:
        if isinstance(value, jax.Array) and not self.unreadable(value):
            return numpy.asarray(value, dtype="float64")
        return super().numpy(numpy.asarray(value) if isinstance(value, jax.Array) else value)

    def unreadable(self, value: Any) -> str:
        if isinstance(value, jax.Array):
            return COMPLEX if value.dtype.kind == "c" else ""
        return super().unreadable(value)

    def dtype(self, value: Any) -> str:
        return str(value.dtype) if isinstance(value, jax.Array) else super().dtype(value)

    def __init__(self, device: str = "cpu"):
        super().__init__(device)
        self._compiled: dict[Any, tuple[Any, Function] | None] = {}
        self._backward: dict[Any, Function] = {}
        self._options = QUICKLY if device == "cpu" else {}

    def gradients(self, forward: Function, inputs: Mapping[str, Any], wrt: list[str],
                  weighed: Weighed) -> tuple[Any, dict[str, Any]]:
        """Compiled once for all calls with the same functions, shapes and dtypes."""
        changed = {n: inputs[n] for n in wrt}
        held = {n: v for n, v in inputs.items() if n not in changed and isinstance(v, jax.Array)}
        still = {n: v for n, v in inputs.items() if n not in changed and n not in held}
        key = (id(forward), tuple(wrt), *((n, v.shape, v.dtype) for n, v in (changed | held).items()),
               *((n, id(v)) for n, v in still.items()))
        try:
            if key not in self._compiled:
                self._compiled[key] = None
                outputs = jax.eval_shape(lambda arrays: forward(**still, **arrays), changed | held)
                total = functools.partial(_total, forward, still)
                self._compiled[key] = outputs, jax.jit(jax.grad(total, has_aux=True), compiler_options=self._options)
            compiled = self._compiled[key]
            if compiled is not None:
                weights = [jax.numpy.asarray(w) for _, w in weighed(compiled[0])]
                found, output = compiled[1](changed, held, weights)
                return output, {n: self.numpy(g) for n, g in found.items()}
        except (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError, TypeError):
            self._compiled[key] = None      # a function that looks at the numbers

        def weighing(arrays: dict[str, Any]) -> Any:    # with every number that is held, for all to see
            output = forward(**{**inputs, **arrays})
            return sum((self.array(w, "float64") * o).sum() for o, w in weighed(output)), output
        found, output = jax.grad(weighing, has_aux=True)(changed)
        return output, {n: self.numpy(g) for n, g in found.items()}

    def output(self, forward: Function, inputs: Mapping[str, Any], wrt: list[str], weighed: Weighed) -> Any:
        return self.gradients(forward, inputs, wrt, weighed)[0]     # compiled already

    def backward(self, function: Function, inputs: dict[str, Any], arriving: Any) -> Any:
        """As it is at the first shapes, and compiled at others, where it can be: it has many operations, and each would
        be compiled by itself."""
        arrays = {n: v for n, v in inputs.items() if isinstance(v, jax.Array)}
        still = {n: v for n, v in inputs.items() if n not in arrays}
        key = tuple((n, v.shape, v.dtype) for n, v in arrays.items())
        if key not in self._backward:
            self._backward[key] = function if not self._backward else jax.jit(
                lambda arrays, arriving: function({**still, **arrays}, arriving), compiler_options=self._options)
        if self._backward[key] is function:
            return function(inputs, arriving)
        try:
            return self._backward[key](arrays, arriving)
        except Exception:       # a function that looks at the numbers, or one that fails anyhow
            self._backward[key] = function
            return function(inputs, arriving)

    def own_rules(self, forward: Function, values: Mapping[str, Any], outputs: list[Any]) -> bool:
        inputs = {n: self.array(v, "float64") if isinstance(v, numpy.ndarray) else v for n, v in values.items()}
        changed = {n: v for n, v in inputs.items() if isinstance(v, jax.Array) and v.dtype.kind == "f"}
        try:
            return "custom_vjp" in str(jax.make_jaxpr(lambda arrays: forward(**{**inputs, **arrays}))(changed))
        except Exception:       # a function that looks at the numbers cannot be traced
            return True


def _total(forward: Function, still: dict[str, Any], changed: dict[str, Any], held: dict[str, Any],
           weights: list[Any]) -> Any:
    output = forward(**still, **held, **changed)
    return sum((w * o).sum() for o, w in zip(jax.tree.leaves(output), weights, strict=True)), output


def open_callables(device: str) -> JaxCallables:
    require_device(device, "device='cpu'")
    return JaxCallables(device)


# -- NumPy functions ----------------------------------------------------------------------------------------------
def in_jax(function: Any) -> Function:
    """A copy of a NumPy function in which `numpy` is `jax.numpy`, as are the functions that it calls.

    Raises:
        TypeError: for what is no plain function.
    """
    return _Copies().of(function)


class _Copies:
    def __init__(self) -> None:
        self.made: dict[int, Any] = {}

    def of(self, function: Any) -> Function:
        if isinstance(function, functools.partial):
            return functools.partial(self.of(function.func), *map(self._changed, function.args),
                                     **{k: self._changed(v) for k, v in function.keywords.items()})
        if not isinstance(function, types.FunctionType):
            raise TypeError("only plain functions can be traced")
        if id(function) in self.made:
            return self.made[id(function)]
        if len(self.made) >= MOST_FUNCTIONS:
            raise TypeError("too many functions to trace")
        space: dict[str, Any] = dict(function.__globals__)
        cells = tuple(types.CellType(c.cell_contents) for c in function.__closure__ or ())
        copy = types.FunctionType(function.__code__, space, function.__name__, function.__defaults__, cells)
        copy.__kwdefaults__ = function.__kwdefaults__
        self.made[id(function)] = copy
        for name in names_in(function.__code__):
            if name in space:
                space[name] = self._changed(space[name])
        for cell in cells:
            cell.cell_contents = self._changed(cell.cell_contents)
        return copy

    def _changed(self, value: Any) -> Any:
        if isinstance(value, types.ModuleType) and value.__name__.partition(".")[0] == "numpy":
            found: Any = jax.numpy
            for part in value.__name__.split(".")[1:]:
                found = getattr(found, part)
            return found
        if isinstance(value, numpy.ufunc) or getattr(value, "__module__", "").startswith("numpy"):
            return getattr(jax.numpy, getattr(value, "__name__", ""), value)
        return self.of(value) if isinstance(value, types.FunctionType) else value
