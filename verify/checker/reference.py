"""The gradients to compare with, by somebody else's differentiation: torch.autograd, jax.vjp, or for NumPy functions
that JAX cannot trace, a complex step or extrapolated differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from verify.backends.base import LibraryError
from verify.backends.callables import Callables, Function, Weighed, find_callables
from verify.checker.structure import leaves

STEP = 2.0**-66             # of a complex step: its square is below every rounding error
MOST_ENTRIES = 20_000       # by which a function without autodiff is differentiated one by one
MOST_EXTRAPOLATED = 2_000   # where that takes ten calls for each
AGREES = 1e-4               # a difference quotient against what it confirms
WIDEST, HALVINGS = 0.05, 5  # steps of differences

Arrays = dict[str, Any]


class NoReference(Exception):
    """Nothing tells the gradients; says why."""


@dataclass
class Gradients:
    """`error` bounds what the differentiation itself may be off by."""

    values: Arrays
    by: str
    error: float = 0.0


def reference(calls: Callables, forward: Function, values: Mapping[str, Any], wrt: list[str],
              weights: list[Any]) -> Gradients:
    """The derivative of Σ weight · output, in float64, at NumPy arrays `values`.

    Raises:
        NoReference: where a function of NumPy cannot be differentiated well enough.
    """
    if calls.name != "numpy":
        return Gradients(_by_library(calls, forward, values, wrt, weights), calls.reference)
    traced = _traced(forward, values, wrt, weights)
    if traced is not None:
        return traced
    if sum(values[n].size for n in wrt) > MOST_ENTRIES:
        raise NoReference(f"JAX cannot trace this NumPy function, and it has more than {MOST_ENTRIES} entries to "
                          "differentiate by one by one; give smaller inputs")

    def total(arrays: Mapping[str, Any], measure: Function = numpy.asarray) -> Any:
        return sum(measure(w * o).sum() for w, o in zip(weights, map(numpy.asarray, leaves(forward(**arrays)))))
    found = _complex_step(total, values, wrt)
    if found is None and sum(values[n].size for n in wrt) > MOST_EXTRAPOLATED:
        raise NoReference("neither JAX nor complex numbers pass through this NumPy function, and it has more than "
                          f"{MOST_EXTRAPOLATED} entries to differentiate by differences; give smaller inputs")
    return found or _differences(total, values, wrt, float(total(values, abs)))


def _by_library(calls: Callables, forward: Function, values: Mapping[str, Any], wrt: list[str],
                weights: list[Any]) -> Arrays:
    return calls.gradients(forward, arrays_of(calls, values, "float64"), wrt, weighing(weights))[1]


def arrays_of(calls: Callables, values: Mapping[str, Any], dtype: str) -> Arrays:
    """The values as arrays of the library; what is no array stays as it is."""
    return {n: calls.array(v, dtype) if isinstance(v, numpy.ndarray) else v for n, v in values.items()}


def weighing(weights: list[Any]) -> Weighed:
    """Known weights beside the arrays of an output."""
    return lambda output: list(zip(leaves(output), weights))


def _traced(forward: Function, values: Mapping[str, Any], wrt: list[str], weights: list[Any]) -> Gradients | None:
    """By JAX, where it can trace the function and gets the values that NumPy gets."""
    try:
        jax = find_callables("jax")
    except LibraryError:
        return None
    from verify.backends.jax_callables import in_jax

    with jax.session("float64"):
        try:
            copy = in_jax(forward)
            theirs = [jax.numpy(o) for o in leaves(copy(**arrays_of(jax, values, "float64")))]
            found = _by_library(jax, copy, values, wrt, weights)
        except Exception:       # whatever JAX cannot do: assignments into arrays, SciPy, loops on values
            return None
    ours = [numpy.asarray(o) for o in leaves(forward(**values))]
    same = len(ours) == len(theirs) and all(a.shape == b.shape and numpy.allclose(a, b, rtol=1e-9, atol=1e-12)
                                            for a, b in zip(ours, theirs))
    return Gradients(found, "jax.vjp of the NumPy function") if same else None


def _each_entry(values: Mapping[str, Any], wrt: list[str], slope: Callable[[str, Any], float]) -> Arrays:
    """A derivative for each entry: `slope(name, index)`."""
    return {n: numpy.asarray([slope(n, at) for at in numpy.ndindex(values[n].shape)]).reshape(values[n].shape)
            for n in wrt}


def _complex_step(total: Function, values: Mapping[str, Any], wrt: list[str]) -> Gradients | None:
    """Im f(x + ih)/h, where the function takes complex numbers and a difference quotient confirms it."""
    def slope(name: str, at: Any) -> float:
        moved = values[name].astype(complex)
        moved[at] += 1j * STEP
        return float(numpy.imag(total({**values, name: moved})) / STEP)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = _each_entry(values, wrt, slope)
    except Exception:           # a function that is not for complex numbers
        return None
    way = {n: numpy.random.default_rng(7).standard_normal(values[n].shape) for n in wrt}
    quotient = _central(total, values, way, 1e-5)
    expected = sum(float((found[n] * way[n]).sum()) for n in wrt)
    scale = sum(float(abs(found[n] * way[n]).sum()) for n in wrt)
    return Gradients(found, "complex step") if abs(quotient - expected) <= AGREES * max(scale, 1e-12) else None


def _central(total: Function, values: Mapping[str, Any], way: Mapping[str, Any], h: float) -> float:
    ends = [total({**values, **{n: values[n] + s * h * way[n] for n in way}}) for s in (1, -1)]
    return float((ends[0] - ends[1]) / (2 * h))


def _differences(total: Function, values: Mapping[str, Any], wrt: list[str], size: float) -> Gradients:
    """Central differences, extrapolated to step 0 (Ridders 1982); the best of a tableau, and how sure it is. `size` is
    that of the terms of the total, whose rounding errors the steps divide."""
    worst = 2.0**-50 * size / (WIDEST / 2 ** (HALVINGS - 1))

    def slope(name: str, at: Any) -> float:
        nonlocal worst
        way = numpy.zeros(values[name].shape)
        way[at] = 1.0
        best, error, before = 0.0, numpy.inf, list[float]()
        for k in range(HALVINGS):
            row = [_central(total, values, {name: way}, WIDEST / 2**k)]
            for j, old in enumerate(before):
                row.append(row[j] + (row[j] - old) / (4 ** (j + 1) - 1))
                doubt = max(abs(row[-1] - row[-2]), abs(row[-1] - old))
                if doubt < error:
                    best, error = row[-1], doubt
            before = row
        worst = max(worst, error)
        return best

    found = _each_entry(values, wrt, slope)
    scale = max(float(abs(g).max()) for g in found.values())
    if not worst <= 1e-7 * max(scale, 1e-300):
        raise NoReference("this NumPy function can be differentiated by differences only, and these are too uncertain "
                          f"(relative {worst / max(scale, 1e-300):.0e}); write it so that JAX can trace it")
    return Gradients(found, "extrapolated differences", 4 * worst)
