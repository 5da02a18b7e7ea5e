"""The gradients to compare with, by somebody else's differentiation: torch.autograd, jax.vjp, or where these cannot
differentiate the function, a complex step or extrapolated differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy

from verify.backends.base import LibraryError
from verify.backends.callables import Callables, Function, Weighed, find_callables
from verify.checker.differences import Arrays, Terms, complex_slopes, reach, sampled, slopes
from verify.checker.structure import leaves

UNCERTAIN = 1e-6        # differences that may be off by this share of a gradient tell nothing
ADVICE = {"numpy": "write it so that JAX can trace it", "torch": "write it so that torch.autograd can differentiate it",
          "jax": "write it so that JAX can differentiate it"}



class NoReference(Exception):
    """Nothing tells the gradients; says why."""


@dataclass
class Gradients:
    """`errors` bound what the differentiation itself may be off by. Those that are `thinned` were found along a few
    directions, where an array is large; `seen` is what a gradient is to be compared by."""

    values: Arrays
    by: str
    errors: Mapping[str, float] = field(default_factory=dict)
    thinned: bool = False

    def seen(self, gradient: Any) -> Any:
        return sampled(gradient) if self.thinned else gradient


def reference(calls: Callables, forward: Function, values: Mapping[str, Any], wrt: list[str], weights: list[Any],
              by_differences: bool = False) -> Gradients:
    """The derivative of Σ weight · output, in float64, at NumPy arrays `values`.

    Raises:
        NoReference: where it cannot be found well enough.
    """
    if calls.name != "numpy" and not by_differences:
        return Gradients(_by_library(calls, forward, values, wrt, weights), calls.reference)
    if not by_differences:
        traced = _traced(forward, values, wrt, weights)
        if traced is not None:
            return traced
    terms = terms_of(calls, forward, weights)
    if calls.name == "numpy":
        found = complex_slopes(terms, values, wrt)
        if found is not None:
            return Gradients(found, "complex step", thinned=True)
    found, errors = slopes(terms, values, wrt)
    size = float(abs(terms(values)).sum())
    share = max(errors[n] / max(float(abs(found[n]).max()), size / reach(values[n]), 1e-300) for n in wrt)
    if not share <= UNCERTAIN:
        raise NoReference("the forward pass can be differentiated by differences only, and these are too uncertain "
                          f"(relative {share:.0e}); {ADVICE[calls.name]}")
    return Gradients(found, "extrapolated differences", errors, thinned=True)


def terms_of(calls: Callables, forward: Function, weights: list[Any]) -> Terms:
    """The terms of Σ weight · output, by the values."""
    def terms(values: Mapping[str, Any]) -> Any:
        outputs = leaves(forward(**arrays_of(calls, values, "float64")))
        plain = numpy.asarray if calls.name == "numpy" else calls.numpy     # complex ones of a complex step
        return numpy.concatenate([numpy.ravel(w * plain(o)) for w, o in zip(weights, outputs)])
    return terms


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
